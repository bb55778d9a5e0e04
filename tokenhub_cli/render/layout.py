"""Pieces of a document to lines of a screen. Pure.

Every top-level block is parted from the one before by an empty line. Inside lists and quotes the
writer's own blank lines are kept; what stands there is laid out as it is outside, only narrower,
and hung behind the marks. Nothing that is shown depends on what comes later, save a short
table's widths: `commit` gives a table out when its widths are final.
"""

from collections.abc import Sequence
from dataclasses import replace

from tokenhub_cli.render.highlight import LineHighlighter
from tokenhub_cli.render.inline import style_text
from tokenhub_cli.render.leaves import Level, settle
from tokenhub_cli.render.lines import (
    EMPTY_LINE,
    LEAST_COLUMNS,
    PLAIN,
    TAB_WIDTH,
    Line,
    Run,
    Style,
    chop_runs,
    merge_runs,
    wrap_runs,
)
from tokenhub_cli.render.nested import find_room, hang_lines
from tokenhub_cli.render.parts import Piece
from tokenhub_cli.render.pipe_table import Table, mark_rest
from tokenhub_cli.render.theme import Theme

CODE_INDENT = 2
ROWS_BESIDE_TABLE = 2  # of the screen: the rule below the header, and one that stays free


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
        self._levels: tuple[Level, ...] | None = None  # what the open block stands in
        self._carry: Line = ()  # the last line of a long paragraph, which may go on
        self._table: Table | None = None
        self._tables = 0  # how many there have been
        self._code: LineHighlighter | None = None

    def resize(self, columns: int, rows: int) -> list[Line]:
        """Lay out what comes for another screen; return lines that no longer need to wait."""
        self._columns, self._rows = columns, rows
        if self._table is None:
            return []
        self._table.room = self._rows - ROWS_BESIDE_TABLE
        self._table.resize(self._find_room())
        return self._hang(self._table.settle()) if self._table.is_settled else []

    def commit(self, piece: Piece) -> list[Line]:
        """Return the lines that are certain with this piece, which is finished."""
        lines: list[Line] = []
        if piece.kind == "blank":
            return lines
        if piece.starts and self._has_lines and not piece.opened.display:
            lines.append(EMPTY_LINE)
        if piece.gap:
            around = [level for level in piece.levels if not level.starts]
            lines += hang_lines([EMPTY_LINE], self._theme, self._columns, around)
        self._has_lines = True
        if self._levels is None:
            self._levels = piece.levels
        return lines + self._hang(self._lay_out(piece))

    def preview(self, pieces: Sequence[Piece]) -> list[Line]:
        """Return the lines of what is not finished, without taking it as given."""
        scratch = Layout(self._theme, self._columns, self._rows)
        vars(scratch).update(vars(self))
        scratch._code = self._code.copy() if self._code else None
        if self._table is not None:
            scratch._table = replace(self._table, rows=list(self._table.rows), is_draft=True)
        lines = [line for piece in pieces for line in scratch.commit(piece)]
        return lines + scratch._hang(scratch.flush())

    def flush(self) -> list[Line]:
        """Return the lines that a block that is not finished keeps back."""
        if self._table is not None:
            return self._table.preview()
        return [self._carry] if self._carry else []

    def _find_room(self) -> int:
        return find_room(self._theme, self._columns, self._levels or ())

    def _hang(self, lines: list[Line]) -> list[Line]:
        """Put lines into what the open block stands in; its marks are shown once."""
        if not lines:
            return lines
        levels = self._levels
        if levels:
            lines = hang_lines(lines, self._theme, self._columns, levels)
            self._levels = settle(levels)
        if self._table is not None:
            lines = list(map(mark_rest, lines))
        # Deep nesting or many columns may have made them wider than the screen.
        return [part for line in lines for part in chop_runs(line, self._columns)]

    def _lay_out(self, piece: Piece) -> list[Line]:  # noqa: PLR0911 - one case a kind
        match piece.kind:
            case "paragraph":
                return self._lay_out_paragraph(piece)
            case "heading":
                return self._lay_out_heading(piece)
            case "rule":
                rule = "─" * self._find_room() if self._theme.draws_boxes else "* * *"
                return [((rule, Style(self._theme.faint)),)]
            case "fence_open":
                self._code = LineHighlighter(piece.text, self._theme)
            case "fence_line" | "code_line":
                return self._lay_out_code(piece.text)
            case "html_line":
                text = piece.text.expandtabs(TAB_WIDTH)
                return chop_runs([(text, Style(self._theme.faint))], self._find_room())
            case "formula_line":
                return chop_runs([(piece.text.expandtabs(TAB_WIDTH), PLAIN)], self._find_room())
            case "table_head" | "table_row":
                return self._add_row(piece)
            case "end":
                return self._end_block()
        return []

    def _lay_out_heading(self, piece: Piece) -> list[Line]:
        level = int(piece.tokens[0].tag[1:])
        mark = "" if self._theme.draws_boxes else "#" * level + " "
        style = Style(self._theme.get_heading(level))
        runs = style_text(piece.tokens[1].content, self._theme, style)
        return wrap_runs([(mark, PLAIN), *runs], self._find_room())

    def _lay_out_code(self, text: str) -> list[Line]:
        if self._code is None:
            self._code = LineHighlighter("", self._theme)
        room = max(self._find_room() - CODE_INDENT, LEAST_COLUMNS)
        indent = (" " * CODE_INDENT, PLAIN)
        chopped = chop_runs(self._code.color_line(text), room)
        return [merge_runs([indent, *part]) if part else EMPTY_LINE for part in chopped]

    def _lay_out_paragraph(self, piece: Piece) -> list[Line]:
        runs: list[Run] = list(self._carry)
        text = piece.text
        if runs and text[:1].isspace():
            runs.append(("\n" if piece.opened.display and text.startswith("\n") else " ", PLAIN))
        box = piece.levels[-1] if piece.levels else None
        if box is not None and box.starts:
            text = text.removeprefix(box.task)
        runs += style_text(text.strip(), self._theme, display=piece.opened.display)
        *lines, self._carry = wrap_runs(runs, self._find_room())
        return lines

    def _add_row(self, piece: Piece) -> list[Line]:
        if self._table is None:
            self._tables += 1
            room = self._rows - ROWS_BESIDE_TABLE
            self._table = Table(self._tables, self._theme, self._find_room(), room)
        self._table.add(piece.tokens)
        return self._table.settle() if self._table.is_settled else []

    def _end_block(self) -> list[Line]:
        lines = self._table.settle() if self._table is not None else []
        if self._carry:
            lines = [self._carry]
        lines = self._hang(lines)
        if any(level.starts for level in self._levels or ()):
            lines = self._hang([EMPTY_LINE])
        self._levels, self._carry, self._table, self._code = None, (), None, None
        return lines
