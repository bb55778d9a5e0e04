"""What holds for the whole suite."""

import signal

import pytest
from hypothesis import settings

# A shell that starts us in the background has SIGINT ignored (POSIX.1-2024, Shell Command Language,
# 2.12), `nohup` has SIGHUP, and each program under test would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# A shared machine may stall for a second at any place; no test of ours fails on a time.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that wait, so that they wait beside others that compute.

    Each worker begins with a stretch of this order and takes over the end of another's when it has
    done its own: what stands first stays with one worker. Where they stood, in the last third, all
    workers came to them together, and the processors had nothing to do.
    """
    items.sort(key=lambda item: item.get_closest_marker("waits") is None)
