"""Bytes and dicts to meaning and back. No I/O, no clock, standard library only."""
