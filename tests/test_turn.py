"""One turn: kept before it is shown, ended by a signal or a closed pipe, and handed back whole."""

import errno
import os
import signal
from collections.abc import Callable, Iterable

import pytest

from tests.support.terminal import FakeClock
from tokenhub_cli.chat.conversation import Answer, AnswerStatus, Interruption, ToolCall
from tokenhub_cli.chat.usage import Usage
from tokenhub_cli.errors import IncompleteAnswerError, TokenHubError
from tokenhub_cli.turn import Turn, TurnResult
from tokenhub_cli.wire.events import (
    AttemptStarted,
    Ended,
    Event,
    Interrupted,
    Noted,
    ReasoningDelta,
    Resumed,
    Retrying,
    TextDelta,
    ToolCallDelta,
)

CANCELLED = Ended(AnswerStatus.CANCELLED, "as far as it came")


class Stage:
    """Source and journal of a turn in one, and its sink; notes all in the order it happens.

    Args:
        script: Events to come; a callable is called in their place.
        tapped: Texts that come by the tap, if there is one.
        fails: What showing a text raises.
        warning: What the journal says of the first text.
    """

    def __init__(
        self,
        *script: Event | Callable[[], object],
        tapped: Iterable[str] | None = None,
        fails: OSError | None = None,
        warning: str = "",
    ) -> None:
        self.script = list(script)
        self.tapped = tapped
        self.fails = fails
        self.warning = warning
        self.log: list[str] = []
        self.waits: list[float | None] = []
        self.sink = Screen(self)

    def next_event(self, timeout: float | None) -> Event | None:
        """Play the next step of the script."""
        self.waits.append(timeout)
        step = self.script.pop(0) if self.script else CANCELLED
        if callable(step):
            step()
            return None
        return step

    def tap(self, tap: Callable[[str], None]) -> None:
        """Give the texts."""
        for text in self.tapped or ():
            tap(text)

    def wake(self) -> None:
        """Note it."""
        self.log.append("wake")

    def cancel(self) -> None:
        """Note it."""
        self.log.append("cancel")

    def append(self, text: str) -> str:
        """Note it, and warn once."""
        self.log.append(f"keep {text}")
        warning, self.warning = self.warning, ""
        return warning

    def append_reasoning(self, text: str, *, anew: bool = False) -> str:
        """Note it."""
        self.log.append("keep no thoughts" if anew else f"keep thought {text}")
        return ""


class Screen:
    """A sink that notes what it shows."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def tap(self) -> Callable[[str], None] | None:
        """Return what writes a text, if it may be tapped."""
        return None if self._stage.tapped is None else self._write

    def show(self, event: Event) -> None:
        """Note what is shown."""
        match event:
            case TextDelta(text):
                self._write(text)
            case Noted(message):
                self._stage.log.append(f"note {message}")
            case _:
                self._stage.log.append(f"show {type(event).__name__}")

    def tick(self) -> float | None:
        """Say when to call again."""
        return 7.5

    def finish(self, answer: Answer, error: TokenHubError | None) -> None:
        """Note it."""
        self._stage.log.append(f"finish {answer.status} {error.message if error else ''}".strip())

    def abandon(self) -> None:
        """Note it."""
        self._stage.log.append("abandon")

    def _write(self, text: str) -> None:
        if self._stage.fails is not None:
            raise self._stage.fails
        self._stage.log.append(f"show {text}")


def run(stage: Stage, *, is_patient: bool = False, signals: tuple[int, ...] = ()) -> TurnResult:
    turn = Turn(stage, stage.sink, stage, "gpt-4o", is_patient=is_patient, signals=signals)
    return turn.run()


def interrupt(number: int = signal.SIGINT) -> Callable[[], None]:
    return lambda: signal.raise_signal(number)


@pytest.mark.parametrize("by_tap", [False, True], ids=["by the main thread", "by the reader"])
def test_each_piece_is_kept_before_it_is_shown(*, by_tap: bool) -> None:
    """Whichever thread writes it: what was seen is on disk."""
    ended = Ended(AnswerStatus.COMPLETE, "one two")
    if by_tap:
        stage = Stage(ended, tapped=["one", " two"])
    else:
        stage = Stage(TextDelta("one"), TextDelta(" two"), ended)
    result = run(stage)
    assert stage.log == ["keep one", "show one", "keep  two", "show  two", "finish complete"]
    assert result.answer.text == "one two"
    assert (result.error, result.exit_code) == (None, 0)


def test_thoughts_are_kept_too() -> None:
    """As reasoning."""
    stage = Stage(ReasoningDelta("hm"), Ended(AnswerStatus.COMPLETE, "", "hm"))
    assert run(stage).answer.reasoning == "hm"
    assert stage.log[:2] == ["keep thought hm", "show ReasoningDelta"]


def test_thoughts_that_come_again_are_kept_once() -> None:
    """A retry tells the journal that what was thought so far will be thought again."""
    ended = Ended(AnswerStatus.COMPLETE, "", "hm")
    stage = Stage(ReasoningDelta("hm"), Retrying(1, 0.0, "lost"), ReasoningDelta("hm"), ended)
    run(stage)
    kept = [line for line in stage.log if line.startswith("keep")]
    assert kept == ["keep thought hm", "keep no thoughts", "keep thought hm"]


def test_a_warning_of_the_spool_is_shown_once() -> None:
    """The answer goes on."""
    ended = Ended(AnswerStatus.COMPLETE, "ab")
    stage = Stage(TextDelta("a"), TextDelta("b"), ended, warning="the disk is full")
    run(stage)
    assert stage.log.count("note the disk is full") == 1
    assert "show b" in stage.log


def test_the_sink_sets_the_pace() -> None:
    """It is called again when it wanted to be."""
    stage = Stage(TextDelta("a"), Ended(AnswerStatus.COMPLETE, "a"))
    run(stage)
    assert stage.waits == [0.0, 7.5]


@pytest.mark.parametrize("by_tap", [False, True], ids=["by the main thread", "by the reader"])
def test_a_reader_that_closed_the_pipe_ends_it_quietly(*, by_tap: bool) -> None:
    """The answer is cancelled, nothing more is written, and the exit code is 0."""
    fails = BrokenPipeError()
    if by_tap:
        stage = Stage(CANCELLED, tapped=["one"], fails=fails)
    else:
        stage = Stage(TextDelta("one"), TextDelta("two"), CANCELLED, fails=fails)
    result = run(stage)
    assert result.is_reader_gone
    assert result.exit_code == 0
    assert not any(line.startswith(("show", "finish")) for line in stage.log)
    assert by_tap or stage.log.count("cancel") == 1


def test_an_output_that_cannot_be_written_is_an_error() -> None:
    """A full disk behind `>`: the answer ends, is kept as far as it came, and says why."""
    fails = OSError(errno.ENOSPC, "No space left on device")
    stage = Stage(TextDelta("one"), TextDelta("two"), CANCELLED, fails=fails)
    result = run(stage)
    assert result.error is not None
    assert result.error.message == "the output cannot be written: no space left on device"
    assert result.exit_code == 1
    assert stage.log.count("cancel") == 1
    assert result.answer.text == "as far as it came"


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_it_with_what_came(number: signal.Signals, code: int) -> None:
    """Cancelled once, shown to its end, with the exit code that the signal means."""
    stage = Stage(TextDelta("one"), interrupt(number), TextDelta("two"), CANCELLED)
    result = run(stage)
    assert stage.log.count("cancel") == 1
    assert stage.log.index("wake") < stage.log.index("cancel")
    assert stage.log[-1] == "finish cancelled"
    assert "show two" in stage.log  # it had come, so it is shown
    assert (result.signal, result.exit_code) == (number, code)


def test_a_signal_outranks_a_failure_of_the_same_instant() -> None:
    """The end was on its way when Ctrl-C came: stopped is what the user asked for, and gets."""
    failed = Ended(AnswerStatus.FAILED, "", error=TokenHubError("`host` is not known"))
    result = run(Stage(interrupt(), failed))
    assert (result.answer.status, result.error) == (AnswerStatus.CANCELLED, None)
    assert result.exit_code == 130


def test_a_second_signal_leaves_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The terminal is left sane, and the process is gone."""

    class LeftError(Exception):
        pass

    def leave(code: int) -> None:
        raise LeftError(code)

    monkeypatch.setattr(os, "_exit", leave)
    stage = Stage(interrupt(), interrupt())
    with pytest.raises(LeftError, match="130"):
        run(stage)
    assert stage.log[-1] == "abandon"


def test_a_patient_turn_is_not_left() -> None:
    """In a conversation a second Ctrl-C does no more than the first."""
    stage = Stage(interrupt(), interrupt(), CANCELLED)
    result = run(stage, is_patient=True)
    assert result.answer.status is AnswerStatus.CANCELLED
    assert stage.log.count("cancel") == 1


def test_a_signal_that_came_before_is_heeded() -> None:
    """Between the request and the turn: cancelled before anything is shown."""
    stage = Stage(AttemptStarted(1), CANCELLED)
    result = run(stage, signals=(signal.SIGINT,))
    assert result.exit_code == 130
    assert stage.log[:2] == ["wake", "cancel"]


def test_the_signals_are_as_before_afterwards() -> None:
    """Whoever had them has them again."""
    numbers = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
    before = [signal.getsignal(number) for number in numbers]
    run(Stage(Ended(AnswerStatus.COMPLETE, "")))
    assert [signal.getsignal(number) for number in numbers] == before


def test_the_answer_tells_what_it_went_through() -> None:
    """Attempts, interruptions and how they were mended, the last tool calls, timings."""
    clock = FakeClock()
    usage = Usage(10, 20, 30, attempts=2)
    stage = Stage(
        AttemptStarted(1),
        ToolCallDelta(ToolCall(0, "half", "look_up", "{")),
        lambda: clock.advance(2),
        TextDelta("one"),
        Interrupted(3, "cut"),
        AttemptStarted(2),
        Resumed("prefix", 3),
        ToolCallDelta(ToolCall(0, "whole", "look_up", "{}")),
        lambda: clock.advance(4),
        Ended(AnswerStatus.COMPLETE, "one two", finish_reason="stop", usage=usage),
    )
    started_at = clock()
    answer = Turn(stage, stage.sink, stage, "gpt-4o", started_at, clock).run().answer
    assert answer.attempts == 2
    assert answer.interruptions == (Interruption(3, "cut", "prefix", 3),)
    assert [call.id for call in answer.tool_calls] == ["whole"]
    assert (answer.usage, answer.finish_reason, answer.model) == (usage, "stop", "gpt-4o")
    assert answer.timings.first_token_s == 2
    assert answer.timings.total_s == 6
    assert answer.timings.tokens_per_s == pytest.approx(5)


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (AnswerStatus.COMPLETE, None, 0),
        (AnswerStatus.UNVERIFIED, None, 0),
        (AnswerStatus.TOOL_CALLS, None, 0),
        (AnswerStatus.LENGTH, None, 3),
        (AnswerStatus.CONTENT_FILTER, None, 3),
        (AnswerStatus.INCOMPLETE, IncompleteAnswerError("cut"), 3),
    ],
)
def test_each_end_has_its_exit_code(
    status: AnswerStatus, error: TokenHubError | None, code: int
) -> None:
    """As the help topic lists them."""
    assert run(Stage(Ended(status, "text", error=error))).exit_code == code
