"""What a painter does when the screen changes its size."""

from collections.abc import Callable

import pytest

from tests.support.terminal import open_terminal
from tokenhub_cli.render.lines import PLAIN, Line
from tokenhub_cli.render.outlet import Outlet
from tokenhub_cli.render.painter import Painter, break_anew


def tell(*places: tuple[int, int]) -> Callable[[], tuple[int, int]]:
    """Return a function that tells these places in turn, and the last one again and again."""
    left = list(places)
    return lambda: left.pop(0) if len(left) > 1 else left[0]


def plain(*texts: str) -> list[Line]:
    return [((text, PLAIN),) if text else () for text in texts]


@pytest.mark.parametrize("columns", [1, 2])
def test_a_screen_that_lines_may_be_wider_than_shows_only_what_is_final(columns: int) -> None:
    """What wraps by itself could not be rewritten in place."""
    with open_terminal(columns, 4) as terminal:
        painter = Painter(Outlet(terminal.stream).write, columns, 4)
        painter.paint([], plain("ab", "c"))
        assert not painter.append("d", PLAIN)
        painter.paint(plain("აბ"), plain("cd"))  # terminals disagree how wide these letters are
        assert "".join(terminal.read_all()) == "აბ"
        terminal.resize(20, 4)
        painter.resize(20, 4, reflows=False)
        painter.paint([], plain("cd"))
        assert "".join(terminal.read_all()) == "აბcd"


@pytest.mark.parametrize(("columns", "rows"), [(60, 8), (30, 8), (40, 12)])
def test_a_resize_repaints_the_tail_once(columns: int, rows: int) -> None:
    """After a resize the tail stands there once, as the new size wants it."""
    with open_terminal(40, 8) as terminal:
        painter = Painter(Outlet(terminal.stream).write, 40, 8)
        painter.paint(plain("final"), plain("tail one", "tail two"))
        terminal.settle()
        terminal.resize(columns, rows)
        painter.resize(columns, rows, reflows=False)
        painter.paint([], plain("tail one", "tail two", "three"))
        assert terminal.read_all() == ["final", "tail one", "tail two", "three"]


def test_a_reflowed_line_is_erased_whole() -> None:
    """Where the terminal breaks lines anew, the rows it makes of one are counted."""
    written: list[str] = []
    painter = Painter(written.append, 40, 8)
    painter.paint([], plain("x" * 35, "y"))
    written.clear()
    painter.resize(20, 8, reflows=True)
    assert "".join(written) == "\r\x1b[K\x1b[A\x1b[K\x1b[A\x1b[K"


def test_lines_pushed_out_by_a_smaller_screen_are_not_shown_again() -> None:
    """What scrolled out of reach counts as final."""
    written: list[str] = []
    painter = Painter(written.append, 40, 10)
    tail = plain("1", "2", "3", "4", "5")
    painter.paint([], tail)
    painter.resize(40, 3, reflows=False)
    written.clear()
    painter.paint(tail, plain("6"))
    assert "1" not in "".join(written)
    assert "".join(written).endswith("\r\n6")


def test_what_stands_above_a_tall_tail_is_not_taken_for_what_was_pushed_out() -> None:
    """All of a tail that was taller than the screen is shown once it is final."""
    written: list[str] = []
    painter = Painter(written.append, 40, 5)
    tail = plain(*["the same"] * 9)
    painter.paint([], tail)
    painter.resize(40, 3, reflows=False)
    written.clear()
    painter.paint(tail, plain("end"))
    assert "".join(written).count("\r\n") == 10 - 3  # three of the rows are on the screen


def test_a_terminal_that_tells_where_its_cursor_is_has_pushed_out_what_is_above() -> None:
    """What it pushed out with room below is neither erased nor shown again."""
    written: list[str] = []
    painter = Painter(written.append, 40, 8)
    tail = plain("word " * 7, "x")
    painter.paint([], tail)
    written.clear()
    locate = tell((1, 1), (0, 0))
    painter.resize(20, 8, reflows=True, locate=locate, recall=lambda _: "word " * 4)
    assert written == ["\r\x1b[K\x1b[A\x1b[K"]  # of three rows one went
    painter.paint([], plain("word word word word", "word word word", "x"))
    assert written[1] == "word word word\r\nx"


def test_what_is_not_seen_in_the_scrollback_is_shown_again() -> None:
    """Something was drawn in between, and rows are not where they should be: nothing is lost."""
    written: list[str] = []
    painter = Painter(written.append, 40, 8)
    painter.paint([], plain("word " * 7, "x"))
    painter.resize(20, 8, reflows=True, locate=lambda: (1, 1), recall=lambda _: "other words")
    written.clear()
    painter.paint([], plain("word word word word", "word word word", "x"))
    assert "".join(written).count("word") == 7


@pytest.mark.parametrize(("marks", "shown"), [(1, 6), (2, 4)])
def test_what_may_not_have_been_read_pushed_nothing_out(marks: int, shown: int) -> None:
    """Until the second mark after it was written nobody knows whether it was on the screen."""
    written: list[str] = []
    painter = Painter(written.append, 40, 3)
    painter.paint([], plain("one two three four"))
    painter.mark()
    painter.mark()
    tail = plain("one two three four", "five six")
    painter.paint([], tail)
    for _ in range(marks):
        painter.mark()
    painter.resize(8, 3, reflows=True)  # four rows, of which three have room
    written.clear()
    painter.paint([], tail)
    words = ("one", "two", "three", "four", "five", "six")
    assert sum(word in "".join(written) for word in words) == shown


def test_a_terminal_that_lags_behind_is_asked_again() -> None:
    """Its cursor counts only where it was left: until then not all has been read."""
    locate = tell((0, 0), (1, 1), (0, 1), (0, 0))
    written: list[str] = []
    painter = Painter(written.append, 40, 8)
    painter.paint([], plain("word " * 7, "x"))
    written.clear()
    recall = ["word word word word"].__getitem__
    painter.resize(20, 8, reflows=True, locate=locate, recall=lambda n: recall(n - 1))
    assert written == ["\r\x1b[K\x1b[A\x1b[K"]
    painter.paint([], plain("z" * 35))
    written.clear()
    painter.resize(10, 8, reflows=True, locate=lambda: (2, 0))
    assert written == ["\r\x1b[K"]  # never there


@pytest.mark.parametrize("stays_for", [1, 2])
def test_a_size_that_changes_meanwhile_costs_no_word(stays_for: int) -> None:
    """A screen that is wide again has got back what it had pushed out, and it was erased there."""
    locate = tell(*[(5, 2), (0, 1)][:stays_for], (-1, -1))
    written: list[str] = []
    painter = Painter(written.append, 40, 4)
    tail = plain("one two three four", "five six seven")
    painter.paint([], tail)
    written.clear()
    painter.resize(
        *(9, 4),
        reflows=True,
        locate=locate,
        recall=lambda _: "one two t",
    )
    assert "".join(written).count("\x1b[A") == stays_for
    painter.paint([], tail)
    assert "one two three four" in written[-1]


def test_a_cursor_that_was_put_above_the_tail_goes_back_to_its_end() -> None:
    """What stands in the cursor's row is final, and stays; other text below is nobody's here."""
    for below, expected in [(["one", "two"], "\x1b[2B\x1b[4G\r\x1b[K\x1b[A\x1b[K"), (["2"], None)]:
        written: list[str] = []
        painter = Painter(written.append, 40, 10)
        painter.paint([], plain("one", "two"))
        written.clear()
        painter.resize(80, 10, reflows=True, read_below=lambda below=below: below)  # type: ignore[misc]
        assert "".join(written) == (expected or "\r\x1b[K\x1b[A\x1b[K")


def test_a_terminal_that_gives_no_answer_is_asked_once() -> None:
    """Each answer that does not come is waited for, half a second long."""
    asked: list[int] = []
    painter = Painter(lambda _: None, 40, 10)
    painter.paint([], plain("one two three four five six"))
    painter.resize(10, 10, reflows=True, locate=lambda: asked.append(1) or (-1, -1))  # type: ignore[func-returns-value]
    assert len(asked) == 1


@pytest.mark.parametrize("place", [(-1, -1), (3, 5)])
def test_a_place_in_doubt_costs_no_line_above(place: tuple[int, int]) -> None:
    """Rows are left over, and stand twice; what is final stays: it may be just above."""
    with open_terminal(40, 10) as terminal:
        painter = Painter(Outlet(terminal.stream).write, 40, 10)
        painter.paint(plain("final"), plain("one two three four five six"))
        terminal.settle()
        painter.resize(10, 10, reflows=True, locate=lambda: place)
        painter.paint([], plain("one two", "three four", "five six"))
        assert terminal.read_all() == ["final", "one two", "three four", "five six"]


def test_a_key_that_was_echoed_does_not_hide_where_the_cursor_is() -> None:
    """Ctrl-C, or what is typed ahead, stands behind the text, and the cursor behind that."""
    written: list[str] = []
    painter = Painter(written.append, 40, 8)
    painter.paint([], plain("word " * 7, "x"))
    written.clear()
    locate = tell((3, 1), (3, 1), (3, 1), (2, 0))
    painter.resize(20, 8, reflows=True, locate=locate, recall=lambda _: "word " * 4)
    assert written == ["\r\x1b[K\x1b[A\x1b[K"]
    painter.paint([], plain("word word word word", "word word word", "x"))
    assert written[1] == "word word word\r\nx"


@pytest.mark.parametrize(
    ("text", "rows"),
    [("", 1), ("x" * 10, 1), ("x" * 11, 2), ("x漢字漢字漢", 2), ("漢" * 11, 3), ("🇩🇪" * 5, 1)],
)
def test_the_rows_of_a_reflowed_line_are_never_too_many(text: str, rows: int) -> None:
    """Wide characters are not parted; where terminals disagree, the fewest count."""
    assert len(break_anew(plain(text)[0], 10)) == rows
