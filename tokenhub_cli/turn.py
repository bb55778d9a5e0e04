"""One turn: stream it, spool it, show it, survive Ctrl-C, hand back the result.

The main thread runs this: it takes events from the reader thread's queue, owns every write to the
terminal, and uses the queue's timeout as its clock. Each piece is spooled before it is shown.

Ctrl-C once ends the answer at an event boundary with its partial text in hand; twice leaves at
once, unless the turn is patient. A reader that closes the pipe ends the turn quietly.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from signal import SIGINT
from typing import Protocol

from tokenhub_cli.chat.conversation import Answer, AnswerStatus
from tokenhub_cli.errors import ExitCode, OutputError, TokenHubError
from tokenhub_cli.interrupts import catch_signals, leave_at_once
from tokenhub_cli.render.sink import Sink
from tokenhub_cli.wire.events import Ended, Event, Noted, ReasoningDelta, Retrying, TextDelta
from tokenhub_cli.wire.record import AnswerRecord


class EventSource(Protocol):
    """Where a turn's events come from (`gateway/reader.py`)."""

    def next_event(self, timeout: float | None) -> Event | None:
        """Return the next event, or None after `timeout` seconds or a `wake`."""

    def tap(self, tap: Callable[[str], None]) -> None:
        """Give each further text to `tap`, in the reading thread, and not to `next_event`."""

    def wake(self) -> None:
        """Make `next_event` return at once; safe in a signal handler."""

    def cancel(self) -> None:
        """End the answer; `Ended` follows shortly."""


class Journal(Protocol):
    """What keeps a turn while it is under way (`store/spool.py`)."""

    def append(self, text: str) -> str:
        """Keep a piece of the answer; return a warning, once, if that failed."""

    def append_reasoning(self, text: str, *, anew: bool = False) -> str:
        """Keep a piece of the thinking, the first if `anew`; warn as `append` does."""


@dataclass(frozen=True, slots=True)
class TurnResult:
    """How a turn came out.

    `signal` is the signal that ended it, or 0. `is_reader_gone`: stdout's reader closed the pipe.
    """

    answer: Answer
    error: TokenHubError | None
    signal: int = 0
    is_reader_gone: bool = False

    @property
    def exit_code(self) -> int:
        """The exit code that this end means, as `tokenhub help exit-codes` lists them."""
        if self.is_reader_gone:
            return ExitCode.COMPLETE
        match self.answer.status:
            case AnswerStatus.CANCELLED if self.error is None:
                return ExitCode.INTERRUPTED if self.signal in (0, SIGINT) else 128 + self.signal
            case AnswerStatus.LENGTH | AnswerStatus.CONTENT_FILTER if self.error is None:
                return ExitCode.INCOMPLETE
            case _:
                return ExitCode.COMPLETE if self.error is None else self.error.exit_code


class Turn:
    """One turn under way; `run` it once.

    Args:
        source: The events.
        sink: Shows them.
        journal: Keeps them first.
        model: Recorded in the answer.
        started_at: When the request was sent, by `clock` (seconds, monotonic); by default now.
        before: What came of the answer in an earlier run, which is gone on with.
        is_patient: A second signal does not leave the program.
        signals: Those that came already, and are to be heeded now.
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
        before: Answer | None = None,
        is_patient: bool = False,
        signals: Sequence[int] = (),
    ) -> None:
        self._source = source
        self._sink = sink
        self._journal = journal
        self._clock = clock
        self._record = AnswerRecord(model, clock() if started_at is None else started_at, before)
        self._warning = ""
        self._signal, self._is_patient = 0, is_patient
        self._signals = signals
        self._is_reader_gone = False
        self._output_error: TokenHubError | None = None

    def run(self) -> TurnResult:
        """Show the answer as it comes and return it."""
        with catch_signals(self._on_signal):
            for number in self._signals[:1]:
                self._on_signal(number)
            self._tap()
            ended = self._show_until_the_end()
            if self._signal and ended.error:  # it was being stopped: whatever came of that
                ended = replace(ended, status=AnswerStatus.CANCELLED, error=None)
            answer = self._record.build_answer(ended, self._clock())
            error = self._output_error or ended.error
            if not self._is_reader_gone:
                with self._output_guarded():
                    self._show(None)  # a warning that the reading thread met last
                    self._sink.finish(answer, error)
        return TurnResult(answer, self._output_error or error, self._signal, self._is_reader_gone)

    def _tap(self) -> None:
        """Where stdout is no terminal, let the reading thread keep and write the text itself."""
        write = self._sink.tap()
        if write is not None:

            def keep_and_write(text: str) -> None:
                self._warning = self._journal.append(text) or self._warning
                write(text)
                self._record.take(TextDelta(text), self._clock())

            with self._output_guarded():
                self._source.tap(keep_and_write)

    def _show_until_the_end(self) -> Ended:
        wait: float | None = 0.0
        is_cancelled = False
        while True:
            event = None
            with self._output_guarded():
                event = self._source.next_event(wait)
            if isinstance(event, Ended):
                return event
            if event is not None:
                self._keep(event)
            is_over = self._signal or self._is_reader_gone or self._output_error
            if is_over and not is_cancelled:
                self._source.cancel()
                is_cancelled = True
            if not (self._is_reader_gone or self._output_error):
                with self._output_guarded():
                    wait = self._show(event)

    def _show(self, event: Event | None) -> float | None:
        if self._warning:
            warning, self._warning = self._warning, ""
            self._sink.show(Noted(warning))
        if event is not None:
            self._sink.show(event)
        return self._sink.tick()

    @contextmanager
    def _output_guarded(self) -> Iterator[None]:
        """Let an output that is gone end the turn: quietly if its reader had enough."""
        try:
            yield
        except BrokenPipeError:
            self._is_reader_gone = True
        except OSError as error:
            self._output_error = OutputError(error)

    def _keep(self, event: Event) -> None:
        """Keep what the event brings, before it is shown."""
        self._record.take(event, self._clock())
        match event:
            case TextDelta(text):
                self._warning = self._journal.append(text) or self._warning
            case ReasoningDelta(text):
                self._warning = self._journal.append_reasoning(text) or self._warning
            case Retrying():
                self._warning = self._journal.append_reasoning("", anew=True) or self._warning

    def _on_signal(self, number: int) -> None:
        if self._signal and not self._is_patient:
            self._sink.abandon()
            leave_at_once(ExitCode.INTERRUPTED)
        self._signal = self._signal or number
        self._source.wake()
