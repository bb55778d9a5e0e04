"""However a stream is cut, and whatever it is made of, decoding it holds."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wire.cases import CASES, Case
from tests.wire.failure_cases import FAILURES
from tests.wire.stream_text import cut, decode, describe, split_events
from tokenhub_cli.errors import ProtocolError
from tokenhub_cli.wire.chunks import ChunkDecoder, decode_complete_response
from tokenhub_cli.wire.events import ReasoningDelta, TextDelta, ToolCallDelta
from tokenhub_cli.wire.sse import ServerSentEvent

FEW = settings(max_examples=12, deadline=None, database=None)
MANY = settings(max_examples=250, deadline=None, database=None)

WORDS = st.one_of(
    st.text(max_size=6),
    st.sampled_from(["<think>", "</think>", "<thi", "nk>", "\ud83d", "\ude42", "[DONE]", "a\n\n"]),
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), WORDS)
JSON_VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["text", "type", "message", "code", "index", "arguments", "loc"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)
PIECES = st.dictionaries(
    st.sampled_from(
        [
            "content",
            "role",
            "refusal",
            "reasoning",
            "reasoning_content",
            "reasoning_details",
            "tool_calls",
            "function_call",
        ]
    ),
    st.one_of(WORDS, JSON_VALUES),
    max_size=4,
)
CHOICES = st.dictionaries(
    st.sampled_from(["index", "delta", "message", "finish_reason", "usage", "error"]),
    st.one_of(PIECES, JSON_VALUES),
    max_size=4,
)
DOCUMENTS = st.dictionaries(
    st.sampled_from(["choices", "usage", "error", "detail", "message", "object", "errors"]),
    st.one_of(st.lists(CHOICES, max_size=2), JSON_VALUES),
    max_size=4,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@FEW
@given(places=st.lists(st.integers(0, 10_000), max_size=8))
def test_a_stream_cut_anywhere_means_the_same(case: Case, places: list[int]) -> None:
    """Where the network cuts the bytes says nothing."""
    assert decode(cut(case.body.encode(), places)) == case.events


@MANY
@given(
    body=st.lists(st.sampled_from([case.body for case in CASES + FAILURES]), max_size=4),
    places=st.lists(st.integers(0, 50_000), max_size=20),
)
def test_streams_run_together_mean_the_same_however_cut(body: list[str], places: list[int]) -> None:
    """The order of what comes decides, not the reads that it comes in."""
    data = "".join(body).encode()
    assert describe(decode(cut(data, places))) == describe(decode([data]))


@MANY
@given(data=st.binary(max_size=300), places=st.lists(st.integers(0, 300), max_size=5))
def test_random_bytes_are_never_fatal(data: bytes, places: list[int]) -> None:
    """No bytes raise anything but our own error, and their cuts change nothing."""
    try:
        assert split_events(cut(data, places)) == split_events([data])
        decode([data])
        decode([b"data: " + data])
        decode_complete_response(data)
    except ProtocolError as error:
        assert error.message  # noqa: PT017 - raising it is allowed, not expected


@MANY
@given(
    st.lists(
        st.tuples(st.sampled_from(["data: ", "data:", "event: error\ndata: ", ""]), DOCUMENTS),
        max_size=6,
    )
)
def test_random_documents_are_never_fatal_and_come_out_as_unicode(
    documents: list[tuple[str, dict[str, Any]]],
) -> None:
    """Any JSON in any place is survived, and all text that comes out can be written as UTF-8."""
    body = "".join(f"{field}{json.dumps(document)}\n\n" for field, document in documents)
    for event in decode([body.encode()]):
        match event:
            case TextDelta(text) | ReasoningDelta(text):
                assert text.encode()
            case ToolCallDelta(call):
                assert (call.id + call.name + call.arguments).encode() is not None
            case _:
                assert str(event).encode()


@MANY
@given(texts=st.lists(st.text(alphabet="<think>/ \na\ud83d\ude42", max_size=4), max_size=12))
def test_pieces_one_by_one_mean_what_they_mean_in_one_batch(texts: list[str]) -> None:
    """Batches only join."""
    events = [
        ServerSentEvent("", json.dumps({"choices": [{"delta": {"content": text}}]}))
        for text in texts
    ]
    batch, single = ChunkDecoder(), ChunkDecoder()
    joined = batch.decode_events(events) + batch.finish()
    apart = [said for event in events for said in single.decode(event)] + single.finish()
    for kind in (TextDelta, ReasoningDelta):
        assert "".join(said.text for said in joined if isinstance(said, kind)) == "".join(
            said.text for said in apart if isinstance(said, kind)
        )
