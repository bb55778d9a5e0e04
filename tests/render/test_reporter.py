"""stderr says how a turn is going."""

import io

from tests.support.terminal import FakeClock, open_terminal
from tokenhub_cli.chat.conversation import Answer, AnswerStatus
from tokenhub_cli.chat.usage import Usage
from tokenhub_cli.errors import TokenHubError
from tokenhub_cli.render.outlet import Outlet
from tokenhub_cli.render.reporter import Reporter
from tokenhub_cli.render.status import StatusLine
from tokenhub_cli.wire.events import AttemptStarted, Interrupted, Noted, Resumed, Retrying

COMPLETE = Answer("text", AnswerStatus.COMPLETE)


def open_plain(*, quiet: bool = False) -> tuple[Reporter, FakeClock, io.StringIO]:
    stream, clock = io.StringIO(), FakeClock()
    outlet = Outlet(stream)
    status = StatusLine(outlet, can_repaint=False)
    return Reporter(outlet, status, clock, quiet=quiet), clock, stream


def test_waiting_into_a_pipe_is_said_at_most_every_30_seconds() -> None:
    """After 10 s without data a plain line says so, and again no sooner than 30 s later."""
    reporter, clock, stream = open_plain()
    reporter.report(AttemptStarted(1))
    said: list[float] = []
    for second in range(100):
        before = stream.getvalue()
        reporter.tick()
        if stream.getvalue() != before:
            said.append(second)
        clock.advance(1)
    assert said == [10, 40, 70]
    assert stream.getvalue().startswith("note: waiting for the gateway for 10 s\n")


def test_the_next_tick_is_asked_for_in_time() -> None:
    """A tick tells how long nothing will change, so that the turn can sleep that long."""
    reporter, clock, _ = open_plain()
    assert reporter.tick() == 10
    clock.advance(4)
    assert reporter.tick() == 6
    reporter.data_arrived()
    assert reporter.tick() == 10


def test_failures_are_plain_lines_in_a_pipe() -> None:
    """Retries, cuts, resumes and notes are lines that stay."""
    reporter, _, stream = open_plain()
    reporter.report(Retrying(1, 2.0, "503"))
    reporter.data_arrived()
    reporter.report(Interrupted(5, "reset"))
    reporter.report(Resumed("plain", 0))
    reporter.report(Noted("the demo gateway answers"))
    assert stream.getvalue().splitlines() == [
        "note: no answer yet: 503; trying again in 2 s",
        "note: cut off after 5 characters: reset; asking for the rest",
        "note: the answer goes on where it was cut off; the prompt is billed again",
        "note: the demo gateway answers",
    ]


def test_quiet_silences_notices_but_not_errors() -> None:
    """With -q only the error is left."""
    reporter, clock, stream = open_plain(quiet=True)
    reporter.report(Retrying(1, 2.0, "503"))
    clock.advance(60)
    assert reporter.tick() is None
    reporter.finish(Answer("", AnswerStatus.CANCELLED), TokenHubError("gone"))
    assert stream.getvalue() == "error: gone\n"


def test_the_footer_comes_before_the_error() -> None:
    """The error and its hint are the last thing a user reads."""
    reporter, _, stream = open_plain()
    reporter.finish(COMPLETE, TokenHubError("gone", hint="try"), footer_for="m")
    assert stream.getvalue() == "m\nerror: gone\n\nhint: try\n"


def test_a_countdown_vanishes_when_data_comes() -> None:
    """On a terminal the wait counts down in place and leaves only the line about the failure."""
    with open_terminal(60, 5) as terminal:
        clock = FakeClock()
        outlet = Outlet(terminal.stream)
        status = StatusLine(outlet, can_repaint=True)
        reporter = Reporter(outlet, status, clock)
        reporter.report(Retrying(1, 3.0, "503"))
        assert reporter.tick() == 1
        assert terminal.read_screen()[1] == "trying again in 3 s; Ctrl-C stops; 503"
        clock.advance(1)
        reporter.tick()
        assert terminal.read_screen()[1] == "trying again in 2 s; Ctrl-C stops; 503"
        reporter.report(AttemptStarted(2))
        clock.advance(12)
        reporter.tick()
        assert terminal.read_screen()[1] == "waiting 12 s; Ctrl-C stops"
        reporter.data_arrived()
        assert terminal.read_all() == ["note: no answer yet: 503"]


def test_a_notice_never_splits_an_answer_on_the_same_terminal() -> None:
    """Once the answer has begun, notices wait for its end."""
    with open_terminal(70, 9) as terminal:
        outlet = Outlet(terminal.stream)
        status = StatusLine(outlet, can_repaint=True)
        reporter = Reporter(outlet, status, FakeClock(), shares_terminal=True)
        reporter.report(Noted("before"))
        reporter.data_arrived()
        outlet.write("half ")
        reporter.report(Interrupted(5, "reset"))
        reporter.data_arrived()
        outlet.write("whole\n")
        reporter.finish(COMPLETE, None)
        assert terminal.read_all() == [
            "note: before",
            "half whole",
            "note: cut off after 5 characters: reset",
        ]


def test_words_about_a_turn_are_wrapped_on_a_narrow_terminal() -> None:
    """Neither notices nor the footer nor the error are broken in the middle of a word."""
    with open_terminal(24, 20) as terminal:
        outlet = Outlet(terminal.stream)
        reporter = Reporter(outlet, StatusLine(outlet, can_repaint=True), FakeClock())
        reporter.report(Resumed("prefix", 0))
        answer = Answer("text", AnswerStatus.UNVERIFIED, usage=Usage(1000, 2000))
        reporter.finish(answer, TokenHubError("it is gone; no more"), footer_for="a-model")
        assert terminal.read_all() == [
            *("note: the answer goes", "on where it was cut", "off; the prompt is", "billed again"),
            *("a-model · 1,000 tokens", "in · 2,000 out ·", "unverified"),
            "error: it is gone; no",
            "more",
        ]
