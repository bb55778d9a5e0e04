"""Cuts never tear what a reader sees as one character."""

import pytest

from tokenhub_cli.wire.graphemes import find_previous_boundary, is_boundary, is_unspaced

WHOLE = [
    "e\u0301",
    "a\u0308\u0323",
    "❤\ufe0f",
    "👍🏽",
    "👩\u200d👩\u200d👧\u200d👦",
    "🇩🇪",
    "🏴\U000e0067\U000e0062\U000e007f",
    "1\ufe0f\u20e3",
    "\u1112\u1161\u11ab",
    "하\u11ab",
    "\uac00\u11a8",
    "\ua960\u1161",
    "กำ",
    "ที่",
    "क्ष",
    "ｶ\uff9e",
    "\r\n",
]


@pytest.mark.parametrize("whole", WHOLE)
def test_clusters_are_never_torn(whole: str) -> None:
    """There is a boundary around each cluster and none in it, beside letters and beside itself."""
    for text, start in (
        (f"a{whole}b", 1),
        (whole * 3, len(whole)),
        (f"中{whole}中", 1),
    ):
        end = start + len(whole)
        assert [at for at in range(start, end + 1) if is_boundary(text, at)] == [start, end]
        assert find_previous_boundary(text, end) == start


@pytest.mark.parametrize("text", ["ab", "中文", "👍👍", "각각", "a中", "가a", "ᄒa", "ab\n"])
def test_plain_characters_part_anywhere(text: str) -> None:
    """Letters, syllables and pictographs that stand alone may be parted."""
    assert all(is_boundary(text, at) for at in range(len(text) + 1))


def test_beginning_is_a_boundary() -> None:
    """A text that begins with a mark is cut at its beginning at the earliest."""
    assert find_previous_boundary("\u0301\u0301", 2) == 0
    assert find_previous_boundary("", 0) == 0


@pytest.mark.parametrize(
    ("character", "unspaced"),
    [*((spaced, False) for spaced in "aé한א-"), *((unspaced, True) for unspaced in "中かกខ👍🇩。")],
)
def test_scripts_without_spaces(character: str, *, unspaced: bool) -> None:
    """Han, kana, Thai, Khmer and pictographs have no spaces between words; Korean has."""
    assert is_unspaced(character) is unspaced
