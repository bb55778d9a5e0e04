"""Signals that end what is under way: Ctrl-C, a request to end, a terminal that went away."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

ENDING = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


@contextmanager
def catch_signals(on_signal: Callable[[int], None]) -> Iterator[None]:
    """Call `on_signal` with the number of each signal that asks to end, in the main thread.

    A signal that whoever started us had ignored (`nohup`, a shell's background job) stays ignored.

    Args:
        on_signal: Runs between any two instructions of the main thread: it may set attributes and
            put things into a `SimpleQueue`, not much else.
    """

    def handle(number: int, _frame: Any) -> None:
        on_signal(number)

    heeded = [number for number in ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    previous = {number: signal.signal(number, handle) for number in heeded}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
