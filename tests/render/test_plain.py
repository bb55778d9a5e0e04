"""The model's text as it is."""

import io
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.support.terminal import FakeClock, open_terminal
from tokenhub_cli.chat.conversation import Answer, AnswerStatus
from tokenhub_cli.errors import IncompleteAnswerError
from tokenhub_cli.render.outlet import NoticeOutlet, Outlet
from tokenhub_cli.render.plain import PlainSink
from tokenhub_cli.render.presentation import Presentation
from tokenhub_cli.wire.events import AttemptStarted, Event, Interrupted, ReasoningDelta, TextDelta

COMPLETE = Answer("", AnswerStatus.COMPLETE)
HOSTILE = "\x1b]52;c;cm0=\x07 and \ud83d"


def show_in_memory(*events: Event, error: Any = None, **options: Any) -> tuple[str, str]:
    stdout, stderr = io.StringIO(), io.StringIO()
    presentation = Presentation(FakeClock(), **options)
    sink = PlainSink(presentation, Outlet(stdout), Outlet(stderr))
    for event in events:
        sink.show(event)
    sink.finish(COMPLETE, error)
    return stdout.getvalue(), stderr.getvalue()


def open_on(stream: Any, **options: Any) -> PlainSink:
    defaults: dict[str, Any] = {
        "clock": FakeClock(),
        "understands_escapes": True,
        "use_color": True,
    }
    return PlainSink(Presentation(**defaults | options), Outlet(stream), Outlet(stream))


@pytest.mark.parametrize(
    ("pieces", "written"),
    [(["a", "b"], "ab\n"), (["a\n"], "a\n"), (["a", "\n"], "a\n"), (["\n\n"], "\n\n"), ([], "")],
)
def test_a_final_newline_is_added_only_if_the_text_lacks_one(
    pieces: list[str], written: str
) -> None:
    """Stdout is the text exactly, plus a newline at its end if there is none."""
    assert show_in_memory(*map(TextDelta, pieces)) == (written, "")


def test_a_pipe_gets_the_text_exactly() -> None:
    """Nothing is sanitised into a pipe: a program reads it."""
    assert show_in_memory(TextDelta("\x1b[31m\u202e"))[0] == "\x1b[31m\u202e\n"


def test_reasoning_never_goes_into_a_pipe() -> None:
    """Thinking is shown on terminals only."""
    assert show_in_memory(ReasoningDelta("hm"), TextDelta("a")) == ("a\n", "")


def test_an_error_and_a_footer_go_to_stderr() -> None:
    """Stdout carries the answer and nothing else."""
    error = IncompleteAnswerError("cut off", hint="run `tokenhub resume`")
    stdout, stderr = show_in_memory(TextDelta("a"), error=error, show_usage=True, model="m")
    assert stdout == "a\n"
    assert stderr == "m\nerror: cut off\n\nhint: run `tokenhub resume`\n"


def test_a_reader_that_leaves_is_told_to_the_turn() -> None:
    """BrokenPipeError goes through, so that the turn can end quietly."""
    reading, writing = os.pipe()
    os.close(reading)
    stream = os.fdopen(writing, "w")
    with stream:
        sink = PlainSink(Presentation(FakeClock()), Outlet(stream), Outlet(io.StringIO()))
        with pytest.raises(BrokenPipeError):
            sink.show(TextDelta("text"))


def test_a_terminal_gets_the_text_sanitised() -> None:
    """What could drive the terminal is made visible, also when it is cut."""
    with open_terminal() as terminal:
        sink = open_on(terminal.stream)
        for character in HOSTILE:
            sink.show(TextDelta(character))
        sink.finish(COMPLETE, None)
        assert terminal.read_all() == ["␛]52;c;cm0=␇ and \ufffd"]
        assert b"\x1b" not in terminal.received


def test_reasoning_is_dim_above_the_answer() -> None:
    """On a terminal thinking comes first, dim, and a blank line parts it from the answer."""
    with open_terminal() as terminal:
        sink = open_on(terminal.stream)
        for event in (ReasoningDelta("hm, "), ReasoningDelta("so"), TextDelta("answer")):
            sink.show(event)
        sink.finish(COMPLETE, None)
        assert terminal.read_all() == ["hm, so", "", "answer"]
        assert b"\x1b[2mhm, \x1b[22m" in terminal.received


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ({}, ["hm", ""]),
        ({"show_reasoning": False}, []),
        ({"quiet": True}, []),
        ({"collapse_reasoning": True}, ["thought for 0 s", ""]),
    ],
    ids=["shown", "-R", "-q", "folded"],
)
def test_reasoning_is_shown_on_stderr_if_that_alone_is_a_terminal(
    options: dict[str, Any], shown: list[str]
) -> None:
    """Dim, and over before the pipe gets its first text, which may end up on the same screen."""
    reading, writing = os.pipe()
    with open_terminal() as terminal, os.fdopen(writing, "w") as stdout:
        presentation = Presentation(
            FakeClock(), understands_escapes=True, use_color=True, **options
        )
        sink = PlainSink(presentation, Outlet(stdout), NoticeOutlet(terminal.stream))
        sink.show(ReasoningDelta("hm"))
        write = sink.tap()
        assert write is not None
        write("answer")
        print("what the pipe's reader shows", file=terminal.stream, flush=True)
        sink.finish(COMPLETE, None)
        assert terminal.read_all() == [*shown, "what the pipe's reader shows"]
        assert (b"\x1b[2m%b\x1b[22m" % "".join(shown).encode() in terminal.received) == bool(shown)
    with os.fdopen(reading) as pipe:
        assert pipe.read() == "answer\n"


def test_folded_reasoning_is_one_line() -> None:
    """While the model thinks, for how long; afterwards how long it took, above the answer."""
    with open_terminal() as terminal:
        clock = FakeClock()
        sink = open_on(terminal.stream, clock=clock, collapse_reasoning=True)
        sink.show(ReasoningDelta("hm, "))
        clock.advance(5)
        sink.show(ReasoningDelta("so"))
        assert sink.tick() == 1
        assert terminal.read_all() == ["thinking for 5 s; Ctrl-C stops"]
        clock.advance(7)
        sink.show(TextDelta("answer"))
        sink.tick()
        clock.advance(2)
        sink.show(ReasoningDelta("but"))
        clock.advance(1)
        sink.tick()
        sink.show(TextDelta("more"))
        sink.finish(COMPLETE, None)
        assert terminal.read_all() == [
            *("thought for 12 s", "", "answer", "thought for 1 s", "", "more"),
        ]
        assert b"\x1b[2mthought for 12 s\x1b[22m" in terminal.received


@pytest.mark.parametrize(
    ("options", "during"),
    [
        ({"understands_escapes": False}, []),
        ({"screen_reader": True}, []),
        ({"quiet": True}, []),
        ({"silence": 11}, ["waiting 11 s; Ctrl-C stops"]),
    ],
    ids=str,
)
def test_folded_reasoning_of_which_nothing_transient_is_shown(
    options: dict[str, Any], during: list[str]
) -> None:
    """It is one line in the end all the same; a model that has stopped to think is waited for."""
    silence = options.pop("silence", 0)
    with open_terminal() as terminal:
        clock = FakeClock()
        sink = open_on(terminal.stream, clock=clock, collapse_reasoning=True, **options)
        sink.show(ReasoningDelta("hm"))
        clock.advance(3)
        sink.show(ReasoningDelta("so"))
        clock.advance(silence)
        sink.tick()
        assert terminal.read_all() == during
        sink.finish(COMPLETE, None)
        assert terminal.read_all() == [f"thought for {3 + silence} s"]


def test_hidden_reasoning_is_hidden() -> None:
    """With -R nothing of it appears."""
    with open_terminal() as terminal:
        sink = open_on(terminal.stream, show_reasoning=False)
        sink.show(ReasoningDelta("hm"))
        sink.show(TextDelta("answer"))
        sink.finish(COMPLETE, None)
        assert terminal.read_all() == ["answer"]


def test_waiting_shows_after_a_second_until_the_first_piece_comes() -> None:
    """In the middle of an answer only a long silence is worth a line."""
    with open_terminal(60, 4) as terminal:
        clock = FakeClock()
        sink = open_on(terminal.stream, clock=clock)
        clock.advance(2)
        sink.tick()
        assert terminal.read_screen()[0] == "waiting 2 s; Ctrl-C stops"
        sink.show(TextDelta("one"))
        clock.advance(9)
        sink.tick()
        assert terminal.read_all() == ["one"]
        clock.advance(2)
        sink.tick()
        assert terminal.read_all() == ["one", "waiting 11 s; Ctrl-C stops"]
        sink.finish(COMPLETE, None)
        assert terminal.read_all() == ["one"]


def test_a_screen_reader_is_told_of_waiting_in_lines() -> None:
    """Nothing is drawn that vanishes again; a pipe's silence is no different."""
    with open_terminal(60, 4) as terminal:
        clock = FakeClock()
        sink = open_on(terminal.stream, clock=clock, screen_reader=True, use_color=False)
        for _ in range(12):
            clock.advance(1)
            sink.tick()
        sink.show(TextDelta("one"))
        sink.finish(COMPLETE, None)
        assert terminal.read_all() == ["note: waiting for the gateway for 10 s", "one"]
        assert b"\x1b" not in terminal.received


def test_a_pipe_that_has_got_text_is_waited_for_longer() -> None:
    """Pieces that a thread writes end the first, short wait as well."""
    reading, writing = os.pipe()
    clock = FakeClock()
    with open_terminal() as terminal, os.fdopen(writing, "w") as stdout:
        presentation = Presentation(clock, understands_escapes=True)
        sink = PlainSink(presentation, Outlet(stdout), NoticeOutlet(terminal.stream))
        write = sink.tap()
        assert write is not None
        write("one\n")
        clock.advance(9)
        sink.tick()
        assert terminal.read_all() == []
        sink.finish(COMPLETE, None)
    os.close(reading)


def test_waiting_in_mid_answer_leaves_no_trace() -> None:
    """A countdown below a partial line vanishes, and the line goes on; notices come last."""
    with open_terminal(60, 4) as terminal:
        clock = FakeClock()
        sink = open_on(terminal.stream, clock=clock)
        sink.show(TextDelta("one\ntwo\nthree\nfour is "))
        sink.show(Interrupted(22, "reset", 3.0))
        sink.tick()
        assert terminal.read_screen()[-1] == "asking for the rest in 3 s; Ctrl-C stops; reset"
        clock.advance(1)
        sink.tick()
        sink.show(TextDelta("whole"))
        sink.finish(COMPLETE, None)
        assert terminal.read_all() == [
            *("one", "two", "three", "four is whole"),
            "note: cut off after 22 characters: reset",
        ]


def test_a_dumb_terminal_gets_no_escape_sequence() -> None:
    """Without escape sequences waiting is plain lines."""
    with open_terminal() as terminal:
        clock = FakeClock()
        sink = open_on(terminal.stream, clock=clock, understands_escapes=False, use_color=False)
        clock.advance(11)
        sink.tick()
        sink.show(ReasoningDelta("hm"))
        sink.show(TextDelta("answer"))
        sink.finish(COMPLETE, None)
        terminal.settle()
        assert b"\x1b" not in terminal.received
        assert terminal.read_all()[0] == "note: waiting for the gateway for 11 s"


def test_the_plain_sink_loads_no_third_party_library() -> None:
    """Importing it is cheap: neither rich nor prompt_toolkit nor json comes with it."""
    code = (
        "import sys; import tokenhub_cli.render.plain;"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert {"rich", "markdown_it", "pygments", "prompt_toolkit", "json"}.isdisjoint(loaded)


@pytest.mark.parametrize("is_early", [True, False])
def test_a_piece_in_a_pipe_is_not_wiped_off_the_screen_that_its_reader_shows_it_on(
    *, is_early: bool
) -> None:
    """`| tee` on a terminal: no transient line where text stands, nor is one left before text."""
    reading, writing = os.pipe()
    clock = FakeClock()
    with open_terminal() as terminal, os.fdopen(writing, "w") as stdout:

        def show_as_the_reader_does() -> None:
            os.write(terminal.stream.fileno(), os.read(reading, 100))

        sink = PlainSink(
            Presentation(clock, understands_escapes=True),
            Outlet(stdout),
            NoticeOutlet(terminal.stream),
        )
        write = sink.tap()
        assert write is not None
        clock.advance(11)
        sink.tick()
        assert terminal.read_all() == ["waiting 11 s; Ctrl-C stops"]
        if is_early:  # before the reading thread writes by itself
            sink.show(TextDelta("One two"))
        else:
            write("One two")
        show_as_the_reader_does()
        sink.tick()
        sink.show(Interrupted(7, "lost", 5.0))
        sink.tick()
        assert terminal.read_all() == [
            "One twonote: cut off after 7 characters: lost; asking for the rest in 5 s"
        ]
        sink.show(AttemptStarted(2))
        write(" three\n")
        show_as_the_reader_does()
        clock.advance(11)
        sink.tick()
        assert terminal.read_all()[-2:] == [" three", "waiting 11 s; Ctrl-C stops"]
        write("four\n")
        show_as_the_reader_does()
        sink.tick()
        sink.finish(COMPLETE, None)
        assert terminal.read_all()[-2:] == [" three", "four"]
    os.close(reading)
