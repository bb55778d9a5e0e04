"""The faults inside a body: functions from frames to frames, lazy, without sockets or clocks."""

import itertools
import json
import zlib
from collections.abc import Iterator

from tokenhub_cli.demo.faults import (
    Comments,
    Cut,
    Drip,
    End,
    ErrorInside,
    ErrorShape,
    Oddity,
    Stall,
)
from tokenhub_cli.demo.frames import Frame, Kind
from tokenhub_cli.demo.protocol import encode_event, encode_json

PING = Frame(Kind.OTHER, b": PING\n\n")
_SECONDS_BETWEEN_PINGS = 0.05
BLOCK_BYTES = 64 * 1024
_WORDS = "The upstream broke off"
_ERROR = {"message": _WORDS, "type": "upstream_error", "code": 502}


def _split(
    frames: Iterator[Frame],
    after_bytes: int,
    after_pieces: int | None,
    *,
    keeps_whole: bool = False,
) -> tuple[Iterator[Frame], Iterator[Frame]]:
    """Return what comes before a point, and what after; the first is to be used up first.

    A frame that the point lies in is cut in two, or, with `keeps_whole`, comes before.
    """
    rest: list[Frame] = []

    def before() -> Iterator[Frame]:
        left = after_bytes if after_pieces is None else after_pieces
        while left > 0:
            frame = next(frames, None)
            if frame is None:
                return
            if after_pieces is not None:
                left -= frame.kind is Kind.PIECE
            elif len(frame.data) > left and not keeps_whole:
                rest.append(frame._replace(kind=Kind.OTHER, data=frame.data[left:]))
                frame, left = frame._replace(data=frame.data[:left]), 0
            else:
                left -= len(frame.data)
            yield frame

    def after() -> Iterator[Frame]:
        yield from rest
        yield from frames

    return before(), after()


def cut(frames: Iterator[Frame], fault: Cut, *, ends_clean: bool) -> Iterator[Frame]:
    """End the body early, if it is longer than that.

    A body of fixed length cannot end clean, and ends by FIN then.
    """
    before, after = _split(frames, fault.after_bytes, fault.after_pieces)
    yield from before
    if next(after, None) is None:
        return
    if fault.end is End.RST:
        yield Frame(Kind.RESET)
    elif fault.end is End.FIN or not ends_clean:
        yield Frame(Kind.CUT)


def stall(frames: Iterator[Frame], fault: Stall) -> Iterator[Frame]:
    """Be silent in mid-body; comments may come meanwhile, between two events."""
    before, after = _split(frames, fault.after_bytes, fault.after_pieces, keeps_whole=fault.pings)
    yield from before
    if fault.pings:
        for _ in range(round(fault.seconds / _SECONDS_BETWEEN_PINGS)):
            yield Frame(Kind.PAUSE, seconds=_SECONDS_BETWEEN_PINGS)
            yield PING
    else:
        yield Frame(Kind.PAUSE, seconds=fault.seconds)
    yield from after


def drip(frames: Iterator[Frame], fault: Drip) -> Iterator[Frame]:
    """Cut the body into little writes, in the middle of code points and line ends too."""
    for frame in frames:
        if not frame.data:
            yield frame
            continue
        for start in range(0, len(frame.data), fault.size):
            kind = frame.kind if start == 0 else Kind.OTHER
            yield Frame(kind, frame.data[start : start + fault.size])
            if fault.pause_s:
                yield Frame(Kind.PAUSE, seconds=fault.pause_s)


def hold(frames: Iterator[Frame], seconds: float) -> Iterator[Frame]:
    """Leave the body unfinished for a while after its last byte."""
    yield from frames
    yield Frame(Kind.PAUSE, seconds=seconds)


def add_comments(frames: Iterator[Frame], fault: Comments) -> Iterator[Frame]:
    """Put comments before the first event, or for ever; with a count of 1 before each event."""
    endless = PING if fault.pause_s else PING._replace(data=PING.data * 1000)
    pings = itertools.repeat(endless) if fault.count is None else [PING] * (fault.count - 1)
    for ping in pings:
        yield ping
        yield Frame(Kind.PAUSE, seconds=fault.pause_s)
    for frame in frames:
        yield PING
        yield frame


def report_error(frames: Iterator[Frame], fault: ErrorInside) -> Iterator[Frame]:
    """Break off with an error in the stream."""
    before, _ = _split(frames, 0, fault.after_pieces)
    yield from before
    yield Frame(Kind.OTHER, build_error_event(fault.shape))
    if fault.shape is not ErrorShape.BARE:
        yield Frame(Kind.DONE, b"data: [DONE]\n\n")


def build_error_event(shape: ErrorShape) -> bytes:  # noqa: PLR0911 - a table, one row for each shape
    """Return the bytes of an error inside a stream."""
    match shape:
        case ErrorShape.OBJECT:
            return encode_event({"error": _ERROR})
        case ErrorShape.TEXT:
            return encode_event({"error": _WORDS})
        case ErrorShape.EVENT:
            return b"event: error\n" + encode_event(_ERROR)
        case ErrorShape.WORDS:
            return f"event: error\ndata: {_WORDS}\n\n".encode()
        case ErrorShape.CHOICE:
            choice = {"index": 0, "delta": {"content": ""}, "finish_reason": "error"}
            return encode_event({"error": _ERROR, "choices": [choice]})
        case ErrorShape.OBJECT_FIELD:
            return encode_event({"object": "error", **_ERROR})
        case ErrorShape.DETAIL:
            return encode_event({"detail": _WORDS})
        case ErrorShape.BARE:
            return encode_json({"error": _ERROR})


def change_dialect(frames: Iterator[Frame], oddity: Oddity) -> Iterator[Frame]:
    """Write the same events in another spelling, or with junk after them."""
    for frame in frames:
        match oddity:
            case Oddity.CRLF:
                yield frame._replace(data=frame.data.replace(b"\n", b"\r\n"))
            case Oddity.NO_SPACE:
                yield frame._replace(data=frame.data.replace(b"data: ", b"data:", 1))
            case Oddity.ASCII:
                yield frame._replace(data=_escape(frame.data))
            case _:
                yield frame
    if oddity is Oddity.JUNK:
        yield Frame(Kind.OTHER, b"\n\nnot: an event\n{}\n\ndata: {broken\n\n")


def _escape(data: bytes) -> bytes:
    return "".join(
        character if character.isascii() else json.dumps(character)[1:-1]
        for character in data.decode()
    ).encode()


def repeat_for_ever(head: bytes, block: bytes) -> Iterator[Frame]:
    """Yield `head`, then `block` without end."""
    yield Frame(Kind.OTHER, head)
    while True:
        yield Frame(Kind.OTHER, block)


def fill(head: bytes, words: bytes, size: int) -> Iterator[Frame]:
    """Yield `size` bytes: `head`, then `words` again and again."""
    yield Frame(Kind.OTHER, head[:size])
    block = words * (BLOCK_BYTES // len(words))
    left = size - len(head)
    while left > 0:
        yield Frame(Kind.OTHER, block[:left])
        left -= len(block)


def compress_zeros(size: int) -> Iterator[Frame]:
    """Yield a gzip stream that unpacks to one event line of `size` bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    data = packer.compress(b"data: ")
    block = b"0" * (1024 * 1024)
    for left in range(size, 0, -len(block)):
        data += packer.compress(block[:left])
        if len(data) >= 1024:  # noqa: PLR2004 - an HTTP chunk of about a kilobyte
            yield Frame(Kind.OTHER, data)
            data = b""
    yield Frame(Kind.OTHER, data + packer.flush())
