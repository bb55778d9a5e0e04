"""The event-stream rules of the WHATWG standard, and what we add to them."""

import pytest

from tests.wire.stream_text import split_events
from tokenhub_cli.errors import ProtocolError
from tokenhub_cli.wire import sse
from tokenhub_cli.wire.sse import EventStreamDecoder, ServerSentEvent


def event(data: str, name: str = "") -> ServerSentEvent:
    return ServerSentEvent(name, data)


@pytest.mark.parametrize(
    ("body", "events"),
    [
        ("data: a\n\n", [event("a")]),
        ("data:a\n\n", [event("a")]),
        ("data:  a \n\n", [event(" a ")]),
        ("data\n\n", [event("")]),
        ("data: a\r\rdata: b\r\n\r\n", [event("a"), event("b")]),
        ("data: a\n\r\ndata: b\n\r", [event("a"), event("b")]),
        ("data: a\ndata\ndata: b\n\n", [event("a\n\nb")]),
        ("event: x\ndata: a\n\ndata: b\n\n", [event("a", "x"), event("b")]),
        ("data: a\nevent: x\nevent: y\n\n", [event("a", "y")]),
        ("event: x\n\ndata: a\n\n", [event("a")]),
        (": no\nid: 1\nretry: 2\n\ndata: a\n: no\n\n", [event("a")]),
        ("\n\n\n\ndata: a\n\n\n", [event("a")]),
        ("\ufeffdata: a\n\n\ufeffdata: b\n\n", [event("a")]),
        ("DATA: a\n\n data: b\n\ndata : c\n\n", []),
        ("data: a\u2028\u2029\x85\x0b\x0c\x00b\n\n", [event("a\u2028\u2029\x85\x0b\x0c\x00b")]),
        ("data: {\ndata: }\n\n", [event("{\n}")]),
    ],
)
def test_a_body_is_split_into_events(body: str, events: list[ServerSentEvent]) -> None:
    """Each rule of the standard holds, whole and byte by byte."""
    data = body.encode()
    assert split_events([data]) == events
    assert split_events(data[place : place + 1] for place in range(len(data))) == events


def test_invalid_bytes_are_replaced() -> None:
    """What is not UTF-8 becomes U+FFFD, an unfinished sequence before a line end too."""
    assert split_events([b"data: a\xff\xe2\x82\ndata: b\n\n"]) == [event("a\ufffd\ufffd\nb")]


@pytest.mark.parametrize(
    ("body", "events"),
    [
        ('data: {"a": 1}', [event('{"a": 1}')]),
        ("data: [DONE]\n", [event("[DONE]")]),
        ('data: {"a": 1}\nda', [event('{"a": 1}')]),
        ('data: {"a": 1}\ndata: {"a', [event('{"a": 1}')]),
        ('data: {"a"', []),
        ("data: 12", []),
        ("data: [DON", []),
        ("event: error\ndata: some wor", [event("some wor", "error")]),
        ("event: error", []),
    ],
)
def test_an_unfinished_last_event_counts_if_it_is_whole(
    body: str, events: list[ServerSentEvent]
) -> None:
    """The end of the body completes an event only if nothing of it can be missing."""
    assert split_events([body.encode()]) == events


def test_nothing_counts_after_done() -> None:
    """What follows `[DONE]` is neither an event nor junk, nor too long."""
    decoder = EventStreamDecoder()
    assert decoder.feed(b"data: [DONE]\n\ndata: a\n\njunk\n") == [event("[DONE]")]
    assert decoder.feed(b"x" * (sse.MAX_PENDING + 1)) == []
    assert decoder.finish() == []
    assert decoder.junk == ""


def test_done_inside_an_answer_ends_nothing() -> None:
    """Only data that is `[DONE]` is the mark."""
    body = b'data: {"text": "[DONE]"}\n\ndata: a\n\n'
    assert split_events([body]) == [event('{"text": "[DONE]"}'), event("a")]


def test_lines_that_are_no_fields_are_kept_as_junk() -> None:
    """A body that is no stream can be had whole; cut field names are no junk."""
    decoder = EventStreamDecoder()
    decoder.feed(b'{"error":\r\n\r\n "x"}\n: comment\ndat')
    decoder.finish()
    assert decoder.junk == '{"error":\n "x"}'


def test_junk_within_a_stream_is_bounded() -> None:
    """Once the stream has begun the last 64 KiB of junk are kept, whole lines only."""
    decoder = EventStreamDecoder()
    decoder.feed(b"data: a\n\n")
    for number in range(20_000):
        decoder.feed(b"junk %d\n" % number)
    assert decoder.junk.endswith("junk 19998\njunk 19999")
    assert decoder.junk.startswith("junk ")
    assert len(decoder.junk) <= sse.MAX_JUNK_IN_STREAM
    decoder.feed(b"x" * sse.MAX_JUNK_IN_STREAM * 2 + b"\n")
    assert decoder.junk == "x" * sse.MAX_JUNK_IN_STREAM


@pytest.mark.parametrize("piece", [64 * 1024, sse.MAX_PENDING * 2])
def test_a_line_of_megabytes_is_an_event(piece: int) -> None:
    """A line just within the cap is decoded, in pieces or at once."""
    line = b"data: " + b"x" * (sse.MAX_PENDING - 6)
    body = line + b"\n\n"
    pieces = (body[place : place + piece] for place in range(0, len(body), piece))
    assert [len(found.data) for found in split_events(pieces)] == [sse.MAX_PENDING - 6]


@pytest.mark.parametrize(
    "bomb",
    [
        b"data: " + b"x" * sse.MAX_PENDING + b"\n\n",
        b"x" * (sse.MAX_PENDING + 1),
        b"data: xxxxxxxxx\n" * (sse.MAX_PENDING // 10 + 1),
        b"{}\n" * (sse.MAX_PENDING // 3 + 1),
    ],
    ids=["event line", "endless line", "endless event", "endless junk"],
)
@pytest.mark.parametrize("piece", [64 * 1024, sse.MAX_PENDING * 2])
def test_what_no_answer_needs_is_an_error_of_ours(bomb: bytes, piece: int) -> None:
    """Beyond the cap the decoder gives up, and goes on giving up."""
    decoder = EventStreamDecoder()

    def feed_all() -> None:
        for place in range(0, len(bomb), piece):
            decoder.feed(bomb[place : place + piece])

    with pytest.raises(ProtocolError, match="8 MiB"):
        feed_all()
    with pytest.raises(ProtocolError):
        decoder.feed(b"data: a\n\n")
    with pytest.raises(ProtocolError):
        decoder.finish()


def test_events_before_a_bomb_are_not_lost() -> None:
    """The read that goes over the cap still gives the events before it."""
    decoder = EventStreamDecoder()
    bomb = b"data: a\n\n" + b"x" * (sse.MAX_PENDING + 1)
    assert decoder.feed(bomb) == [event("a")]
    with pytest.raises(ProtocolError):
        decoder.feed(b"")


def test_endless_comments_cost_no_memory() -> None:
    """Comments are forgotten line by line, so a stream may hold any number of them."""
    decoder = EventStreamDecoder()
    for _ in range(400):
        assert decoder.feed(b": keep-alive\n" * 5000) == []
    assert decoder.feed(b"data: a\n\n") == [event("a")]
    assert not decoder._line


def test_a_line_in_many_pieces_is_copied_a_few_times_only() -> None:
    """The held line moves in memory as it grows, but rarely: linear work in all."""
    decoder = EventStreamDecoder()
    moves, size = 0, 0
    for _ in range(100_000):
        decoder.feed(b"0123456789")
        grown = decoder._line.__sizeof__()
        moves, size = moves + (grown != size), grown
    assert len(decoder._line) == 1_000_000
    assert moves < 200
