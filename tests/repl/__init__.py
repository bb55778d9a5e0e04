"""Specifies the conversation loop, part by part."""
