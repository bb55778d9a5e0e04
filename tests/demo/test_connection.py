"""HTTP/1.1 as the embedded gateway speaks it, byte by byte over raw sockets."""

import http.client
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.gateways import build_body, post_messages, request
from tokenhub_cli.demo.delivery import Outcome
from tokenhub_cli.demo.faults import Stall
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.demo.texts import HELLO

BODY = json.dumps(build_body("hello", stream=False)).encode()
HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n"
REQUEST = HEAD + b"Content-Length: %d\r\n\r\n%b" % (len(BODY), BODY)


@pytest.fixture
def gateway() -> Iterator[DemoGateway]:
    """A gateway at full speed."""
    with DemoGateway(tokens_per_second=None) as opened:
        yield opened


def exchange(gateway: DemoGateway, *writes: bytes) -> bytes:
    """Send raw bytes, and return all that comes back until the gateway closes."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as client:
        for data in writes:
            client.sendall(data)
        received = b""
        while data := client.recv(65536):
            received += data
        return received


def test_a_connection_carries_many_requests(gateway: DemoGateway) -> None:
    """Streams and whole bodies follow each other on one connection."""
    client = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    for stream in (True, False, True):
        body = json.dumps(build_body("hello", stream=stream))
        client.request("POST", "/v1/chat/completions", body, {"Authorization": "Bearer x"})
        assert client.getresponse().read()
    client.close()
    assert gateway.connections_accepted == 1


@pytest.mark.parametrize("size", [1, 2, 7])
def test_a_request_may_come_in_any_pieces(gateway: DemoGateway, size: int) -> None:
    """The parser does not care how the bytes are cut."""
    closing = REQUEST.replace(b"Host: x", b"Connection: close")
    pieces = [closing[start : start + size] for start in range(0, len(closing), size)]
    assert json.dumps(HELLO).encode() in exchange(gateway, *pieces)


def test_a_response_to_head_has_no_body(gateway: DemoGateway) -> None:
    """After the head of a response to HEAD comes the next response."""
    head = REQUEST.replace(b"POST", b"HEAD", 1)
    closing = REQUEST.replace(b"Host: x", b"Connection: close")
    assert b"\r\n\r\nHTTP/1.1 200 OK" in exchange(gateway, head + closing)


def test_two_requests_at_once(gateway: DemoGateway) -> None:
    """Pipelined requests are answered in order."""
    closing = REQUEST.replace(b"Host: x", b"Connection: close")
    assert exchange(gateway, REQUEST + closing).count(b"HTTP/1.1 200 OK") == 2


def test_a_chunked_request_body(gateway: DemoGateway) -> None:
    """A request body may come in HTTP chunks, with extensions and trailers."""
    half = len(BODY) // 2
    chunks = b"%x;note=1\r\n%b\r\n%x\r\n%b\r\n0\r\nTrailer: x\r\n\r\n" % (
        half,
        BODY[:half],
        len(BODY) - half,
        BODY[half:],
    )
    head = HEAD + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert json.dumps(HELLO).encode() in exchange(gateway, head, chunks)


def test_a_client_that_waits_for_leave_gets_it(gateway: DemoGateway) -> None:
    """`Expect: 100-continue` is answered before the body comes."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as client:
        head = HEAD + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(BODY)
        client.sendall(head)
        assert client.recv(1024) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(BODY)
        assert client.recv(1024).startswith(b"HTTP/1.1 200 OK")


def test_an_old_client_gets_no_chunks(gateway: DemoGateway) -> None:
    """For HTTP/1.0 the end of the connection ends the body."""
    body = json.dumps(build_body("hello")).encode()
    old = HEAD.replace(b"HTTP/1.1", b"HTTP/1.0") + b"Content-Length: %d\r\n\r\n" % len(body)
    reply = exchange(gateway, old + body)
    assert b"chunked" not in reply
    assert reply.endswith(b"\n\ndata: [DONE]\n\n")


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense\r\n\r\n",
        b"GET /v1/models HTTP/1.1\r\nno colon\r\n\r\n",
        HEAD + b"Content-Length: many\r\n\r\n",
        HEAD + b"Content-Length: 99999999999\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"x" * 100_000,
    ],
)
def test_what_is_not_http_is_refused(gateway: DemoGateway, data: bytes) -> None:
    """A broken request gets 400 and the end of its connection, and harms no other."""
    assert exchange(gateway, data).startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert request(gateway.port, "GET", "/v1/models").status == 200


def test_a_client_that_hangs_up_stops_the_answer() -> None:
    """Nothing is generated for a client that has gone, and the record says how far it got."""
    with DemoGateway(tokens_per_second=50, first_token_s=0) as gateway:
        client = socket.create_connection(("127.0.0.1", gateway.port), timeout=10)
        body = json.dumps(build_body("Tell me a long story")).encode()
        client.sendall(HEAD + b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        assert gateway.wait_for(lambda it: bool(it.exchanges) and it.exchanges[0].pieces_sent > 2)
        client.close()
        (exchanged,) = gateway.exchanges
        assert exchanged.wait(1) is Outcome.HUNG_UP
        assert exchanged.pieces_sent < 100


def test_a_client_that_hangs_up_ends_a_silence() -> None:
    """A stalled answer is given up as soon as the client leaves."""
    with DemoGateway(tokens_per_second=None, faults=[Stall(60)]) as gateway:
        client = socket.create_connection(("127.0.0.1", gateway.port), timeout=10)
        client.sendall(REQUEST)
        assert client.recv(12) == b"HTTP/1.1 200"
        client.close()
        began = time.monotonic()
        assert gateway.exchanges[0].wait() is Outcome.HUNG_UP
        assert time.monotonic() - began < 5


def test_a_gateway_that_goes_away_and_comes_back() -> None:
    """After a stop nobody answers; after a restart the same port does."""
    with DemoGateway(tokens_per_second=50, first_token_s=0) as gateway:
        port = gateway.port
        client = socket.create_connection(("127.0.0.1", port), timeout=10)
        client.sendall(REQUEST.replace(b'"stream": false', b'"stream": true '))
        assert client.recv(1)
        gateway.stop()
        while client.recv(65536):
            pass
        client.close()
        assert request(port, "GET", "/v1/models").status == 0
        gateway.tokens_per_second = None
        gateway.restart()
        assert gateway.port == port
        assert post_messages(port, "hello").text == HELLO


def test_a_taken_port_is_an_error() -> None:
    """Two gateways cannot have one port, and the second leaves nothing open."""
    with DemoGateway() as gateway, pytest.raises(OSError, match="in use"):
        DemoGateway(port=gateway.port)


def test_the_pace_is_kept() -> None:
    """Pieces come at their times: so many a second, after the first pause."""
    with DemoGateway(tokens_per_second=200, first_token_s=0.1) as gateway:
        began = time.monotonic()
        pieces = len(post_messages(gateway.port, "Write a poem", max_tokens=41).events) - 3
        elapsed = time.monotonic() - began
    assert pieces == 41
    assert 0.3 <= elapsed < 2


def test_many_clients_at_once(gateway: DemoGateway) -> None:
    """Each connection is served by itself."""
    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda _: post_messages(gateway.port, "hello"), range(64)))
    assert all(reply.text == HELLO for reply in replies)


def test_a_browser_may_ask(gateway: DemoGateway) -> None:
    """A page from elsewhere is allowed to use the gateway: it guards nothing."""
    reply = request(gateway.port, "OPTIONS", "/v1/chat/completions", key=None)
    assert reply.status == 204
    assert "authorization" in reply.headers["access-control-allow-headers"]
    assert reply.headers["access-control-allow-origin"] == "*"
