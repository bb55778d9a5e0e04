"""The reader thread: pumps one answer's events into a queue, so that showing never delays reading.

The main thread takes the events out with a timeout, which is its clock, and keeps the watchdog's
deadlines meanwhile. Text that piled up comes out as one event, so that at full speed a write is
paid for each read, not for each token; a backlog that nobody takes stops the reading. No event is
longer than what is shown in an instant, so that whoever asks for the next one can stop after any.
What waits when the answer is cancelled is still handed out if it can be shown in an instant, so
that what is kept has been shown; a backlog is not handed out any more; it is kept with all that
came.

Where stdout is no terminal there is nothing to paint, and a hand-over from thread to thread would
cost more than all the rest of a piece's way. So `tap` lets the reader thread itself write the text
there, once all that came before it has been shown; everything else still goes through the queue.
"""

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from queue import Empty, SimpleQueue
from typing import Protocol

from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.chat.long_text import Text
from tokenhub_cli.errors import TokenHubError
from tokenhub_cli.gateway.watchdog import Watchdog
from tokenhub_cli.wire.events import Ended, Event, ReasoningDelta, TextDelta

EVENT_CHARACTERS = (
    2048  # two are shown after a signal; live Markdown takes about 5 ms for 1000 of them
)
BACKLOG_CHARACTERS = 256 * 1024  # a second of live Markdown; all of it is passed over at a cancel
BACKLOG_PAUSE_S = 0.01
TURN_PAUSE_S = 0.001
# A wait is not ended by Ctrl-C on Windows; nor elsewhere, where the signal comes between Python's
# last look for one and the moment in which the thread sleeps, or the system gives it to another.
LONGEST_WAIT_S = 0.1 if sys.platform == "win32" else 0.5
CANCEL_GRACE_S = 0.05  # a thread that is stuck below us (name resolution) is left behind after this

Tap = Callable[[str], None]


class Client(Protocol):
    """What the reader needs of the gateway's client."""

    watchdog: Watchdog

    def cancel(self) -> None:
        """End the answer at the next event boundary; from any thread."""


class Answering(Protocol):
    """What the reader needs of an answer under way."""

    @property
    def text(self) -> Text:
        """All that came so far; may be read from another thread."""

    def run(self, emit: Callable[[Event], None]) -> None:
        """Ask until the answer has ended."""


class AnswerReader:
    """One answer's events, read in a thread of its own from the moment this is made.

    Args:
        client: The gateway's client.
        answer: The answer to run.
    """

    def __init__(self, client: Client, answer: Answering) -> None:
        self._client = client
        self._answer = answer
        self._queue: SimpleQueue[Event | None] = SimpleQueue()
        self._ahead: list[Event] = []
        self._tap: Tap | None = None
        self._put = self._taken = self._shown = 0  # events, of those in the queue
        self._tap_failure: OSError | None = None
        self._produced = 0
        self._consumed = 0
        self._cancelled_at: float | None = None
        client.watchdog.wake = self.wake
        self._thread = threading.Thread(target=self._pump, name="tokenhub-reader", daemon=True)
        self._thread.start()

    def next_event(self, timeout: float | None) -> Event | None:
        """Return the next event, or None after `timeout` seconds, at `wake()`, or now and then.

        Whoever asks for the next one has shown the one before.

        Raises:
            OSError: The tap could not write; raised once.
        """
        self._shown = self._taken
        event = self._take(timeout)
        self._taken += event is not None
        if self._tap_failure is not None:
            failure, self._tap_failure = self._tap_failure, None
            raise failure
        if not isinstance(event, TextDelta):
            return event
        texts = [event.text]
        size = len(event.text)
        while size < EVENT_CHARACTERS:
            try:
                following = self._queue.get_nowait()
            except Empty:
                break
            if not isinstance(following, TextDelta):
                if following is not None:
                    self._ahead.append(following)
                break
            texts.append(following.text)
            size += len(following.text)
            self._taken += 1
        self._consumed += size
        return TextDelta("".join(texts)) if len(texts) > 1 else event

    def tap(self, tap: Tap) -> None:
        """From now on give each text to `tap`, in the reader thread, and not to the queue.

        What waits in the queue goes first. An OSError of the tap's ends the tapping: it is raised
        by `next_event`, and further text is dropped.
        """
        self._tap = tap

    def wake(self) -> None:
        """Make `next_event` return at once.

        Safe in a signal handler: `SimpleQueue.put` is reentrant.
        """
        self._queue.put(None)

    def cancel(self) -> None:
        """End the answer; its `Ended` follows within `CANCEL_GRACE_S`, and little text before."""
        self._cancelled_at = time.monotonic()
        self._client.cancel()

    def join(self, timeout: float) -> bool:
        """Wait for the thread's end, at most `timeout` seconds; return whether it came."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _take(self, timeout: float | None) -> Event | None:
        if self._ahead:
            return self._ahead.pop(0)
        try:
            return self._pick()
        except Empty:
            pass
        left = self._client.watchdog.check()
        if self._cancelled_at is not None:
            left = CANCEL_GRACE_S - (time.monotonic() - self._cancelled_at)
            if left <= 0:
                return Ended(AnswerStatus.CANCELLED, text=self._answer.text)
        waits = [seconds for seconds in (timeout, left, LONGEST_WAIT_S) if seconds is not None]
        try:
            return self._queue.get(timeout=max(min(waits), 0))
        except Empty:
            return None

    def _pick(self) -> Event | None:
        """Return what waits, or None for a `wake`; after a cancel pass over a backlog.

        Raises:
            Empty: Nothing waits.
        """
        event = self._queue.get_nowait()
        if self._cancelled_at is None or self._tap is not None:
            return event
        while isinstance(event, ReasoningDelta) or (
            # Once anything was passed over this stays so, and no gap is in what is shown.
            isinstance(event, TextDelta) and self._produced - self._consumed > EVENT_CHARACTERS
        ):
            event = self._queue.get_nowait()
        if isinstance(event, Ended) and self._produced > self._consumed:
            return replace(event, status=AnswerStatus.CANCELLED, finish_reason="", error=None)
        return event

    def _pump(self) -> None:
        try:
            self._answer.run(self._emit)
        except TokenHubError as error:
            self._end(error)
        except Exception as error:  # noqa: BLE001 - a thread's failure must reach the main thread
            failure = TokenHubError(
                f"unexpected failure: {type(error).__name__}: {error}",
                hint="run the same command with `--debug` and report what it shows",
            )
            failure.__cause__ = error
            self._end(failure)

    def _end(self, error: TokenHubError) -> None:
        text = self._answer.text
        status = AnswerStatus.INCOMPLETE if text else AnswerStatus.FAILED
        self._emit(Ended(status, text=text, error=error))

    def _emit(self, event: Event) -> None:
        if not isinstance(event, TextDelta):
            self._enqueue(event)
        elif self._tap is not None:
            self._write(event.text, self._tap)
        elif len(event.text) <= EVENT_CHARACTERS:
            self._enqueue(event, len(event.text))
        else:  # a whole response at once
            for start in range(0, len(event.text), EVENT_CHARACTERS):
                piece = event.text[start : start + EVENT_CHARACTERS]
                self._enqueue(TextDelta(piece), len(piece))

    def _enqueue(self, event: Event, characters: int = 0) -> None:
        self._produced += characters
        self._put += 1
        self._queue.put(event)
        if self._produced - self._consumed > BACKLOG_CHARACTERS:
            self._wait_for_room()

    def _write(self, text: str, tap: Tap) -> None:
        """Let the tap write; while that takes its time, nobody can be blamed for sending nothing.

        Not before its turn: two threads must write neither to one file nor to one terminal at once.
        """
        watchdog = self._client.watchdog
        watchdog.hold()
        try:
            while self._shown < self._put and self._cancelled_at is None:
                time.sleep(TURN_PAUSE_S)
            tap(text)
        except OSError as error:
            self._tap = _drop
            self._tap_failure = error
            self.wake()
        finally:
            watchdog.renew()

    def _wait_for_room(self) -> None:
        while (
            self._produced - self._consumed > BACKLOG_CHARACTERS // 2 and self._cancelled_at is None
        ):
            time.sleep(BACKLOG_PAUSE_S)
            self._client.watchdog.renew()  # the gateway is not late: it is us who do not read


def _drop(_text: str) -> None:
    """Take a text that nobody can be given any more."""
