"""Columns that fit the terminal, marked excerpts and bars; tab-separated values in a pipe.

Where `render/table.py` folds a cell so that nothing is lost, these cut it, for long lists in which
each entry is to stay on its line.

Cells may hold anything that a model or a server wrote: they are sanitised and put on one line. rich
is imported only where a terminal is written to.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tokenhub_cli.render.sanitize import sanitize

if TYPE_CHECKING:
    from rich.console import Console

SPACES = re.compile(r"\s+")
GAP = 2  # blanks between columns
READABLE = 20  # a flexible column narrower than this costs optional columns their place
BAR_STEPS = " ▏▎▍▌▋▊▉█"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    `style` is a rich style. Where the terminal is narrow, a `flexible` column gives way, its cells
    cut with an ellipsis, and an `optional` one is left out.
    """

    title: str
    style: str = ""
    right: bool = False
    flexible: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Screen:
    """A terminal to draw for: its width in columns, and whether colours are wanted."""

    width: int
    color: bool = True


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A heading and an indented excerpt; each piece is text and whether it is a hit."""

    heading: Sequence[str]
    pieces: Sequence[tuple[str, bool]]


def format_table(
    columns: Sequence[Column], rows: Iterable[Sequence[str]], screen: Screen | None
) -> str:
    """Return a table, each line ended by a newline.

    Args:
        columns: What each column is.
        rows: The cells, unsanitised.
        screen: The terminal, or None for tab-separated values without a heading.
    """
    if screen is None:
        return format_values(rows)
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    cells = [[clean_cell(cell) for cell in row] for row in rows]
    needed = [
        max(cell_len(text) for text in (column.title, *(row[index] for row in cells)))
        for index, column in enumerate(columns)
    ]
    widths = fit_widths(columns, needed, screen.width)
    table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style="bold")
    for index, width in widths.items():
        column = columns[index]
        table.add_column(
            column.title,
            style=column.style,
            justify="right" if column.right else "left",
            overflow="ellipsis",
            no_wrap=True,
            width=width,
        )
    for row in cells:
        table.add_row(*(Text(row[index]) for index in widths))
    return _draw(screen, table)


def fit_widths(columns: Sequence[Column], needed: Sequence[int], width: int) -> dict[int, int]:
    """Return the columns to show, by index, with their widths.

    Flexible columns share what the others leave. While that is too little to read, optional
    columns go, the last one first.

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
    share = max(room // max(len(flexible), 1), 1)
    return {
        index: min(needed[index], share) if index in flexible else needed[index] for index in shown
    }


def format_values(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as tab-separated values: one line each, whatever the cells hold."""
    return "".join("\t".join(map(clean_cell, row)) + "\n" for row in rows)


def format_excerpts(excerpts: Iterable[Excerpt], screen: Screen) -> str:
    """Return headings with their excerpts below, hits emphasised."""
    from rich.padding import Padding
    from rich.text import Text

    drawn: list[Text | Padding] = []
    for excerpt in excerpts:
        first, *others = map(clean_cell, excerpt.heading)
        heading = Text.assemble((first, "cyan"), "  ", "  ".join(others))
        heading.truncate(screen.width, overflow="ellipsis")
        drawn.append(heading)
        words = Text()
        for text, is_hit in excerpt.pieces:
            words.append(sanitize(text), style="bold reverse" if is_hit else "")
        drawn.append(Padding(words, (0, 0, 0, 2)))
    return _draw(screen, *drawn)


def format_bar(value: float, largest: float, width: int) -> str:
    """Return a bar whose length is to `width` as `value` is to `largest`, in eighths of a cell."""
    if largest <= 0 or value <= 0:
        return ""
    eighths = max(round(value / largest * width * 8), 1)
    return "█" * (eighths // 8) + BAR_STEPS[eighths % 8].strip()


def clean_cell(text: str) -> str:
    """Return text that stays on its line and does nothing to a terminal."""
    return SPACES.sub(" ", sanitize(text)).strip()


def _draw(screen: Screen, *parts: object) -> str:
    console = build_console(screen)
    with console.capture() as capture:
        for part in parts:
            console.print(part)
    return trim_lines(capture.get())


def trim_lines(text: str) -> str:
    """Return text without the blanks that fill its lines to the terminal's width."""
    return "\n".join(line.rstrip() for line in text.split("\n"))


def build_console(screen: Screen) -> "Console":
    """Return a console for `console.capture()`; it writes nothing by itself."""
    from rich.console import Console

    return Console(
        width=screen.width,
        force_terminal=True,
        no_color=not screen.color,
        color_system="truecolor" if screen.color else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
