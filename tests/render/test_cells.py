"""One measure for everything that is shown: never less than any terminal takes."""

import sys
import unicodedata
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich._unicode_data import load
from wcwidth import iter_graphemes, wcwidth

from tests.support.widths import FAMILY, JOINED, SCOTLAND
from tokenhub_cli.render.cells import (
    chop,
    is_unsure,
    joins,
    measure,
    measure_joined,
    split_clusters,
    wrap_words,
)
from tokenhub_cli.render.sanitize import sanitize

clusters = st.lists(st.sampled_from([*JOINED, "a", "漢", "🫨"]))


@cache
def find_assigned() -> list[str]:
    """Return each character that Unicode knows; not at import, where each worker would wait."""
    return [
        chr(code)
        for code in range(0xA0, sys.maxunicode + 1)
        if unicodedata.category(chr(code)) not in {"Cn", "Co", "Cs"}
        and sanitize(chr(code)) == chr(code)
    ]


@pytest.mark.parametrize(
    ("text", "most", "joined"),
    [
        ("plain", 5, 5),
        ("漢字、かな", 10, 10),
        ("§→°─│Ж", 6, 6),  # what Unicode calls ambiguous
        ("ｶﾅ", 2, 2),
        ("ｶﾞ", 2, 1),
        ("한글", 4, 4),
        ("\u1112\u1161\u11ab", 4, 2),
        ("e\u0301o\u0323\u0308", 2, 2),
        ("か\u3099", 2, 2),
        ("葛\U000e0100", 2, 2),
        ("नमस्ते", 4, 3),
        ("क\u094dष", 2, 1),
        ("क\u094d\u200dष", 2, 1),
        ("กำ", 2, 1),
        ("น้", 1, 1),
        ("می\u200cخ", 3, 3),
        (FAMILY, 6, 2),
        ("🇩🇪🇫🇷", 8, 4),
        ("👍🏽", 4, 2),
        ("1\ufe0f\u20e3", 2, 1),
        ("❤\ufe0f", 2, 1),
        ("👍\ufe0e", 2, 2),
        ("🏳\ufe0f\u200d🌈", 5, 2),
        (SCOTLAND, 2, 2),
        ("✔", 1, 1),
        ("😀🫨", 4, 4),
    ],
)
def test_a_text_is_as_wide_as_its_characters_may_be(text: str, most: int, joined: int) -> None:
    """Each character counts by itself, at its widest; and once for all that are joined."""
    assert measure(text) == most
    assert measure_joined(text) == joined


def test_no_character_is_taken_for_narrower_than_a_terminal_may_take_it() -> None:
    """Neither by the tables of wcwidth, nor as a mark that takes room of its own."""
    narrower = [char for char in find_assigned() if measure(char) < wcwidth(char)]
    assert narrower == []
    assert all(measure(char) for char in find_assigned() if unicodedata.category(char) == "Mc")


def test_whatever_terminals_may_differ_about_is_known_as_such() -> None:
    """Marks, what is joined to the character before it, and what a selector makes wide."""
    marks = {"Mn", "Mc", "Me"}
    differing = [char for char in find_assigned() if unicodedata.category(char) in marks]
    differing += [char for char in find_assigned() if len(list(iter_graphemes(f"ก{char}"))) == 1]
    differing += [char for char in find_assigned() if measure(char) != max(wcwidth(char), 0)]
    differing += [f"{base}\ufe0f" for base in load("latest").narrow_to_wide]
    assert [text for text in differing if not is_unsure(text)] == []
    assert not is_unsure("plain 漢字、かな한글 §→°─│Ж é")


@given(clusters)
def test_text_is_parted_where_its_reader_parts_it(parts: list[str]) -> None:
    """As the rules of Unicode have it, which terminals that join follow."""
    text = "".join(parts)
    assert split_clusters(text) == list(iter_graphemes(text))


@given(clusters, st.integers(1, 12))
def test_chopping_loses_nothing_and_fits(parts: list[str], width: int) -> None:
    """Pieces are the text, no wider than asked for, and part nothing that would have fitted."""
    text = "".join(parts)
    pieces = chop(text, width)
    assert "".join(pieces) == text
    assert all(measure(piece) <= width or sum(map(measure, piece)) == 2 for piece in pieces)
    if max(map(measure, split_clusters(text)), default=0) <= width:
        assert [part for piece in pieces for part in split_clusters(piece)] == split_clusters(text)


def test_a_cluster_that_does_not_fit_is_cut_between_its_parts() -> None:
    """On a very narrow screen a family stands person by person, and nobody is missing."""
    assert chop(f"a{FAMILY}b", 3) == ["a👨\u200d", "👩\u200d", "👧b"]
    assert chop(FAMILY * 2, 6) == [FAMILY, FAMILY]
    assert chop("漢字", 1) == ["漢", "字"]
    assert chop("", 5) == []


@pytest.mark.parametrize(
    ("before", "after", "is_one"),
    [
        ("e", "\u0301", True),
        ("👨", "\u200d", True),
        ("👨\u200d", "👩", True),
        ("❤", "\ufe0f", True),
        ("👍", "🏽", True),
        ("👍", "👍", False),
        ("a", "b", False),
        ("", "\u0301", False),
    ],
)
def test_a_character_that_goes_on_is_known(before: str, after: str, is_one: bool) -> None:  # noqa: FBT001 - a case
    """What comes later may belong to the character that is there already."""
    assert joins(before, after) is is_one


@pytest.mark.parametrize(
    ("text", "wrapped"),
    [
        ("one two three\n", "one two\nthree\n"),
        ("hint: run\n\n  x y\n", "hint:\nrun\n\n  x y\n"),
        ("run `a b c d` now", "run\n`a b c d`\nnow"),
        ("a `very long command` b", "a\n`very long command`\nb"),
        ("an averylongword", "an\naverylongword"),
        ("漢字 漢字 漢字", "漢字\n漢字\n漢字"),
        ("an open `mark here", "an open\n`mark\nhere"),
    ],
)
def test_words_are_broken_between_them(text: str, wrapped: str) -> None:
    """Lines end between words; commands in backticks stay whole, too long words as they are."""
    assert wrap_words(text, 8) == wrapped
