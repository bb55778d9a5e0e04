"""Tables as aligned columns. Pure.

A column is as wide as its widest cell, unless the table would be wider than the screen: then the
widest columns give way and their cells wrap. A long table settles its widths by its first rows (see
`Table.is_settled`), so that later rows can be shown once and for ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from tokenhub_cli.render.inline import style_text
from tokenhub_cli.render.lines import PLAIN, Line, Run, Style, measure_line, merge_runs, wrap_runs
from tokenhub_cli.render.theme import Theme

Cells = tuple[Line, ...]
_LEAST_WIDTH = 3


@dataclass(slots=True)
class Table:
    """A table that grows by rows."""

    theme: Theme
    width: int
    settles_at: int
    aligns: tuple[str, ...] = ()
    rows: list[Cells] = field(default_factory=list)
    widths: tuple[int, ...] = ()
    shown: int = 0  # rows given out, the header included

    @property
    def is_settled(self) -> bool:
        """Whether the widths are final: there are more rows than are kept back."""
        return bool(self.shown) or len(self.rows) > self.settles_at

    def add(self, tokens: Sequence[Token]) -> None:
        """Take the next row; the first one is the header."""
        base = PLAIN if self.rows else Style(self.theme.strong)
        if not self.rows:
            cells = [token for token in tokens if token.type == "th_open"]
            self.aligns = tuple(
                str(cell.attrGet("style") or "").rpartition(":")[2] for cell in cells
            )
        self.rows.append(
            tuple(
                style_text(token.content, self.theme, base)
                for token in tokens
                if token.type == "inline"
            )
        )

    def settle(self) -> list[Line]:
        """Give out all rows that were not given out; the widths are final from now on."""
        if not self.shown:
            self.widths = self.fit()
        lines = self.lay_out(self.rows[self.shown :], starts=not self.shown)
        self.shown += len(self.rows) - self.shown
        return lines

    def preview(self) -> list[Line]:
        """Return the rows that are not given out yet, as they stand."""
        if not self.shown:
            self.widths = self.fit()
        return self.lay_out(self.rows[self.shown :], starts=not self.shown)

    def fit(self) -> tuple[int, ...]:
        """Return the columns' widths for the rows so far."""
        count = len(self.aligns)
        natural = [
            max([measure_cell(row[index]) for row in self.rows] + [_LEAST_WIDTH])
            for index in range(count)
        ]
        room = max(self.width - 3 * (count - 1), count)
        return tuple(shrink_widths(natural, room))

    def lay_out(self, rows: Sequence[Cells], *, starts: bool) -> list[Line]:
        """Return the lines of some rows, with the line below the header if they start the table."""
        lines: list[Line] = []
        for row in rows:
            lines += self._lay_out_row(row)
            if starts:
                starts = False
                lines.append(self._draw_rule())
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
