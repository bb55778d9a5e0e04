"""The embedded gateway's protocol, over real sockets, asked by the standard library's client."""

import json
import socket
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from tests.support.gateways import build_body, post_messages, request
from tests.support.limits import limit_descriptors
from tokenhub_cli.demo.answers import MODELS
from tokenhub_cli.demo.server import HOST, DemoGateway


@pytest.fixture
def gateway() -> Iterator[DemoGateway]:
    """A gateway at full speed."""
    with DemoGateway(tokens_per_second=None) as opened:
        yield opened


def test_a_stream_begins_with_the_role_and_ends_with_a_reason_and_done(
    gateway: DemoGateway,
) -> None:
    """A stream is: the role, the pieces, the finish_reason with the usage, `[DONE]`."""
    reply = post_messages(gateway.port, "Write a poem")
    assert reply.status == 200
    assert reply.headers["content-type"] == "text/event-stream"
    assert reply.events[0]["choices"][0]["delta"]["role"] == "assistant"
    assert reply.events[-1] == "[DONE]"
    assert reply.events[-2]["choices"][0]["finish_reason"] == "stop"
    assert reply.events[-2]["usage"]["completion_tokens"] == len(reply.events) - 3
    assert "spring" in reply.text
    assert not reply.broken


def test_usage_has_its_own_last_chunk_when_asked_for(gateway: DemoGateway) -> None:
    """With `include_usage` the last chunk has no choices and the only usage."""
    reply = post_messages(gateway.port, "Write a poem", stream_options={"include_usage": True})
    assert reply.events[-2]["choices"] == []
    assert reply.events[-2]["usage"]["prompt_tokens"] > 0
    assert all("usage" not in event for event in reply.events[:-2])


def test_an_unstreamed_answer_is_the_same_text_in_one_body(gateway: DemoGateway) -> None:
    """Without `stream` the whole answer comes as one JSON body, usage included."""
    whole = post_messages(gateway.port, "Write a poem", stream=False)
    streamed = post_messages(gateway.port, "Write a poem")
    choice = whole.json["choices"][0]
    assert choice["message"] == {"role": "assistant", "content": streamed.text}
    assert choice["finish_reason"] == "stop"
    assert whole.json["usage"] == streamed.events[-2]["usage"]


def test_the_models_are_listed(gateway: DemoGateway) -> None:
    """`GET /v1/models` names what can be asked."""
    reply = request(gateway.port, "GET", "/v1/models")
    assert [entry["id"] for entry in reply.json["data"]] == list(MODELS)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/v1/nothing", None, 404, "not_found"),
        ("GET", "/v1/chat/completions", None, 405, "method_not_allowed"),
        ("POST", "/v1/models", b"{}", 405, "method_not_allowed"),
        ("POST", "/v1/chat/completions", b"{", 400, "invalid_json"),
        ("POST", "/v1/chat/completions", b"[]", 400, "invalid_json"),
        ("POST", "/v1/chat/completions", b'{"model": "gpt-4o"}', 400, None),
        ("POST", "/v1/chat/completions", b'{"messages": [{"role": "x"}]}', 400, None),
        (
            "POST",
            "/v1/chat/completions",
            json.dumps(build_body("Hi", model="gpt-9")).encode(),
            404,
            "model_not_found",
        ),
        (
            "POST",
            "/v1/chat/completions",
            json.dumps(build_body("Hi", max_tokens=0)).encode(),
            400,
            None,
        ),
    ],
)
def test_a_request_that_cannot_be_met_gets_an_error_body(
    gateway: DemoGateway, method: str, path: str, body: bytes | None, status: int, code: str | None
) -> None:
    """Refusals carry a message with the request's id, a type and a code."""
    reply = request(gateway.port, method, path, body=body)
    assert reply.status == status
    error = reply.json["error"]
    assert error["code"] == code
    assert f"(request id: {reply.headers['x-request-id']})" in error["message"]


@pytest.mark.parametrize(
    ("asked", "given", "status"),
    [
        ("*", "anything", 200),
        ("*", None, 401),
        ("sk-right", "sk-right", 200),
        ("sk-right", "sk-wrong", 401),
        (None, None, 200),
    ],
)
def test_keys(asked: str | None, given: str | None, status: int) -> None:
    """Any key, one key or no key is asked for; the refusal never repeats what was given."""
    with DemoGateway(key=asked, tokens_per_second=None) as gateway:
        reply = post_messages(gateway.port, "Hello", key=given)
        assert reply.status == status
        assert request(gateway.port, "GET", "/v1/models", key=given).status == status
    assert b"sk-wrong" not in reply.body


def test_requests_are_recorded(gateway: DemoGateway) -> None:
    """What arrived is there to be looked at: method, path, header fields, body."""
    post_messages(gateway.port, "Hello", temperature=0.5)
    (received,) = gateway.requests
    assert (received.method, received.path) == ("POST", "/v1/chat/completions")
    assert received.headers["authorization"] == "Bearer sk-test"
    assert received.body["temperature"] == 0.5


def test_closing_leaves_no_thread() -> None:
    """A closed gateway has ended its threads, those of open connections too."""
    before = threading.active_count()
    gateway = DemoGateway(tokens_per_second=None)
    post_messages(gateway.port, "Hello")
    gateway.close()
    assert threading.active_count() == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no RLIMIT_NOFILE")
def test_a_server_without_a_free_descriptor_serves_again_once_there_is_one(
    gateway: DemoGateway,
) -> None:
    """A failure to accept passes: whoever waits in the queue is served after it."""
    with socket.socket() as first, socket.socket() as second:
        with limit_descriptors():
            first.connect((HOST, gateway.port))
            second.connect((HOST, gateway.port))
            time.sleep(0.2)
            # a kernel may have put a descriptor aside for the first when its turn was waited for
            assert gateway.connections_accepted < 2
        for waiting in (first, second):
            waiting.settimeout(10)
            waiting.sendall(b"GET /v1/models HTTP/1.1\r\nAuthorization: Bearer sk-test\r\n\r\n")
            assert waiting.recv(65_536).startswith(b"HTTP/1.1 200 ")
    assert post_messages(gateway.port, "Hello").status == 200


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no RLIMIT_NOFILE")
def test_a_server_without_a_free_descriptor_can_be_closed() -> None:
    """Its thread ends at once, though no connection can wake it."""
    before = threading.active_count()
    gateway = DemoGateway(tokens_per_second=None)
    with socket.socket() as waiting, limit_descriptors():
        waiting.connect((HOST, gateway.port))
        gateway.close()
    assert threading.active_count() == before
