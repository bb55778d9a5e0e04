"""One turn: stream it, spool it, show it, survive Ctrl-C, hand back the result.

The main thread runs this: it takes events from the reader thread's queue, owns every write to the
terminal, and uses the queue's timeout as its clock. Each piece is spooled before it is shown, so
that whatever was seen is on disk. Gateway, sink and spool come as arguments; no driver is imported.

Ctrl-C once ends the answer at an event boundary with its partial text in hand; twice leaves at
once, unless the turn is patient. A reader that closes the pipe ends the turn quietly.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Protocol

from tokenhub_cli.chat.conversation import Answer, Interruption, ToolCall, measure_timings
from tokenhub_cli.errors import ExitCode, TokenHubError
from tokenhub_cli.render.sink import Sink
from tokenhub_cli.wire.events import (
    AttemptStarted,
    Ended,
    Event,
    Interrupted,
    Noted,
    ReasoningDelta,
    Resumed,
    TextDelta,
    ToolCallDelta,
)


class EventSource(Protocol):
    """Where a turn's events come from (`gateway/reader.py`)."""

    def next_event(self, timeout: float | None) -> Event | None:
        """Return the next event, or None after `timeout` seconds or a `wake`."""

    def wake(self) -> None:
        """Make `next_event` return at once; safe in a signal handler."""

    def cancel(self) -> None:
        """End the answer; `Ended` follows shortly."""


class Journal(Protocol):
    """What keeps a turn while it is under way (`store/spool.py`)."""

    def append(self, text: str) -> str:
        """Keep a piece of the answer; return a warning, once, if that failed."""

    def append_reasoning(self, text: str) -> str:
        """Keep a piece of the thinking; return a warning, once, if that failed."""


@dataclass(frozen=True, slots=True)
class TurnResult:
    """How a turn came out.

    `signal` is the signal that ended it, or 0. `is_reader_gone`: stdout's reader closed the pipe.
    """

    answer: Answer
    error: TokenHubError | None
    signal: int = 0
    is_reader_gone: bool = False


class Turn:
    """One turn under way; `run` it once.

    Args:
        source: The events.
        sink: Shows them.
        journal: Keeps them first.
        model: Recorded in the answer.
        started_at: When the request was sent, by `clock` (seconds, monotonic); by default now.
    """

    def __init__(
        self,
        source: EventSource,
        sink: Sink,
        journal: Journal,
        model: str,
        started_at: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        is_patient: bool = False,
    ) -> None:
        self._source = source
        self._sink = sink
        self._journal = journal
        self._model = model
        self._clock = clock
        self._started_at = clock() if started_at is None else started_at
        self._first_token_at: float | None = None
        self._attempts = 0
        self._tool_calls: dict[int, ToolCall] = {}
        self._interruptions: list[Interruption] = []
        self._signal, self._is_patient = 0, is_patient
        self._is_reader_gone = False

    def run(self) -> TurnResult:
        """Show the answer as it comes and return it."""
        with self._signals_caught():
            ended = self._show_until_the_end()
            answer = self._build_answer(ended)
            try:
                self._sink.finish(answer, ended.error)
            except BrokenPipeError:
                self._is_reader_gone = True
        return TurnResult(answer, ended.error, self._signal, self._is_reader_gone)

    def _show_until_the_end(self) -> Ended:
        cancelled = False
        wait = self._sink.tick()
        while True:
            event = self._source.next_event(wait)
            if (self._signal or self._is_reader_gone) and not cancelled:
                self._source.cancel()
                cancelled = True
            if isinstance(event, Ended):
                return event
            warning = self._record(event) if event is not None else ""
            if not self._is_reader_gone:
                try:
                    if warning:
                        self._sink.show(Noted(warning))
                    if event is not None:
                        self._sink.show(event)
                    wait = self._sink.tick()
                except BrokenPipeError:
                    self._is_reader_gone = True

    def _record(self, event: Event) -> str:
        """Keep what the event brings; return a warning if it could not be kept."""
        match event:
            case TextDelta(text):
                self._note_first_token()
                return self._journal.append(text)
            case ReasoningDelta(text):
                self._note_first_token()
                return self._journal.append_reasoning(text)
            case ToolCallDelta(call):
                self._tool_calls[call.index] = call
            case AttemptStarted(attempt):
                self._attempts = attempt
                self._tool_calls.clear()  # half-built calls are asked for again, not continued
            case Interrupted(offset, reason):
                self._interruptions.append(Interruption(offset, reason))
            case Resumed(strategy, overlap) if self._interruptions:
                last = self._interruptions[-1]
                self._interruptions[-1] = replace(last, strategy=strategy, overlap=overlap)
        return ""

    def _note_first_token(self) -> None:
        self._first_token_at = self._first_token_at or self._clock()

    def _build_answer(self, ended: Ended) -> Answer:
        usage = ended.usage
        timings = measure_timings(
            self._started_at,
            self._first_token_at,
            self._clock(),
            usage.completion_tokens if usage else None,
        )
        return Answer(
            text=ended.text,
            status=ended.status,
            model=self._model,
            reasoning=ended.reasoning,
            finish_reason=ended.finish_reason,
            tool_calls=tuple(self._tool_calls[index] for index in sorted(self._tool_calls)),
            usage=usage,
            timings=timings,
            interruptions=tuple(self._interruptions),
            attempts=max(self._attempts, 1),
        )

    @contextmanager
    def _signals_caught(self) -> Iterator[None]:
        names = ("SIGINT", "SIGTERM", "SIGHUP")  # there is no SIGHUP on Windows
        caught = [getattr(signal, name) for name in names if hasattr(signal, name)]
        previous = {number: signal.signal(number, self._on_signal) for number in caught}
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, _frame: Any) -> None:
        if self._signal and not self._is_patient:
            self._sink.abandon()
            os._exit(ExitCode.INTERRUPTED)
        self._signal = self._signal or number
        self._source.wake()
