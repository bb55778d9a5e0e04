"""Faults over real sockets, as a client that is not ours sees them."""

import http.client
import re
import time
import zlib
from typing import Any

import pytest

from tests.support.gateways import Reply, post_messages, request
from tokenhub_cli.demo.breaking import build_error_event
from tokenhub_cli.demo.delivery import Outcome
from tokenhub_cli.demo.faults import (
    Bomb,
    Comments,
    ContentType,
    Cut,
    Drip,
    End,
    ErrorInside,
    ErrorShape,
    Fails,
    Fault,
    Holds,
    Html,
    HugeError,
    Oddity,
    Redirects,
    Refuses,
    RetryAfterForm,
    Slow,
    Stall,
    Verbatim,
    times,
)
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.demo.texts import POEM, TOUR


def ask(*faults: Fault, question: str = "Write a poem", **more: Any) -> Reply:
    """Return what one request gets from a gateway with these faults."""
    with DemoGateway(tokens_per_second=None, faults=[faults]) as gateway:
        return post_messages(gateway.port, question, **more)


@pytest.mark.parametrize("end", list(End))
@pytest.mark.parametrize("offset", [0, 1, 150, 777, 3000])
def test_a_cut_leaves_exactly_so_many_bytes(end: End, offset: int) -> None:
    """Before a cut exactly the bytes asked for arrive; only a clean one looks whole."""
    whole = ask(question="Write a poem")
    reply = ask(Cut(offset, end=end))
    assert len(reply.body) == offset
    assert reply.broken == (end is not End.CLEAN)
    assert POEM.startswith(reply.text)
    assert whole.text == POEM


def test_a_cut_can_count_pieces() -> None:
    """Twelve pieces arrive whole, and nothing after them."""
    reply = ask(Cut(after_pieces=12))
    assert len(reply.events) == 13  # the role, and the pieces
    assert reply.body.endswith(b"\n\n")


@pytest.mark.parametrize(
    "habit", [Oddity.ASCII, Oddity.CRLF, Oddity.NO_SPACE, Oddity.NO_DONE, Comments()]
)
@pytest.mark.parametrize("parting", [Drip(3), Cut(330, end=End.CLEAN), Stall(0, after_bytes=330)])
def test_what_parts_events_comes_after_what_changes_them(parting: Fault, habit: Fault) -> None:
    """In whichever order they are named, the bytes are the same."""
    question = "é\U0001f600" * 9
    one, other = (
        re.sub(rb"\"created\":\d+", b"", ask(*faults, question=question).body)
        for faults in ((parting, habit), (habit, parting))
    )
    assert one
    assert one == other


def test_a_cut_beyond_the_end_is_none() -> None:
    """An answer that is shorter than the cut's place arrives whole."""
    assert not ask(Cut(1_000_000)).broken
    assert ask(Cut(after_pieces=100_000)).text == POEM


def test_a_cut_breaks_a_body_of_known_length_too() -> None:
    """An answer that is not streamed is cut in mid-body."""
    assert ask(Cut(100, end=End.CLEAN), stream=False).broken


def test_faults_apply_in_order_and_then_all_is_well() -> None:
    """A 429, a drop, ten more drops, and the next request is answered whole."""
    plan = (Fails(429, 2), Cut(400), *times(10, Cut(300, end=End.RST)))
    with DemoGateway(tokens_per_second=None, faults=plan) as gateway:
        replies = [post_messages(gateway.port, "Write a poem") for _ in range(13)]
    assert [reply.status for reply in replies] == [429] + 12 * [200]
    assert [reply.broken for reply in replies] == [False] + 11 * [True] + [False]
    assert replies[-1].text == POEM


def test_faults_of_every_request_do_not_wear_off() -> None:
    """What is given as `every` meets each request, besides its own faults."""
    gateway = DemoGateway(tokens_per_second=None, every=[Oddity.NO_DONE], faults=[Cut(200)])
    with gateway:
        first, second = (post_messages(gateway.port, "Write a poem") for _ in range(2))
    assert first.broken
    assert "[DONE]" not in second.events
    assert second.text == POEM


def test_the_list_of_models_has_its_own_faults() -> None:
    """Faults for answers are not used up by requests for the models."""
    with DemoGateway(faults=[Fails(500)], model_faults=[Fails(503)]) as gateway:
        statuses = [request(gateway.port, "GET", "/v1/models").status for _ in range(2)]
        assert statuses == [503, 200]
        assert post_messages(gateway.port, "Hello").status == 500


def test_a_drip_changes_nothing_but_the_cuts() -> None:
    """Byte by byte the body is the same, code points and line ends cut or not."""
    assert ask(Drip(), question="Markdown", max_tokens=40).broken is False
    assert ask(Drip(3), Oddity.CRLF, question="Markdown").text == TOUR


def test_a_stall_is_a_silence_in_mid_body() -> None:
    """The stream goes on after the silence, whole."""
    began = time.monotonic()
    assert ask(Stall(0.2, after_pieces=5)).text == POEM
    assert time.monotonic() - began >= 0.2


def test_a_stall_may_be_full_of_comments() -> None:
    """Bytes keep coming, data does not."""
    reply = ask(Stall(0.2, after_pieces=5, pings=True))
    assert reply.body.count(b": PING\n\n") == 4
    assert reply.text == POEM
    assert ask(Stall(0.1, 777, pings=True)).text == POEM


def test_a_body_of_ones_own() -> None:
    """What no fault says can be said verbatim."""
    reply = ask(Verbatim((b"data: one\n", b"\n"), 203, "x/y", (("X-Note", "hi"),)))
    assert (reply.status, reply.body) == (203, b"data: one\n\n")
    assert (reply.headers["content-type"], reply.headers["x-note"]) == ("x/y", "hi")
    assert "\x1b[2J" in ask(Fails(500, message="\x1b[2J")).json["error"]["message"]


def test_a_slow_first_byte() -> None:
    """Not even the status line comes before the silence has ended."""
    began = time.monotonic()
    assert ask(Slow(0.2)).text == POEM
    assert time.monotonic() - began >= 0.2


def test_a_connection_that_is_held_open() -> None:
    """After `[DONE]` the body stays unfinished for a while."""
    began = time.monotonic()
    assert ask(Holds(0.2)).events[-1] == "[DONE]"
    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize(
    ("form", "name", "value"),
    [
        (RetryAfterForm.SECONDS, "retry-after", r"2"),
        (RetryAfterForm.MILLISECONDS, "retry-after-ms", r"2000"),
        (RetryAfterForm.DATE, "retry-after", r" GMT"),
    ],
)
def test_a_429_says_how_long_to_wait(form: RetryAfterForm, name: str, value: str) -> None:
    """The wait comes in each of its forms."""
    reply = ask(Fails(429, 2, form))
    assert reply.status == 429
    assert reply.headers[name].endswith(value)


def test_a_quota_is_told_from_haste_by_its_words() -> None:
    """Both are a 429; the body differs."""
    assert ask(Fails(429, quota=True)).json["error"]["code"] == "insufficient_quota"
    assert ask(Fails(429)).json["error"]["code"] == "rate_limited"


@pytest.mark.parametrize("shape", list(ErrorShape))
def test_an_error_inside_a_stream(shape: ErrorShape) -> None:
    """After the pieces comes the error in its shape, and no finish_reason of the answer's own."""
    reply = ask(ErrorInside(shape, after_pieces=3))
    assert reply.status == 200
    assert build_error_event(shape) in reply.body
    assert b'"finish_reason":"stop"' not in reply.body
    assert reply.body.endswith(b"[DONE]\n\n") == (shape is not ErrorShape.BARE)


def test_missing_ends() -> None:
    """`[DONE]` and the finish_reason can be missing, each by itself."""
    assert ask(Oddity.NO_DONE).finish_reason == "stop"
    assert "[DONE]" not in ask(Oddity.NO_DONE).events
    assert ask(Oddity.NO_FINISH).finish_reason == ""
    assert ask(Oddity.NO_FINISH).events[-1] == "[DONE]"


def test_a_reseller_swallows_the_last_chunk_unless_usage_was_asked_for() -> None:
    """The finish_reason depends on `include_usage`, as with new-api."""
    assert ask(Oddity.SWALLOWS).finish_reason == ""
    asked = ask(Oddity.SWALLOWS, stream_options={"include_usage": True})
    assert asked.finish_reason == "stop"


@pytest.mark.parametrize(
    ("oddity", "planted"), [(Oddity.ESCAPES, "\x1b]52"), (Oddity.BIDI, "\u202e")]
)
def test_planted_characters(oddity: Oddity, planted: str) -> None:
    """Escape codes and bidi marks come in the middle of the text."""
    assert planted in ask(oddity).text


@pytest.mark.parametrize("oddity", [Oddity.CRLF, Oddity.ASCII, Oddity.NO_SPACE, Oddity.CLOSES])
def test_dialects_say_the_same(oddity: Oddity) -> None:
    """Another spelling of the same events carries the same text."""
    assert ask(oddity, question="Markdown").text == TOUR


def test_ascii_escapes_everything() -> None:
    """Emoji travel as pairs of escaped surrogates."""
    body = ask(Oddity.ASCII, question="Markdown").body
    assert body.isascii()
    assert b"\\ud83c" in body


def test_comments() -> None:
    """A comment comes before each event."""
    reply = ask(Comments())
    assert reply.body.count(b": PING\n\n") == len(reply.events)
    assert reply.text == POEM


@pytest.mark.parametrize("fault", [Comments(None), Oddity.ENDLESS_LINE])
def test_what_never_ends_ends_with_the_client(fault: Fault) -> None:
    """An endless body is generated until the client hangs up, and no longer."""
    with DemoGateway(tokens_per_second=None, faults=[fault]) as gateway:
        client = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
        body = (
            b'{"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}], "stream": true}'
        )
        client.request("POST", "/v1/chat/completions", body, {"Authorization": "Bearer x"})
        response = client.getresponse()
        assert len(response.read(1_000_000)) == 1_000_000
        response.close()
        client.close()
        assert gateway.exchanges[0].wait() is Outcome.HUNG_UP


def test_answers_that_are_not_a_stream() -> None:
    """HTML, an empty body, a complete JSON body, nothing at all."""
    assert ask(Html()).status == 502
    assert b"<html>" in ask(Html(200)).body
    assert ask(Oddity.EMPTY).body == b""
    assert ask(Oddity.UNSTREAMED).json["choices"][0]["message"]["content"] == POEM
    silent = ask(Oddity.NO_ANSWER)
    assert (silent.status, silent.broken) == (0, True)


def test_a_huge_error_body_is_made_while_it_is_sent() -> None:
    """It has exactly its size."""
    reply = ask(HugeError(3_000_000))
    assert (reply.status, len(reply.body)) == (500, 3_000_000)


def test_a_bomb_is_small_on_the_wire() -> None:
    """It is a valid gzip stream, a thousandth of what it unpacks to."""
    reply = ask(Bomb(20_000_000))
    assert reply.headers["content-encoding"] == "gzip"
    assert len(reply.body) < 40_000
    assert len(zlib.decompress(reply.body, 16 + zlib.MAX_WBITS)) == 20_000_006


def test_refused_fields() -> None:
    """A request with the field is refused by name, one without it is answered."""
    refused = ask(Refuses("stream_options"), stream_options={"include_usage": True})
    assert (refused.status, refused.json["error"]["param"]) == (400, "stream_options")
    assert ask(Refuses("stream_options")).text == POEM
    assert ask(Refuses("temperature", 422), temperature=1).status == 422


def test_the_rest() -> None:
    """Redirects, other content types, junk after the end, an echoed key."""
    assert ask(Redirects("http://127.0.0.1:9/v1")).headers["location"] == "http://127.0.0.1:9/v1"
    assert ask(ContentType("text/plain")).headers["content-type"] == "text/plain"
    assert "content-type" not in ask(ContentType("")).headers
    assert b"[DONE]\n\n\n\nnot: an event" in ask(Oddity.JUNK).body
    assert "sk-test" in ask(Oddity.ECHOES_KEY).json["error"]["message"]
