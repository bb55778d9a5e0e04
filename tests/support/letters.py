"""Texts in which each letter occurs once.

The halves of a word that was broken may be far from each other, in a table, where cells stand side
by side: letters can be counted all the same.
"""

import unicodedata
from itertools import islice

LETTERS = "".join(
    char
    for char in map(chr, (*range(0x100, 0x180), *range(0x391, 0x3CA), *range(0x400, 0x530)))
    if unicodedata.category(char) in {"Lu", "Ll"}
)


def write_table(cells: int, words: int, rows: int, length: int) -> str:
    """Return a table whose letters are all different.

    Args:
        cells: In a row.
        words: In a cell.
        rows: Without the header.
        length: Letters in a word.
    """
    letters = iter(LETTERS)
    lines = ["| a " * cells, "|---" * cells]
    for _ in range(rows):
        row = [["".join(islice(letters, length)) for _ in range(words)] for _ in range(cells)]
        lines.append("".join(f"| {' '.join(cell)} " for cell in row))
    assert next(letters, None) is not None
    return "".join(f"{line}|\n" for line in lines)


def find_letters(text: str) -> list[str]:
    """Return the letters that are there, each as often as it is."""
    return [letter for letter in text if letter in LETTERS]
