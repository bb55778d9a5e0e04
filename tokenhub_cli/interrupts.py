"""Signals that end what is under way: Ctrl-C, a request to end, a terminal that went away."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

ENDING = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


def leave(number: int) -> NoReturn:
    """End the program by an exception, so that what is under way is cleared away.

    Raises:
        KeyboardInterrupt: The signal is that of Ctrl-C.
        SystemExit: It is another one; the exit code is what a shell has for it.
    """
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(128 + number)


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
