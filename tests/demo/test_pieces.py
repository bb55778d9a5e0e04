"""Cutting a text into pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenhub_cli.demo import texts
from tokenhub_cli.demo.pieces import count_pieces, split_pieces
from tokenhub_cli.demo.prose import write_prose


@given(st.text())
def test_the_pieces_are_the_text(text: str) -> None:
    """Joined, the pieces are the text; none is empty; the count is right."""
    pieces = split_pieces(text)
    assert "".join(pieces) == text
    assert all(pieces)
    assert count_pieces(text) == len(pieces)


@pytest.mark.parametrize("text", [texts.TOUR, texts.CODE, write_prose()])
def test_pieces_have_the_size_of_tokens(text: str) -> None:
    """A piece has some three to six characters on average, as real tokens do."""
    assert 2 < len(text) / count_pieces(text) < 6


def test_a_piece_is_a_word_with_the_space_before_it() -> None:
    """Words carry the space before them; long ones are cut."""
    assert split_pieces("The harbour's lighthouses") == [
        "The",
        " harbour",
        "'s",
        " lightho",
        "uses",
    ]
