"""Long pastes shown folded, as `[pasted 10,000 lines]`, and expanded when they are used.

A prompt that holds thousands of lines is slow to redraw and useless to look at. A folded paste is
one word of the prompt: what stands for it is replaced when the question is sent or opened in an
editor. Each has its own words, so that several may stand in one question and none is mistaken.
A text that was written in an editor is folded, too, where it is long.
"""

from collections.abc import Mapping

MOST_LINES = 12
MOST_CHARACTERS = 2000


class Folds:
    """The folded texts of one run of the loop."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._written: dict[str, str] = {}  # those of an editor, with the pastes in them folded

    def fold(self, text: str) -> str:
        """Return `text`, or the words that stand for it where it is long."""
        if not _is_long(text):
            return text
        lines = _count_lines(text)
        for words, known in self._texts.items():
            if known == text:
                return words
        amount = f"{lines:,} lines" if lines > 1 else f"{len(text):,} characters"
        words, number = f"[pasted {amount}]", 1
        while words in self._texts:
            number += 1
            words = f"[pasted {amount}, {number}]"
        self._texts[words] = text
        return words

    def expand(self, text: str) -> str:
        """Return `text` with every folded text in its place."""
        return _expand(text, self._texts)

    def expand_written(self, text: str) -> str:
        """Return `text` as far as a person has written it: pastes stay folded."""
        return _expand(text, self._written)

    def fold_again(self, text: str) -> str:
        """Return an expanded and edited text folded where it can be: known pastes, else all."""
        shown = text
        pastes = [item for item in self._texts.items() if item[0] not in self._written]
        for words, known in sorted(pastes, key=lambda item: -len(item[1])):  # one may hold another
            shown = shown.replace(known, words)
        if not _is_long(shown):
            return shown
        words = self.fold(text)
        self._written[words] = shown
        return words

    def measure_end(self, text: str) -> int:
        """Return the length of the fold that `text` ends with, or 0."""
        if not text.endswith("]"):
            return 0
        words = text[text.rfind("[pasted ") :] if "[pasted " in text else ""
        return len(words) if words in self._texts else 0


def _count_lines(text: str) -> int:
    return text.rstrip("\n").count("\n") + 1


def _is_long(text: str) -> bool:
    return _count_lines(text) > MOST_LINES or len(text) > MOST_CHARACTERS


def _expand(text: str, folded: Mapping[str, str]) -> str:
    pieces: list[str] = []
    start = 0
    while True:
        position = text.find("[pasted ", start)
        end = text.find("]", position) + 1
        if position < 0 or end == 0:
            return "".join(pieces) + text[start:]
        words = text[position:end]
        if words in folded:
            pieces += (text[start:position], folded[words])
            start = end
        else:
            pieces.append(text[start : position + 1])
            start = position + 1
