"""What a request body can ask for, and the bodies that answer it."""

import http.client
import json
from typing import Any

import pytest

from tests.support.gateways import Reply, build_body, post_messages
from tokenhub_cli.demo.answers import THINKER
from tokenhub_cli.demo.pieces import split_pieces
from tokenhub_cli.demo.protocol import RefusalError, count_prompt_tokens, decode_body
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.demo.texts import HELLO, POEM, THOUGHTS


def ask(question: str = "Write a poem", **more: Any) -> Reply:
    """Return what a well-behaved gateway answers."""
    with DemoGateway(tokens_per_second=None) as gateway:
        return post_messages(gateway.port, question, **more)


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_the_length_limit_cuts_at_a_piece(name: str) -> None:
    """The first pieces come, and the finish_reason says `length`, streamed or not."""
    first = "".join(split_pieces(POEM)[:10])
    limit: dict[str, Any] = {name: 10}
    reply = ask(**limit)
    assert (reply.text, reply.finish_reason) == (first, "length")
    whole = ask(stream=False, **limit).json
    choice = whole["choices"][0]
    assert (choice["message"]["content"], choice["finish_reason"]) == (first, "length")
    assert whole["usage"]["completion_tokens"] == 10


def test_a_limit_that_is_not_reached_changes_nothing() -> None:
    """An answer of exactly the limit's length is complete."""
    reply = ask(max_tokens=len(split_pieces(POEM)))
    assert (reply.text, reply.finish_reason) == (POEM, "stop")


@pytest.mark.parametrize("stop", ["quay", ["nowhere", "quay"]])
def test_a_stop_word_ends_the_answer_before_it(stop: object) -> None:
    """The stop word itself does not come."""
    reply = ask(stop=stop)
    assert reply.text == POEM[: POEM.index("quay")]
    assert reply.finish_reason == "stop"


def test_several_choices_come_interleaved() -> None:
    """With `n` each piece comes once for each choice, and usage counts them all."""
    reply = ask("hello", n=2)
    pieces: dict[int, str] = {0: "", 1: ""}
    order = []
    for event in reply.events[:-1]:
        choice = event["choices"][0]
        pieces[choice["index"]] += choice["delta"].get("content", "")
        order.append(choice["index"])
    assert pieces == {0: HELLO, 1: HELLO}
    assert order == [0, 1] * (len(order) // 2)
    assert reply.events[-2]["usage"]["completion_tokens"] == 2 * len(split_pieces(HELLO))


def test_reasoning_comes_first_and_is_counted_apart() -> None:
    """The thinker's `reasoning_content` comes before any content, and is part of the count."""
    reply = ask(model=THINKER)
    names = [next(iter(event["choices"][0]["delta"]), "") for event in reply.events[1:-2]]
    assert names == sorted(names, reverse=True)
    assert (reply.reasoning, reply.text) == (THOUGHTS, POEM)
    usage = reply.events[-2]["usage"]
    reasoning_tokens = usage["completion_tokens_details"]["reasoning_tokens"]
    assert reasoning_tokens == len(split_pieces(THOUGHTS))
    assert usage["completion_tokens"] == reasoning_tokens + len(split_pieces(POEM))
    whole = ask(model=THINKER, stream=False).json["choices"][0]["message"]
    assert (whole["reasoning_content"], whole["content"]) == (THOUGHTS, POEM)


def test_pictures_are_accepted_and_counted() -> None:
    """A picture costs tokens, and changes nothing about the answer."""
    words = {"type": "text", "text": "hello"}
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
    with DemoGateway(tokens_per_second=None) as gateway:
        reply = post_messages(gateway.port, [{"role": "user", "content": [words, picture]}])
    assert reply.text == HELLO
    plain = count_prompt_tokens([{"role": "user", "content": [words]}])
    assert reply.events[-2]["usage"]["prompt_tokens"] == plain + 85


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": "hello"}, "messages"),
        ({"messages": ["hello"]}, "messages[0]"),
        ({"messages": [{"role": "boss", "content": "x"}]}, "messages[0].role"),
        ({"messages": [{"role": "user", "content": 5}]}, "messages[0]"),
        ({"model": None}, "model"),
        ({"n": 9}, "n"),
        ({"n": "two"}, "n"),
        ({"max_tokens": -1}, "max_tokens"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, Any], param: str) -> None:
    """The refusal says which field is wrong."""
    body = build_body("hello") | change
    with pytest.raises(RefusalError) as caught:
        decode_body(json.dumps(body).encode())
    assert (caught.value.status, caught.value.param) == (400, param)


def test_a_body_that_is_nested_too_deeply_is_refused() -> None:
    """It is an answer as any other: the connection goes on."""
    deep = b"[" * 100_000 + b"]" * 100_000
    with DemoGateway(tokens_per_second=None) as gateway:
        client = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
        for _ in range(2):
            client.request("POST", "/v1/chat/completions", deep, {"Authorization": "Bearer x"})
            response = client.getresponse()
            assert (response.status, b"nested too deeply" in response.read()) == (400, True)
        client.close()
        assert gateway.connections_accepted == 1


def test_fields_that_mean_nothing_here_are_ignored() -> None:
    """Sampling parameters and unknown fields change nothing."""
    assert ask("hello", temperature=1.7, seed=3, top_p=0.1, user="x", unheard_of=True).text == HELLO
