"""Long paragraphs are cut where it cannot be seen."""

import sys
from types import FrameType

import pytest

from tokenhub_cli.render.paragraphs import LONG_PARAGRAPH, cut_paragraph, is_settled


@pytest.mark.parametrize(
    ("text", "settled"),
    [
        ("plain words, 2 * 3 and snake_case", True),
        ("**bold** and `code` and [a](b)", True),
        ("a **bold", False),
        ("a *word", False),
        ("a `code", False),
        ("a [link", False),
        ("an <a href", False),
        ("a _word", False),
        ("~~gone", False),
        ("escaped \\*not open", True),
        ("1 < 2", True),
    ],
)
def test_what_is_open_is_known(text: str, *, settled: bool) -> None:
    """A text is settled if nothing that follows can change how it reads."""
    assert is_settled(text) is settled


def test_a_short_paragraph_is_not_cut() -> None:
    """Only what is longer than a window is cut."""
    assert cut_paragraph("word " * (LONG_PARAGRAPH // 5)) is None


def test_a_cut_is_between_words() -> None:
    """The white space at the cut is left to the rest."""
    text = "word " * 200
    cut = cut_paragraph(text)
    assert cut is not None
    assert text[cut - 1] == "d"
    assert text[cut] == " "


def test_scripts_without_blanks_are_cut_between_characters() -> None:
    """A long Chinese paragraph is given out in parts too."""
    cut = cut_paragraph("漢字" * 300)
    assert cut is not None
    assert LONG_PARAGRAPH - 10 < cut <= LONG_PARAGRAPH


def test_a_cut_comes_before_what_is_open() -> None:
    """Emphasis that is open at the window's end is left whole to the rest."""
    text = "word " * 90 + "**" + "bold " * 100
    cut = cut_paragraph(text)
    assert cut is not None
    assert cut < text.index("**")


def test_a_paragraph_that_stays_open_is_cut_in_the_end() -> None:
    """A mark that never closes does not hold a paragraph back for ever."""
    text = "*open " + "word " * 1000
    cut = cut_paragraph(text)
    assert cut is not None
    assert 3 * LONG_PARAGRAPH < cut <= 4 * LONG_PARAGRAPH


def test_many_open_marks_do_not_make_a_cut_dear() -> None:
    """Each window of a growing paragraph is judged once, and by a few parses."""
    text = "**a " * 600
    calls: list[str] = []

    def count(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code is is_settled.__code__:
            calls.append(event)

    sys.setprofile(count)
    try:
        for length in range(2001, 2400, 20):
            assert cut_paragraph(text[:length]) is not None
    finally:
        sys.setprofile(None)
    assert len(calls) <= 21
