"""What holds for the whole suite."""

from hypothesis import settings

# A shared machine may stall for a second at any place; no test of ours fails on a time.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")
