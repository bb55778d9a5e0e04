"""Pieces of a document to lines of a screen. Pure.

Every top-level block is parted from the one before by an empty line. Inside lists and quotes the
writer's own blank lines are kept. Nothing that is shown depends on what comes later, save a short
table's widths: `commit` gives a table out when its widths are final.
"""

from collections.abc import Sequence
from dataclasses import replace

from tokenhub_cli.render.highlight import LineHighlighter
from tokenhub_cli.render.inline import style_text
from tokenhub_cli.render.lines import (
    EMPTY_LINE,
    PLAIN,
    Line,
    Run,
    Style,
    chop_runs,
    wrap_runs,
)
from tokenhub_cli.render.nested import (
    find_room,
    hang_lines,
    indent_code,
    lay_out_children,
    lay_out_formula,
    lay_out_item,
    lay_out_quote,
)
from tokenhub_cli.render.parser import is_too_deep
from tokenhub_cli.render.pieces import Piece
from tokenhub_cli.render.pipe_table import Table
from tokenhub_cli.render.theme import Theme

ROWS_BESIDE_TABLE = 6  # lines of the screen that a table whose widths are open leaves free


class Layout:
    """Lays out one document.

    Args:
        theme: How elements look.
        columns: The width of lines.
        rows: The height of the screen, which bounds what is kept back.
    """

    def __init__(self, theme: Theme, columns: int, rows: int) -> None:
        self._theme = theme
        self._columns = columns
        self._rows = rows
        self._has_lines = False
        self._carry: Line = ()  # the last line of a long paragraph, which may go on
        self._table: Table | None = None
        self._code: LineHighlighter | None = None

    @property
    def is_in_paragraph(self) -> bool:
        """Whether the last piece committed was a part of a paragraph that may go on."""
        return bool(self._carry)

    def resize(self, columns: int, rows: int) -> None:
        """Lay out what comes for another screen."""
        self._columns, self._rows = columns, rows
        if self._table is not None:
            self._table.width = columns

    def commit(self, piece: Piece) -> list[Line]:
        """Return the lines that are certain with this piece, which is finished."""
        lines: list[Line] = []
        if piece.kind == "blank":
            return lines
        if piece.starts and piece.kind != "end":
            if self._has_lines:
                lines.append(EMPTY_LINE)
            self._has_lines = True
        return lines + self._fit(self._lay_out(piece))

    def preview(self, pieces: Sequence[Piece]) -> list[Line]:
        """Return the lines of what is not finished, without taking it as given."""
        scratch = Layout(self._theme, self._columns, self._rows)
        scratch._has_lines = self._has_lines
        scratch._carry = self._carry
        scratch._code = self._code.copy() if self._code else None
        if self._table is not None:
            scratch._table = replace(self._table, rows=list(self._table.rows))
        lines = [line for piece in pieces for line in scratch.commit(piece)]
        return lines + self._fit(scratch.flush())

    def flush(self) -> list[Line]:
        """Return the lines that a block that is not finished keeps back."""
        if self._table is not None:
            return self._table.preview()
        return [self._carry] if self._carry else []

    def _fit(self, lines: list[Line]) -> list[Line]:
        """Cut lines that deep nesting or many columns have made wider than the screen."""
        return [part for line in lines for part in chop_runs(line, self._columns)]

    def _lay_out(self, piece: Piece) -> list[Line]:  # noqa: C901, PLR0911 - one case a kind
        theme, columns = self._theme, self._columns
        if piece.tokens and is_too_deep(piece.tokens):
            return self._lay_out_verbatim(piece.source)
        match piece.kind:
            case "paragraph":
                return self._lay_out_paragraph(piece)
            case "heading" | "rule":
                return lay_out_children(piece.tokens, theme, columns)
            case "item":
                lines = lay_out_item(piece.tokens, theme, columns, piece.levels)
                return [EMPTY_LINE, *lines] if piece.gap else lines
            case "quote":
                return lay_out_quote(piece.tokens, theme, columns, gap=piece.gap)
            case "fence_open":
                self._code = LineHighlighter(piece.text, theme)
                return [EMPTY_LINE] if piece.gap else []
            case "fence_line" | "code_line":
                if self._code is None:
                    self._code = LineHighlighter("", theme)
                room = find_room(theme, columns, piece.levels)
                lines = indent_code(self._code.color_line(piece.text), room)
                return hang_lines(lines, theme, piece.levels)
            case "html_line":
                return self._lay_out_verbatim(piece.text)
            case "formula_line":
                return lay_out_formula(piece.text, columns)
            case "table_head" | "table_row":
                return self._add_row(piece)
            case "end":
                return self._end_block()
        return []

    def _lay_out_verbatim(self, text: str) -> list[Line]:
        style = Style(self._theme.faint)
        texts = text.expandtabs(4).rstrip("\n").split("\n")
        return [line for text in texts for line in chop_runs([(text, style)], self._columns)]

    def _lay_out_paragraph(self, piece: Piece) -> list[Line]:
        runs: list[Run] = list(self._carry)
        if not piece.starts and piece.text[:1].isspace():
            runs.append((" ", PLAIN))
        runs += style_text(piece.text.strip(), self._theme)
        *lines, self._carry = wrap_runs(runs, self._columns)
        return lines

    def _add_row(self, piece: Piece) -> list[Line]:
        if self._table is None:
            settles_at = max(self._rows - ROWS_BESIDE_TABLE, 3)
            self._table = Table(self._theme, self._columns, settles_at)
        self._table.add(piece.tokens)
        return self._table.settle() if self._table.is_settled else []

    def _end_block(self) -> list[Line]:
        lines = self._table.settle() if self._table is not None else []
        if self._carry:
            lines = [self._carry]
        self._carry, self._table, self._code = (), None, None
        return lines
