"""Tests of the project itself: its layers, sizes, speed rules and promises."""
