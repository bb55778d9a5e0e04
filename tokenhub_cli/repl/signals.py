"""The signals that end the loop, and the one that ends an answer."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class HangUp(BaseException):
    """A signal asks the program to leave; `number` is which."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def interrupts_ending_with(is_over: Callable[[], bool]) -> Iterator[None]:
    """Let Ctrl-C interrupt the `with` block only until `is_over`.

    A second Ctrl-C may come when the answer has been stopped by the first one and is being kept;
    it must not interrupt that.
    """

    def interrupt(_number: int, _frame: Any) -> None:
        if not is_over():
            raise KeyboardInterrupt

    previous = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
