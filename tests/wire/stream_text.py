"""Says in short how a gateway's stream is written down and read back in these tests."""

import json
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from tokenhub_cli.wire.batch import join_deltas
from tokenhub_cli.wire.chunks import ChunkDecoder
from tokenhub_cli.wire.events import Decoded, DoneMarker, FailureReported, Finished, ToolCallDelta
from tokenhub_cli.wire.sse import EventStreamDecoder, ServerSentEvent

SECRET = "sk-test-0123456789abcdef"
ENDS = (Finished, DoneMarker, FailureReported)
DONE = "data: [DONE]\n\n"


def frame(document: object) -> str:
    """Return a document as one `data` event."""
    return f"data: {json.dumps(document)}\n\n"


def chunk(content: object = None, *, finish: object = None, **delta: Any) -> dict[str, Any]:
    """Return an ordinary chunk with this content and these other fields of its delta."""
    if content is not None:
        delta["content"] = content
    return {"id": "c1", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def choose(**choice: Any) -> dict[str, Any]:
    """Return a chunk with one choice of these fields."""
    return {"id": "c1", "choices": [{"index": 0, **choice}]}


def split_events(pieces: Iterable[bytes]) -> list[ServerSentEvent]:
    """Return all events of a body that came in these pieces."""
    decoder = EventStreamDecoder()
    events = [event for piece in pieces for event in decoder.feed(piece)]
    return events + decoder.finish()


def decode(pieces: Iterable[bytes]) -> list[Decoded]:
    """Return what a body that came in these pieces says, neighbouring pieces of text joined.

    The last state of each tool call stands where the first end or failure is: in between, each read
    reports the calls after its text.
    """
    stream = EventStreamDecoder()
    chunks = ChunkDecoder(model="gpt-4o", secrets=[SECRET])
    decoded: list[Decoded] = []
    for piece in pieces:
        decoded += chunks.decode_events(stream.feed(piece))
    decoded += chunks.decode_events(stream.finish())
    decoded += chunks.finish(stream.junk)
    decoded = join_deltas(decoded)
    calls = [event for event in decoded if isinstance(event, ToolCallDelta)]
    said = [event for event in decoded if not isinstance(event, ToolCallDelta)]
    ends = [place for place, event in enumerate(said) if isinstance(event, ENDS)]
    place = ends[0] if ends else len(said)
    calls.sort(key=lambda event: event.call.index)
    return join_deltas([*said[:place], *calls, *said[place:]])


def describe(decoded: Iterable[Decoded]) -> list[object]:
    """Return events as comparable values: an error is its class and what it carries."""
    return [
        (type(event.error), event.error.message, event.error.status)
        if isinstance(event, FailureReported)
        else event
        for event in decoded
    ]


def cut(body: bytes, places: Iterable[int]) -> list[bytes]:
    """Return a body cut at these places, in whatever order they come."""
    edges = [0, *sorted(place % (len(body) + 1) for place in places), len(body)]
    return [body[start:end] for start, end in pairwise(edges)]
