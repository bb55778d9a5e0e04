"""A long text at less than its own size."""

import random

import pytest

from tokenhub_cli.chat.long_text import BLOCK_LENGTH, LongText, pack_block, read_blocks

PARTS = ("Ça va bien. ", "東京の天気 ", "👍🏽 half a pair: \ud83d.")
WHOLE = "".join(PARTS)
LONG = LongText(tuple(map(pack_block, PARTS)), len(WHOLE))


def test_it_is_the_text_that_was_packed() -> None:
    """Whole, by its length, and in its parts; whatever characters are in it."""
    assert str(LONG) == WHOLE
    assert len(LONG) == len(WHOLE)
    assert tuple(read_blocks(LONG)) == PARTS
    assert f"{LONG}" == WHOLE


def test_it_equals_the_same_text_however_that_is_held() -> None:
    """Another cut, or a `str`, is no other text."""
    assert LONG == WHOLE
    assert LongText((pack_block(WHOLE),), len(WHOLE)) == LONG
    assert len({LONG, WHOLE}) == 1
    assert WHOLE.swapcase() != LONG
    assert len(WHOLE) != LONG


def test_what_shows_it_to_a_programmer_does_not_show_all_of_it() -> None:
    """A failed test or a log says how long it is."""
    assert repr(LONG) == f"<{len(WHOLE)} characters>"


@pytest.mark.parametrize("length", [0, 1, BLOCK_LENGTH, BLOCK_LENGTH + 1, 5 * BLOCK_LENGTH])
def test_a_string_is_read_in_blocks_too(length: int) -> None:
    """No block is longer than others, and there is always one."""
    blocks = list(read_blocks("x" * length))
    assert "".join(blocks) == "x" * length
    assert blocks
    assert max(map(len, blocks)) <= BLOCK_LENGTH


def test_prose_takes_two_thirds_of_its_size_at_most() -> None:
    """Words in no order at all are the least that can be hoped for."""
    chance = random.Random(1)  # noqa: S311 - the same words each time, no secret
    words = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(1, 9))) for _ in range(9000)]
    text = " ".join(chance.choices(words, k=BLOCK_LENGTH))[:BLOCK_LENGTH]
    assert len(pack_block(text)) < BLOCK_LENGTH * 2 / 3
