"""Ids that are short enough to type and sort by time."""

from hypothesis import given
from hypothesis import strategies as st

from tokenhub_cli.store.ids import ALPHABET, EPOCH, ID_LENGTH, new_id, normalise_prefix, read_time

TIMES = st.integers(EPOCH, EPOCH + 2**30 - 1)
CHANCE = st.binary(min_size=4, max_size=8)


@given(TIMES, CHANCE, TIMES, CHANCE)
def test_ids_sort_by_time(first: int, chance: bytes, second: int, other_chance: bytes) -> None:
    """Of two ids made in different seconds, the earlier one sorts first."""
    if first != second:
        earlier = new_id(first, chance) < new_id(second, other_chance)
        assert earlier == (first < second)


@given(TIMES, CHANCE)
def test_an_id_holds_its_time_and_nothing_hard_to_type(now: int, chance: bytes) -> None:
    """Twelve lower-case letters and digits, from which the second of birth can be read."""
    identifier = new_id(now + 0.25, chance)
    assert len(identifier) == ID_LENGTH == 12
    assert set(identifier) <= set(ALPHABET)
    assert read_time(identifier) == now
    assert normalise_prefix(identifier.upper()) == identifier


def test_chance_tells_ids_of_one_second_apart() -> None:
    """The same second with other chance gives another id."""
    assert new_id(EPOCH, b"\0\0\0\1") != new_id(EPOCH, b"\0\0\0\2")
    assert new_id(0.0, b"\0\0\0\0") == "0" * 12


def test_lookalikes_are_understood() -> None:
    """The letters that the alphabet leaves out are read as the digits they look like."""
    assert normalise_prefix(" oIl ") == "011"
    assert read_time("not-an-id!!!") == EPOCH
