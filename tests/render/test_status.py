"""The transient line comes and goes without a trace."""

import re

import pytest

from tests.support.reflowing import ReflowingScreen
from tests.support.terminal import EmulatedTerminal, open_terminal
from tokenhub_cli.render.outlet import Outlet
from tokenhub_cli.render.status import StatusLine, find_column


def write(status: StatusLine, outlet: Outlet, text: str) -> None:
    status.hide()
    outlet.write(text)
    status.track(text)


def open_status(terminal: EmulatedTerminal, *, reflows: bool = False) -> tuple[StatusLine, Outlet]:
    outlet = Outlet(terminal.stream)
    return StatusLine(outlet, can_repaint=True, reflows=reflows), outlet


def test_the_line_is_rewritten_in_place() -> None:
    """A later status replaces an earlier one, and hiding leaves nothing."""
    with open_terminal(40, 5) as terminal:
        status, _ = open_status(terminal)
        status.draw("waiting 10 s")
        status.draw("waiting 11 s")
        assert terminal.read_screen()[:2] == ["waiting 11 s", ""]
        status.hide()
        assert terminal.read_all() == []
        assert (terminal.screen.cursor.x, terminal.screen.cursor.y) == (0, 0)


def test_a_second_ctrl_c_in_the_middle_of_hiding_leaves_nothing() -> None:
    """It hides the line itself, and the program is gone before the first one could."""

    class Struck(Outlet):
        is_struck = False

        def write(self, text: str) -> None:
            if not self.is_struck and text.startswith("\r"):
                self.is_struck = True
                status.hide()
                raise SystemExit
            super().write(text)

    with open_terminal(40, 5) as terminal:
        status = StatusLine(Struck(terminal.stream), can_repaint=True)
        status.draw("asking again in 59 s")
        with pytest.raises(SystemExit):
            status.hide()
        assert terminal.read_all() == []


def test_a_second_ctrl_c_right_after_drawing_leaves_nothing() -> None:
    """Once a person can see the line it is known to stand there."""

    class Struck(Outlet):
        def write(self, text: str) -> None:
            super().write(text)
            if "asking" in text:
                status.hide()
                raise SystemExit

    with open_terminal(40, 5) as terminal:
        status = StatusLine(Struck(terminal.stream), can_repaint=True)
        with pytest.raises(SystemExit):
            status.draw("asking again in 59 s")
        assert terminal.read_all() == []


@pytest.mark.parametrize("lines_above", [0, 3, 4, 20])
@pytest.mark.parametrize(
    "partial", ["partial", "x" * 50, "wide 漢字", "tab\tstop", "e\u0301 👨‍👩‍👧"[:3]]
)
def test_a_partial_line_goes_on_where_it_stopped(lines_above: int, partial: str) -> None:
    """In mid-line the status stands below, at the screen's bottom too, and the text goes on."""
    with open_terminal(40, 5) as terminal, open_terminal(40, 5) as untouched:
        status, outlet = open_status(terminal)
        other = Outlet(untouched.stream)
        above = "".join(f"line {number}\n" for number in range(lines_above))
        for text in (above, partial):
            write(status, outlet, text)
            other.write(text)
        status.draw("waiting 10 s; Ctrl-C stops")
        status.draw("waiting 11 s; Ctrl-C stops")
        assert "waiting 11 s; Ctrl-C stops" in terminal.read_screen()
        for text in (" and on\n", "next line"):
            write(status, outlet, text)
            other.write(text)
        assert terminal.read_all() == untouched.read_all()


def test_nothing_is_drawn_at_the_right_edge() -> None:
    """A line that fills the width cannot be returned to, so no status is drawn below it."""
    with open_terminal(40, 5) as terminal:
        status, outlet = open_status(terminal)
        write(status, outlet, "x" * 40)
        status.draw("waiting")
        write(status, outlet, "y")
        assert terminal.read_all() == ["x" * 40, "y"]


def test_a_status_is_cut_to_the_width() -> None:
    """A status never wraps, since a wrapped one could not be erased."""
    with open_terminal(20, 5) as terminal:
        status, _ = open_status(terminal)
        status.draw("a reason that is far too long for this screen")
        assert terminal.read_screen()[:2] == ["a reason that i", ""]


def test_a_stream_that_cannot_repaint_gets_nothing() -> None:
    """Into a pipe or a dumb terminal no status is drawn."""
    with open_terminal(40, 5) as terminal:
        outlet = Outlet(terminal.stream)
        status = StatusLine(outlet, can_repaint=False)
        status.track("partial")
        status.draw("waiting")
        status.hide()
        terminal.settle()
        assert terminal.received == b""


@pytest.mark.parametrize(
    ("line", "column"),
    [("", 0), ("abc", 3), ("漢", 2), ("x" * 9 + "漢", 2), ("a\tb", 9), ("e\u0301", 1)],
)
def test_columns_are_counted_as_a_terminal_does(line: str, column: int) -> None:
    """Wide and combining characters, tabs and wrapping are taken into account."""
    assert find_column(line, 10) == column


def test_a_status_in_a_wide_script_is_cut_to_the_width() -> None:
    """What a gateway gives as its reason may take two columns a character; it never wraps."""
    with open_terminal(20, 5) as terminal:
        status, _ = open_status(terminal)
        status.draw("請求過多" * 5)
        status.hide()
        assert terminal.read_all() == []


NUMBERED = " ".join(f"w{number:03}" for number in range(30))


@pytest.mark.parametrize("counts_blank", [False, True])
@pytest.mark.parametrize("width", [20, 28, 33, 60, 80])
@pytest.mark.parametrize("resized", ["before it is drawn", "while it stands"])
@pytest.mark.parametrize("count", [3, 14, 20])
def test_a_resize_under_the_status_costs_no_word(
    *, counts_blank: bool, width: int, resized: str, count: int
) -> None:
    """Where the line ended on the screen as it was, there may be other words of it by now."""
    screen = ReflowingScreen(40, 12, counts_blank=counts_blank)
    with open_terminal(40, 12, screen) as terminal:
        status, outlet = open_status(terminal, reflows=True)
        write(status, outlet, "above\n" * 4)
        write(status, outlet, NUMBERED[: 5 * count])
        if resized == "before it is drawn":
            terminal.resize(width, 12)
        status.draw("waiting 10 s; Ctrl-C stops")
        terminal.settle()
        terminal.resize(width, 12)
        status.draw("waiting 11 s; Ctrl-C stops")
        assert "waiting 10 s" not in " ".join(terminal.read_all())
        write(status, outlet, NUMBERED[5 * count :])
        shown = "".join(terminal.read_all())
    assert re.sub(r"\s", "", shown) == "above" * 4 + NUMBERED.replace(" ", "")


@pytest.mark.parametrize("width", [20, 60])
def test_a_resize_costs_no_word_where_lines_stay_as_they_were_broken(width: int) -> None:
    """What a narrower screen cut off is lost to every program; nothing more is."""
    with open_terminal(40, 12) as terminal:
        status, outlet = open_status(terminal)
        write(status, outlet, "above\n" + NUMBERED[:60])
        status.draw("waiting 10 s")
        terminal.settle()
        before = terminal.read_all()[:3]
        terminal.resize(width, 12)
        write(status, outlet, "and so on")
        lines = terminal.read_all()
    assert lines == [*(line[:width].rstrip() for line in before), "and so on"]
