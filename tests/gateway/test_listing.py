"""Asking for the models: every shape of the list, and every way to fail."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.gateways import ScriptedServer, find_free_port
from tokenhub_cli.demo.answers import MODELS
from tokenhub_cli.demo.faults import Fails, Fault, Html, Oddity
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.errors import (
    ConnectError,
    GatewayDownError,
    GatewayError,
    ProtocolError,
    RateLimitError,
    RefusedKeyError,
    RefusedRequestError,
)
from tokenhub_cli.gateway.listing import decode_models, fetch_models
from tokenhub_cli.gateway.transport import Endpoint, Transport

KEY = "sk-MARKED-0123456789abcdef"
NAMES = ("a", "b")


@contextmanager
def connected(base_url: str, key: str = KEY) -> Iterator[Transport]:
    transport = Transport(Endpoint(base_url, key))
    try:
        yield transport
    finally:
        transport.close()


@pytest.mark.parametrize(
    "document",
    [
        {"object": "list", "data": [{"id": "b", "object": "model"}, {"id": "a"}, {"id": "a"}]},
        {"data": ["b", "a"]},
        {"data": [{"name": "a"}, {"model": "b"}]},
        {"models": [{"name": "a", "size": 1}, {"name": "b"}]},
        {"data": None, "models": ["a", "b"]},
        {"success": True, "message": "", "data": [{"id": "a"}, {"id": "b"}]},
        {"success": True, "data": {"models": ["a", "b"]}},
        {"data": {"a": {"owned_by": "x"}, "b": {}}},
        {"data": [{"id": "a", "error": None}, {"id": "b"}], "error": None},
        ["a", "b"],
        [{"id": "a"}, {"id": "b"}, {"id": None}, 7, None, ""],
    ],
)
def test_every_shape_of_a_list_is_understood(document: object) -> None:
    """Names come out sorted, each once; what is no name is passed over."""
    assert decode_models(json.dumps(document).encode()) == NAMES


def test_names_that_a_terminal_or_a_shell_must_not_see_are_left_out() -> None:
    """Control and bidi characters, line breaks, spaces and endless names are no names."""
    wrong = ["\x1b]0;x\x07", "a\nb", "a\u202eb", "a b", "x" * 5000, "\x00"]
    assert decode_models(json.dumps([*wrong, "org/a:7b@x", "模型"]).encode()) == (
        "org/a:7b@x",
        "模型",
    )


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'"a"', b"7", b'{"data": 7}', b"[" * 9999])
def test_what_is_no_list_is_none(body: bytes) -> None:
    """Anything else is not taken for an empty list."""
    with pytest.raises(ValueError, match=r"."):
        decode_models(body)


def test_an_error_in_a_200_is_an_error() -> None:
    """As gateways do for answers; the key in its words is redacted."""
    body = json.dumps({"error": {"message": f"bad {KEY}", "code": "invalid_api_key"}}).encode()
    with pytest.raises(RefusedKeyError) as caught:
        decode_models(body, secrets=(KEY,))
    assert "MARKED" not in caught.value.message


def test_the_models_of_a_gateway_are_fetched_with_the_key() -> None:
    """One GET below the base URL."""
    with DemoGateway(key=KEY) as gateway, connected(gateway.base_url) as transport:
        assert fetch_models(transport) == tuple(sorted(MODELS))
        (request,) = gateway.requests
    assert (request.method, request.path) == ("GET", "/v1/models")
    assert request.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("fault", "expected", "words"),
    [
        (Fails(429, 2.0), RateLimitError, "limiting"),
        (Fails(503), GatewayDownError, "503"),
        (Fails(404), RefusedRequestError, "does not list its models"),
        (Html(200), RefusedRequestError, "does not list its models"),
        (Html(502), GatewayDownError, "502"),
        (Oddity("echoes_key"), RefusedKeyError, "refused the key"),
    ],
)
def test_each_refusal_is_the_right_error(
    fault: Fault, expected: type[GatewayError], words: str
) -> None:
    """A failed list fails as a failed answer does, and never shows the key."""
    with (
        DemoGateway(model_faults=[fault]) as gateway,
        connected(gateway.base_url) as transport,
        pytest.raises(expected, match=words) as caught,
    ):
        fetch_models(transport)
    assert "MARKED" not in caught.value.message + caught.value.hint


def test_a_wrong_key_is_refused_and_a_dead_port_unreachable() -> None:
    """The two findings that `keys set` tells apart."""
    with (
        DemoGateway(key="sk-other") as gateway,
        connected(gateway.base_url) as transport,
        pytest.raises(RefusedKeyError),
    ):
        fetch_models(transport)
    with (
        connected(f"http://127.0.0.1:{find_free_port()}/v1") as transport,
        pytest.raises(ConnectError),
    ):
        fetch_models(transport)


def test_a_list_that_never_ends_is_given_up() -> None:
    """The limit holds for the whole response, however steadily it drips."""
    drip = [b"HTTP/1.1 200 OK\r\n\r\n[", *([b" ", 0.02] * 100)]
    with (
        ScriptedServer(drip) as server,
        connected(server.base_url) as transport,
        pytest.raises(ProtocolError, match="did not come to an end"),
    ):
        fetch_models(transport, limit_s=0.2)
