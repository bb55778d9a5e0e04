"""When a live answer follows a change of its terminal's size."""

import sys
import threading
import time
from pathlib import Path

import pytest

from tests.render.documents import open_sink
from tests.support.reflowing import ReflowingScreen
from tests.support.terminal import EmulatedTerminal, FakeClock, open_terminal
from tokenhub_cli.chat.conversation import Answer, AnswerStatus
from tokenhub_cli.render.live import UNSETTLED_CHARACTERS, LiveSink
from tokenhub_cli.render.outlet import Outlet
from tokenhub_cli.render.presentation import Presentation
from tokenhub_cli.wire.events import AttemptStarted, Interrupted, TextDelta

COMPLETE = Answer("", AnswerStatus.COMPLETE)
TMUX = {"TMUX": "/tmp/socket,1,0"}  # one that cannot be asked: there is no TMUX_PANE


def begin_in_real_time(terminal: EmulatedTerminal) -> LiveSink:
    """Return a sink in tmux that shows `One word`, and waits as long as a person would have to."""
    presentation = Presentation(
        time.monotonic, use_color=True, understands_escapes=True, environ=TMUX
    )
    outlet = Outlet(terminal.stream)
    sink = LiveSink(presentation, outlet, outlet)
    sink.show(TextDelta("One word"))
    sink.tick()
    return sink


def test_a_resize_is_followed_while_nothing_comes() -> None:
    """The tail stands right again within a quarter of a second, without a notice or a piece."""
    with open_terminal(30, 10) as terminal:
        clock = FakeClock()
        sink = open_sink(terminal, clock, quiet=True)
        sink.show(TextDelta("**These words make two lines of the narrow screen"))
        sink.tick()
        assert len(terminal.read_all()) == 2
        terminal.resize(80, 10)
        due = sink.tick()
        assert due <= 0.25
        clock.advance(due)
        sink.tick()
        assert terminal.read_all() == ["These words make two lines of the narrow screen"]
        sink.finish(COMPLETE, None)


def test_in_tmux_nothing_is_painted_until_the_size_has_settled() -> None:
    """It tells of a size late; what is painted meanwhile would stand anywhere."""
    with open_terminal(80, 10) as terminal:
        clock = FakeClock()
        sink = open_sink(terminal, clock, environ=TMUX)
        sink.show(TextDelta("One word"))
        sink.tick()
        for columns in (70, 60, 50):
            terminal.resize(columns, 10)
            for _ in range(4):
                clock.advance(0.06)
                sink.show(TextDelta(" and"))
                assert 0 < sink.tick() <= 0.25
            assert terminal.read_all() == ["One word"]
        for _ in range(3):
            clock.advance(sink.tick())
        assert terminal.read_all() == ["One word" + " and" * 10, "and and"]
        clock.advance(1)  # so that the end need not wait
        sink.finish(COMPLETE, None)


@pytest.mark.skipif(sys.platform == "win32", reason="tmux does not run on Windows")
def test_a_tmux_that_is_late_is_asked_for_the_size_itself(tmp_path: Path) -> None:
    """A busy machine may delay its news; a size that is never ours is waited for 2 s at most."""
    told = tmp_path / "size"
    program = tmp_path / "tmux"
    program.write_text(f"#!/bin/sh\ncat {told}\n")
    program.chmod(0o755)
    environ = {**TMUX, "TMUX_PANE": "%3", "PATH": f"{tmp_path}:/usr/bin:/bin"}
    with open_terminal(80, 10) as terminal:
        clock = FakeClock()
        sink = open_sink(terminal, clock, environ=environ)
        sink.show(TextDelta("One word"))
        sink.tick()

        def is_painted_after(seconds: float) -> bool:
            before = terminal.read_all()
            sink.show(TextDelta(" more\n\nand"))
            for _ in range(round(seconds / 0.05)):
                clock.advance(0.05)
                sink.tick()
            return terminal.read_all() != before

        told.write_text("60 10\n")
        terminal.resize(70, 10)
        assert not is_painted_after(0.8)
        terminal.resize(60, 10)
        assert not is_painted_after(0.25)
        assert is_painted_after(0.15)
        terminal.resize(50, 10)
        assert not is_painted_after(1.8)
        assert is_painted_after(0.4)
        sink.finish(COMPLETE, None)


def test_what_has_stood_for_an_instant_is_known_to_have_been_pushed_out() -> None:
    """In silence, too: only what was written just before a resize may not have been there."""
    for silence, doubles in ((0.0, True), (1.0, False)):
        with open_terminal(80, 3, ReflowingScreen(80, 3, counts_blank=False)) as terminal:
            clock = FakeClock()
            sink = open_sink(terminal, clock, environ={"VTE_VERSION": "7006"})
            for word in ("one two three four ", "five six seven eight nine"):
                sink.show(TextDelta(word))
                sink.tick()
                clock.advance(0.1)
                sink.tick()
            sink.show(TextDelta(" ten eleven twelve and so on"))
            for _ in range(int(silence * 20)):
                clock.advance(0.05)
                sink.tick()
            terminal.settle()
            terminal.resize(20, 3)
            for _ in range(3):  # it is noticed, and then believed
                clock.advance(0.3)
                sink.tick()
            sink.finish(COMPLETE, None)
            shown = " ".join(terminal.read_all())
            assert (shown.count("one") > 1) is doubles
            assert "twelve and so on" in shown


def test_a_terminal_that_breaks_nothing_anew_is_believed_at_once() -> None:
    """What was written for one size stands where it stood."""
    with open_terminal(80, 10) as terminal:
        clock = FakeClock()
        sink = open_sink(terminal, clock)
        sink.show(TextDelta("One word"))
        sink.tick()
        terminal.resize(12, 10)
        sink.show(TextDelta(" and more"))
        sink.tick()
        assert terminal.read_all() == ["One word", "and more"]
        sink.finish(COMPLETE, None)


def test_a_flood_does_not_wait_for_a_size_to_settle() -> None:
    """A frame would become so dear that Ctrl-C had to wait for it."""
    with open_terminal(80, 10) as terminal:
        clock = FakeClock()
        sink = open_sink(terminal, clock, environ=TMUX)
        sink.show(TextDelta("One line.\n\n"))
        sink.tick()
        terminal.resize(70, 10)
        clock.advance(0.1)
        for _ in range(UNSETTLED_CHARACTERS // 12 - 1):
            sink.show(TextDelta("Next line.\n\n"))
        assert terminal.read_all() == ["One line."]
        for _ in range(2):
            sink.show(TextDelta("Next line.\n\n"))
        assert len(terminal.read_all()) > UNSETTLED_CHARACTERS // 12
        clock.advance(1)
        sink.finish(COMPLETE, None)


def test_the_end_of_an_answer_waits_for_the_size_to_settle() -> None:
    """What is final can't be broken anew, and what comes after it is not ours to move."""
    with open_terminal(80, 10) as terminal:
        sink = begin_in_real_time(terminal)
        terminal.resize(70, 10)
        sink.show(TextDelta(" and" * 10))
        later = threading.Timer(0.1, terminal.resize, (30, 10))
        later.start()
        sink.finish(COMPLETE, None)
        later.join()
        assert terminal.read_all() == ["One word" + " and" * 5, "and and and and and"]


def test_an_answer_that_was_cancelled_does_not_wait_for_the_end_of_a_drag() -> None:
    """Ctrl-C is to work although somebody still drags the edge."""
    with open_terminal(80, 10) as terminal:
        sink = begin_in_real_time(terminal)
        is_over = threading.Event()

        def drag() -> None:
            columns = 79
            while not is_over.wait(0.05):
                terminal.resize(columns, 10)
                columns -= 1

        dragging = threading.Thread(target=drag)
        dragging.start()
        time.sleep(0.2)
        started = time.monotonic()
        sink.finish(Answer("One word", AnswerStatus.CANCELLED), None)
        took = time.monotonic() - started
        is_over.set()
        dragging.join()
        assert took < 2
        assert terminal.read_all()[0] == "One word"


def test_a_notice_before_the_answer_does_not_wait_for_the_size() -> None:
    """Nothing but the status is on the screen then, which makes way for it."""
    with open_terminal(80, 10) as terminal:
        clock = FakeClock()
        sink = open_sink(terminal, clock, environ=TMUX)
        sink.show(AttemptStarted(1))
        clock.advance(5)
        sink.tick()
        assert "waiting" in terminal.read_all()[0]
        terminal.resize(70, 10)
        sink.show(Interrupted(0, "the connection was lost", 5.0))
        lines = terminal.read_all()
        assert len(lines) == 1
        assert "the connection was lost" in lines[0]
        clock.advance(1)
        sink.finish(COMPLETE, None)
