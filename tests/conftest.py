"""What holds for the whole suite."""

import signal

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
