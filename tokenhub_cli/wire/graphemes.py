"""Where a text may be cut without tearing what a reader sees as one character.

The part of the grapheme rules (Unicode Standard Annex 29) that cuts in answers meet: combining and
spacing marks, joiners, variation selectors, skin tones, tags, flags, Hangul jamo and conjuncts.
Wrong on the safe side where it is wrong: it may refuse a place that would do.
"""

# Part of the character before although their category is not a mark: zero width (non-)joiner, Thai
# and Lao AM, half-width voicing marks (Grapheme_Cluster_Break=Extend or SpacingMark).
_EXTENDING = frozenset("\u200c\u200d\u0e33\u0eb3\uff9e\uff9f")
_JOINER = "\u200d"
_FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))
_VIRAMA_CLASS = 9

# Scripts that put no space between words, and pictographs: first and last code point.
_UNSPACED = (
    (0x0E00, 0x0FFF),  # Thai, Lao, Tibetan
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x1AAF),  # Tai Le, New Tai Lue, Tai Tham
    (0x2600, 0x27BF),  # symbols, dingbats
    (0x2E80, 0xA4CF),  # Han, kana, their punctuation, Yi
    (0xAA60, 0xAADF),  # Myanmar extended, Tai Viet
    (0xF900, 0xFAFF),  # Han compatibility
    (0xFE30, 0xFE4F),  # vertical forms
    (0xFF00, 0xFFEF),  # full and half width
    (0x1F000, 0x1FAFF),  # pictographs
    (0x20000, 0x3FFFF),  # rare Han
)


def is_unspaced(character: str) -> bool:
    """Tell whether the character's script has no spaces between words (pictographs included)."""
    code = ord(character)
    return any(first <= code <= last for first, last in _UNSPACED)


def is_boundary(text: str, index: int) -> bool:
    """Tell whether `text` may be cut before `index` without tearing a character."""
    if index <= 0 or index >= len(text):
        return True
    before, after = text[index - 1], text[index]
    if before.isascii() and after.isascii():
        return not (before == "\r" and after == "\n")
    if before == _JOINER or _extends(after):
        return False
    if after in _FLAG_LETTERS and before in _FLAG_LETTERS:
        head = text[:index]
        return (len(head) - len(head.rstrip(_FLAG_LETTERS))) % 2 == 0
    return not (_joins_jamo(before, after) or _joins_conjunct(before, after))


def find_previous_boundary(text: str, index: int) -> int:
    """Return the last place before `index`, at least 0, where `text` may be cut."""
    index -= 1
    while index > 0 and not is_boundary(text, index):
        index -= 1
    return max(index, 0)


def _extends(character: str) -> bool:
    from unicodedata import category

    return (
        character in _EXTENDING
        or category(character) in ("Mn", "Me", "Mc")
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= character <= "\U000e007f"  # tags, as in the flag of Scotland
    )


def _joins_jamo(before: str, after: str) -> bool:
    """Leading, vowel and trailing jamo make one syllable (GB6 to GB8)."""
    if not ("\u1100" <= before <= "\ud7ff" and "\u1100" <= after <= "\ud7ff"):
        return False
    if "\u1100" <= before <= "\u115f" or "\ua960" <= before <= "\ua97c":
        return "\u1100" <= after <= "\u11a7" or "\ua960" <= after <= "\ud7a3"
    syllable_or_vowel = "\u1160" <= before <= "\u11a7" or "\uac00" <= before <= "\ud7c6"
    if syllable_or_vowel or "\u11a8" <= before <= "\u11ff" or "\ud7cb" <= before <= "\ud7fb":
        return "\u1160" <= after <= "\u11ff" or "\ud7b0" <= after <= "\ud7fb"
    return False


def _joins_conjunct(before: str, after: str) -> bool:
    """A consonant under a virama belongs to the one before (GB9c, without its list of scripts)."""
    from unicodedata import combining

    return combining(before) == _VIRAMA_CLASS and after.isalpha()
