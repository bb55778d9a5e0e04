"""What goes wrong below HTTP is named in the user's words, met for real wherever possible."""

import errno
import socket
import ssl

import httpx
import pytest

from tests.support.client import ask, find_end, open_client
from tests.support.gateways import RESET, ScriptedServer, find_free_port
from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.demo.faults import Html, Verbatim
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.errors import (
    ConnectError,
    ConnectionLostError,
    GatewayError,
    NameResolutionError,
    NotHttpError,
    ProtocolError,
    TimedOutError,
    TlsError,
)
from tokenhub_cli.gateway.failures import classify_transport_failure
from tokenhub_cli.wire.recovery import Policy

URL = "https://gateway.example/v1"
ONCE = Policy(max_retries=0)


def chain(error: Exception, *causes: BaseException) -> Exception:
    """Return `error` with a chain of causes, as httpx and httpcore leave them."""
    current: BaseException = error
    for cause in causes:
        current.__cause__ = cause
        current = cause
    return error


def fail(base_url: str) -> GatewayError:
    with open_client(base_url, key="", policy=ONCE, connect_timeout=5) as client:
        ended = find_end(ask(client))
    assert ended.status is AnswerStatus.FAILED
    assert isinstance(ended.error, GatewayError)
    assert ended.error.exit_code == 6
    assert ended.error.hint
    return ended.error


def test_an_unknown_host_is_named() -> None:
    """A name that does not exist (RFC 6761: `.invalid` never does)."""
    error = fail("http://nowhere.invalid/v1")
    assert isinstance(error, NameResolutionError)
    assert error.message == "the name `nowhere.invalid` could not be resolved"
    assert "base_url" in error.hint


def test_a_refused_connection_is_named() -> None:
    """Nobody listens there; the system's own word for it is in the message."""
    url = f"http://127.0.0.1:{find_free_port()}/v1"
    error = fail(url)
    assert isinstance(error, ConnectError)
    assert error.message == f"no connection to `{url}`: connection refused"


@pytest.mark.parametrize(
    "script",
    [[RESET], [b""], [b"HTTP/1.1 200 OK\r\nContent-Type: text/ev"]],
    ids=["reset", "end", "cut"],
)
def test_a_connection_lost_before_the_answer_is_named(script: list[object]) -> None:
    """Reset, closed, or cut in the middle of the response's head."""
    with ScriptedServer(script) as server:
        error = fail(server.base_url)
    assert isinstance(error, ConnectionLostError)
    assert "127.0.0.1" in error.message


@pytest.mark.parametrize(
    "script",
    [
        [b"SSH-2.0-OpenSSH_9.6\r\n"],
        [b"220 mail.example ESMTP\r\n", b"502 command not recognized\r\n", RESET],
        [b"H", b"TT", b"Q/1.1 200 OK\r\n", 60],
        [b"J\0\0\0\n8.0.33\0", 60],
    ],
    ids=["ssh", "smtp", "nearly", "mysql"],
)
def test_another_protocol_is_named(script: list[object]) -> None:
    """A port where something else answers: by its first bytes, with nothing waited for."""
    with ScriptedServer(script) as server:
        error = fail(server.base_url)
    assert isinstance(error, NotHttpError)
    assert error.message == f"what answers at `127.0.0.1:{server.port}` is no HTTP server"
    assert "`tokenhub config get base_url`" in error.hint


def test_a_proxy_that_speaks_another_protocol_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not the gateway's address that is wrong then."""
    with ScriptedServer([b"SSH-2.0-OpenSSH_9.6\r\n"]) as server:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.port}")
        error = fail("http://gateway.example/v1")
    assert isinstance(error, NotHttpError)
    assert "NO_PROXY" in error.hint


def test_http_that_is_broken_is_named() -> None:
    """It begins as HTTP does, and goes on otherwise."""
    with ScriptedServer([b"HTTP/1.1 no number\r\n\r\n"]) as server:
        error = fail(server.base_url)
    assert type(error) is ProtocolError
    assert error.message == "`127.0.0.1` does not speak HTTP"


@pytest.mark.parametrize("status", [200, 404, 502])
def test_a_web_page_is_no_answer(status: int) -> None:
    """HTML instead of JSON, with any status: one line, none of its markup."""
    with (
        DemoGateway(tokens_per_second=None, every=(Html(status),)) as gateway,
        open_client(gateway.base_url, policy=ONCE) as client,
    ):
        ended = find_end(ask(client))
    assert ended.error is not None
    assert ended.error.hint
    assert "<" not in ended.error.message
    assert len(ended.error.message) < 700


@pytest.mark.parametrize(
    "body", [b"OK", b"\x00\xff\xfe" * 40, b"[1, 2", b'"text"', b"null\n", b"{}"], ids=repr
)
def test_what_is_no_answer_is_not_taken_for_one(body: bytes) -> None:
    """Words, bytes, half a JSON, JSON that says nothing: a failure with a hint, and no text."""
    fault = Verbatim((body,), content_type="application/json")
    with (
        DemoGateway(tokens_per_second=None, every=(fault,)) as gateway,
        open_client(gateway.base_url, policy=ONCE) as client,
    ):
        ended = find_end(ask(client))
    assert (ended.status, ended.text) == (AnswerStatus.FAILED, "")
    assert ended.error is not None
    assert ended.error.exit_code == 6
    assert ended.error.hint


REFUSED = OSError(errno.ECONNREFUSED, "Connection refused")
UNTRUSTED = ssl.SSLCertVerificationError(1, "certificate verify failed")
UNTRUSTED.verify_message = "self-signed certificate"
KINDS = [
    (chain(httpx.ConnectError("no"), REFUSED), ConnectError, f"no connection to `{URL}`: conn"),
    (httpx.ConnectError("no"), ConnectError, f"no connection to `{URL}`"),
    (
        chain(httpx.ConnectError("no"), socket.gaierror(-2, "Name or service not known")),
        NameResolutionError,
        "the name `gateway.example` could not be resolved",
    ),
    (
        chain(httpx.ConnectError("no"), UNTRUSTED),
        TlsError,
        "the certificate of `gateway.example` is not trusted: self-signed certificate",
    ),
    (
        chain(httpx.ConnectError("no"), ssl.SSLError(1, "wrong version number")),
        TlsError,
        "no encrypted connection to `gateway.example` could be made",
    ),
    (httpx.ConnectTimeout("slow"), TimedOutError, f"no connection to `{URL}` in time"),
    (httpx.ReadTimeout("slow"), TimedOutError, f"no answer from `{URL}` in time"),
    (httpx.ProxyError("407"), ConnectError, "the proxy to `gateway.example` refused"),
    (httpx.ReadError("cut"), ConnectionLostError, "the connection to `gateway.example` was lost"),
    (httpx.WriteError("cut"), ConnectionLostError, "the connection to `gateway.example`"),
    (OSError(errno.EIO, "Input/output error"), ConnectionLostError, "the connection to"),
    (httpx.UnsupportedProtocol("ftp"), ProtocolError, f"`{URL}` is no address of a gateway"),
]


@pytest.mark.parametrize(("error", "kind", "words"), KINDS, ids=lambda value: str(value)[:30])
def test_each_failure_has_its_kind(error: Exception, kind: type[GatewayError], words: str) -> None:
    """Sorted by type and cause, never by the words of the message; each with a hint."""
    classified = classify_transport_failure(error, URL, peer="gateway.example:443")
    assert type(classified) is kind
    assert classified.message.startswith(words)
    assert classified.hint


@pytest.mark.parametrize(
    "error",
    [httpx.ConnectTimeout("slow"), chain(httpx.ConnectError("no"), REFUSED)],
    ids=["timeout", "refused"],
)
def test_a_proxy_that_is_down_is_not_the_gateway(error: Exception) -> None:
    """What was connected to is named, and where it was set."""
    classified = classify_transport_failure(error, URL, peer="proxy.example:3128")
    assert classified.message.startswith("no connection to the proxy `proxy.example:3128`")
    assert "NO_PROXY" in classified.hint


def test_a_host_in_another_script_is_no_proxy() -> None:
    """An international name is connected to by its ASCII form."""
    classified = classify_transport_failure(
        httpx.ConnectError("no"), "https://bücher.example/v1", peer="xn--bcher-kva.example:443"
    )
    assert "proxy" not in classified.message


def test_a_chain_of_causes_that_bites_its_tail_ends() -> None:
    """Causes that name each other are walked once."""
    first, second = httpx.ConnectError("one"), OSError("two")
    first.__cause__, second.__cause__ = second, first
    assert isinstance(classify_transport_failure(first, URL), ConnectError)
