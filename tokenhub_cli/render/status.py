"""One transient line on a terminal: drawn, rewritten in place, and gone without a trace.

The line belongs to the terminal that stderr shows on. Where stdout shows on the same one, the
cursor may stand in the middle of a line of the answer. Then the status is drawn on the line below
and the cursor goes back by relative moves, which stay right when drawing has scrolled the screen.
A line that fills the screen's width leaves the cursor in a state that no sequence restores
(DEC's pending wrap); near the right edge nothing is drawn, nor below a line of which terminals
disagree how wide it is (`render/cells.py`).
"""

from tokenhub_cli.render.cells import chop, measure, measure_joined
from tokenhub_cli.render.outlet import Outlet

ERASE_LINE = "\r\x1b[2K"
CURSOR_UP = "\x1b[A"
TAB_WIDTH = 8
ECHO = "^C^C"  # what a terminal writes behind the line when the key is pressed; it must not wrap
EDGE = 2  # columns kept free at the right


class StatusLine:
    """The transient line.

    Args:
        outlet: stderr.
        can_repaint: Whether `outlet` is a terminal that understands escape sequences.
    """

    def __init__(self, outlet: Outlet, *, can_repaint: bool) -> None:
        self._outlet = outlet
        self.can_repaint = can_repaint
        self._line: list[str] = []  # what stands on the cursor's line, where that matters
        self._drawn = ""
        self._column = 0

    @property
    def is_mid_line(self) -> bool:
        """Whether the cursor's line holds text."""
        return bool(self._line)

    def track(self, text: str) -> None:
        """Take note of text that was written to the same terminal."""
        if not self.can_repaint:
            return
        _, newline, rest = text.rpartition("\n")
        if newline:
            self._line.clear()
        if rest:
            self._line.append(rest)

    def draw(self, text: str) -> None:
        """Show `text`, cut to the screen's width, in place of the status shown before."""
        if not self.can_repaint or text == self._drawn:
            return
        columns, _ = self._outlet.measure()
        shown = cut_status(text, columns)
        if self._drawn:
            self._outlet.write(ERASE_LINE + shown)
        elif not self._line:
            self._outlet.write(shown)
        else:
            line = "".join(self._line)
            self._column = find_column(line, columns)
            is_known = measure(line) == measure_joined(line)
            if not (is_known and 0 < self._column < columns - EDGE):
                return
            self._outlet.write("\n" + shown)
        self._drawn = text

    def hide(self) -> None:
        """Remove the status and put the cursor back where the text ends."""
        if not self._drawn:
            return
        if self._line:
            self._drawn = ""  # first: done twice, it would take a line of the answer along
            self._outlet.write(f"{ERASE_LINE}{CURSOR_UP}\x1b[{self._column + 1}G")
        else:
            self._outlet.write(ERASE_LINE)  # first: a second Ctrl-C may come before it is written
            self._drawn = ""


def cut_status(text: str, columns: int) -> str:
    """Return as much of a status as fits a line, with room for the echo of Ctrl-C."""
    return "".join(chop(text, max(columns - 1 - len(ECHO), 0))[:1])


def find_column(line: str, columns: int) -> int:
    """Return the column (from 0) that the cursor stands in after `line`, on a screen that wraps."""
    column = 0
    for character in line:
        if character == "\t":
            column = min((column // TAB_WIDTH + 1) * TAB_WIDTH, columns - 1)
            continue
        width = measure(character)
        column = width if column + width > columns else column + width
    return column
