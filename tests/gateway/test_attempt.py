"""One request against gateways that stall, flood and lie: bounded, named, and over in time."""

import gzip
import time
import zlib

import pytest

from tests.support.client import ask, count_kinds, find_end, open_client
from tests.support.gateways import ScriptedServer
from tests.support.program import MARKED_KEY
from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.demo.delivery import Outcome
from tokenhub_cli.demo.faults import (
    Bomb,
    Comments,
    ContentType,
    Fault,
    HugeError,
    Oddity,
    Stall,
    Verbatim,
)
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.demo.texts import POEM
from tokenhub_cli.errors import ProtocolError, RefusedKeyError, TimedOutError
from tokenhub_cli.gateway.attempt import ERROR_BODY_BYTES, unpack_error
from tokenhub_cli.wire.events import Interrupted, Retrying
from tokenhub_cli.wire.recovery import Policy

pytestmark = pytest.mark.waits
ONCE = Policy(max_retries=0, resume=False)
SOON_S = 0.3
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


def test_an_endless_error_body_is_left_alone() -> None:
    """200 MB of an error: the first 64 KiB are read, the status says the rest."""
    with (
        DemoGateway(tokens_per_second=None, faults=(HugeError(),)) as gateway,
        open_client(gateway.base_url, policy=ONCE) as client,
    ):
        ended = find_end(ask(client))
        assert gateway.exchanges[0].wait() is Outcome.HUNG_UP
        assert gateway.exchanges[0].bytes_sent < 20_000_000
    assert ended.error is not None
    assert ended.error.exit_code == 6
    assert len(ended.error.message) < 700


def test_an_error_body_that_does_not_end_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The status is there; its words get a few seconds."""
    monkeypatch.setattr("tokenhub_cli.gateway.attempt.ERROR_BODY_SECONDS", 0.2)
    head = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 500\r\n\r\n"
    with (
        ScriptedServer([head + b'{"error":{"message":"Invalid tok', 60]) as server,
        open_client(server.base_url) as client,
    ):
        ended = find_end(ask(client))
    assert isinstance(ended.error, RefusedKeyError)


def test_a_packed_answer_is_refused() -> None:
    """A gzip bomb: not asked for, not unpacked."""
    with (
        DemoGateway(tokens_per_second=None, every=(Bomb(),)) as gateway,
        open_client(gateway.base_url, policy=ONCE) as client,
    ):
        ended = find_end(ask(client))
    assert isinstance(ended.error, ProtocolError)
    assert "`gzip` encoded" in ended.error.message


def test_a_packed_error_is_understood() -> None:
    """A proxy packs what it should not; the status and the words still count."""
    body = gzip.compress(b'{"error":{"message":"Invalid token","code":"invalid_api_key"}}')
    fault = Verbatim(
        (body,), 401, content_type="application/json", headers=(("Content-Encoding", "gzip"),)
    )
    with (
        DemoGateway(tokens_per_second=None, every=(fault,)) as gateway,
        open_client(gateway.base_url) as client,
    ):
        ended = find_end(ask(client))
    assert isinstance(ended.error, RefusedKeyError)
    assert "Invalid token" in ended.error.message


def test_an_error_is_unpacked_up_to_a_limit() -> None:
    """However much it would be; and what cannot be unpacked is left out."""
    assert unpack_error(b"plain" * 99_999, "") == (b"plain" * 99_999)[:ERROR_BODY_BYTES]
    assert unpack_error(gzip.compress(b"words"), "gzip") == b"words"
    assert unpack_error(zlib.compress(b"words"), "deflate") == b"words"
    assert unpack_error(gzip.compress(b"words" * 99)[:30], "x-gzip").startswith(b"words")
    assert len(unpack_error(gzip.compress(bytes(50_000_000)), "gzip")) == ERROR_BODY_BYTES
    assert unpack_error(b"no gzip at all", "gzip") == b""
    assert unpack_error(b"\x28\xb5\x2f\xfd", "zstd") == b""


def test_an_endless_line_is_given_up() -> None:
    """A line that never ends is our own error, at the cap of a pending event."""
    with (
        DemoGateway(tokens_per_second=None, every=(Oddity.ENDLESS_LINE,)) as gateway,
        open_client(gateway.base_url, policy=ONCE) as client,
    ):
        ended = find_end(ask(client))
    assert isinstance(ended.error, ProtocolError)
    assert "MiB" in ended.error.message


@pytest.mark.parametrize("pause_s", [0.0, 0.02], ids=["flood", "drops"])
def test_endless_comments_do_not_hold_us(pause_s: float) -> None:
    """Comments are no data: the first-token timeout holds against them."""
    with (
        DemoGateway(tokens_per_second=None, every=(Comments(None, pause_s),)) as gateway,
        open_client(
            gateway.base_url, policy=ONCE, connect_timeout=0.1, first_token_timeout=SOON_S
        ) as client,
    ):
        started = time.monotonic()
        ended = find_end(ask(client))
        assert time.monotonic() - started < 5
    assert isinstance(ended.error, TimedOutError)
    assert ended.error.message == f"no first piece of the answer within {SOON_S:g} s"
    assert "first_token_timeout" in ended.error.hint


@pytest.mark.parametrize("started", [False, True], ids=["before text", "after text"])
@pytest.mark.parametrize(
    "junk", [b": PING\n\n", b"event: ping\ndata: {}\n\n", b"data:\n\n", b"data: null\n\n"]
)
def test_what_says_nothing_does_not_hold_us(junk: bytes, *, started: bool) -> None:
    """Comments, pings and empty data, without end: the timeouts hold, before text and after it."""
    piece = b'data: {"choices":[{"delta":{"content":"Hello "}}]}\n\n'
    script = [
        HEAD + (piece if started else b""),
        *(step for _ in range(999) for step in (junk, 0.02)),
    ]
    with (
        ScriptedServer(script) as server,
        open_client(
            server.base_url, policy=ONCE, first_token_timeout=SOON_S, idle_timeout=SOON_S
        ) as client,
    ):
        begun = time.monotonic()
        ended = find_end(ask(client))
        assert time.monotonic() - begun < 5
    assert ended.text == ("Hello " if started else "")
    assert ended.error is not None
    expected = "no piece of the answer came for" if started else "no first piece of the answer"
    assert expected in ended.error.message


@pytest.mark.parametrize("last", [b"data: [DONE]\n\n", b""], ids=["done", "held open"])
def test_text_after_a_finish_reason_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, last: bytes
) -> None:
    """Some gateways say it with every chunk: the seconds allowed count from the last text."""
    monkeypatch.setattr("tokenhub_cli.gateway.attempt.AFTER_FINISH_SECONDS", 0.5)
    chunk = b'data: {"choices":[{"delta":{"content":"%d "},"finish_reason":"stop"}]}\n\n'
    pieces = [step for number in range(12) for step in (chunk % number, 0.1)]
    with (
        ScriptedServer([HEAD, *pieces, last, *([] if last else [60])]) as server,
        open_client(server.base_url) as client,
    ):
        ended = find_end(ask(client))
    assert ended.status is AnswerStatus.COMPLETE
    assert ended.text == "".join(f"{number} " for number in range(12))


@pytest.mark.parametrize("pings", [False, True], ids=["silence", "pings"])
def test_a_stall_is_noticed(*, pings: bool) -> None:
    """The idle timeout counts from the last data, whatever else is sent."""
    fault = Stall(30, after_pieces=20, pings=pings)
    with (
        DemoGateway(tokens_per_second=None, faults=(fault,)) as gateway,
        open_client(gateway.base_url, idle_timeout=SOON_S) as client,
    ):
        events = ask(client)
        assert gateway.exchanges[0].wait() is Outcome.HUNG_UP
    reasons = [event.reason for event in events if isinstance(event, Interrupted)]
    assert reasons == [f"no piece of the answer came for {SOON_S:g} s"]
    assert find_end(events).text == POEM


def test_the_first_piece_has_more_time_than_the_next() -> None:
    """Silence before the first piece is measured by the first-token timeout alone."""
    with (
        DemoGateway(tokens_per_second=None, faults=(Stall(0.4, after_bytes=1),)) as gateway,
        open_client(gateway.base_url, idle_timeout=0.1) as client,
    ):
        events = ask(client)
    assert count_kinds(events) == (0, 0, 0)
    assert find_end(events).status is AnswerStatus.COMPLETE


def test_a_stall_before_any_text_is_retried() -> None:
    """A stalled first byte is a failure that may pass."""
    with (
        DemoGateway(tokens_per_second=None, faults=(Stall(30, after_bytes=1),)) as gateway,
        open_client(gateway.base_url, connect_timeout=0.1, first_token_timeout=SOON_S) as client,
    ):
        events = ask(client)
    assert [type(event) for event in events if isinstance(event, Retrying)] == [Retrying]
    assert find_end(events).text == POEM


@pytest.mark.parametrize("content_type", ["text/plain", "application/json", "text/html", ""])
def test_the_content_type_does_not_matter(content_type: str) -> None:
    """What it is, the body shows."""
    with (
        DemoGateway(tokens_per_second=None, faults=(ContentType(content_type),)) as gateway,
        open_client(gateway.base_url) as client,
    ):
        events = ask(client)
    assert find_end(events).text == POEM
    assert count_kinds(events) == (0, 0, 0)


@pytest.mark.parametrize(
    "oddity", [Oddity.CRLF, Oddity.ASCII, Oddity.NO_SPACE, Oddity.JUNK, Oddity.ESCAPES], ids=str
)
def test_dialects_are_understood(oddity: Fault) -> None:
    """Other spellings of the same stream, and junk after `[DONE]`: one attempt, complete."""
    with (
        DemoGateway(tokens_per_second=None, faults=(oddity,)) as gateway,
        open_client(gateway.base_url) as client,
    ):
        events = ask(client)
    ended = find_end(events)
    assert ended.status is AnswerStatus.COMPLETE
    assert count_kinds(events) == (0, 0, 0)
    assert MARKED_KEY not in str(ended.text)


def test_a_failure_never_repeats_the_key() -> None:
    """A gateway that echoes the key in a stream's error: redacted."""
    event = b'data: {"error":{"message":"bad key %b given"}}\n\n' % MARKED_KEY.encode()
    with (
        DemoGateway(tokens_per_second=None, every=(Verbatim((event,)),)) as gateway,
        open_client(gateway.base_url, policy=ONCE) as client,
    ):
        ended = find_end(ask(client))
    assert ended.error is not None
    assert MARKED_KEY not in ended.error.message + ended.error.hint + repr(ended)


def test_the_time_to_connect_is_not_added_to_the_first_pieces() -> None:
    """Once the request has left, `first_token_timeout` alone counts, as its message says."""
    begun = time.monotonic()
    with (
        DemoGateway(tokens_per_second=None, faults=(Stall(after_bytes=0, seconds=60),)) as gateway,
        open_client(
            gateway.base_url, policy=ONCE, connect_timeout=30.0, first_token_timeout=SOON_S
        ) as client,
    ):
        ended = find_end(ask(client))
    assert isinstance(ended.error, TimedOutError)
    assert time.monotonic() - begun < 10
