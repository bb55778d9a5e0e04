"""How many columns of a terminal text takes. Pure, standard library only; all measuring is here.

Terminals agree about most characters, and disagree about those that join others: some take a family
or a flag for one character of two columns, some add its parts up, and some do now this, now that.
So a text is as wide as its characters one by one, each the widest that it may be shown. No terminal
takes more: lines that fit by this measure meet no terminal's edge.

    letters, signs, box drawing; what Unicode calls ambiguous             1
    ideographs, kana, Hangul syllables, full-width forms, emoji           2
    the parts of flags (regional indicators), skin tones                  2
    a variation selector, which may turn a sign of one column into emoji  1
    vowel signs that take room (Mc), vowels and finals of Hangul (jamo)   1
    other combining marks, joiners, tags                                  0

Where something must stand in its column after such text, the painter goes there (`is_unsure`,
`Style.is_aligned`).
"""

import re
import unicodedata
from collections.abc import Iterable

JOINER = "\u200d"
_EMOJI_SELECTOR = "\ufe0f"
_MOST_REMEMBERED = 20_000
# Wide in Unicode 16 or emoji there, whatever Unicode this Python knows.
_WIDE = re.compile(
    "[\u2630-\u2637\u268a-\u268f\u2ffc-\u2fff\u31e4-\u31e5\u4dc0-\u4dff\U00016fe0-\U00018dff"
    "\U0001b000-\U0001b2ff\U0001d300-\U0001d376\U0001f1e6-\U0001f1ff\U0001f300-\U0001f64f"
    "\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7ff\U0001f90c-\U0001f9ff\U0001fa70-\U0001faff]"
)
# Combining marks, joined scripts, symbols that may be emoji, joiners, selectors, emoji.
_UNSURE = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0590-\u11ff\u135d-\u135f\u1700-\u1cff\u1dc0-\u1dff\u200b-\u200f"
    "\u20d0-\u20ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\u2cef-\u2cf1\u2d7f-\u2dff\u2ffc-\u2fff"
    "\u302a-\u3030\u303d\u3099-\u309a\u31e4-\u31e5\u3297\u3299\u4dc0-\u4dff\ua66f-\ua6f1"
    "\ua800-\uabff\ud7b0-\ud7ff\ufb1e\ufe00-\ufe0f\ufe20-\ufe2f\uff9e-\uff9f"
    "\U00010000-\U0001ffff\U000e0000-\U000e0fff]"
)
# What goes on with the character before it, besides all that takes no column.
_GOES_ON = re.compile(
    "[\ufe00-\ufe0f\u1160-\u11ff\ud7b0-\ud7ff\uff9e\uff9f\u0e33\u0eb3\U0001f3fb-\U0001f3ff]"
)
# Format characters that are seen: signs which enclose the number after them.
_SEEN_FORMATS = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd]")
# What stays on a line with what it touches: words, and what stands between backticks.
_WORD = re.compile(r"(?:`[^`\n]*`|[^\s`]|`)+")
_FLAG_PART = re.compile("[\U0001f1e6-\U0001f1ff]")
_INITIAL_JAMO = re.compile("[\u1100-\u115f\ua960-\ua97f]")
_VIRAMA = 9  # the combining class of signs that join two consonants


class _Widths(dict[str, int]):
    def __missing__(self, char: str) -> int:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        width = self[char] = _find_width(char)
        return width


def _find_width(char: str) -> int:
    if char == _EMOJI_SELECTOR:
        return 1
    if unicodedata.category(char) in {"Mn", "Me", "Cf", "Cc"}:
        return 1 if _SEEN_FORMATS.match(char) else 0
    return 2 if unicodedata.east_asian_width(char) in "WF" or _WIDE.match(char) else 1


_get_width = _Widths().__getitem__


def measure(text: str) -> int:
    """Return the most columns that a terminal takes for `text`, which holds no tab or newline."""
    return len(text) if text.isascii() else sum(map(_get_width, text))


def measure_joined(text: str) -> int:
    """Return the columns of a terminal that takes joined characters for one."""
    if not is_unsure(text):
        return measure(text)
    return sum(_get_width(cluster[0]) for cluster in split_clusters(text))


def is_unsure(text: str) -> bool:
    """Whether terminals may take different numbers of columns for `text`."""
    return not text.isascii() and _UNSURE.search(text) is not None


def split_clusters(text: str) -> list[str]:
    """Return the parts of `text` that are one to its reader (in short, Unicode's annex 29)."""
    clusters: list[str] = []
    for char in text:
        if clusters and _is_joined(clusters[-1], char):
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


def joins(before: str, after: str) -> bool:
    """Whether a character at the end of a text may go on with the one that another begins with."""
    return bool(before) and bool(after) and _is_joined(before[-1], after[0])


def _is_joined(cluster: str, char: str) -> bool:
    last = cluster[-1]
    if char.isascii():
        return False
    if _get_width(char) == 0 or unicodedata.category(char) == "Mc" or _GOES_ON.match(char):
        return True
    if _FLAG_PART.match(char):
        return len(cluster) == 1 and _FLAG_PART.match(last) is not None
    if last == JOINER or unicodedata.combining(last) == _VIRAMA:
        return not char.isspace()
    return _INITIAL_JAMO.match(char) is not None and _INITIAL_JAMO.match(last) is not None


def chop(text: str, width: int) -> list[str]:
    """Cut `text` into pieces of at most `width` columns (but a character is always in one).

    What is joined stays together, unless it takes more than `width` columns by itself.
    """
    if text.isascii():
        return [text[start : start + width] for start in range(0, len(text), width)]
    pieces: list[str] = []
    room = 0
    for part in _split_to(width, split_clusters(text)):
        needed = measure(part)
        if needed > room or not pieces:
            pieces.append("")
            room = width
        pieces[-1] += part
        room -= needed
    return pieces


def wrap_words(text: str, width: int) -> str:
    """Return text whose lines are broken between words so that they take at most `width` columns.

    What stands between backticks, a command for example, is in one line, as it is to be copied; a
    word that is wider than a line is left to the terminal.
    """
    return "\n".join(_wrap_line(line, width) for line in text.split("\n"))


def _wrap_line(line: str, width: int) -> str:
    if measure(line) <= width:
        return line
    wrapped = ""
    end = column = 0
    for match in _WORD.finditer(line):
        gap, word = line[end : match.start()], match.group()
        end, room = match.end(), measure(word)
        if column and column + len(gap) + room > width:
            wrapped, column = f"{wrapped}\n{word}", room
        else:
            wrapped, column = wrapped + gap + word, column + len(gap) + room
    return wrapped


def _split_to(width: int, clusters: Iterable[str]) -> Iterable[str]:
    for cluster in clusters:
        if measure(cluster) <= width:
            yield cluster
            continue
        part = ""
        for char in cluster:  # what takes no column stays with what it follows
            if part and _get_width(char):
                yield part
                part = ""
            part += char
        yield part
