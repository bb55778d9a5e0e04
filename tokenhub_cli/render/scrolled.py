"""What a smaller screen pushed into the scrollback is not shown again. Pure.

What was pushed out is the beginning of the tail, as it was laid out before. For the new width lines
break elsewhere, a table may have become a list, and a mark that has been closed meanwhile is shown
no more. So texts are compared without white space, rules and marks. Where they differ all the same,
lines are passed over as long as each of their words was pushed out: then a word may stand there
twice, but none is lost.
"""

import re
from collections import Counter
from collections.abc import Sequence

from tokenhub_cli.render.lines import Line, slice_runs

# White space, box drawing and blocks, and marks that are shown only until they are closed.
_PASSING = re.compile(r"[\s\u2500-\u259f*_~`\[\]\\]+")


class ScrolledText:
    """The part of the tail that stands in the scrollback already."""

    def __init__(self) -> None:
        self._text = ""

    def add(self, text: str) -> None:
        """Take note of what has just been pushed out, which comes after all that was before."""
        self._text += text

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
        if not self._text:
            return final, tail
        lines = [*final, *tail]
        count, position = self._find_end(lines)
        shown = lines[count:]
        if position:
            shown[0] = _cut(shown[0], position)
        kept = max(len(final) - count, 0)
        if kept:
            self._text = ""  # its end is given out now
        else:
            self._forget(final)
        return shown[:kept], shown[kept:]

    def _find_end(self, lines: Sequence[Line]) -> tuple[int, int]:
        """Return how many whole lines were pushed out, and how many characters of the next one."""
        scrolled = _squeeze(self._text)
        blank_lines = _count_blank_lines(self._text)
        at = 0
        for index, line in enumerate(lines):
            if at == len(scrolled):
                if line or not blank_lines:
                    return index, 0
                blank_lines -= 1
                continue
            text = _squeeze(_read(line))
            if scrolled.startswith(text, at):
                at += len(text)
            elif text.startswith(scrolled[at:]):
                return index, _measure(_read(line), len(scrolled) - at)
            else:
                return self._count_known(lines), 0
        return len(lines), 0

    def _count_known(self, lines: Sequence[Line]) -> int:
        left = _count_words(self._text)
        for index, line in enumerate(lines):
            words = _count_words(_read(line))
            if not left or words - left:
                return index
            left -= words
        return len(lines)

    def _forget(self, final: Sequence[Line]) -> None:
        """Drop what these lines say, which were all pushed out."""
        text = "\n".join(map(_read, final))
        squeezed = _squeeze(text)
        if _squeeze(self._text).startswith(squeezed):
            rest = self._text[_measure(self._text, len(squeezed)) :]
            self._text = rest.removeprefix("\n" * _count_blank_lines(text))
        else:
            left = _count_words(self._text) - _count_words(text)
            self._text = " ".join(left.elements())


def _read(line: Line) -> str:
    return "".join(text for text, _ in line)


def _squeeze(text: str) -> str:
    return _PASSING.sub("", text)


def _count_blank_lines(text: str) -> int:
    """Return how many blank lines there are after the last words."""
    return len(text) - len(text.rstrip("\n"))


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
    """Return the rest of a line, without the blanks that it begins with."""
    text = _read(line)
    rest = text[position:]
    return slice_runs(line, len(text) - len(rest.lstrip()), len(text))
