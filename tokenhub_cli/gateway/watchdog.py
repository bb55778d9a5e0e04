"""Deadlines that one thread sets and another keeps.

The reader thread says what it expects and by when; the main thread, whose clock is the event
queue's timeout, checks. A missed deadline shuts the socket down, which wakes the reader. So a
server that sends only comments cannot hold us for ever, as it can with a read timeout.
"""

from collections.abc import Callable


class Watchdog:
    """One deadline at a time.

    Args:
        clock: Seconds, monotonic.
        abort: Ends the reading at once, from the checking thread.
    """

    def __init__(self, clock: Callable[[], float], abort: Callable[[], None]) -> None:
        self._clock = clock
        self._abort = abort
        self._deadline: tuple[float, str] | None = None
        self._window = 0.0
        self._is_held = False
        self._missed = ""

    def expect(self, seconds: float, what: str) -> None:
        """Set the deadline `seconds` from now; `what` words the failure to meet it."""
        self._window = seconds
        self._deadline = (self._clock() + seconds, what)

    def hold(self) -> None:
        """Suspend the deadline until `renew`: it is us who are busy."""
        self._is_held = True

    def renew(self) -> None:
        """Give what is expected its whole time again, where it was us who kept it waiting."""
        deadline = self._deadline
        if deadline is not None:
            self._deadline = (self._clock() + self._window, deadline[1])
        self._is_held = False

    def relax(self) -> None:
        """Expect nothing, and forget what was missed."""
        self._deadline = None
        self._missed = ""

    def check(self) -> float | None:
        """Return the seconds left, or None if nothing is expected; abort at the deadline."""
        deadline = self._deadline  # one read: the other thread may set another meanwhile
        if deadline is None or self._is_held:
            return None
        left = deadline[0] - self._clock()
        if left > 0:
            return left
        if self._deadline is deadline:
            self._missed = deadline[1]
            self._deadline = None
            self._abort()
        return None

    @property
    def missed(self) -> str:
        """What was not there in time, or an empty string."""
        return self._missed
