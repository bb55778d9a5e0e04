"""Styled lines are measured, merged and broken."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tokenhub_cli.render.lines import (
    PLAIN,
    Run,
    Style,
    chop_runs,
    find_breaks,
    measure_line,
    merge_runs,
    slice_runs,
    wrap_runs,
)

BOLD = Style("1")
words = st.lists(st.sampled_from(["a", "word", "漢字", "x" * 30, "  ", " ", "é", "👩‍👧", "，"]))  # noqa: RUF001 - a full-width comma is meant


def texts(runs: list[tuple[Run, ...]]) -> list[str]:
    return ["".join(text for text, _ in line) for line in runs]


def test_words_wrap_between_words() -> None:
    """A line ends between two words, and the blank there belongs to neither."""
    assert texts(wrap_runs([("one two three four", PLAIN)], 9)) == ["one two", "three", "four"]


def test_a_word_may_change_its_style_within() -> None:
    """Styles do not break words."""
    lines = wrap_runs([("see un", PLAIN), ("believ", BOLD), ("able things", PLAIN)], 13)
    assert lines == [
        (("see", PLAIN),),
        (("un", PLAIN), ("believ", BOLD), ("able", PLAIN)),
        (("things", PLAIN),),
    ]


def test_a_long_word_is_cut() -> None:
    """What fits on no line is broken where the line ends."""
    assert texts(wrap_runs([("ab " + "x" * 25, PLAIN)], 10)) == ["ab", "x" * 10, "x" * 10, "x" * 5]


def test_ideographs_wrap_anywhere_but_before_punctuation() -> None:
    """Scripts without blanks fill their lines; a full stop never begins one."""
    assert texts(wrap_runs([("漢字漢字。漢", PLAIN)], 8)) == ["漢字漢", "字。漢"]


def test_a_newline_is_a_hard_break() -> None:
    """A newline within a run ends the line."""
    assert texts(wrap_runs([("one\ntwo", BOLD)], 20)) == ["one", "two"]


@settings(max_examples=200, deadline=None)
@given(words, st.integers(2, 20))
def test_no_line_is_too_wide_and_no_word_is_lost(parts: list[str], width: int) -> None:
    """Wrapping keeps every character that is not blank, on lines that fit."""
    text = "".join(parts)
    lines = wrap_runs([(text, PLAIN)], width)
    assert all(measure_line(line) <= width for line in lines)
    assert "".join("".join(texts(lines)).split()) == "".join(text.split())


@settings(max_examples=200, deadline=None)
@given(words, words, st.integers(2, 20))
def test_lines_before_the_last_do_not_depend_on_what_follows(
    parts: list[str], more: list[str], width: int
) -> None:
    """Wrapping is greedy, so that finished lines can be shown before a paragraph ends."""
    text = " ".join(parts)
    first = texts(wrap_runs([(text, PLAIN)], width))
    whole = texts(wrap_runs([(f"{text} {' '.join(more)}", PLAIN)], width))
    assert whole[: len(first) - 1] == first[:-1]


@settings(deadline=None)
@given(st.text("ab ", max_size=60), st.integers(2, 12))
def test_plain_ascii_breaks_as_any_text_does(text: str, width: int) -> None:
    """The fast way for ASCII gives what the general way gives."""
    text = text.lstrip()
    ascii_lines = [text[start:end].strip() for start, end in find_breaks(text, width)]
    wide = [(text + "é")[start:end].strip() for start, end in find_breaks(text + "é", width)]
    assert ascii_lines[:-1] == wide[: len(ascii_lines) - 1]


def test_neighbours_of_one_style_are_joined() -> None:
    """Runs are as few as the styles need."""
    runs = [("a", BOLD), ("", PLAIN), ("b", BOLD), ("c", PLAIN)]
    assert merge_runs(runs) == (("ab", BOLD), ("c", PLAIN))


def test_a_slice_keeps_styles() -> None:
    """Characters from the middle of runs come with their styles."""
    assert slice_runs([("abc", BOLD), ("def", PLAIN)], 1, 5) == (("bc", BOLD), ("de", PLAIN))


def test_code_is_cut_at_the_edge() -> None:
    """Code is broken at the screen's edge, not between words."""
    assert texts(chop_runs([("one two three", PLAIN)], 5)) == ["one t", "wo th", "ree"]
