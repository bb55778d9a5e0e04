"""One transient line on a terminal: drawn, rewritten in place, and gone without a trace.

The line belongs to the terminal that stderr shows on. Where stdout shows on the same one, the
cursor may stand in the middle of a line of the answer. Then the status is drawn on the line below
and the cursor goes back by relative moves, which stay right when drawing has scrolled the screen.
A line that fills the screen's width leaves the cursor in a state that no sequence restores
(DEC's pending wrap); near the right edge nothing is drawn, nor below a line of which terminals
disagree how wide it is (`render/cells.py`). Once the screen has another width, nobody knows where
the line of the answer ends on it: what comes next then stands where the status was.
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
        reflows: Whether it breaks lines anew that no longer fit.
    """

    def __init__(self, outlet: Outlet, *, can_repaint: bool, reflows: bool = False) -> None:
        self._outlet = outlet
        self.can_repaint = can_repaint
        self._reflows = reflows
        self._line: list[str] = []  # what stands on the cursor's line, where that matters
        self._line_columns = 0  # the screen's width when that line began
        self._drawn = self._shown = ""  # whole, and as much of it as there was room for
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
            if not self._line:
                self._line_columns, _ = self._outlet.measure()
            self._line.append(rest)

    def draw(self, text: str) -> None:
        """Show `text`, cut to the screen's width, in place of the status shown before."""
        if not self.can_repaint or text == self._drawn:
            return
        columns, _ = self._outlet.measure()
        shown = cut_status(text, columns)
        if self._drawn or not self._line:
            erasing = self._encode_erasing(columns) if self._drawn else ""
            self._drawn, self._shown = text, shown  # first: a second Ctrl-C may come once it stands
            self._outlet.write(erasing + shown)
            return
        line = "".join(self._line)
        self._column = find_column(line, columns)
        is_known = measure(line) == measure_joined(line)
        can_return = is_known and 0 < self._column < columns - EDGE
        if columns == self._line_columns and not can_return:
            return
        self._outlet.write("\n" + shown)
        self._drawn, self._shown = text, shown

    def hide(self) -> None:
        """Remove the status and put the cursor back where the text ends."""
        if not self._drawn:
            return
        columns, _ = self._outlet.measure()
        erasing = self._encode_erasing(columns)
        if self._line or erasing != ERASE_LINE:
            self._drawn = ""  # first: done twice, it would take a line of the answer along
            if columns != self._line_columns:
                self._line.clear()
            elif self._line:
                erasing += f"{CURSOR_UP}\x1b[{self._column + 1}G"
            self._outlet.write(erasing)
        else:
            self._outlet.write(erasing)  # first: a second Ctrl-C may come before it is written
            self._drawn = ""

    def _encode_erasing(self, columns: int) -> str:
        """Return what erases the status, on a screen that may have got narrower below it."""
        width = measure_joined(self._shown) if self._reflows else 0
        return ERASE_LINE + f"{CURSOR_UP}{ERASE_LINE}" * (max(-(-width // columns), 1) - 1)


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
