"""What a smaller screen pushed into the scrollback is not shown again. Pure.

What was pushed out is the beginning of the tail, as it was laid out before. For the new width lines
break elsewhere, a mark that has been closed meanwhile is shown no more, and a table may have become
a list, or a list a table. So texts are compared character by character, without white space, rules
and marks; and those of a table's cells each for itself, since wrapped cells stand side by side: of
a row that was pushed out in part each cell goes on where it was cut.

If the text says something else now, lines are passed over as long as they are the same, or each of
their words was pushed out. Then a word may stand there twice, but none is lost.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain, takewhile

from tokenhub_cli.render.cells import measure
from tokenhub_cli.render.lines import (
    MARK,
    REPEATED,
    Cell,
    Line,
    Run,
    Style,
    find_table,
    merge_runs,
    read_text,
    slice_runs,
)

# White space, the bars of tables, box drawing and blocks, and marks that are shown only until they
# are closed.
_PASSING = re.compile(r"[\s|\u2500-\u259f*_~`\[\]\\]+")
_INDENT = re.compile(r"[\s\u2500-\u259f]*")  # blanks and the bars of quotes
Texts = dict[Cell | None, str]  # what each cell says, and what stands outside of tables, squeezed


class ScrolledText:
    """The part of the tail that stands in the scrollback already.

    Attributes:
        is_found: Whether there is one, and the last picture begins with it, character by character.
    """

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self.is_found = False
        self._texts: Texts | None = {}  # None once lines became final that say something else
        self._wordless: list[str] = []  # the blank lines and rules at its end
        self._words: Counter[str] = Counter()

    def add(self, window: Sequence[Line], count: int, length: int = 0) -> None:
        """Take note of what has just been pushed out, which comes after all that was before.

        Args:
            window: The lines that stood on the screen.
            count: How many of them were pushed out whole.
            length: How many characters of the next one were.
        """
        lines = list(window[:count])
        if length:
            lines.append(slice_runs(window[count], 0, length))
        self._words += _count_words(lines)
        if self._texts is not None:
            for text, style in chain.from_iterable(lines):
                squeezed = _squeeze(text)
                if squeezed and not _is_repeated(style.cell):
                    self._texts[style.cell] = self._texts.get(style.cell, "") + squeezed
        wordless = _find_wordless(lines)
        self._wordless = wordless if len(wordless) < len(lines) else self._wordless + wordless

    @staticmethod
    def ends(scrollback: str, text: str) -> bool:
        """Whether this text is the last in the scrollback."""
        return _squeeze(scrollback).endswith(_squeeze(text))

    def pass_over(
        self, final: Sequence[Line], tail: Sequence[Line]
    ) -> tuple[Sequence[Line], Sequence[Line]]:
        """Return what of a new picture is to be shown: lines that are final, then the tail.

        Args:
            final: Lines that are given out now, with which the tail began until now.
            tail: What the tail is from now on.
        """
        self.is_found = False
        if not self._words and not self._wordless and not any((self._texts or {}).values()):
            return final, tail
        left = self._find_left([*final, *tail])
        shown = [line for line in left[: len(final)] if line is not None]
        if shown:
            self._clear()  # its end is given out now
        else:
            self._forget(final)
        return shown, [line for line in left[len(final) :] if line is not None]

    def _find_left(self, lines: Sequence[Line]) -> list[Line | None]:
        """Return what is left of each line, None of one that was pushed out whole."""
        left: list[Line | None] = []
        if self._texts is not None:
            taking = _Taking(self._texts, self._wordless)
            left = list(takewhile(lambda _: not taking.fails, map(taking.take, lines)))
            if not taking.fails:
                self.is_found = True
                for cell in taking.grown:
                    self._texts[cell] = self._texts.get(cell, "").removesuffix(")")
                return left
        same = len(list(takewhile(lambda line: line is None, left)))
        same -= len(_find_wordless(lines[:same]))
        known = max(same, self._count_known(lines))
        return [*[None] * known, *lines[known:]]

    def _count_known(self, lines: Sequence[Line]) -> int:
        left = self._words.copy()
        for index, line in enumerate(lines):
            words = _count_words([line])
            if not left or words - left:
                return index
            left -= words
        return len(lines)

    def _forget(self, final: Sequence[Line]) -> None:
        """Drop what these lines say, which were all pushed out."""
        self._words -= _count_words(final)
        if self._texts is None:
            return
        taking = _Taking(self._texts, self._wordless)
        for line in final:
            taking.take(line)
        self._texts = None if taking.fails else taking.texts
        self._wordless = [] if taking.fails else taking.wordless


class _Taking:
    """Takes off lines, one after the other, what was pushed out.

    Args:
        texts: What was pushed out.
        wordless: The blank lines and rules behind it.
    """

    def __init__(self, texts: Texts, wordless: Sequence[str]) -> None:
        self.texts = dict(texts)
        self.wordless = list(wordless)
        self.fails = False  # a line said something else
        self.grown: list[Cell | None] = []  # where an address has gone on since
        self._shows = False  # something is left of a line before

    def take(self, line: Line) -> Line | None:
        """Return what is left of the next line, or None if all of it was pushed out."""
        known = [self._take_text(style.cell, text) for text, style in line]
        left = ((text[count:], style) for (text, style), count in zip(line, known, strict=True))
        has_words = not _is_wordless(tuple(left))
        if not has_words:
            return None if any(known) else self._take_wordless(line)
        self._shows = True
        if not any(known):
            return line
        return _cut(line, known) if find_table(line) is None else _blank(line, known)

    def _take_text(self, cell: Cell | None, text: str) -> int:
        """Return how many of the next characters of a cell were pushed out."""
        if _is_repeated(cell):
            return 0
        squeezed = _squeeze(text)
        key = self._find_place(cell, squeezed)
        known = self.texts.get(key, "")
        if known.startswith(squeezed):
            self.texts[key] = known[len(squeezed) :]
            return len(text) if known else 0
        self.texts[key] = ""
        end = known
        if not squeezed.startswith(known):
            # An address that was still growing had the mark of its end already.
            end = known.removesuffix(")")
            self.grown.append(key)
        self.fails |= not squeezed.startswith(end)
        return _measure(text, len(end))

    def _find_place(self, cell: Cell | None, squeezed: str) -> Cell | None:
        """Return under which cell it is noted what one says; None with what stands outside tables.

        A header was text like any other until the line below it came; what of it was pushed out
        then, in the middle of a cell, is noted under that cell from now on.
        """
        own = self.texts.get(cell, "")
        agrees = own and (squeezed.startswith(own) or own.startswith(squeezed))
        if cell is None or cell.row != 0 or agrees:
            return cell
        raw = self.texts.get(None, "")
        if raw.startswith(squeezed):
            return None
        self.texts[cell], self.texts[None] = raw + own, ""
        return cell

    def _take_wordless(self, line: Line) -> Line | None:
        if not self._shows:
            if any(self.texts.values()):
                return None
            if self.wordless and bool(line) == bool(self.wordless[0]):
                del self.wordless[0]
                return None
        self._shows = True
        return line


def _is_repeated(cell: Cell | None) -> bool:
    return cell is not None and cell.column == REPEATED


def _is_wordless(line: Line) -> bool:
    """Whether a line says nothing for itself: a blank one, a rule, the header of a list's item."""
    return not any(_squeeze(text) for text, style in line if not _is_repeated(style.cell))


def _find_wordless(lines: Sequence[Line]) -> list[str]:
    """Return the last lines that say nothing."""
    return list(map(read_text, takewhile(_is_wordless, reversed(lines))))[::-1]


def _squeeze(text: str) -> str:
    return _PASSING.sub("", text)


def _count_words(lines: Sequence[Line]) -> Counter[str]:
    text = " ".join(
        "".join(" " if _is_repeated(style.cell) else text for text, style in line) for line in lines
    )
    return Counter(filter(None, map(_squeeze, text.split())))


def _measure(text: str, count: int) -> int:
    """Return how many characters of `text` hold its first `count` squeezed ones."""
    for index, character in enumerate(text):
        if count == 0:
            return index
        count -= not _PASSING.match(character)
    return len(text)


def _hide(text: str) -> str:
    """Return blanks for words; bars stay."""
    return "".join(char if _PASSING.match(char) else " " * measure(char) for char in text)


def _blank(line: Line, known: Sequence[int]) -> Line:
    """Return a line of a table with blanks for the first so many characters of each run."""
    runs: list[Run] = []
    for (text, style), count in zip(line, known, strict=True):
        if _is_repeated(style.cell):
            # The header of a list's item says of what the rest is.
            runs.append((_hide(text) if style.cell == MARK else text, style))
        else:
            blank = " " * measure(text[:count])
            runs += [(blank, Style(cell=style.cell)), (text[count:], style)]
    return merge_runs(runs)


def _cut(line: Line, known: Sequence[int]) -> Line:
    """Return a line without the first so many characters of each run, indented as it was."""
    position = end = 0
    for (text, _), count in zip(line, known, strict=True):
        position, end = end + count if count else position, end + len(text)
    hidden = merge_runs(
        (_hide(text) if _is_repeated(style.cell) else text, style) for text, style in line
    )
    text = read_text(line)
    rest = text[position:].lstrip()
    indent = _INDENT.match(read_text(hidden))
    runs = slice_runs(hidden, 0, min(indent.end() if indent else 0, position))
    return merge_runs([*runs, *slice_runs(line, len(text) - len(rest), len(text))])
