"""Columns that fit the terminal, marked excerpts and bars; tab-separated values in a pipe.

A cell that is too wide is cut, in long lists in which each entry is to stay on its line, or folded,
where nothing may be lost.

Cells may hold anything that a model or a server wrote: they are sanitised and put on one line.
Where terminals disagree how wide a cell is (`render/cells.py`), the cursor is sent to the column
after it, if escape sequences are wanted at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from tokenhub_cli.render.cells import chop, is_unsure, measure, split_clusters
from tokenhub_cli.render.sanitize import sanitize, sanitize_line

STYLES = {  # ECMA-48, 8.3.117
    "bold": "1",
    "bold red": "1;31",
    "cyan": "36",
    "dim": "2",
    "green": "32",
    "hit": "1;7",
    "yellow": "33",
}
Cell = str | tuple[str, str]  # a text, or a text and its style, one of `STYLES`
Marked = tuple[str, bool]  # what its reader takes for a character, and whether it is part of a hit
GAP = 2  # blanks between columns
READABLE = 20  # a flexible column narrower than this costs optional columns their place
BAR_STEPS = " ▏▎▍▌▋▊▉█"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    `style` is one of `STYLES`. Where the terminal is narrow, a `flexible` column gives way, its
    cells cut with an ellipsis or, if it `folds`, wrapped; an `optional` one is left out.
    """

    title: str
    style: str = ""
    right: bool = False
    flexible: bool = False
    optional: bool = False
    folds: bool = False


@dataclass(frozen=True, slots=True)
class Screen:
    """A terminal to draw for.

    `width` is in columns; `color` says whether colours are wanted, `moves` whether the cursor may
    be sent to a column: a pager would show that as it is written.
    """

    width: int
    color: bool = True
    moves: bool = True


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A heading and an indented excerpt; each piece is text and whether it is a hit."""

    heading: Sequence[str]
    pieces: Sequence[tuple[str, bool]]


def format_table(
    columns: Sequence[Column], rows: Iterable[Sequence[Cell]], screen: Screen | None
) -> str:
    """Return a table, each line ended by a newline.

    Args:
        columns: What each column is.
        rows: The cells, unsanitised.
        screen: The terminal, or None for tab-separated values without a heading.
    """
    styled = [
        [_read_cell(cell, column.style) for cell, column in zip(row, columns, strict=True)]
        for row in rows
    ]
    if screen is None:
        return format_values([text for text, _ in row] for row in styled)
    head = [(column.title, "bold") for column in columns]
    needed = [
        max(measure(row[index][0]) for row in (head, *styled)) for index in range(len(columns))
    ]
    widths = fit_widths(columns, needed, screen.width)
    return "".join(_format_row(columns, widths, row, screen) for row in (head, *styled))


def _read_cell(cell: Cell, style: str) -> tuple[str, str]:
    text, style = (cell, style) if isinstance(cell, str) else cell
    return sanitize_line(text), style


def _format_row(
    columns: Sequence[Column],
    widths: Mapping[int, int],
    cells: Sequence[tuple[str, str]],
    screen: Screen,
) -> str:
    """Return the line of a row, or its lines where a cell is folded."""
    folded = {
        index: fold(cells[index][0], width) if columns[index].folds else [cells[index][0]]
        for index, width in widths.items()
    }
    lines = []
    for number in range(max(map(len, folded.values()), default=0)):
        line, end, column = "", 0, 0  # what is written, where it ends, where the cell begins
        is_known = True  # whether all terminals agree about that end
        for index, width in widths.items():
            texts = folded[index]
            blanks, text = fit_cell(texts[number] if number < len(texts) else "", width)
            start = column + (len(blanks) if columns[index].right else 0)
            if text:
                gap = " " * (start - end)
                is_sent = screen.color and screen.moves and not is_known
                line += f"\x1b[{start + 1}G" if is_sent else gap
                line += paint(text, cells[index][1], screen)
                end, is_known = start + measure(text), not is_unsure(text)
            column += width + GAP
        lines.append(line + "\n")
    return "".join(lines)


def fold(text: str, width: int) -> list[str]:
    """Return the lines of a text that is `width` columns wide, broken at spaces where there are."""
    marked = wrap_marked([(char, False) for char in split_clusters(text)], width)
    return ["".join(char for char, _ in line) for line in marked]


def fit_cell(text: str, width: int) -> tuple[str, str]:
    """Return the blanks that fill a cell, and its text, cut with an ellipsis if it is too wide."""
    if measure(text) > width:
        text = "".join(chop(text, width - 1)[:1]).rstrip() + "…"
    return " " * (width - measure(text)), text


def paint(text: str, style: str, screen: Screen) -> str:
    """Return text in one of `STYLES`, or as it is where no colour is wanted."""
    if not (text and style and screen.color):
        return text
    return f"\x1b[{STYLES[style]}m{text}\x1b[0m"


def fit_widths(columns: Sequence[Column], needed: Sequence[int], width: int) -> dict[int, int]:
    """Return the columns to show, by index, with their widths.

    Flexible columns share what the others leave; what a narrow one does not need the wider ones
    get. While it is too little to read, optional columns go, the last one first.

    Args:
        columns: What each column is.
        needed: How wide the widest cell of each is.
        width: How wide the terminal is.
    """
    shown = list(range(len(columns)))
    while True:
        flexible = [index for index in shown if columns[index].flexible]
        fixed = sum(needed[index] for index in shown if index not in flexible)
        room = width - fixed - GAP * (len(shown) - 1)
        wanted = sum(min(needed[index], READABLE) for index in flexible)
        optional = [index for index in shown if columns[index].optional]
        if room >= wanted or not optional:
            break
        shown.remove(optional[-1])
    widths = {index: needed[index] for index in shown}
    for left, index in enumerate(sorted(flexible, key=needed.__getitem__)):
        widths[index] = max(min(needed[index], room // (len(flexible) - left)), 1)
        room -= widths[index]
    return widths


def format_values(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as tab-separated values: one line each, whatever the cells hold."""
    return "".join("\t".join(map(sanitize_line, row)) + "\n" for row in rows)


def format_excerpts(excerpts: Iterable[Excerpt], screen: Screen) -> str:
    """Return headings with their excerpts below, wrapped, hits emphasised or between `**`."""
    lines: list[str] = []
    for excerpt in excerpts:
        _, heading = fit_cell("  ".join(map(sanitize_line, excerpt.heading)), screen.width)
        first, gap, others = heading.partition("  ")
        lines.append(paint(first, "cyan", screen) + gap + others)
        marked = [
            (char, is_hit)
            for text, is_hit in excerpt.pieces
            for char in split_clusters(
                sanitize(f"**{text}**" if is_hit and not screen.color else text)
            )
        ]
        wrapped = wrap_marked(marked, screen.width - GAP)
        lines += (" " * GAP + _paint_hits(line, screen) for line in wrapped)
    return "".join(f"{line}\n" for line in lines)


def wrap_marked(marked: Sequence[Marked], width: int) -> list[Sequence[Marked]]:
    """Return lines of marked characters, broken at spaces, or anywhere where there is none."""
    lines: list[Sequence[Marked]] = []
    start = used = 0
    space = -1  # the last space on this line
    for index, (char, _) in enumerate(marked):
        if char.isspace():
            space = index
        used += measure(char)
        if used > width and index > start:
            end, following = (space, space + 1) if space > start else (index, index)
            lines.append(marked[start:end])
            start, space = following, -1
            used = sum(measure(char) for char, _ in marked[start : index + 1])
    return [*lines, marked[start:]]


def _paint_hits(line: Sequence[Marked], screen: Screen) -> str:
    groups = groupby(line, key=lambda marked: marked[1])
    return "".join(
        paint("".join(char for char, _ in group), "hit" if is_hit else "", screen)
        for is_hit, group in groups
    )


def format_bar(value: float, largest: float, width: int) -> str:
    """Return a bar whose length is to `width` as `value` is to `largest`, in eighths of a cell."""
    if largest <= 0 or value <= 0:
        return ""
    eighths = max(round(value / largest * width * 8), 1)
    return "█" * (eighths // 8) + BAR_STEPS[eighths % 8].strip()
