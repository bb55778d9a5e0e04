"""The reader thread: pumps one answer's events into a queue, so that showing never delays reading.

The main thread takes the events out with a timeout, which is its clock, and keeps the watchdog's
deadlines meanwhile. Text that piled up comes out as one event, so that at full speed a write is
paid for each read, not for each token; a backlog that nobody takes stops the reading.
"""

import sys
import threading
import time
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from typing import Protocol

from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.errors import TokenHubError
from tokenhub_cli.gateway.watchdog import Watchdog
from tokenhub_cli.wire.events import Ended, Event, TextDelta

BACKLOG_CHARACTERS = 4 * 1024 * 1024
BACKLOG_PAUSE_S = 0.01
LONGEST_WAIT_S = 0.1 if sys.platform == "win32" else 60.0  # there, Ctrl-C cannot end a wait
CANCEL_GRACE_S = 0.05  # a thread that is stuck below us (name resolution) is left behind after this


class Answering(Protocol):
    """What the reader needs of the gateway's client."""

    watchdog: Watchdog

    @property
    def partial_text(self) -> str:
        """What has come of the answer so far; from any thread."""

    def cancel(self) -> None:
        """End the answer at the next event boundary; from any thread."""


class AnswerReader:
    """One answer's events, read in a thread of its own from the moment this is made.

    Args:
        client: The gateway's client that yields `events`.
        events: The answer's events, ending with `Ended`.
    """

    def __init__(self, client: Answering, events: Iterator[Event]) -> None:
        self._client = client
        self._queue: SimpleQueue[Event | None] = SimpleQueue()
        self._ahead: Event | None = None
        self._produced = 0
        self._consumed = 0
        self._cancelled_at: float | None = None
        self._thread = threading.Thread(
            target=self._pump, args=(events,), name="tokenhub-reader", daemon=True
        )
        self._thread.start()

    def next_event(self, timeout: float | None) -> Event | None:
        """Return the next event, or None after `timeout` seconds, at `wake()`, or now and then."""
        event = self._take(timeout)
        if not isinstance(event, TextDelta):
            return event
        texts = [event.text]
        while True:
            try:
                following = self._queue.get_nowait()
            except Empty:
                break
            if not isinstance(following, TextDelta):
                self._ahead = following
                break
            texts.append(following.text)
        text = "".join(texts) if len(texts) > 1 else event.text
        self._consumed += len(text)
        return TextDelta(text)

    def wake(self) -> None:
        """Make `next_event` return at once.

        Safe in a signal handler: `SimpleQueue.put` is reentrant.
        """
        self._queue.put(None)

    def cancel(self) -> None:
        """End the answer; its `Ended` follows within `CANCEL_GRACE_S`."""
        self._cancelled_at = time.monotonic()
        self._client.cancel()

    def join(self, timeout: float) -> bool:
        """Wait for the thread's end, at most `timeout` seconds; return whether it came."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _take(self, timeout: float | None) -> Event | None:
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            return ahead
        try:
            return self._queue.get_nowait()
        except Empty:
            pass
        left = self._client.watchdog.check()
        if self._cancelled_at is not None:
            left = CANCEL_GRACE_S - (time.monotonic() - self._cancelled_at)
            if left <= 0:
                return Ended(AnswerStatus.CANCELLED, text=self._client.partial_text)
        waits = [seconds for seconds in (timeout, left, LONGEST_WAIT_S) if seconds is not None]
        try:
            return self._queue.get(timeout=max(min(waits), 0))
        except Empty:
            return None

    def _pump(self, events: Iterator[Event]) -> None:
        try:
            for event in events:
                self._queue.put(event)
                if isinstance(event, TextDelta):
                    self._produced += len(event.text)
                    if self._produced - self._consumed > BACKLOG_CHARACTERS:
                        self._wait_for_room()
        except Exception as error:  # noqa: BLE001 - a thread's failure must reach the main thread
            failure = TokenHubError(
                f"unexpected failure: {type(error).__name__}: {error}",
                hint="run the same command with `--debug` and report what it shows",
            )
            failure.__cause__ = error
            text = self._client.partial_text
            self._queue.put(Ended(AnswerStatus.FAILED, text=text, error=failure))

    def _wait_for_room(self) -> None:
        while (
            self._produced - self._consumed > BACKLOG_CHARACTERS // 2 and self._cancelled_at is None
        ):
            time.sleep(BACKLOG_PAUSE_S)
            self._client.watchdog.renew()  # the gateway is not late: it is us who do not read
