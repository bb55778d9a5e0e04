"""Every shape a gateway was seen to send, however its bytes are cut."""

import pytest

from tests.wire.cases import CASES, Case
from tests.wire.failure_cases import FAILURES, FailureCase
from tests.wire.stream_text import DONE, SECRET, chunk, decode, describe, frame
from tokenhub_cli.errors import GatewayError, ProtocolError
from tokenhub_cli.wire.chunks import ChunkDecoder, decode_complete_response
from tokenhub_cli.wire.events import (
    DoneMarker,
    FailureReported,
    Finished,
    ReasoningDelta,
    TextDelta,
    UsageReported,
)
from tokenhub_cli.wire.sse import ServerSentEvent

EACH_CASE = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@EACH_CASE
def test_a_stream_that_comes_whole_means_its_events(case: Case) -> None:
    """A body in one piece is decoded as the table says."""
    assert decode([case.body.encode()]) == case.events


@EACH_CASE
def test_a_stream_that_comes_byte_by_byte_means_the_same(case: Case) -> None:
    """A body cut after every byte is decoded as the table says."""
    body = case.body.encode()
    assert decode(body[place : place + 1] for place in range(len(body))) == case.events


@EACH_CASE
def test_what_follows_done_means_nothing(case: Case) -> None:
    """Whatever comes after `[DONE]`, the events before it stay as they are."""
    if DoneMarker() not in case.events:
        case = case._replace(body=case.body + "\n\n" + DONE, events=[*case.events, DoneMarker()])
    if case.body.startswith("{"):  # a body that is no stream has no [DONE]
        case = case._replace(body=DONE, events=[DoneMarker()])
    if case.name.startswith("cut"):  # the cut chunk, no longer the last, is a failure now
        case = case._replace(body=DONE, events=[DoneMarker()])
    junk = "\n\n" + frame(chunk("more")) + 'data: {"error":"late"}\n\n{"error":"x"}\n\x00\n<html>'
    assert decode([(case.body + junk).encode()]) == case.events


@pytest.mark.parametrize("case", FAILURES, ids=lambda case: case.name)
def test_an_error_inside_a_stream_is_reported(case: FailureCase) -> None:
    """An error in a 200 becomes the right class and words, whole and byte by byte alike."""
    body = case.body.encode()
    decoded = decode([body])
    failures = [event.error for event in decoded if isinstance(event, FailureReported)]
    assert [type(error) for error in failures] == [case.error]
    assert case.words in failures[0].message
    assert SECRET not in failures[0].message
    pieces = [body[place : place + 1] for place in range(len(body))]
    assert describe(decode(pieces)) == describe(decoded)


def test_text_before_an_error_is_kept() -> None:
    """An error beside choices ends the answer after its text."""
    document = {**chunk("Hi", finish="error"), "error": {"message": "boom", "code": 502}}
    match decode([frame(document).encode()]):
        case [TextDelta("Hi"), FailureReported(error)]:
            assert error.status == 502
            assert error.message == "the gateway failed (502): boom"
        case other:
            pytest.fail(f"{other}")


def test_a_cut_drops_half_a_surrogate_pair_and_keeps_half_a_tag() -> None:
    """What is held when the connection breaks is text only if it is certain."""
    lone = r'data: {"choices":[{"delta":{"content":"a\ud83d"}}]}' + "\n\n"
    assert decode([lone.encode()]) == [TextDelta("a")]
    assert decode([frame(chunk("<thi")).encode()]) == [TextDelta("<thi")]
    assert decode([frame(chunk("<think>a</th")).encode()]) == [ReasoningDelta("a</th")]


def test_a_complete_response_is_decoded() -> None:
    """A body that is one JSON document gives reasoning, text, usage and the end."""
    body = (
        b'{"choices":[{"message":{"role":"assistant","content":"Hi","reasoning_content":"Hm"},'
        b'"finish_reason":"stop"}],"usage":{"prompt_tokens":"3","completion_tokens":2}}'
    )
    match decode_complete_response(body):
        case [ReasoningDelta("Hm"), TextDelta("Hi"), UsageReported(usage), Finished("stop")]:
            assert usage.total_tokens == 5
        case other:
            pytest.fail(f"{other}")


def test_a_complete_response_that_is_a_stream_is_decoded_too() -> None:
    """A gateway that streams unasked is understood."""
    body = (frame(chunk("Hi")) + frame(chunk(finish="stop"))).encode()
    assert decode_complete_response(body) == [TextDelta("Hi"), Finished("stop")]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "nothing"),
        (b"<!DOCTYPE html><title>Sign in</title>", "a web page (200): Sign in"),
        (b"ok", "what is no answer (200): ok"),
        (b"[" * 5000, "what is no answer"),
        (b"\xff\xfe", "what is no answer"),
        (b'{"choices":[]}', "what is no answer"),
    ],
)
def test_a_complete_response_that_is_no_answer_is_a_failure(body: bytes, words: str) -> None:
    """A 200 without an answer is reported as such."""
    match decode_complete_response(body):
        case [FailureReported(GatewayError() as error)]:
            assert type(error) is ProtocolError
            assert words in error.message
        case other:
            pytest.fail(f"{other}")


def test_one_batch_gives_one_piece_of_text() -> None:
    """A network read with many chunks costs one event, one by one or as a batch."""
    events = [ServerSentEvent("", frame(chunk(f" {n}"))[6:-2]) for n in range(100)]
    text = "".join(f" {n}" for n in range(100))
    assert ChunkDecoder().decode_events(events) == [TextDelta(text)]
    decoder = ChunkDecoder()
    assert [decoder.decode(event) for event in events] == [[TextDelta(f" {n}")] for n in range(100)]


def test_a_key_for_a_finish_reason_is_not_handed_on() -> None:
    """What is kept and printed of the gateway's words holds no key."""
    assert decode([frame(chunk("Hi", finish=SECRET)).encode()]) == [
        TextDelta("Hi"),
        Finished("[key]"),
    ]


def test_every_failure_inside_a_stream_has_a_hint() -> None:
    """Data that is no JSON, and a finish_reason that breaks off."""
    for body in ("data: <oops\n\n", frame(chunk("Hi", finish="error"))):
        failure = decode([body.encode()])[-1]
        assert isinstance(failure, FailureReported)
        assert failure.error.hint
