"""What a person sees while an answer streams."""

import itertools
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.render.documents import (
    EXAMPLES,
    MIXED,
    get_texts,
    lay_out,
    open_sink,
    play,
    read_pieces,
)
from tests.support.terminal import FakeClock, open_terminal
from tokenhub_cli.chat.conversation import Answer, AnswerStatus
from tokenhub_cli.errors import IncompleteAnswerError
from tokenhub_cli.render.sanitize import sanitize
from tokenhub_cli.wire.events import (
    AttemptStarted,
    Interrupted,
    Resumed,
    TextDelta,
)

GOLDEN = (Path(__file__).parent / "data" / "golden.txt").read_text("utf-8")
COMPLETE = Answer("", AnswerStatus.COMPLETE)
LONG = {
    "prose": "\n\n".join(f"Paragraph line {number} ends." for number in range(400)),
    "paragraph": " ".join(f"sentence line {number} ends," for number in range(400)),
    "fence": "```python\n" + "".join(f"line {number} ends\n" for number in range(400)) + "```",
    "list": "".join(f"- item line {number} ends\n" for number in range(400)),
    "loose list": "".join(f"{number}. item line {number} ends\n\n" for number in range(400)),
    "table": "| a | b |\n|---|---|\n" + "".join(f"| line {n} ends | x |\n" for n in range(400)),
    "quote": "".join(f"> quoted line {number} ends\n>\n" for number in range(400)),
    "code in an item": "1. Do this:\n\n   ```python\n"
    + "".join(f"   line {number} ends\n" for number in range(400))
    + "   ```\n2. And that.",
    "nested list": "- top\n" + "".join(f"  - line {number} ends\n" for number in range(400)),
    "list in a quote": "> - top\n" + "".join(f"> - line {n} ends\n" for n in range(400)),
    "html": "<pre>\n" + "".join(f"line {number} ends\n" for number in range(400)) + "</pre>",
}

NESTED = {"list in a quote"}


@pytest.mark.parametrize("rows", [10, 100])
@pytest.mark.parametrize("kind", LONG)
def test_each_line_of_a_long_answer_is_there_exactly_once(kind: str, rows: int) -> None:
    """On a small and on a large screen nothing is lost, doubled or out of order."""
    size = 300 if kind in NESTED else 17  # what is nested is laid out again with each frame
    with open_terminal(60, rows) as terminal:
        seen = " ".join(play(terminal, LONG[kind], size=size))
        assert find_numbers(seen) == list(range(400))


@pytest.mark.parametrize("rows", [10, 100])
@pytest.mark.parametrize("kind", ["prose", "fence", "list", "table", "paragraph"])
def test_each_line_is_there_exactly_once_through_a_resize(kind: str, rows: int) -> None:
    """A terminal that gets wider, higher and narrower in mid-answer shows each line once."""
    # The emulator cuts off what a narrower screen cannot hold, so full lines only get wider.
    last = 100 if kind == "paragraph" else 70
    resizes = {100: (80, rows), 200: (80, rows + 5), 300: (last, rows + 5)}
    with open_terminal(60, rows) as terminal:
        seen = " ".join(play(terminal, LONG[kind], size=17, resizes=resizes))
        assert find_numbers(seen) == list(range(400))


def test_code_that_an_item_begins_with_is_there_on_a_small_screen() -> None:
    """The item's mark waits for the first line of code, which stands beside it."""
    text = "- one\n- two\n  three\n- ```\n  code 1\n  code 2\n  code 3\n"
    with open_terminal(40, 4) as terminal:
        seen = play(terminal, text, size=1)
        assert seen == ["• one", "• two three", "•   code 1", "    code 2", "    code 3"]


def test_code_in_an_item_is_written_once() -> None:
    """A block within an item that does not fit the screen scrolls; it is not repainted."""
    with open_terminal(60, 10) as terminal:
        text = LONG["code in an item"][:1000]
        play(terminal, text, size=10)
        assert len(terminal.received) < 5 * len(text)


def find_numbers(seen: str) -> list[int]:
    words = seen.split()
    return [int(number) for word, number in itertools.pairwise(words) if word == "line"]


@pytest.mark.parametrize(("columns", "rows"), [(60, 12), (30, 5), (100, 40), (20, 3)])
@pytest.mark.parametrize("size", [1, 5, 60])
def test_the_screen_ends_as_the_whole_would_look(columns: int, rows: int, size: int) -> None:
    """After streaming the terminal shows just what rendering the whole text at once gives."""
    with open_terminal(columns, rows) as terminal:
        seen = play(terminal, MIXED, size=size)
        whole = lay_out(read_pieces(sanitize(MIXED), []), columns - 1, rows)
        assert seen == get_texts(whole)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(EXAMPLES), min_size=1, max_size=4), st.integers(1, 9))
def test_any_document_ends_as_the_whole_would_look(examples: list[str], size: int) -> None:
    """The same holds for CommonMark's examples, on a screen that they do not fit."""
    text = "\n".join(examples)
    with open_terminal(40, 6) as terminal:
        whole = lay_out(read_pieces(sanitize(text), []), 39, 6)
        assert play(terminal, text, size=size) == get_texts(whole)


def test_a_golden_screen_of_a_document() -> None:
    """All elements of Markdown look as designed."""
    with open_terminal(48, 60) as terminal:
        assert play(terminal, MIXED) == GOLDEN.splitlines()


def test_a_golden_screen_in_mid_answer() -> None:
    """An open table and what comes before it are there before the table ends."""
    with open_terminal(40, 12) as terminal:
        clock = FakeClock()
        sink = open_sink(terminal, clock)
        for piece in ("Look:\n\n| Name | Size |\n|---|--:|\n| a | 1 |\n", "| long name | 22"):
            sink.show(TextDelta(piece))
            clock.advance(0.1)
            sink.tick()
        assert terminal.read_screen()[:5] == [
            "Look:",
            "",
            "Name      │ Size",
            "──────────┼─────",
            "a         │    1",
        ]
        sink.finish(COMPLETE, None)


def test_words_that_go_on_are_shown_at_once() -> None:
    """Between frames plain words are written as they come, and nothing else is."""
    with open_terminal(60, 10) as terminal:
        clock = FakeClock()
        sink = open_sink(terminal, clock)
        sink.show(TextDelta("The first words"))
        terminal.settle()
        before = len(terminal.received)
        sink.show(TextDelta(" and more"))
        assert terminal.read_screen()[0] == "The first words and more"
        assert terminal.received[before:] == b" and more"
        sink.finish(COMPLETE, None)


def test_frames_are_no_more_than_twenty_a_second() -> None:
    """What needs a repaint waits for the next frame, and the tick says when that is."""
    with open_terminal(60, 10) as terminal:
        clock = FakeClock()
        sink = open_sink(terminal, clock)
        for word in ("**one** ", "**two** ", "**three** "):
            sink.show(TextDelta(word))
        assert terminal.read_screen()[0] == "one two"
        due = sink.tick()
        assert due is not None
        assert 0 < due <= 0.06
        clock.advance(due)
        sink.tick()
        assert terminal.read_screen()[0] == "one two three"
        sink.finish(COMPLETE, None)


def test_a_second_has_no_more_than_twenty_frames() -> None:
    """However fast text comes, the tail is repainted at most twenty times a second."""
    with open_terminal(60, 10) as terminal:
        clock = FakeClock()
        sink = open_sink(terminal, clock)
        frames = 0
        for _ in range(1000):
            before = len(terminal.received)
            sink.show(TextDelta("**x** "))
            sink.tick()
            terminal.settle()
            frames += len(terminal.received) > before
            clock.advance(0.001)
        assert 15 <= frames <= 20
        sink.finish(COMPLETE, None)


def test_much_text_does_not_wait_for_a_frame() -> None:
    """What a frame paints is bounded, so that a signal need not wait long for it to end."""
    with open_terminal(60, 10) as terminal:
        clock = FakeClock()
        sink = open_sink(terminal, clock)
        painted = []
        for number in range(40):
            before = len(terminal.received)
            sink.show(TextDelta(f"**line** {number}\n\n" * 100))
            terminal.settle()
            painted.append(len(terminal.received) > before)
        assert not any(all(not each for each in painted[at : at + 4]) for at in range(36))
        clock.advance(0.2)  # and it is not made up for afterwards
        sink.show(TextDelta("**the** end"))
        assert terminal.read_screen()[-1] == "the end"
        sink.finish(COMPLETE, None)


def test_emphasis_shows_before_its_end_has_come() -> None:
    """Bold words and code are styled while they grow, and no mark flashes up."""
    with open_terminal(60, 10) as terminal:
        clock = FakeClock()
        sink = open_sink(terminal, clock)
        for piece in ("Some **bold wor", "ds** and `co"):
            sink.show(TextDelta(piece))
            clock.advance(0.1)
            sink.tick()
            assert "*" not in terminal.read_screen()[0]
            assert "`" not in terminal.read_screen()[0]
        sink.finish(COMPLETE, None)
        assert terminal.read_all() == ["Some bold words and `co"]


def test_a_lone_dash_is_not_shown_before_it_means_something() -> None:
    """A dash below a paragraph may become an item or an underline: it waits."""
    with open_terminal(60, 10) as terminal:
        clock = FakeClock()
        sink = open_sink(terminal, clock)
        for piece, seen in (("Things:\n", ["Things:"]), ("-", ["Things:"])):
            sink.show(TextDelta(piece))
            clock.advance(0.1)
            sink.tick()
            assert terminal.read_all() == seen
        sink.show(TextDelta(" one"))
        clock.advance(0.1)
        sink.tick()
        assert terminal.read_all() == ["Things:", "", "• one"]
        sink.finish(COMPLETE, None)


def test_the_collector_is_spared_what_was_loaded() -> None:
    """Ctrl-C would wait while it looks at all modules again and again; at any later turn it may."""
    program = """
import gc, sys
from tokenhub_cli.render.live import LiveSink
from tokenhub_cli.render.outlet import Outlet
from tokenhub_cli.render.presentation import Presentation
for _ in range(2):
    LiveSink(Presentation(lambda: 0.0), Outlet(sys.stdout), Outlet(sys.stderr)).prepare()
    print(gc.get_freeze_count())
    kept = [[] for _ in range(1000)]
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    first, second = map(int, done.stdout.split())
    assert first > 10_000
    assert second <= first


def test_waiting_is_shown_until_the_first_piece_comes() -> None:
    """After a second of silence the wait is counted, and vanishes without a trace."""
    with open_terminal(60, 10) as terminal:
        clock = FakeClock()
        sink = open_sink(terminal, clock)
        sink.show(AttemptStarted(1))
        assert sink.tick() is not None
        clock.advance(3)
        sink.tick()
        assert terminal.read_screen()[0] == "waiting 3 s; Ctrl-C stops"
        sink.show(TextDelta("answer"))
        sink.finish(COMPLETE, None)
        assert terminal.read_all() == ["answer"]


def test_a_cut_answer_counts_down_below_itself_and_tells_at_the_end() -> None:
    """An interruption shows below the partial answer; its notice comes after the answer."""
    with open_terminal(90, 10) as terminal:
        clock = FakeClock()
        sink = open_sink(terminal, clock)
        sink.show(TextDelta("- one\n- tw"))
        sink.show(Interrupted(10, "reset", 3.0))
        clock.advance(0.2)
        sink.tick()
        assert terminal.read_all()[-1] == "asking for the rest in 3 s; Ctrl-C stops; reset"
        sink.show(Resumed("prefix", 0))
        sink.show(TextDelta("o"))
        sink.finish(COMPLETE, None)
        assert terminal.read_all() == [
            *("• one", "• two"),
            "note: cut off after 10 characters: reset",
            "note: the answer goes on where it was cut off; the prompt is billed again",
        ]


def test_an_error_comes_below_the_answer() -> None:
    """The error and its hint are the last lines."""
    with open_terminal(70, 10) as terminal:
        sink = open_sink(terminal, FakeClock(), show_usage=True, model="m")
        sink.show(TextDelta("half of"))
        error = IncompleteAnswerError("cut off", hint="run `tokenhub resume`")
        sink.finish(Answer("half of", AnswerStatus.INCOMPLETE), error)
        assert terminal.read_all() == [
            *("half of", "m · incomplete", "error: cut off", "", "hint: run `tokenhub resume`"),
        ]


def test_hostile_text_cannot_drive_the_terminal() -> None:
    """No escape sequence, control or bidi character of the model's reaches the terminal."""
    hostile = (
        "\x1b]52;c;cm0=\x07 \x9b2J `\x1b[2J` \u202e &#27; &#x9b; &#x202e;\n\n```\n\x1b[5m\n```\n"
    )
    with open_terminal(60, 10) as terminal:
        seen = " ".join(play(terminal, hostile, size=1, use_color=False))
        assert "␛]52;c;cm0=␇" in seen
        ours = terminal.received.decode()
        for sequence in ("\x1b]52", "\x07", "\x9b", "\u202e", "\x1b[2J", "\x1b[5m"):
            assert sequence not in ours


def test_links_are_hyperlinks_only_when_safe_and_shown() -> None:
    """An address is always in sight; only http, https and mailto can be clicked."""
    text = "[a](https://x.example/b) [b](javascript:alert) <mailto:me@x.example>"
    with open_terminal(90, 10) as terminal:
        seen = play(terminal, text, size=100)
        assert seen == ["a (https://x.example/b) b (javascript:alert) mailto:me@x.example"]
        received = terminal.received.decode()
        assert "\x1b]8;;https://x.example/b\x1b\\" in received
        assert "\x1b]8;;mailto:me@x.example\x1b\\" in received
        assert "]8;;javascript" not in received


def test_a_screen_reader_gets_lines_and_no_repaint() -> None:
    """Append-only: no cursor movement, no box drawing, no decoration."""
    with open_terminal(48, 60) as terminal:
        seen = "\n".join(play(terminal, MIXED, screen_reader=True, use_color=False))
        received = terminal.received.decode()
        assert not set("│─┼▌•◦▪☐☑") & set(received)
        assert not {"\x1b[A", "\x1b[K", "\x1b[J", "G"} & set(received.split("\x1b"))
        assert "\x1b[2K" not in received
        assert "# A title with bold words" in seen
        assert "[x] done" in seen


def test_a_screen_reader_hears_of_waiting_in_lines() -> None:
    """Where nothing is repainted, waiting is a line that stays, and rare."""
    with open_terminal(48, 20) as terminal:
        clock = FakeClock()
        sink = open_sink(terminal, clock, screen_reader=True)
        for _ in range(30):
            sink.tick()
            clock.advance(1)
        sink.show(TextDelta("Answer"))
        sink.finish(COMPLETE, None)
        assert terminal.read_all() == ["note: waiting for the gateway for 10 s", "Answer"]


def test_monochrome_output_has_no_colour() -> None:
    """Without colour only bold, italic, underlined and faint are used."""
    with open_terminal(48, 60) as terminal:
        play(terminal, MIXED, use_color=False)
        received = terminal.received.decode()
        styles = re.findall(r"\x1b\[([0-9;]*)m", received)
        parameters = {number for style in styles for number in style.split(";")}
        assert parameters <= {"", "0", "1", "2", "3", "4", "9"}
