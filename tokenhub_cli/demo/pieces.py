"""Cuts a text into pieces of the size that a model's tokens have.

Joined, the pieces are the text again, exactly. They are not any model's real tokens: a word with
the space before it, at most seven letters of a long one, punctuation by itself, one or two
characters of a script without spaces, line ends together.
"""

import re

_PIECE = re.compile(
    r" ?[A-Za-z\u00c0-\u024f\u0370-\u052f']{1,7}"  # Latin, Greek, Cyrillic
    r"| ?[0-9]{1,3}"
    r"|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{1,2}"  # kana, Han, Hangul
    r"|\n+"
    r"| {2,8}"
    r"|([#*=`~_|.-])\1{1,7}"
    r"| ?.",
    re.DOTALL,
)


def split_pieces(text: str) -> list[str]:
    """Return the pieces of `text`, in order; none is empty."""
    return [match.group() for match in _PIECE.finditer(text)]


def count_pieces(text: str) -> int:
    """Return how many pieces `text` has."""
    return len(_PIECE.findall(text))
