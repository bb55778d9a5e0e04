"""Only what changed is written, and the screen shows the picture."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.terminal import open_terminal
from tokenhub_cli.render.changes import encode_line
from tokenhub_cli.render.lines import PLAIN, Line, Style
from tokenhub_cli.render.outlet import Outlet
from tokenhub_cli.render.painter import Painter

words = st.sampled_from(["", "a", "word", "漢字", "two words", "👍 x", "é", "│"])
lines = st.tuples(words, words).map(
    lambda pair: tuple((text, style) for text, style in zip(pair, (PLAIN, Style("1"))) if text)  # noqa: B905 - both have two
)
pictures = st.lists(st.tuples(st.integers(0, 3), st.lists(lines, max_size=7)), max_size=8)


def plain(*texts: str) -> list[Line]:
    return [((text, PLAIN),) if text else () for text in texts]


@settings(max_examples=80, deadline=None)
@given(pictures, st.sampled_from([5, 9]))
def test_the_screen_shows_what_was_painted(steps: list[tuple[int, list[Line]]], rows: int) -> None:
    """Whatever pictures follow each other, final lines stay and the tail is the last one."""
    with open_terminal(40, rows) as terminal:
        painter = Painter(Outlet(terminal.stream).write, 40, rows)
        expected: list[str] = []
        for wanted, tail in steps:
            count = min(wanted, len(tail))
            painter.paint(tail[:count], tail[count:])
            expected += ["".join(text for text, _ in line).rstrip() for line in tail[:count]]
        painter.paint([], [])
        while expected and not expected[-1]:
            expected.pop()
        assert terminal.read_all() == expected


def test_a_word_more_costs_its_own_bytes() -> None:
    """A line that goes on is not written again."""
    written: list[str] = []
    painter = Painter(written.append, 40, 10)
    painter.paint([], plain("one", "two"))
    written.clear()
    painter.paint([], plain("one", "two three"))
    assert written == [" three"]


def test_nothing_new_writes_nothing() -> None:
    """The same picture costs no byte."""
    written: list[str] = []
    painter = Painter(written.append, 40, 10)
    painter.paint([], plain("one"))
    written.clear()
    painter.paint([], plain("one"))
    assert written == []


def test_a_change_is_written_from_where_it_begins() -> None:
    """Within a line the cursor goes to the first difference."""
    written: list[str] = []
    painter = Painter(written.append, 40, 10)
    painter.paint([], plain("the same, then old"))
    written.clear()
    painter.paint([], plain("the same, then new"))
    assert written == ["\x1b[16Gnew"]


def test_bigger_updates_appear_at_once() -> None:
    """A repaint of several lines is marked as one update; an appended word is not."""
    written: list[str] = []
    painter = Painter(written.append, 40, 10)
    painter.paint([], plain("one", "two"))
    written.clear()
    painter.paint([], plain("ONE", "TWO"))
    assert written[0].startswith("\x1b[?2026h")
    assert written[0].endswith("\x1b[?2026l")


def test_a_tail_that_is_too_tall_shows_its_end() -> None:
    """A tail never scrolls; what does not fit comes when it is final."""
    with open_terminal(40, 5) as terminal:
        painter = Painter(Outlet(terminal.stream).write, 40, 5)
        tall = plain(*(f"line {number}" for number in range(9)))
        painter.paint([], tall)
        assert terminal.read_all() == ["line 5", "line 6", "line 7", "line 8"]
        painter.paint(tall, [])
        assert terminal.read_all() == [f"line {number}" for number in range(9)]


@given(st.lists(lines, min_size=1, max_size=16), st.lists(st.integers(1, 3), min_size=16))
def test_a_tail_that_outgrows_the_screen_shows_its_end_whatever_it_says(
    tail: list[Line], steps: list[int]
) -> None:
    """Line by line or some at once, with empty lines and repeated ones, then all of it for good."""
    with open_terminal(40, 6) as terminal:
        painter = Painter(Outlet(terminal.stream).write, 40, 6)
        texts = ["".join(text for text, _ in line).rstrip() for line in tail]
        length = 0
        while length < len(tail):
            length = min(length + steps.pop(), len(tail))
            painter.paint([], tail[:length])
            shown = texts[max(length - 5, 0) : length]
            assert [*terminal.read_all(), *[""] * 5][: len(shown)] == shown
        painter.paint(tail, [])
        assert [*terminal.read_all(), *[""] * 16][: len(texts)] == texts


def test_a_tail_that_outgrows_the_screen_is_moved_not_written_again() -> None:
    """The lines that stay cost nothing, however many they are."""
    written: list[str] = []
    painter = Painter(written.append, 40, 6)
    texts = [f"line {number}" for number in range(7)]
    painter.paint([], plain(*texts[:5]))
    written.clear()
    painter.paint([], plain(*texts[:6]))
    painter.paint([], plain(*texts))
    moved = "\x1b[?2026h\x1b[4A\x1b[1M\x1b[3B\r\nline {}\x1b[?2026l"
    assert written == [moved.format(5), moved.format(6)]


def test_words_are_appended_only_where_there_is_room() -> None:
    """Text that would reach the edge waits for a frame, which wraps it."""
    written: list[str] = []
    painter = Painter(written.append, 10, 5)
    painter.paint([], plain("12345"))
    assert painter.append("678", PLAIN)
    assert not painter.append("90", PLAIN)
    assert written[-1] == "678"


def test_nothing_that_follows_an_emoji_wraps() -> None:
    """Where a terminal takes an emoji for wider than it is, words after it stay on their line."""
    written: list[str] = []
    painter = Painter(written.append, 40, 10)
    painter.paint([], plain("a family 👨\u200d👩\u200d👧"))
    written.clear()
    painter.append(" and", PLAIN)
    painter.paint([], plain("a family 👨\u200d👩\u200d👧 and more"))
    assert written == ["\x1b[?7l and\x1b[?7h", "\x1b[?7l more\x1b[?7h"]


@pytest.mark.parametrize("text", ["One line and a", "One 👨\u200d👩 line a"])
def test_a_line_that_gets_shorter_is_erased_from_its_beginning(text: str) -> None:
    """To tmux a line whose end alone was erased is as long as before when it breaks it anew."""
    written: list[str] = []
    painter = Painter(written.append, 40, 10)
    painter.paint([], plain(text))
    written.clear()
    painter.paint(plain(text[:-2]), plain("and"))
    assert "".join(written).startswith("\x1b[?2026h\r\x1b[K")
    assert "".join(written).count("\x1b[K") == 1


def test_a_character_that_goes_on_is_written_with_its_line() -> None:
    """A joiner or a mark alone, behind what is there, would be the terminal's guess."""
    written: list[str] = []
    painter = Painter(written.append, 40, 10)
    painter.paint([], plain("two 👨"))
    written.clear()
    painter.paint([], plain("two 👨\u200d👩"))
    assert written == ["\r\x1b[?7ltwo 👨\u200d👩\x1b[?7h\x1b[K"]


def test_a_joiner_with_nothing_to_join_is_not_written() -> None:
    """It would swallow the next character that the terminal gets, wherever the cursor went."""
    written: list[str] = []
    painter = Painter(written.append, 40, 10)
    for text in ("x 👨\u200d", "x 👨\u200d👩"):
        painter.paint([], plain(text))
    assert written == [
        "\x1b[?7lx 👨\x1b[?7h",
        "\r\x1b[?7lx 👨\u200d👩\x1b[?7h\x1b[K",
    ]
    parts = (("👨\u200d", PLAIN), ("👩\u200d y\u200d", Style("1")), (" ", PLAIN))
    assert encode_line(parts) == "👨\u200d\x1b[1m👩 y \x1b[m"


def test_a_letter_that_joins_waits_for_a_frame() -> None:
    """Words that go on are written as they are, unless the line's last character changes."""
    painter = Painter(lambda _: None, 40, 10)
    painter.paint([], plain("क\u094d"))
    assert not painter.append("ष", PLAIN)
    painter.paint([], plain("क\u094dष"))
    assert painter.append("x", PLAIN)


def test_abandoning_puts_every_mode_back() -> None:
    """A process that leaves at once leaves the terminal sane, the cursor below."""
    written: list[str] = []
    painter = Painter(written.append, 40, 5)
    painter.paint([], plain("half"))
    painter.abandon()
    assert written[-1] == "\x1b[?2026l\x1b[?7h\x1b[m\x1b]8;;\x1b\\\r\n"
    painter.abandon(erases_last=True)
    assert written[-1].endswith("\x1b\\\r\x1b[2K")
