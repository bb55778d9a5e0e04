"""Tables as aligned columns. Pure.

A column is as wide as its widest cell, unless the table would be wider than the screen: then the
widest columns give way and their cells wrap. A long table settles its widths by its first rows (see
`Table.is_settled`), so that later rows can be shown once and for ever.

Where not even columns of `_LEAST_WIDTH` fit side by side, each row is a stack of lines instead: one
a cell, `header: cell`. The number of columns alone decides that, so no row needs to wait.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from tokenhub_cli.render.inline import style_text
from tokenhub_cli.render.lines import (
    EMPTY_LINE,
    PLAIN,
    REPEATED,
    Cell,
    Line,
    Run,
    Style,
    find_table,
    measure_line,
    merge_runs,
    wrap_runs,
)
from tokenhub_cli.render.theme import Theme

Cells = tuple[Line, ...]
_LEAST_WIDTH = 3
_USUALLY_TALLEST = 4  # lines of a row
_GAP = 3  # columns between cells, which the bar takes


@dataclass(slots=True)
class Table:
    """A table that grows by rows.

    Attributes:
        number: The number of the table in the document.
        theme: How elements look.
        width: The width of lines.
        room: How many lines of rows can be kept back at most, the next row's among them, until
            widths are final.
        aligns: How the cells of each column are aligned.
        header: The cells of the header.
        rows: The rows that were not given out; until one was, the header is the first of them.
        count: How many rows there have been, the header included.
        natural: The widths that the columns want to have.
        widths: Those that they have; empty if rows are stacks.
        counted: The widths for which lines of `rows` were counted, of how many rows, how many, and
            how many of the tallest row.
        has_begun: Whether rows were given out.
        is_draft: Whether a row that is added from now on is not whole.
    """

    number: int
    theme: Theme
    width: int
    room: int
    aligns: tuple[str, ...] = ()
    header: Cells = ()
    rows: list[Cells] = field(default_factory=list)
    count: int = 0
    natural: tuple[int, ...] = ()
    widths: tuple[int, ...] = ()
    counted: tuple[tuple[int, ...], int, int, int] = ((), 0, 0, 0)
    has_begun: bool = False
    is_draft: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether rows can be given out: the widths are final, or there are none."""
        if self.has_begun:
            return True
        return len(self.rows) > 1 and (self.is_too_wide or self._needs_room())

    @property
    def is_too_wide(self) -> bool:
        """Whether there is no room for all columns side by side."""
        return len(self.aligns) * (_LEAST_WIDTH + _GAP) - _GAP > self.width

    def add(self, tokens: Sequence[Token]) -> None:
        """Take the next row; the first one is the header."""
        is_header = self.count == 0
        base = Style(self.theme.strong) if is_header else PLAIN
        texts = [token.content for token in tokens if token.type == "inline"]
        cells = tuple(
            mark_cell(style_text(text, self.theme, base), Cell(self.number, self.count, column))
            for column, text in enumerate(texts)
        )
        self.count += 1
        if is_header:
            columns = [token for token in tokens if token.type == "th_open"]
            self.aligns = tuple(
                str(column.attrGet("style") or "").rpartition(":")[2] for column in columns
            )
            self.header, self.natural = cells, (_LEAST_WIDTH,) * len(cells)
        if not self.has_begun:
            self.natural = self._find_natural(cells)
        self.rows.append(cells)

    def _find_natural(self, cells: Cells) -> tuple[int, ...]:
        """Return the widths that the columns want to have with one row more.

        Of the first row, as soon as a cell in it is long, what is not there yet is taken for long,
        too: with each piece that it grows the whole table would else be drawn anew.
        """
        natural = tuple(map(max, self.natural, map(measure_cell, cells)))
        room = self.width - _GAP * (len(natural) - 1)
        if not self.is_draft or len(self.rows) > 1 or max(natural) <= room // len(natural):
            return natural
        growing = max((column for column, cell in enumerate(cells) if cell), default=0)
        guess = natural[:growing] + (room,) * (len(natural) - growing)
        is_last = growing + 1 == len(natural)
        takes_none = shrink_widths(guess, room)[:growing] == list(natural[:growing])
        return natural if is_last and takes_none else guess

    def resize(self, width: int) -> None:
        """Lay out what was not given out for lines of another width."""
        self.width = width
        self.widths = self.fit()

    def settle(self) -> list[Line]:
        """Give out all rows that were not given out; the widths are final from now on."""
        lines = self.preview()
        self.has_begun = True
        self.rows.clear()
        return lines

    def preview(self) -> list[Line]:
        """Return the rows that are not given out yet, as they stand."""
        if not self.has_begun:
            self.widths = self.fit()
        return self.lay_out(self.rows, starts=not self.has_begun)

    def fit(self) -> tuple[int, ...]:
        """Return the columns' widths; none if rows are to be stacks."""
        if self.is_too_wide:
            return ()
        gaps = _GAP * (len(self.natural) - 1)
        return tuple(shrink_widths(self.natural, self.width - gaps))

    def _needs_room(self) -> bool:
        """Whether rows would be out of sight if the next one were as tall as the tallest so far."""
        widths = self.fit()
        known, count, lines, tallest = self.counted
        if known != widths:
            count = lines = tallest = 0
        for row in self.rows[count:]:
            cells = zip(row, widths, strict=True)
            height = max((len(wrap_runs(cell, width)) for cell, width in cells), default=1)
            lines, tallest = lines + height, max(tallest, height)
        self.counted = widths, len(self.rows), lines, tallest
        return lines + max(tallest, _USUALLY_TALLEST) > self.room

    def lay_out(self, rows: Sequence[Cells], *, starts: bool) -> list[Line]:
        """Return the lines of some rows, with the line below the header if they start the table."""
        if not self.widths:
            return self._stack_rows(rows, starts=starts)
        lines: list[Line] = []
        for row in rows:
            lines += self._lay_out_row(row)
            if starts:
                starts = False
                lines.append(self._draw_rule())
        return lines

    def _stack_rows(self, rows: Sequence[Cells], *, starts: bool) -> list[Line]:
        """Return rows as stacks, parted by empty lines; a header without rows as one of its own.

        Args:
            rows: Some rows.
            starts: Whether the first one is the header.
        """
        if starts and len(rows) == 1:
            return [line for header in self.header for line in wrap_runs(header, self.width)]
        lines: list[Line] = []
        repeated = Cell(self.number, 0, REPEATED)
        for row in rows[starts:]:
            if not starts:
                lines.append(EMPTY_LINE)
            for header, cell in zip(self.header, row, strict=True):
                # The first row of all brings the header, the others only repeat it.
                label = header if starts else mark_cell(header, repeated)
                colon = (": " if cell else ":", Style(cell=repeated))
                if header or cell:
                    lines += wrap_runs([*label, *([colon] if header else []), *cell], self.width)
            starts = False
        return lines

    def _draw_rule(self) -> Line:
        if not self.theme.draws_boxes:
            return ()
        rule = "─┼─".join("─" * width for width in self.widths)
        return ((rule, Style(self.theme.faint)),)

    def _lay_out_row(self, row: Cells) -> list[Line]:
        wrapped = [wrap_runs(cell, width) for cell, width in zip(row, self.widths, strict=True)]
        bar: Run = ("  ", PLAIN)
        if self.theme.draws_boxes:
            bar = (" │ ", Style(self.theme.faint, is_aligned=True))
        lines = []
        for index in range(max(map(len, wrapped), default=1)):
            runs: list[Run] = []
            for column, cell in enumerate(wrapped):
                if column:
                    runs.append(bar)
                runs += self._align(cell[index] if index < len(cell) else (), column)
            lines.append(merge_runs(runs))
        return lines

    def _align(self, line: Line, column: int) -> Line:
        spare = max(self.widths[column] - measure_line(line), 0)
        before = {"right": spare, "center": spare // 2}.get(self.aligns[column], 0)
        is_last = column + 1 == len(self.widths)
        after = 0 if is_last else spare - before
        return ((" " * before, PLAIN), *line, (" " * after, PLAIN))


def mark_cell(text: Line, cell: Cell) -> Line:
    """Return a text marked as a cell's."""
    return tuple((part, style._replace(cell=cell)) for part, style in text)


def mark_rest(line: Line) -> Line:
    """Return a table's line in which bars, blanks and the marks of items belong to it, too."""
    table = find_table(line)
    if table is None:
        return line
    rest = Cell(table, 0, REPEATED)
    return tuple((text, style._replace(cell=style.cell or rest)) for text, style in line)


def measure_cell(cell: Line) -> int:
    """Return the columns of a cell's widest line."""
    if not any("\n" in text for text, _ in cell):
        return measure_line(cell)
    return max(measure_line(line) for line in wrap_runs(cell, 10_000))


def shrink_widths(widths: Sequence[int], room: int) -> list[int]:
    """Return widths that fit into `room`: the widest give way, down to an equal share."""
    cap = max(widths, default=0)
    low = 1
    if sum(widths) <= room:
        return list(widths)
    while low < cap:  # the largest cap that fits
        middle = (low + cap + 1) // 2
        if sum(min(width, middle) for width in widths) <= room:
            low = middle
        else:
            cap = middle - 1
    shrunk = [min(width, low) for width in widths]
    spare = room - sum(shrunk)
    for index, width in enumerate(widths):
        if spare > 0 and width > shrunk[index]:
            shrunk[index] += 1
            spare -= 1
    return shrunk
