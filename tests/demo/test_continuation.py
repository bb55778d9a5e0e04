"""How the embedded gateway goes on with a partial answer that comes back."""

from typing import Any

import pytest

from tests.support.gateways import Reply, post_messages, request
from tokenhub_cli.chat.message import Role, build_message
from tokenhub_cli.demo.answers import THINKER
from tokenhub_cli.demo.continuation import (
    ANNOUNCEMENT,
    NOT_OURS,
    UNRELATED,
    Continuation,
    read_conversation,
)
from tokenhub_cli.demo.faults import Cut, GoesOn
from tokenhub_cli.demo.pieces import split_pieces
from tokenhub_cli.demo.server import DemoGateway, FaultPlan
from tokenhub_cli.demo.texts import POEM, THOUGHTS
from tokenhub_cli.wire.encoding import EncodedBody
from tokenhub_cli.wire.request import AnswerRequest, build_continuation
from tokenhub_cli.wire.strategy import Strategy

QUESTION = {"role": "user", "content": "Write a poem"}
PARTIAL = POEM[: POEM.index("quay") + 4]
REST = POEM[len(PARTIAL) :]
ANCHOR = {"role": "user", "content": "Continue exactly after your last words, without repeating."}


def go_on(way: Continuation, *messages: dict[str, Any], words: int = 3, **more: Any) -> Reply:
    """Return what a gateway of that way says to the question and `messages`."""
    gateway = DemoGateway(continuation=way, repeated_words=words, tokens_per_second=None)
    with gateway:
        return post_messages(gateway.port, [QUESTION, *messages], **more)


def assistant(text: str, **more: Any) -> dict[str, Any]:
    """Return an assistant's message."""
    return {"role": "assistant", "content": text, **more}


@pytest.mark.parametrize(
    ("way", "text"),
    [
        (Continuation.EXACT, REST),
        (Continuation.TRIMS, REST.lstrip()),
        (Continuation.ADDS_SPACE, " " + REST),
        (Continuation.REPEATS_WORDS, "along the quay" + REST),
        (Continuation.STARTS_OVER, POEM),
        (Continuation.ECHOES_PREFIX, POEM),
        (Continuation.ANOTHER_LAST_WORD, REST.replace("and", "otherwise", 1)),
        (Continuation.REWRAPS, "\n".join(PARTIAL.split()) + REST),
        (Continuation.ANNOUNCES, ANNOUNCEMENT + REST.lstrip()),
        (Continuation.SOMETHING_ELSE, UNRELATED),
        (Continuation.EMPTY, ""),
        (Continuation.REFUSES_FLAGS, REST),
        (Continuation.FOLLOWS_ANCHOR, POEM),
    ],
)
def test_each_way_to_go_on_from_a_trailing_message(way: Continuation, text: str) -> None:
    """A trailing assistant message is gone on with in the way that was chosen."""
    reply = go_on(way, assistant(PARTIAL))
    assert reply.text == text
    assert reply.finish_reason == "stop"


def test_an_exact_continuation_at_every_piece() -> None:
    """Cut anywhere, the partial and what follows are the whole."""
    pieces = split_pieces(POEM)
    with DemoGateway(tokens_per_second=None) as gateway:
        for count in range(1, len(pieces) + 1):
            partial = "".join(pieces[:count])
            reply = post_messages(gateway.port, [QUESTION, assistant(partial)])
            assert partial + reply.text == POEM


def test_a_refusal_of_trailing_messages() -> None:
    """REFUSES answers 400, and follows an anchor."""
    assert go_on(Continuation.REFUSES, assistant(PARTIAL)).status == 400
    assert go_on(Continuation.REFUSES, assistant(PARTIAL), ANCHOR).text == REST


@pytest.mark.parametrize(
    ("message_flag", "body_flag"),
    [
        ({"prefix": True}, {}),
        ({"partial": True}, {}),
        ({}, {"continue_final_message": True, "add_generation_prompt": False}),
    ],
)
def test_flags(message_flag: dict[str, Any], body_flag: dict[str, Any]) -> None:
    """A flag is refused with 422 where it is unknown, and otherwise goes on exactly."""
    message = assistant(PARTIAL, **message_flag)
    refused = go_on(Continuation.REFUSES_FLAGS, message, **body_flag)
    assert refused.status == 422
    assert go_on(Continuation.EXACT, message, **body_flag).text == REST


@pytest.mark.parametrize("strategy", list(Strategy))
@pytest.mark.parametrize("model", ["gpt-4o", THINKER])
def test_our_own_requests_are_understood(strategy: Strategy, model: str) -> None:
    """Each rung of the ladder, as `wire/request.py` writes it, is gone on with exactly."""
    asked = AnswerRequest(model, (build_message(Role.USER, "Write a poem"),))
    body = b"".join(EncodedBody(build_continuation(asked, strategy, PARTIAL, "Let me see.")))
    with DemoGateway(tokens_per_second=None) as gateway:
        reply = request(gateway.port, "POST", "/v1/chat/completions", body=body)
    assert reply.text == REST


def test_an_anchor_is_followed() -> None:
    """A user's message that asks to go on is honoured exactly."""
    for way in (Continuation.EXACT, Continuation.FOLLOWS_ANCHOR, Continuation.REFUSES_FLAGS):
        assert go_on(way, assistant(PARTIAL), ANCHOR).text == REST


def test_a_new_question_after_an_answer_is_a_new_question() -> None:
    """Only a request to go on is an anchor; any other message begins a new answer."""
    question = {"role": "user", "content": "hello"}
    assert go_on(Continuation.EXACT, assistant(PARTIAL), question).text.startswith("Hello")


def test_a_way_for_one_request() -> None:
    """As a fault, a way to go on is for one request; the next one goes on as usual."""
    plan: FaultPlan = [
        GoesOn(Continuation.SOMETHING_ELSE),
        (GoesOn(Continuation.REPEATS_WORDS, 1), Cut(900)),
    ]
    messages = [QUESTION, assistant(PARTIAL)]
    with DemoGateway(tokens_per_second=None, faults=plan) as gateway:
        first, second, third = (post_messages(gateway.port, messages) for _ in range(3))
    assert first.text == UNRELATED
    assert second.broken
    assert second.text.startswith("quay\n")
    assert third.text == REST


def test_a_thinker_goes_on_if_its_thoughts_come_back() -> None:
    """Without its reasoning it thinks again: over from the top, or on from an anchor."""
    thoughtful = assistant(PARTIAL, reasoning_content="Let me see.")
    reply = go_on(Continuation.EXACT, thoughtful, model=THINKER)
    assert (reply.text, reply.reasoning) == (REST, "")
    reply = go_on(Continuation.EXACT, assistant(PARTIAL), model=THINKER)
    assert (reply.text, reply.reasoning) == (POEM, THOUGHTS)
    reply = go_on(Continuation.EXACT, assistant(PARTIAL), ANCHOR, model=THINKER)
    assert (reply.text, reply.reasoning) == (REST, THOUGHTS)


def test_words_that_are_not_ours_are_not_gone_on_with() -> None:
    """A partial that the gateway did not write gets an honest sentence."""
    assert go_on(Continuation.EXACT, assistant("Roses are red")).text == NOT_OURS


@pytest.mark.parametrize("words", [1, 2, 5, 100])
def test_the_number_of_repeated_words(words: int) -> None:
    """As many of the last words are repeated as asked for, or all there are."""
    reply = go_on(Continuation.REPEATS_WORDS, assistant(PARTIAL), words=words)
    repeated = reply.text.removesuffix(REST)
    assert PARTIAL.endswith(repeated)
    assert len(repeated.split()) == min(words, len(PARTIAL.split()))


def test_parts_are_read_as_words() -> None:
    """Content may be a list of parts; pictures are accepted and say nothing."""
    parts = [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
    ]
    assert read_conversation([{"role": "user", "content": parts}]).question == "What is this?"
