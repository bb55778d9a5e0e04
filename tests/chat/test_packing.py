"""Packed turns are exactly what they were, and take less memory than their words."""

import json
import random
from collections.abc import Sequence

import pytest

from tests.chat.values import build_conversation, build_turn
from tokenhub_cli.chat.conversation import Answer, AnswerStatus, Turn
from tokenhub_cli.chat.encoding import build_message_body
from tokenhub_cli.chat.long_text import LongText, pack_block
from tokenhub_cli.chat.message import ImagePart, Message, Role, TextPart, build_message
from tokenhub_cli.chat.packing import PackedTurns, Read, hold
from tokenhub_cli.chat.turns import BATCH
from tokenhub_cli.wire.encoding import EncodedBody
from tokenhub_cli.wire.request import AnswerRequest, build_body


def measure(turns: Sequence[Turn]) -> int:
    sizes: list[int] = []

    def put(data: bytes) -> Read:
        sizes.append(len(data))
        return hold(data)

    PackedTurns(turns, put)
    return sum(sizes)


@pytest.mark.parametrize("count", [0, 1, 7, 16])
def test_packed_turns_are_what_they_were(count: int) -> None:
    """Every field, words in any script, what UTF-8 cannot hold, pictures, several parts."""
    turns = tuple(build_turn(number) for number in range(count))
    packed = PackedTurns(turns)
    assert packed.unpack() == turns
    assert packed.length == len(packed.read_messages())


def test_a_long_answer_is_packed_once() -> None:
    """What holds it in blocks does not stand beside the message that holds it, too."""
    words = " ".join(f"word {number}" for number in range(9000))
    long_text = LongText((pack_block(words),), len(words))
    question = build_message(Role.USER, "Why?")
    long, short = (
        [Turn("t", question, Answer(text, AnswerStatus.COMPLETE))] for text in (long_text, words)
    )
    assert PackedTurns(long).unpack() == PackedTurns(short).unpack()
    assert measure(long) < measure(short) + 100


@pytest.mark.parametrize("count", [1, 2, BATCH + 1, 3 * BATCH])
def test_packed_turns_are_sent_as_loose_ones_are(count: int) -> None:
    """The gateway gets the same messages: without the questions that were never answered."""
    conversation = build_conversation(count)
    encoded = EncodedBody(build_body(AnswerRequest("m", conversation.build_request())))
    sent = b"".join(encoded)
    expected = [build_message_body(message) for message in conversation.build_messages()]
    plain = json.dumps(expected, ensure_ascii=False).encode("utf-8", "replace")
    assert json.loads(sent)["messages"] == json.loads(plain)
    assert len(sent) == encoded.length
    words = sum(message.characters for message in conversation.build_messages())
    assert sum(message.characters for message in conversation.build_request()) == words


def test_packed_turns_take_less_than_their_words() -> None:
    """Half of what words take in UTF-8, and a hundred bytes for a turn of a few words."""
    rng = random.Random(1)  # noqa: S311 - the same words in each run
    letters = "etaoinshrdlucmfw"
    words = ["".join(rng.choices(letters, k=rng.randint(1, 9))) for _ in range(2000)]

    def build(length: int) -> list[Turn]:
        return [
            Turn(
                f"{number}{rng.getrandbits(60):x}",
                build_message(Role.USER, " ".join(rng.choices(words, k=3))),
                Answer(" ".join(rng.choices(words, k=length)), AnswerStatus.COMPLETE, "gpt-4o"),
                model="gpt-4o",
            )
            for number in range(BATCH)
        ]

    long = build(300)
    assert measure(long) < 0.6 * PackedTurns(long).length
    assert measure(build(5)) < 130 * BATCH


def test_pictures_are_kept_as_they_are() -> None:
    """They do not get smaller, and users would have to wait for it."""
    picture = ImagePart("data:image/png;base64," + "AAAA" * 400_000)
    turn = Turn(
        "t",
        Message(Role.USER, (TextPart("What is this?"), picture)),
        Answer("A cat.", AnswerStatus.COMPLETE),
    )
    assert PackedTurns([turn]).unpack() == (turn,)
    assert len(picture.url) < measure([turn]) < len(picture.url) + 2000
