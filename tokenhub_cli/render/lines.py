"""Styled lines: what is to stand on the screen, before it becomes escape sequences. Pure.

A line is a tuple of runs; a run is text with one style. `render/cells.py` says how wide they are.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from tokenhub_cli.render.cells import chop, measure

TAB_WIDTH = 4  # columns to the next stop, in code and elsewhere: a tab is shown as blanks
LEAST_COLUMNS = 2  # of a line: no character takes more
# Ideographs, kana and Hangul syllables: between any two of them a line may be broken.
IDEOGRAPHIC = "\u2e80-\u2fdf\u3040-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_BLANKS = " \u3000"
_NOT_FIRST = "、。，．：；！？）」』】》〉…·ー"  # noqa: RUF001 - these are the characters meant
# Combining marks, selectors and jamo: what goes on with an ideograph or a syllable.
_MARKS = (
    "\u0300-\u036f\u1160-\u11ff\u20d0-\u20ff\u302a-\u302f\u3099\u309a\ud7b0-\ud7ff\ufe00-\ufe0f"
    "\U000e0100-\U000e01ef"
)
# What stays together on a line, with the blanks after it: an ideograph with the punctuation that
# must not begin a line, or a word.
_UNIT = re.compile(
    rf"(?:[{IDEOGRAPHIC}][{_NOT_FIRST}{_MARKS}]*|[^\s{IDEOGRAPHIC}]+|)[{_BLANKS}]*", re.DOTALL
)


REPEATED = -1  # instead of a column: what only repeats a header, or parts cells
NO_TABLE = 0  # tables are counted from 1 on


class Cell(NamedTuple):
    """A cell of a table: the number of that in the document, the row (0 is the header), the column.

    `render/scrolled.py` finds text in another layout by it.
    """

    table: int
    row: int
    column: int


MARK = Cell(NO_TABLE, 0, REPEATED)  # of an item: it belongs to no table and is no text of its own


class Style(NamedTuple):
    """A look: the parameters of an SGR sequence (ECMA-48, 8.3.117) and a link's address.

    What `is_aligned` stands in its column, however wide the terminal takes the text before it.
    What is part of a table tells its cell.
    """

    sgr: str = ""
    url: str = ""
    is_aligned: bool = False
    cell: Cell | None = None

    def add(self, sgr: str) -> "Style":
        """Return this style with more SGR parameters."""
        if not sgr:
            return self
        return Style(f"{self.sgr};{sgr}" if self.sgr else sgr, self.url)


PLAIN = Style()
Run = tuple[str, Style]
Line = tuple[Run, ...]
EMPTY_LINE: Line = ()


def read_text(line: Line) -> str:
    """Return a line's text."""
    return "".join(text for text, _ in line)


def measure_line(line: Line) -> int:
    """Return the most columns that a terminal takes for `line`."""
    return measure(read_text(line))


def merge_runs(runs: Iterable[Run]) -> Line:
    """Return runs as a line: neighbours of one style joined, empty ones left out."""
    merged: list[Run] = []
    for text, style in runs:
        if not text:
            continue
        if merged and merged[-1][1] == style:
            merged[-1] = (merged[-1][0] + text, style)
        else:
            merged.append((text, style))
    return tuple(merged)


def slice_runs(runs: Iterable[Run], start: int, end: int) -> Line:
    """Return the characters from `start` to `end` of a sequence of runs."""
    found: list[Run] = []
    position = 0
    for text, style in runs:
        following = position + len(text)
        if following > start and position < end:
            found.append((text[max(start - position, 0) : end - position], style))
        position = following
        if position >= end:
            break
    return tuple(found)


def find_table(line: Line) -> int | None:
    """Return the number of the table to which a line belongs, if it does."""
    cells = (style.cell for _, style in line if style.cell)
    return next((cell.table for cell in cells if cell.table != NO_TABLE), None)


def wrap_runs(runs: Iterable[Run], width: int) -> list[Line]:
    """Break runs into lines of at most `width` columns, between words where possible.

    A newline in a run ends a line. The breaking is greedy: the lines before the last one do not
    depend on text that may follow.
    """
    runs = merge_runs(runs)
    plain = "".join(text for text, _ in runs)
    if len(plain) <= width and plain.isascii() and "\n" not in plain:
        return [runs]
    lines: list[Line] = []
    start = 0
    for paragraph in plain.split("\n"):
        text = paragraph.lstrip(" ")
        start += len(paragraph) - len(text)
        for first, last in find_breaks(text, max(width, 1)):
            lines.append(slice_runs(runs, start + first, start + last))
        start += len(text) + 1
    return lines


def find_breaks(text: str, width: int) -> list[tuple[int, int]]:
    """Return where the lines of `text` begin and end; blanks at a break belong to no line.

    Args:
        text: One paragraph, which does not begin with a blank.
        width: The columns of a line.
    """
    return _find_ascii_breaks(text, width) if text.isascii() else _find_any_breaks(text, width)


def _find_ascii_breaks(text: str, width: int) -> list[tuple[int, int]]:
    breaks: list[tuple[int, int]] = []
    start = 0
    while len(text) - start > width:
        end = text.rfind(" ", start, start + width + 1)
        if not text[start : max(end, start)].strip(" "):
            end = following = start + width  # one long word
        else:
            following = end
        while text[following : following + 1] == " ":
            following += 1
        breaks.append((start, start + len(text[start:end].rstrip(" "))))
        start = following
    breaks.append((start, len(text)))
    return breaks


def _find_any_breaks(text: str, width: int) -> list[tuple[int, int]]:
    breaks: list[tuple[int, int]] = []
    start = end = 0  # the line so far: where it begins, and where its last word ends
    column = 0  # its columns, up to where the next word begins
    for match in _UNIT.finditer(text):
        word_start = match.start()
        word = match.group().rstrip(_BLANKS)
        room = measure(word)
        if word_start > start and column + room > width:
            breaks.append((start, end))
            start, column = word_start, 0
        end = word_start + len(word)
        if column + room > width:  # one long word
            *pieces, last = chop(word, width)
            for piece in pieces:
                breaks.append((start, start + len(piece)))
                start += len(piece)
            column, room = 0, measure(last)
        column += room + measure(text[end : match.end()])
    breaks.append((start, len(text)))
    return breaks


def chop_runs(runs: Iterable[Run], width: int) -> list[Line]:
    """Break runs, code for example, into lines of exactly `width` columns but for the last."""
    runs = merge_runs(runs)
    plain = "".join(text for text, _ in runs)
    if measure(plain) <= width:
        return [runs]
    lines: list[Line] = []
    left = iter(runs)
    rest, style = next(left)
    # Each run is looked at once: a line of code may be a thousand of them, on fifty lines.
    for piece in chop(plain, max(width, LEAST_COLUMNS)):
        line: list[Run] = []
        room = len(piece)
        while room > len(rest):
            line.append((rest, style))
            room -= len(rest)
            rest, style = next(left)
        line.append((rest[:room], style))
        rest = rest[room:]
        lines.append(merge_runs(line))
    return lines
