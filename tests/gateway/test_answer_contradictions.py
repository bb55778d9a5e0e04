"""Gateways that go back on what they said: refusals after text, ends without an answer."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.client import MODEL, ask, count_kinds, find_end, open_client
from tests.support.gateways import ScriptedServer
from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.errors import ExitCode
from tokenhub_cli.gateway.quirks import QuirkMemory, Quirks
from tokenhub_cli.wire.events import Noted, TextDelta

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
DONE = b"data: [DONE]\n\n"
STOP = b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'


def frame(document: object) -> bytes:
    return b"data: " + json.dumps(document).encode() + b"\n\n"


def say(text: str, **choice: Any) -> bytes:
    return frame({"choices": [{"delta": {"content": text}, **choice}]})


def refuse(parameter: str, message: str) -> dict[str, Any]:
    kind = "invalid_request_error"
    return {"error": {"message": message, "type": kind, "param": parameter}}


def answer_400(body: dict[str, Any]) -> bytes:
    data = json.dumps(body).encode()
    return (
        b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nConnection: close\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (len(data), data)
    )


def read_bodies(server: ScriptedServer) -> list[dict[str, Any]]:
    return [json.loads(request.partition(b"\r\n\r\n")[2]) for request in server.requests]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("stream_options", "Unsupported parameter: 'stream_options'"),
        ("max_tokens", "Unsupported parameter: 'max_tokens' is not supported"),
        ("", "max_tokens must be at most 4096, generation stopped"),
    ],
)
def test_a_refusal_after_text_does_not_ask_afresh(name: str, message: str) -> None:
    """What was shown is not shown twice: the answer is incomplete, and says why."""
    text = "One two three four five"
    with (
        ScriptedServer(
            [HEAD + say(text) + frame(refuse(name, message))],
            [HEAD + say(text + " six") + STOP + DONE],
        ) as server,
        open_client(server.base_url) as client,
    ):
        events = ask(client, options={"max_tokens": 9000})
        assert len(server.requests) == 1
    ended = find_end(events)
    assert (ended.status, ended.text) == (AnswerStatus.INCOMPLETE, text)
    assert ended.error is not None
    assert message in ended.error.message
    assert ended.usage is not None


def test_a_refusal_inside_a_stream_before_anything_is_like_any_other() -> None:
    """Some gateways answer 200 before they look at the request."""
    refusal = frame(refuse("stream_options", "Unsupported parameter: 'stream_options'"))
    with (
        ScriptedServer([HEAD + refusal], [HEAD + say("Hello.") + STOP + DONE]) as server,
        open_client(server.base_url) as client,
    ):
        events = ask(client)
        bodies = read_bodies(server)
    assert (find_end(events).text, count_kinds(events)) == ("Hello.", (0, 0, 0))
    assert ["stream_options" in body for body in bodies] == [True, False]


def test_a_value_that_is_too_large_is_not_sent_under_another_name(tmp_path: Path) -> None:
    """The gateway takes `max_tokens`, but not so many: the user hears it, nothing is remembered."""
    memory_file = tmp_path / "quirks.json"
    message = "max_tokens is too large: 100000. This model supports at most 4096"
    with (
        ScriptedServer(
            [answer_400(refuse("max_tokens", message))],
            [HEAD + say("Hello.") + STOP + DONE],
        ) as server,
        open_client(server.base_url, memory_file=memory_file) as client,
    ):
        ended = find_end(ask(client, options={"max_tokens": 100_000}))
        again = find_end(ask(client, options={"max_tokens": 5}))
        bodies = read_bodies(server)
    assert ended.error is not None
    assert ended.error.exit_code is ExitCode.REFUSED
    assert message in ended.error.message
    assert again.text == "Hello."
    assert bodies[1]["max_tokens"] == 5
    assert "max_completion_tokens" not in bodies[1]


@pytest.mark.parametrize("end", ["piece by piece", "all at once"])
def test_an_end_that_is_said_with_every_piece_is_none(end: str) -> None:
    """A cut between two such pieces is a cut, and the answer is gone on with."""
    words = [say(f"{word} ", finish_reason="stop") for word in ("One", "two", "three", "four")]
    pieces = (
        [b"".join(words)] if end == "all at once" else [part for w in words for part in (w, 0.02)]
    )
    with (
        ScriptedServer(
            [HEAD, *pieces],
            [
                HEAD
                + say(" four", finish_reason="stop")
                + say(" five.", finish_reason="stop")
                + DONE
            ],
        ) as server,
        open_client(server.base_url) as client,
    ):
        ended = find_end(ask(client))
    assert (ended.status, ended.text) == (AnswerStatus.COMPLETE, "One two three four five.")


def test_a_conversation_that_is_too_long_spoils_no_other(tmp_path: Path) -> None:
    """Every way to go on with it is refused; the next cut answer is gone on with all the same."""
    memory_file = tmp_path / "quirks.json"
    too_long = answer_400({"error": {"message": "maximum context length is 4096 tokens"}})
    with (
        ScriptedServer(
            [HEAD + say("One two three four")],
            *[[too_long]] * 3,
            [HEAD + say("One two three four")],
            [HEAD + say(" four five.") + STOP + DONE],
        ) as server,
        open_client(server.base_url, memory_file=memory_file) as client,
    ):
        first, second = find_end(ask(client)), find_end(ask(client))
    assert (first.status, first.text) == (AnswerStatus.INCOMPLETE, "One two three four")
    assert (second.status, second.text) == (AnswerStatus.COMPLETE, "One two three four five.")


def test_stream_options_of_the_users_are_not_left_out() -> None:
    """Only what we added ourselves is."""
    refusal = answer_400(refuse("stream_options", "Unsupported parameter: 'stream_options'"))
    with ScriptedServer([refusal]) as server, open_client(server.base_url) as client:
        ended = find_end(ask(client, options={"stream_options": {"include_usage": False}}))
        assert len(server.requests) == 1
    assert ended.status is AnswerStatus.FAILED


@pytest.mark.parametrize("junk", [b"", b"data: 42\n\n", b"data: null\n\n", b"data: {}\n\n"])
def test_done_without_any_text_is_a_failure(tmp_path: Path, junk: bytes) -> None:
    """Resellers write `[DONE]` after failures, too: retried, then exit 6, and nothing learned."""
    memory_file = tmp_path / "quirks.json"
    with (
        ScriptedServer([HEAD + junk + DONE]) as server,
        open_client(server.base_url, memory_file=memory_file) as client,
    ):
        events = ask(client)
        assert len(server.requests) == 2
        origin = server.base_url.removesuffix("/v1")
    ended = find_end(events)
    assert (ended.status, ended.text) == (AnswerStatus.FAILED, "")
    assert ended.error is not None
    assert ended.error.exit_code is ExitCode.UNREACHABLE
    assert QuirkMemory(memory_file).recall(origin, MODEL) == Quirks()


def test_a_bare_done_does_not_settle_a_truncated_answer(tmp_path: Path) -> None:
    """Nothing after text that ended by `[DONE]`: unverified, and no habit of the gateway's."""
    memory_file = tmp_path / "quirks.json"
    with (
        ScriptedServer([HEAD + say("Truncated text of an ans") + DONE], [HEAD + DONE]) as server,
        open_client(server.base_url, memory_file=memory_file) as client,
    ):
        ended = find_end(ask(client))
        origin = server.base_url.removesuffix("/v1")
    assert ended.status is AnswerStatus.UNVERIFIED
    assert ended.error is not None
    assert not QuirkMemory(memory_file).recall(origin, MODEL).lacks_finish_reason


def test_done_after_each_of_several_cuts_calls_nothing_whole(tmp_path: Path) -> None:
    """Resellers write `[DONE]` after each break: gone on with as long as more comes."""
    memory_file = tmp_path / "quirks.json"
    with (
        ScriptedServer(
            [HEAD + say("One two three four") + DONE],
            [HEAD + say(" four five six") + DONE],
            [HEAD + say(" six seven eight") + DONE],
            [HEAD + say(" eight nine.") + STOP + DONE],
        ) as server,
        open_client(server.base_url, memory_file=memory_file) as client,
    ):
        ended = find_end(ask(client))
        origin = server.base_url.removesuffix("/v1")
    assert (ended.status, ended.error) == (AnswerStatus.COMPLETE, None)
    assert ended.text == "One two three four five six seven eight nine."
    assert not QuirkMemory(memory_file).recall(origin, MODEL).lacks_finish_reason


def test_done_after_words_that_do_not_fit_is_no_habit(tmp_path: Path) -> None:
    """A cut answer, then an excuse, each with `[DONE]`: not whole, nor is the next one believed."""
    memory_file = tmp_path / "quirks.json"
    with (
        ScriptedServer(
            [HEAD + say("One two three four") + DONE],
            [HEAD + say("I cannot go on with that.") + DONE],
        ) as server,
        open_client(server.base_url, memory_file=memory_file) as client,
    ):
        ended = find_end(ask(client))
        origin = server.base_url.removesuffix("/v1")
    assert (ended.status, ended.text) == (AnswerStatus.UNVERIFIED, "One two three four")
    assert ended.error is not None
    assert not QuirkMemory(memory_file).recall(origin, MODEL).lacks_finish_reason


def test_done_alone_after_an_error_before_text_is_retried() -> None:
    """The next attempt brings the answer."""
    with (
        ScriptedServer([HEAD + DONE], [HEAD + say("Hello.") + STOP + DONE]) as server,
        open_client(server.base_url) as client,
    ):
        events = ask(client)
    assert (find_end(events).status, count_kinds(events)) == (AnswerStatus.COMPLETE, (1, 0, 0))
    assert [event.text for event in events if isinstance(event, TextDelta)] == ["Hello."]


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        (b"", "sent no text"),
        (say("<think>Hm.</think>"), "sent nothing but thinking"),
        (frame({"choices": [{"delta": {"tool_calls": [{"id": "a"}]}}]}), ""),
        (say("Hi."), ""),
    ],
    ids=["nothing", "thinking", "tool call", "text"],
)
def test_an_empty_answer_is_not_passed_over_in_silence(pieces: bytes, words: str) -> None:
    """The gateway's word that it is complete counts; that there is nothing to see is said."""
    with (
        ScriptedServer([HEAD + pieces + STOP + DONE]) as server,
        open_client(server.base_url) as client,
    ):
        events = ask(client)
    assert find_end(events).status is AnswerStatus.COMPLETE
    noted = [event.message for event in events if isinstance(event, Noted)]
    assert noted == ([f"the gateway calls the answer complete, but {words}"] if words else [])
