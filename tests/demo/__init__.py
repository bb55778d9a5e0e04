"""Tests of the embedded gateway, by clients that are not ours."""
