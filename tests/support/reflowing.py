"""An emulated screen that breaks lines anew when it gets narrower, as terminals do."""

from pyte.screens import Char, StaticDefaultDict

from tests.support.screens import Screen

Row = StaticDefaultDict[int, Char]


class ReflowingScreen(Screen):
    """Breaks what a narrower screen cannot hold; what has no room goes into the scrollback.

    Args:
        columns: The width.
        rows: The height.
        counts_blank: As tmux does it (`grid_reflow` in its grid.c): the rows below the text are
            kept, so as many go into the scrollback as there are new ones; and a row is as long as
            it ever was, unless all of it is erased.
    """

    def __init__(self, columns: int, rows: int, *, counts_blank: bool) -> None:
        super().__init__(columns, rows)
        self._counts_blank = counts_blank

    def locate(self) -> tuple[int, int]:
        """Return the cursor's column and row."""
        return self.cursor.x, self.cursor.y

    def recall(self, rows: int) -> str:
        """Return what the last rows say that went off the screen."""
        last = list(self.history.top)[-rows:]
        return "\n".join("".join(row[c].data for c in range(self.columns)) for row in last)

    def resize(self, lines: int | None = None, columns: int | None = None) -> None:
        """Give the screen another size."""
        lines, columns = lines or self.lines, columns or self.columns
        above = len(self.history.top)
        rows = [*self.history.top, *(self.buffer[row] for row in range(self.lines))]
        cursor = above + self.cursor.y
        lost = min(max(self.lines - lines, 0), len(rows) - 1 - cursor)  # blank ones first
        del rows[len(rows) - lost :]
        rows += [self._make_row() for _ in range(lines - self.lines)]
        broken: list[Row] = []
        row_of_cursor = column_of_cursor = number = 0
        while number < len(rows):
            line, parts = self._join(rows[number:])
            broken += self._break(line, columns)
            if number <= cursor < number + parts:
                row_of_cursor = len(broken) - 1
                column_of_cursor = self.cursor.x + (parts - 1) * self.columns
            number += parts
        pushed = self._count_pushed(broken, above, row_of_cursor, lines)
        self.history.top.clear()
        self.history.top.extend(broken[:pushed])
        self.lines, self.columns = lines, columns
        self.buffer.clear()
        for number, row in enumerate(broken[pushed:]):
            self.buffer[number] = row
        self.cursor.y = row_of_cursor - pushed
        self.cursor.x = column_of_cursor
        if self.cursor.x > columns:
            self.cursor.x = (self.cursor.x - 1) % columns + 1
        self.set_margins()

    def _join(self, rows: list[Row]) -> tuple[Row, int]:
        """Return the line with which these rows begin, and how many of them it is."""
        return rows[0], 1

    def _count_pushed(self, rows: list[Row], above: int, cursor: int, lines: int) -> int:
        """Return how many rows go into the scrollback; drop blank ones below, if that helps."""
        if self._counts_blank:
            return len(rows) - lines
        while len(rows) > max(cursor + 1, above + lines) and not rows[-1]:
            rows.pop()
        return max(above, len(rows) - lines)

    def erase_in_line(self, how: int = 0, private: bool = False) -> None:  # noqa: FBT001, FBT002 - pyte's
        """Leave nothing where text is erased, not even blanks."""
        used = len(self._get_cells(self.cursor.y))
        super().erase_in_line(how, private)
        self._drop_blanks(self.cursor.y, used)

    def erase_in_display(self, how: int = 0, *args: object, **kwargs: object) -> None:
        """Leave nothing where text is erased, not even blanks."""
        used = len(self._get_cells(self.cursor.y))
        super().erase_in_display(how, *args, **kwargs)
        self._drop_blanks(self.cursor.y, used)
        for row in range(self.cursor.y + 1, self.lines):
            self.buffer[row].clear()

    def _get_cells(self, number: int) -> range:
        return range(max(self.buffer[number], default=-1) + 1)

    def _drop_blanks(self, number: int, used: int) -> None:
        """Drop the blanks at a row's end; of one that was erased in part tmux keeps them."""
        row = self.buffer[number]
        is_kept = self._counts_blank and self.cursor.x > 0
        for column in reversed(self._get_cells(number)):
            if column < used and (is_kept or row[column].data != " "):
                break
            row.pop(column, None)

    def _make_row(self) -> Row:
        return StaticDefaultDict[int, Char](self.default_char)

    def _break(self, row: Row, columns: int) -> list[Row]:
        """Return the rows that one becomes."""
        end = max(row, default=-1) + 1
        pieces = []
        for start in range(0, max(end, 1), columns):
            piece = self._make_row()
            piece.update({c - start: row[c] for c in range(start, min(start + columns, end))})
            pieces.append(piece)
        return pieces


class JoiningScreen(ReflowingScreen):
    """Makes one line of the rows again into which it broke one, as VTE does, once it gets wider.

    Those in the scrollback too, and what has room on the screen comes back from there. A row that
    goes on with the next one does so until it is erased, whatever has been written into that.
    """

    def __init__(self, columns: int, rows: int) -> None:
        super().__init__(columns, rows, counts_blank=False)
        self._going_on: dict[int, Row] = {}  # rows that the next one goes on with, by identity

    def erase_in_line(self, how: int = 0, private: bool = False) -> None:  # noqa: FBT001, FBT002 - pyte's
        """Erase; a row of which the end is erased ends there."""
        super().erase_in_line(how, private)
        self._going_on.pop(id(self.buffer[self.cursor.y]), None)

    def _join(self, rows: list[Row]) -> tuple[Row, int]:
        line = self._make_row()
        for number, row in enumerate(rows):
            line.update({column + number * self.columns: char for column, char in row.items()})
            if self._going_on.pop(id(row), None) is None:
                return line, number + 1
        return line, len(rows)

    def _break(self, row: Row, columns: int) -> list[Row]:
        pieces = super()._break(row, columns)
        self._going_on.update((id(piece), piece) for piece in pieces[:-1])
        return pieces

    def _count_pushed(self, rows: list[Row], above: int, cursor: int, lines: int) -> int:
        return min(super()._count_pushed(rows, min(above, 0), cursor, lines), cursor)
