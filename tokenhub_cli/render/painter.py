"""Puts lines on a terminal: final ones once, the tail rewritten in place, only what changed.

What stands on the screen below the last final line is the *window*; the painter remembers it. A new
picture (final lines, then the tail) is compared with the window (`render/changes.py`). The cursor
stays where the text ends, so that text which merely goes on is written as it is.

The window is never taller than the screen less one row, so each of its lines can be reached by
moving up. Lines are narrower than the screen by one column, so the cursor never waits at the edge.
"""

import sys
from collections.abc import Callable, Sequence

from tokenhub_cli.render.cells import chop, is_unsure, joins, measure, measure_joined
from tokenhub_cli.render.changes import (
    ERASE_LINE,
    ERASE_REST,
    NO_LINK,
    RESET,
    WRAP,
    encode_changes,
    encode_guarded,
    encode_line,
    go_to_column,
)
from tokenhub_cli.render.lines import (
    EMPTY_LINE,
    LEAST_COLUMNS,
    Line,
    Style,
    measure_line,
    merge_runs,
    read_text,
)
from tokenhub_cli.render.scrolled import ScrolledText

BEGIN_UPDATE, END_UPDATE = "\x1b[?2026h", "\x1b[?2026l"
LOCATIONS = 3  # times that the cursor is looked for, until the terminal has read what was written
Locate = Callable[[], tuple[int, int] | None]
Recall = Callable[[int], str]
ReadBelow = Callable[[], Sequence[str]]


class Painter:
    """Draws on one terminal.

    Args:
        write: Writes text to the terminal, all of it, at once.
        columns: The screen's width.
        rows: Its height.
    """

    def __init__(self, write: Callable[[str], None], columns: int, rows: int) -> None:
        self._write = write
        self._columns = columns
        self._rows = rows
        self._window: list[Line] = [EMPTY_LINE]  # the cursor is at the end of its last line
        self._is_cut = False  # the tail has lines above the window, which have not been shown yet
        self._tail_length = 0  # with those
        self._has_status = False  # the last line is no text: nothing of it is shown again or missed
        self._goes_on = False  # a line of the scrollback was broken, and the window's first is next
        self._scrolled = ScrolledText()
        self._given = 0  # lines that became final
        # The window at the last mark and the one before it, and how many lines were final by then.
        self._marked: tuple[int, list[Line]] | None = None
        self._known: tuple[int, list[Line]] | None = None

    @property
    def tallest(self) -> int:
        """How many lines the window may have."""
        return max(self._rows - 1, 1)

    @property
    def _can_repaint(self) -> bool:
        """Whether lines are narrower than the screen; else only what is final is shown."""
        return self._columns > LEAST_COLUMNS

    def append(self, text: str, style: Style) -> bool:
        """Write text that goes on where the cursor stands; False if there is no room for it."""
        line = self._window[-1]
        is_too_long = measure_line(line) + measure(text) >= self._columns
        if is_too_long or not self._can_repaint or joins(read_text(line), text):
            return False
        self._window[-1] = whole = merge_runs([*line, (text, style)])
        self._write(encode_guarded(whole, sum(len(part) for part, _ in line)))
        return True

    def paint(
        self, final: Sequence[Line], tail: Sequence[Line], status: Line | None = None
    ) -> None:
        """Show final lines, which are never touched again, the tail below them, and a status."""
        final, tail = self._scrolled.pass_over(final, tail)
        self._has_status = status is not None
        excess = len(tail) - self.tallest + self._has_status
        if excess > 0 and self._scrolled.is_found and self._can_repaint:
            # The lines before them went the same way: else these would be missing between.
            self._scrolled.add(tail, excess)
            final, tail = [*final, *tail[:excess]], tail[excess:]
        self._goes_on = self._goes_on and not final
        self._given += len(final)
        if status is not None:
            tail = [*tail, status]
        if not self._can_repaint:
            self._is_cut = bool(tail)
            self._write("".join(f"{encode_line(line)}\r\n" for line in final))
            return
        self._is_cut = len(tail) > self.tallest
        visible = list(tail[-self.tallest :]) or [EMPTY_LINE]
        picture = [*final, *visible]
        # What is above the window then is not in the scrollback, so it is taken out here.
        above = len(tail) - len(visible) - (self._tail_length - len(self._window))
        changes, rewritten = encode_changes(self._window, picture, gone=0 if final else above)
        self._window, self._tail_length = visible, len(tail)
        if rewritten > 1 or ERASE_LINE in changes:
            changes = BEGIN_UPDATE + changes + END_UPDATE
        if changes:
            self._write(changes)

    def mark(self) -> None:
        """Take note that the terminal will have read all that is written by now at the next mark.

        If it changes its size first, nobody knows what of it was on the screen then.
        """
        self._known, self._marked = self._marked, (self._given, list(self._window))

    def abandon(self, *, erases_last: bool = False) -> None:
        """Put back every mode that a drawing may have been in the middle of, and go below it.

        Args:
            erases_last: The last line was transient: it goes, and the cursor stands in its place.
        """
        end = "\r\x1b[2K" if erases_last else "\r\n" if self._window[-1] else ""
        self._write(f"{END_UPDATE}{WRAP}{RESET}{NO_LINK}{end}")

    def resize(
        self,
        columns: int,
        rows: int,
        *,
        reflows: bool,
        locate: Locate = lambda: None,
        recall: Recall = lambda _: "",
        read_below: ReadBelow = lambda: (),
    ) -> None:
        """Take note of another screen size; the next `paint` shows the tail afresh.

        Args:
            columns: The new width.
            rows: The new height.
            reflows: Whether this terminal breaks lines anew that no longer fit.
            locate: Tells the cursor's column and row, below 0 if it can't be told just now; None
                where that can never be learned.
            recall: Tells what the last rows say that went off the screen, likewise.
            read_below: Tells what the rows below the cursor say: it belongs below them if they are
                ours.
        """
        if columns != self._columns:
            self._return_to_end(columns, read_below())
        if self._goes_on and columns != self._columns and locate() is None:
            self._give_up_first()
        narrows = reflows and columns < self._columns
        rows_of = [
            break_anew(line, columns) if narrows else [read_text(line)] for line in self._window
        ]
        height = sum(map(len, rows_of))
        if height > len(self._window):
            in_reach = self._find_reach(rows_of, columns, rows, locate, recall)
            if in_reach is None:
                # Whatever the width is, each line takes a row: more would erase what is final.
                self._erase(min(len(self._window), rows))
            elif self._erase_surely(min(height, in_reach), in_reach - 1, locate):
                self._keep(
                    rows_of, self._bound(height, columns, locate, narrows=narrows) - in_reach
                )
        else:
            self._keep(rows_of, self._bound(height, columns, locate, narrows=narrows) - rows)
            if columns != self._columns:
                self._erase(min(height, rows))
        self._window = [EMPTY_LINE] if columns != self._columns else self._window[-rows:]
        self._columns, self._rows = columns, rows
        self._marked = self._known = None

    def _bound(self, height: int, columns: int, locate: Locate, *, narrows: bool) -> int:
        """Return how many rows the window had at least when the terminal changed its size.

        Rows that had not been there yet did not push any out.
        """
        if self._known is None or locate() is not None:
            return height
        given, window = self._known
        lines = window[self._given - given :]
        return min(height, sum(len(break_anew(line, columns)) if narrows else 1 for line in lines))

    def _return_to_end(self, columns: int, below: Sequence[str]) -> None:
        """Go to the end of the window if some of it stands below the cursor."""
        last = self._window[-1]
        if below and ScrolledText.ends(read_text(last), below[-1]):
            self._write(f"\x1b[{len(below)}B{go_to_column(measure_line(last) % columns)}")

    def _give_up_first(self) -> None:
        """Leave the window's first line where it is.

        To the terminal it goes on the line that was broken above it, so it may stand in one row
        with words of that now (VTE, kitty): if it was erased, they would be, too.
        """
        if not self._is_cut and len(self._window) > self._has_status:
            self._scrolled.add(self._window, 1)
        self._window = self._window[1:]
        self._given += 1
        self._goes_on = False
        if not self._window:
            self._write("\r\n")
            self._window = [EMPTY_LINE]

    def _keep(self, rows_of: Sequence[Sequence[str]], count: int) -> None:
        """Take the first rows of the window for pushed out."""
        if count <= 0:
            return
        lines, length = _count_first(rows_of[:-1] if self._has_status else rows_of, count)
        self._goes_on = length > 0
        # Of a tail that is taller than the screen the beginning is still to come: all of it is
        # shown again then.
        if not self._is_cut:
            self._scrolled.add(self._window, lines, length)

    def _erase(self, count: int) -> None:
        """Erase so many rows, from the cursor's on upwards."""
        # Row by row: tmux saves what is erased from the top left on, into the scrollback.
        self._write("\r" + f"{ERASE_REST}\x1b[A" * (count - 1) + ERASE_REST)

    def _erase_surely(self, count: int, row: int, locate: Locate) -> bool:
        """Erase rows of the window; return whether the screen's size stayed as it was meanwhile.

        If it did not, a wider screen has got back what it had pushed out. So first no more rows are
        erased than there are lines, which are ours at any width.

        Args:
            count: How many rows, from the cursor's on upwards.
            row: Where the cursor stands, if `locate` tells.
            locate: As in `resize`.
        """
        sure = min(count, len(self._window))
        self._erase(sure)
        if not _is_at(row - sure + 1, locate):
            return False
        if count > sure:
            self._write(f"\x1b[A{ERASE_REST}" * (count - sure))
        return count == sure or _is_at(row - count + 1, locate)

    def _find_reach(
        self,
        rows_of: Sequence[Sequence[str]],
        columns: int,
        rows: int,
        locate: Locate,
        recall: Recall,
    ) -> int | None:
        """Return how many rows of the window can be on the screen, above the cursor and in its row.

        What was drawn after the terminal changed its size, but before that was known, may stand
        anywhere. So None is returned if the cursor is not where it should be, or if it is and what
        should have been pushed out is not seen in the scrollback.
        """
        row = self._find_row(columns, locate)
        if row is None:
            return None
        reach = min(rows, row + 1)
        pushed = sum(map(len, rows_of)) - reach
        if reach < rows and pushed > 0:
            text = "".join([row for rows in rows_of for row in rows][:pushed])
            return reach if ScrolledText.ends(recall(pushed), text) else None
        return reach

    def _find_row(self, columns: int, locate: Locate) -> int | None:
        """Return the cursor's row, one below every screen if nobody knows it, or None in doubt.

        Only if it stands in the column where this painter left it has the terminal read all that
        was written to it; or if it stays behind that column: what is typed is echoed there.
        """
        text = read_text(self._window[-1])
        expected = {measure(text) % columns, measure_joined(text) % columns}
        seen: set[tuple[int, int]] = set()
        for _ in range(LOCATIONS):
            cursor = locate()
            if cursor is None:
                return sys.maxsize
            column, row = cursor
            if row < 0:
                return None
            if column % columns in expected:
                return row
            seen.add(cursor)
        column, row = seen.pop()
        return None if seen or column < min(expected) else row


def _is_at(row: int, locate: Locate) -> bool:
    """Return whether the cursor has come to a row, or nobody can be asked."""
    for _ in range(LOCATIONS):
        cursor = locate()
        if cursor is None or cursor[1] == row:
            return True
        if cursor[1] < 0:
            break
    return False


def break_anew(line: Line, columns: int) -> list[str]:
    """Return the rows of a line on a terminal that breaks it anew: as few as it takes at least.

    Fewer than there are leave a remnant in the scrollback; more would erase what is final.
    """
    text = read_text(line)
    rows = chop(text, columns) or [""]
    if is_unsure(text):
        last = max(-(-measure_joined(text) // columns), 1) - 1
        rows = [*rows[:last], "".join(rows[last:])]
    return rows


def _count_first(rows_of: Sequence[Sequence[str]], count: int) -> tuple[int, int]:
    """Return how many lines the first `count` rows are, and how many characters of the next one.

    Args:
        rows_of: The rows of each line.
        count: How many rows.
    """
    for number, rows in enumerate(rows_of):
        if count < len(rows):
            return number, sum(map(len, rows[:count]))
        count -= len(rows)
    return len(rows_of), 0
