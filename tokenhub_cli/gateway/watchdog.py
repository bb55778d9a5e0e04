"""Deadlines that one thread sets and another keeps.

The reader thread says what it expects and by when; the main thread, whose clock is the event
queue's timeout, checks, and is woken when a deadline comes nearer than it knows. A missed deadline
shuts the socket down, which wakes the reader. So a server that sends only comments cannot hold us
for ever, as it can with a read timeout.

Who is late may be ourselves: after SIGSTOP, or where the machine was too busy, what was expected
has been waiting in the socket. So where something waits at a deadline, it is read first, once.

One lock makes each step whole: once `relax` has returned, nothing is missed and nothing is aborted,
so that a deadline met at the last moment cannot hit the request after it.
"""

import math
import threading
from collections.abc import Callable

READING_SECONDS = 1.0  # for what waits in the socket when a deadline is missed


class Watchdog:
    """One deadline at a time.

    `wake` is called where the checking thread would otherwise sleep through a new deadline.

    Args:
        clock: Seconds, monotonic.
        abort: Ends the reading at once, from the checking thread.
        has_arrived: Tells whether something waits to be read.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        abort: Callable[[], None],
        has_arrived: Callable[[], bool] = lambda: False,
    ) -> None:
        self._clock = clock
        self._abort = abort
        self._has_arrived = has_arrived
        self._has_looked = False
        self._deadline: tuple[float, str] | None = None
        self._window = 0.0
        self._is_held = False
        self._missed = ""
        self._lock = threading.Lock()
        self._known = math.inf  # until when the checking thread believes that it may sleep
        self.wake: Callable[[], None] = _nobody

    def expect(self, seconds: float, what: str) -> None:
        """Set the deadline `seconds` from now; `what` words the failure to meet it."""
        with self._lock:
            self._window = seconds
            self._has_looked = False
            self._set(what)

    def hold(self) -> None:
        """Suspend the deadline until `renew`: it is us who are busy."""
        self._is_held = True

    def renew(self) -> None:
        """Give what is expected its whole time again, where it was us who kept it waiting."""
        with self._lock:
            self._is_held = False
            if self._deadline is not None:
                self._set(self._deadline[1])

    def relax(self) -> None:
        """Expect nothing, and forget what was missed."""
        with self._lock:
            self._deadline = None
            self._missed = ""

    def check(self) -> float | None:
        """Return the seconds left, or None if nothing is expected; abort at the deadline."""
        with self._lock:
            self._known = math.inf  # whatever is set from here on wakes us
            if self._deadline is None or self._is_held:
                return None
            at, what = self._deadline
            left = at - self._clock()
            if left > 0:
                self._known = at
                return left
            if not self._has_looked and self._has_arrived():
                self._has_looked = True
                self._known = self._clock() + READING_SECONDS
                self._deadline = (self._known, what)
                return READING_SECONDS
            self._missed = what
            self._deadline = None
            self._abort()
            return None

    def _set(self, what: str) -> None:
        at = self._clock() + self._window
        self._deadline = (at, what)
        if at < self._known:
            self._known = at
            self.wake()

    @property
    def missed(self) -> str:
        """What was not there in time, or an empty string."""
        return self._missed


def _nobody() -> None:
    """Wake nobody: nothing waits yet."""
