"""Turns are a sequence like any other, however many of them are packed."""

from dataclasses import replace

import pytest

from tests.chat.values import build_conversation, build_cut, build_turn
from tokenhub_cli.chat.conversation import Conversation, Turn
from tokenhub_cli.chat.packing import Read, hold
from tokenhub_cli.chat.turns import BATCH, Turns

COUNTS = [0, 1, 2, BATCH, BATCH + 1, 2 * BATCH, 2 * BATCH + 1, 5 * BATCH + 3]


def build(count: int) -> tuple[Turn, ...]:
    """Return the turns that `build_conversation` is made of, each with its parent."""
    turns = [build_turn(number) for number in range(count)]
    parents = ["", *(turn.id for turn in turns)]
    return tuple(replace(turn, parent=parents[number]) for number, turn in enumerate(turns))


@pytest.mark.parametrize("count", COUNTS)
def test_turns_come_back_as_they_were(count: int) -> None:
    """Length, order, every single one by its number, slices and equality."""
    turns, plain = build_conversation(count).turns, build(count)
    assert len(turns) == count
    assert tuple(turns) == plain
    assert [turns[index] for index in range(-count, count)] == list(plain * 2)
    assert turns[1:-1] == plain[1:-1]
    assert turns == Turns(plain)
    assert turns != Turns((*plain[1:], build_turn(99)))
    with pytest.raises(IndexError):
        _ = turns[count]


@pytest.mark.parametrize("count", COUNTS)
def test_turns_can_be_taken_back(count: int) -> None:
    """After `/undo` of any number, what is left is as before, and the conversation goes on."""
    conversation, plain = build_conversation(count), build(count)
    for left in range(-1, count + 1):
        undone = conversation.undo(count - left)
        assert tuple(undone.turns) == plain[: max(left, 0)]
        assert undone.append(build_turn(99)).turns[-1].parent == undone.tip
    assert tuple(conversation.turns) == plain


@pytest.mark.parametrize("count", COUNTS[1:])
def test_the_last_turn_can_be_answered_and_replaced(count: int) -> None:
    """The turns before it stay, whether they are packed or not."""
    conversation, plain = build_conversation(count), build(count)
    answered = conversation.answer_last(build_cut(1))
    assert tuple(answered.turns) == (*plain[:-1], replace(plain[-1], answer=build_cut(1)))
    retried = conversation.retry(build_turn(77))
    assert tuple(retried.turns) == (*plain[:-1], replace(build_turn(77), parent=plain[-1].parent))


def test_a_kept_conversation_goes_on_packed() -> None:
    """Turns that come from a file all at once are packed when the conversation goes on."""
    plain = build(4 * BATCH)
    turns = Turns(plain)
    assert turns.packed == ()
    longer = turns.append(build_turn(99))
    assert (len(longer.packed), len(longer.loose)) == (3, BATCH + 1)
    assert tuple(longer) == (*plain, build_turn(99))


def test_turns_are_packed_once_and_put_where_they_should_be() -> None:
    """A turn is appended open and answered twice, here and for history; no batch is made anew."""
    put: list[bytes] = []

    def put_away(data: bytes) -> Read:
        put.append(data)
        return hold(data)

    conversation = Conversation("c", turns=Turns(put=put_away))
    for number in range(5 * BATCH + 3):
        asked = conversation.append(build_turn(number))
        asked.answer_last(build_cut(number))
        conversation = asked.answer_last(build_cut(number))
    assert len(put) == len(conversation.turns.packed) == 5
    undone = conversation.undo(4 * BATCH)
    for number in range(2 * BATCH):
        undone = undone.append(build_turn(number))
    assert len(put) == 5 + 2
    assert tuple(conversation.undo(len(conversation.turns)).turns) == ()
