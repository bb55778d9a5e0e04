"""Bodies become JSON, and their length is known before the first piece is sent."""

import json

import pytest

from tests.chat.values import build_conversation
from tokenhub_cli.chat.turns import BATCH
from tokenhub_cli.errors import UsageError
from tokenhub_cli.wire.encoding import EncodedBody
from tokenhub_cli.wire.request import AnswerRequest, build_body


@pytest.mark.parametrize("messages", [[], [{"role": "user", "content": "早"}] * 3])
@pytest.mark.parametrize("fields", [{}, {"model": "m", "stream": True}])
def test_a_body_is_json(messages: list[dict[str, str]], fields: dict[str, object]) -> None:
    """One piece, as long as it says, whatever is in it."""
    body = {**fields, "messages": messages}
    encoded = EncodedBody(body)
    [piece] = encoded
    assert json.loads(piece) == body
    assert len(piece) == encoded.length


def test_packed_turns_are_unpacked_while_they_are_sent() -> None:
    """One batch at a time, and again for the next attempt."""
    conversation = build_conversation(4 * BATCH)
    encoded = EncodedBody(build_body(AnswerRequest("m", conversation.build_request())))
    pieces = list(encoded)
    assert len(pieces) == 1 + len(conversation.turns.packed) + 1
    assert list(encoded) == pieces
    assert sum(map(len, pieces)) == encoded.length


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, b"x"])
def test_an_option_that_is_no_json_is_wrong_usage(value: object) -> None:
    """What JSON cannot hold is said before anything is sent."""
    with pytest.raises(UsageError, match="cannot be sent"):
        EncodedBody({"messages": [], "option": value})
