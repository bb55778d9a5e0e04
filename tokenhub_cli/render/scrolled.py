"""What a smaller screen pushed into the scrollback is not shown again. Pure.

What was pushed out is the beginning of the tail, as it was laid out before. For the new width lines
break elsewhere, and a mark that has been closed meanwhile is shown no more. So texts are compared
without white space, rules and marks, in three ways, the most exact first:

- Character by character, in the order in which they stand on the screen.
- The same, but cell by cell in a table: wrapped cells stand side by side, or the table has become a
  list that repeats its header. Of a row with wrapped cells that was pushed out in part no place is
  the end; it is shown again, whole.
- Line by line, as long as each of a line's words was pushed out, or as far as lines say the same in
  one of the other ways: then a word may stand there twice, but none is lost.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, takewhile
from operator import itemgetter
from typing import NamedTuple

from tokenhub_cli.render.lines import REPEATED, Line, Style, find_row, slice_runs

# White space, box drawing and blocks, and marks that are shown only until they are closed.
_PASSING = re.compile(r"[\s\u2500-\u259f*_~`\[\]\\]+")
End = tuple[int, int]  # how many whole lines were pushed out, and characters of the next one


class Unit(NamedTuple):
    """Lines that are read together; of a single one the text is as long as the line."""

    lines: int
    text: str


class ScrolledText:
    """The part of the tail that stands in the scrollback already."""

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._readings = (_Reading(read_lines), _Reading(read_rows))
        self._words: Counter[str] = Counter()

    def add(self, window: Sequence[Line], count: int, length: int = 0) -> None:
        """Take note of what has just been pushed out, which comes after all that was before.

        Args:
            window: The lines that stood on the screen.
            count: How many of them were pushed out whole.
            length: How many characters of the next one were.
        """
        for reading in self._readings:
            reading.add(window, count, length)
        texts = [_read(line) for line in window[: count + 1]]
        texts[count:] = [text[:length] for text in texts[count:]]
        self._words += _count_words(" ".join(texts))

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
        if not self._words and not any(reading.texts for reading in self._readings):
            return final, tail
        lines = [*final, *tail]
        count, position = self._find_end(lines)
        shown = lines[count:]
        if position:
            shown[0] = _cut(shown[0], position)
        kept = max(len(final) - count, 0)
        if kept:
            self._clear()  # its end is given out now
        else:
            for reading in self._readings:
                reading.forget(final)
            self._words -= _count_words(" ".join(map(_read, final)))
        return shown[:kept], shown[kept:]

    def _find_end(self, lines: Sequence[Line]) -> End:
        count = self._count_known(lines)
        for reading in self._readings:
            is_end, place = reading.find_end(lines)
            if is_end:
                return place
            count = max(count, place[0])
        return count, 0

    def _count_known(self, lines: Sequence[Line]) -> int:
        left = self._words.copy()
        for index, line in enumerate(lines):
            words = _count_words(_read(line))
            if not left or words - left:
                return index
            left -= words
        return len(lines)


class _Reading:
    """What was pushed out, as lines are read in one way.

    Args:
        read: Parts lines into units.
    """

    def __init__(self, read: Callable[[Sequence[Line]], Iterator[Unit]]) -> None:
        self._read = read
        self.texts: list[str] | None = []  # None once lines became final that say something else

    def add(self, window: Sequence[Line], count: int, length: int) -> None:
        if self.texts is None:
            return
        for unit in self._read(window):
            if unit.lines > count:
                if unit.lines == 1 and length:
                    self.texts.append(unit.text[:length])
                break
            self.texts.append(unit.text)
            count -= unit.lines

    def find_end(self, lines: Sequence[Line]) -> tuple[bool, End]:
        """Return whether what was pushed out ends in these lines, and where; or what they share."""
        if self.texts is None:
            return False, (0, 0)
        scrolled = _squeeze("".join(self.texts))
        wordless = _find_wordless(self.texts)
        at = index = shared = 0
        for count, text in self._read(lines):
            squeezed = _squeeze(text)
            if at == len(scrolled):
                if squeezed or not wordless or bool(text) != bool(wordless[0]):
                    break
                del wordless[0]
            elif scrolled.startswith(squeezed, at):
                at += len(squeezed)
            elif squeezed.startswith(scrolled[at:]):
                length = _measure(text, len(scrolled) - at) if count == 1 else 0
                return True, (index, length)
            else:
                return False, (shared, 0)
            index += count
            shared = index if squeezed else shared
        return True, (index, 0)

    def forget(self, final: Sequence[Line]) -> None:
        """Drop what these lines say, which were all pushed out."""
        if self.texts is None:
            return
        texts = [unit.text for unit in self._read(final)]
        squeezed = _squeeze("".join(texts))
        if not _squeeze("".join(self.texts)).startswith(squeezed):
            self.texts = None
            return
        left = len(squeezed)
        while left:
            first = self.texts.pop(0)
            length = len(_squeeze(first))
            if length > left:
                self.texts.insert(0, first[_measure(first, left) :])
            left = max(left - length, 0)
        for _ in _find_wordless(texts):
            if self.texts and not _squeeze(self.texts[0]):
                del self.texts[0]


def read_lines(lines: Sequence[Line]) -> Iterator[Unit]:
    """Yield each line as it stands."""
    for line in lines:
        yield Unit(1, _read(line))


def read_rows(lines: Sequence[Line]) -> Iterator[Unit]:
    """Yield each line without what only repeats a header; as one the lines of a wrapped row."""
    for row, group in groupby(lines, find_row):
        unit = list(group)
        cells = [(style.cell[1], text) for line in unit for text, style in line if style.cell]
        places = [place for place, _ in cells if place != REPEATED]
        if row is None or places == sorted(places):
            for line in unit:
                yield Unit(1, "".join(_blank(text, style) for text, style in line))
        else:
            cells.sort(key=itemgetter(0))
            yield Unit(len(unit), "".join(text for place, text in cells if place != REPEATED))


def _blank(text: str, style: Style) -> str:
    return " " * len(text) if style.cell and style.cell[1] == REPEATED else text


def _find_wordless(texts: Sequence[str]) -> list[str]:
    """Return the last ones that hold no words: of blank lines and rules."""
    return list(takewhile(lambda text: not _squeeze(text), reversed(texts)))[::-1]


def _read(line: Line) -> str:
    return "".join(text for text, _ in line)


def _squeeze(text: str) -> str:
    return _PASSING.sub("", text)


def _count_words(text: str) -> Counter[str]:
    return Counter(filter(None, map(_squeeze, text.split())))


def _measure(text: str, count: int) -> int:
    """Return how many characters of `text` hold its first `count` squeezed ones."""
    for index, character in enumerate(text):
        if count == 0:
            return index
        count -= not _PASSING.match(character)
    return len(text)


def _cut(line: Line, position: int) -> Line:
    """Return the rest of a line, without the blanks that it begins with, or a column's bar."""
    text = _read(line)
    rest = text[position:].lstrip()
    if find_row(line) is not None:
        rest = rest.lstrip(" │")
    return slice_runs(line, len(text) - len(rest), len(text))
