"""Tests of what slash commands do."""
