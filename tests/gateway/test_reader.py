"""The reader thread and its queue: order, joining, backpressure, the tap, and the way out."""

import signal
import sys
import threading
import time
from collections.abc import Callable

import pytest

from tests.support.client import PATIENCE_S, read_events
from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.errors import StoreError
from tokenhub_cli.gateway import reader as reader_module
from tokenhub_cli.gateway.reader import AnswerReader
from tokenhub_cli.gateway.watchdog import Watchdog
from tokenhub_cli.interrupts import catch_signals
from tokenhub_cli.wire.events import AttemptStarted, Ended, Event, Noted, ReasoningDelta, TextDelta

Emit = Callable[[Event], None]


class Script:
    """An answer and its client in one: emits what it is told to, in the reader's thread."""

    def __init__(self, work: Callable[["Script", Emit], None]) -> None:
        self._work = work
        self.text = "as far as it came"
        self.aborts = 0
        self.watchdog = Watchdog(time.monotonic, self._abort)
        self.cancelled = threading.Event()
        self.go = threading.Event()

    def run(self, emit: Emit) -> None:
        """Play."""
        self._work(self, emit)

    def cancel(self) -> None:
        """Note it."""
        self.cancelled.set()

    def _abort(self) -> None:
        self.aborts += 1
        self.go.set()


def start(work: Callable[[Script, Emit], None]) -> tuple[Script, AnswerReader]:
    script = Script(work)
    return script, AnswerReader(script, script)


def wait(script: Script, _emit: Emit) -> None:
    script.go.wait(PATIENCE_S)


def say(*texts: str) -> Callable[[Script, Emit], None]:
    def work(_script: Script, emit: Emit) -> None:
        for text in texts:
            emit(TextDelta(text))
        emit(Ended(AnswerStatus.COMPLETE, "".join(texts)))

    return work


def test_text_that_piled_up_comes_out_at_once() -> None:
    """A hundred pieces that wait are one event; nothing else is joined or moved."""

    def work(_script: Script, emit: Emit) -> None:
        emit(AttemptStarted(1))
        for _ in range(100):
            emit(TextDelta("a"))
        emit(Noted("between"))
        emit(TextDelta("b"))
        emit(Ended(AnswerStatus.COMPLETE, "a" * 100 + "b"))

    _, reader = start(work)
    assert reader.join(PATIENCE_S)
    assert read_events(reader) == [
        AttemptStarted(1),
        TextDelta("a" * 100),
        Noted("between"),
        TextDelta("b"),
        Ended(AnswerStatus.COMPLETE, "a" * 100 + "b"),
    ]


@pytest.mark.parametrize("size", [1, 10_000, 50_000])
def test_no_event_is_longer_than_an_instant_can_show(size: int) -> None:
    """However much waits, and in however large pieces: after any event one can stop."""
    whole = "".join(chr(97 + number % 26) for number in range(50_000))
    pieces = [whole[start : start + size] for start in range(0, len(whole), size)]
    _, reader = start(say(*pieces))
    assert reader.join(PATIENCE_S)
    *events, ended = read_events(reader)
    texts = [event.text for event in events if isinstance(event, TextDelta)]
    assert "".join(texts) == whole
    assert max(map(len, texts)) <= 2 * reader_module.EVENT_CHARACTERS
    assert len(texts) <= len(whole) // reader_module.EVENT_CHARACTERS + 1
    assert ended == Ended(AnswerStatus.COMPLETE, whole)


def test_a_cancel_passes_over_what_waits() -> None:
    """No more text of a backlog after it; all of that is kept, as cancelled."""

    def work(_script: Script, emit: Emit) -> None:
        emit(AttemptStarted(1))
        for _ in range(100):
            emit(TextDelta("x" * 1000))
            emit(ReasoningDelta("hm"))
        emit(Ended(AnswerStatus.COMPLETE, "x" * 100_000, finish_reason="stop"))

    _, reader = start(work)
    assert reader.join(PATIENCE_S)
    assert reader.next_event(0) == AttemptStarted(1)
    assert reader.next_event(0) == TextDelta("x" * 1000)
    reader.cancel()
    assert read_events(reader) in (
        [Ended(AnswerStatus.CANCELLED, "x" * 100_000)],
        [ReasoningDelta("hm"), Ended(AnswerStatus.CANCELLED, "x" * 100_000)],
    )


def test_a_cancel_hands_out_what_shows_in_an_instant() -> None:
    """What came just before Ctrl-C is kept, so it is shown as well, in its order."""

    def work(_script: Script, emit: Emit) -> None:
        emit(TextDelta("shown "))
        emit(ReasoningDelta("hm"))
        emit(TextDelta("a" * 1000))
        emit(TextDelta("b" * 1000))
        emit(Ended(AnswerStatus.CANCELLED, "shown " + "a" * 1000 + "b" * 1000))

    _, reader = start(work)
    assert reader.join(PATIENCE_S)
    assert reader.next_event(0) == TextDelta("shown ")
    reader.cancel()
    *texts, ended = (event for event in read_events(reader) if event != ReasoningDelta("hm"))
    assert "".join(event.text for event in texts if isinstance(event, TextDelta)) == (
        "a" * 1000 + "b" * 1000
    )
    assert ended == Ended(AnswerStatus.CANCELLED, "shown " + "a" * 1000 + "b" * 1000)


def test_a_cancel_after_all_was_taken_changes_nothing() -> None:
    """Who has seen the whole answer has a whole answer."""
    _, reader = start(say("whole"))
    assert reader.join(PATIENCE_S)
    assert reader.next_event(0) == TextDelta("whole")
    reader.cancel()
    assert read_events(reader) == [Ended(AnswerStatus.COMPLETE, "whole")]


def test_a_wake_up_ends_the_wait_and_loses_nothing() -> None:
    """`wake` makes `next_event` return at once, before or behind a text."""
    script, reader = start(
        lambda script, emit: (script.go.wait(PATIENCE_S), say("a")(script, emit))[1]
    )
    reader.wake()
    started = time.monotonic()
    assert reader.next_event(PATIENCE_S) is None
    assert time.monotonic() - started < 5
    script.go.set()
    assert reader.join(PATIENCE_S)
    reader.wake()
    assert read_events(reader) == [TextDelta("a"), Ended(AnswerStatus.COMPLETE, "a")]


@pytest.mark.skipif(sys.platform == "win32", reason="no signal to one thread on Windows")
def test_a_signal_that_does_not_end_the_wait_is_soon_heeded() -> None:
    """As one that another thread is given, or that comes just before the main one is asleep."""
    script, reader = start(wait)
    other = threading.Thread(target=script.go.wait, args=(PATIENCE_S,))
    other.start()
    identity = other.ident
    assert identity is not None
    told: list[int] = []
    started = time.monotonic()
    timer = threading.Timer(0.1, lambda: signal.pthread_kill(identity, signal.SIGINT))
    with catch_signals(told.append):
        timer.start()
        reader.next_event(PATIENCE_S)
    assert told == [signal.SIGINT]
    assert 0.1 < time.monotonic() - started < 5
    script.go.set()
    for thread in (timer, other):
        thread.join()


def test_a_backlog_stops_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who does not take what is read gets no more of it; taking it lets the reading go on."""
    monkeypatch.setattr(reader_module, "BACKLOG_CHARACTERS", 1000)
    emitted = []

    def work(_script: Script, emit: Emit) -> None:
        for number in range(100):
            emitted.append(number)
            emit(TextDelta("x" * 100))
        emit(Ended(AnswerStatus.COMPLETE, "x" * 10_000))

    _, reader = start(work)
    assert not reader.join(0.2)
    assert len(emitted) == 11
    events = read_events(reader)
    assert reader.join(PATIENCE_S)
    assert sum(len(event.text) for event in events if isinstance(event, TextDelta)) == 10_000


def test_a_reader_that_is_held_up_by_us_is_not_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a backlog waits no deadline passes, and none passes right after it."""
    monkeypatch.setattr(reader_module, "BACKLOG_CHARACTERS", 10)

    def work(script: Script, emit: Emit) -> None:
        script.watchdog.expect(0.2, "a piece")
        emit(TextDelta("x" * 11))
        script.watchdog.relax()
        emit(Ended(AnswerStatus.COMPLETE, "x" * 11))

    script, reader = start(work)
    assert not reader.join(0.5)
    assert read_events(reader)[0] == TextDelta("x" * 11)
    assert script.aborts == 0


def test_waiting_for_events_keeps_the_deadlines() -> None:
    """Whoever waits for events checks the watchdog in time, however long he would wait."""

    def work(script: Script, emit: Emit) -> None:
        script.watchdog.expect(0.1, "a piece")
        script.go.wait(PATIENCE_S)
        emit(Ended(AnswerStatus.FAILED, script.watchdog.missed))

    script, reader = start(work)
    started = time.monotonic()
    assert read_events(reader) == [Ended(AnswerStatus.FAILED, "a piece")]
    assert time.monotonic() - started < 5
    assert script.aborts == 1


def test_a_thread_that_is_stuck_is_left_behind() -> None:
    """After a cancel the end comes, with what there is, whatever the thread does."""
    script, reader = start(wait)
    started = time.monotonic()
    reader.cancel()
    assert read_events(reader) == [Ended(AnswerStatus.CANCELLED, "as far as it came")]
    assert time.monotonic() - started < 0.5
    assert script.cancelled.is_set()
    script.go.set()
    assert reader.join(PATIENCE_S)


@pytest.mark.parametrize(
    ("text", "status"),
    [("as far as it came", AnswerStatus.INCOMPLETE), ("", AnswerStatus.FAILED)],
)
def test_a_failure_of_ours_is_an_end_in_its_own_words(text: str, status: AnswerStatus) -> None:
    """Earlier turns that cannot be read back, say; what came can be gone on with."""
    failure = StoreError("earlier turns are gone", hint="`tokenhub chat -c`")

    def work(script: Script, _emit: Emit) -> None:
        script.text = text
        raise failure

    _, reader = start(work)
    (ended,) = read_events(reader)
    assert ended == Ended(status, text, error=failure)


def test_an_unexpected_failure_is_an_end() -> None:
    """A bug in the reading ends the answer with what came, and names itself."""

    def work(_script: Script, emit: Emit) -> None:
        emit(TextDelta("some text"))
        raise LookupError("oops")

    _, reader = start(work)
    *events, ended = read_events(reader)
    assert events == [TextDelta("some text")]
    assert isinstance(ended, Ended)
    assert (ended.status, ended.text) == (AnswerStatus.INCOMPLETE, "as far as it came")
    assert ended.error is not None
    assert ended.error.message == "unexpected failure: LookupError: oops"
    assert ended.error.exit_code == 1
    assert isinstance(ended.error.__cause__, LookupError)


def test_a_tap_gets_every_text_in_order() -> None:
    """What waits is shown first; the rest goes to the tap, each text after what came before it."""
    seen: list[object] = []

    def work(script: Script, emit: Emit) -> None:
        emit(AttemptStarted(1))
        emit(TextDelta("one "))
        script.cancelled.set()
        script.go.wait(PATIENCE_S)
        emit(TextDelta("two "))
        emit(ReasoningDelta("hm"))
        emit(TextDelta("three"))
        emit(Ended(AnswerStatus.COMPLETE, "one two three"))

    script, reader = start(work)
    assert script.cancelled.wait(PATIENCE_S)
    reader.tap(lambda text: seen.append((threading.current_thread().name, text)))
    script.go.set()
    ended = Ended(AnswerStatus.COMPLETE, "one two three")
    while ended not in seen:
        event = reader.next_event(PATIENCE_S)
        time.sleep(0.05)  # so long it takes to show
        seen.append(event)
    assert seen == [
        AttemptStarted(1),
        TextDelta("one "),
        ("tokenhub-reader", "two "),
        ReasoningDelta("hm"),
        ("tokenhub-reader", "three"),
        ended,
    ]


def test_a_tap_that_fails_says_so_once() -> None:
    """A reader that closed the pipe: `next_event` raises it, and further text is dropped."""
    written = []

    def write(text: str) -> None:
        written.append(text)
        raise BrokenPipeError

    def work(script: Script, emit: Emit) -> None:
        script.go.wait(PATIENCE_S)
        for text in ("a", "b", "c"):
            emit(TextDelta(text))
        script.cancelled.wait(PATIENCE_S)
        emit(Ended(AnswerStatus.CANCELLED, "abc"))

    script, reader = start(work)
    reader.tap(write)
    script.go.set()
    with pytest.raises(BrokenPipeError):
        reader.next_event(PATIENCE_S)
    reader.cancel()
    assert read_events(reader) == [Ended(AnswerStatus.CANCELLED, "abc")]
    assert written == ["a"]


def test_a_tap_that_blocks_is_not_the_gateways_fault() -> None:
    """A full pipe may take its time: no deadline passes meanwhile."""
    released = threading.Event()
    blocked = threading.Event()

    def write(_text: str) -> None:
        blocked.set()
        released.wait(PATIENCE_S)

    def work(script: Script, emit: Emit) -> None:
        script.watchdog.expect(0.1, "a piece")
        script.go.wait(PATIENCE_S)
        script.watchdog.expect(0.1, "a piece")
        emit(TextDelta("text"))
        script.watchdog.relax()
        emit(Ended(AnswerStatus.COMPLETE, "text"))

    script, reader = start(work)
    reader.tap(write)
    script.go.set()
    assert blocked.wait(PATIENCE_S)
    assert reader.next_event(0.3) is None
    assert script.aborts == 0
    released.set()
    assert read_events(reader) == [Ended(AnswerStatus.COMPLETE, "text")]
