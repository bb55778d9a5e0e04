"""How an answer can end, and what happens before its first text."""

import time
from pathlib import Path

import pytest

from tests.support.client import (
    MODEL,
    ask,
    build_request,
    count_kinds,
    find_end,
    open_client,
    read_events,
)
from tests.support.gateways import ScriptedServer
from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.demo.answers import PreparedAnswer
from tokenhub_cli.demo.continuation import Continuation
from tokenhub_cli.demo.faults import (
    Cut,
    ErrorInside,
    ErrorShape,
    Oddity,
    Refuses,
    Slow,
    times,
)
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.demo.texts import POEM
from tokenhub_cli.gateway.quirks import QuirkMemory, Quirks
from tokenhub_cli.gateway.reader import AnswerReader
from tokenhub_cli.wire.events import Interrupted, ToolCallDelta
from tokenhub_cli.wire.recovery import Policy

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
TOOL = (
    b'data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"call_%d","function":'
    b'{"name":"look_up","arguments":"{\\"word\\":"}}]}}]}\n\n'
)
TOOL_END = (
    b'data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\\"sky\\"}"'
    b'}}]},"finish_reason":"tool_calls"}]}\n\ndata: [DONE]\n\n'
)


def test_an_answer_with_a_finish_reason_is_complete() -> None:
    """One request, one attempt, the text, the gateway's own count of tokens."""
    with DemoGateway(tokens_per_second=None) as gateway, open_client(gateway.base_url) as client:
        events = ask(client)
        assert len(gateway.exchanges) == 1
        body = gateway.requests[0].body
    ended = find_end(events)
    assert (ended.status, ended.text, ended.finish_reason) == (
        AnswerStatus.COMPLETE,
        POEM,
        "stop",
    )
    assert ended.usage is not None
    assert not ended.usage.estimated
    assert ended.error is None
    assert count_kinds(events) == (0, 0, 0)
    assert isinstance(body, dict)
    assert body["stream"] is True
    assert body["stream_options"] == {"include_usage": True}


def test_a_complete_response_is_an_answer() -> None:
    """`--no-stream`: one JSON body; and a gateway that does not stream although it was asked to."""
    faults = (None, Oddity.UNSTREAMED)
    with (
        DemoGateway(tokens_per_second=None, faults=faults) as gateway,
        open_client(gateway.base_url) as client,
    ):
        asked = find_end(ask(client, stream=False))
        unasked = find_end(ask(client))
        body = gateway.requests[0].body
    assert (asked.status, asked.text) == (AnswerStatus.COMPLETE, POEM)
    assert (unasked.status, unasked.text) == (AnswerStatus.COMPLETE, POEM)
    assert isinstance(body, dict)
    assert body.get("stream", False) is False


@pytest.mark.parametrize("shape", ErrorShape)
def test_an_error_inside_a_stream_is_a_cut(shape: ErrorShape) -> None:
    """An error reported after some text is resumed like any other cut, `[DONE]` or not."""
    fault = ErrorInside(shape, after_pieces=30)
    with (
        DemoGateway(tokens_per_second=None, faults=(fault,)) as gateway,
        open_client(gateway.base_url) as client,
    ):
        events = ask(client)
    assert find_end(events).text == POEM
    reasons = [event.reason for event in events if isinstance(event, Interrupted)]
    assert len(reasons) == 1
    assert "The upstream broke off" in reasons[0]
    assert count_kinds(events) == (0, 1, 1)


def test_done_alone_is_verified_by_one_attempt() -> None:
    """`[DONE]` without a finish_reason: one attempt to go on, which says that this was all."""
    with (
        DemoGateway(tokens_per_second=None, faults=(Oddity.NO_FINISH,)) as gateway,
        open_client(gateway.base_url) as client,
    ):
        events = ask(client)
        assert len(gateway.exchanges) == 2
    ended = find_end(events)
    assert (ended.status, ended.text) == (AnswerStatus.COMPLETE, POEM)


def test_a_missing_done_is_no_loss() -> None:
    """A finish_reason is proof enough; transformers never sends `[DONE]`."""
    with (
        DemoGateway(tokens_per_second=None, faults=(Oddity.NO_DONE,)) as gateway,
        open_client(gateway.base_url) as client,
    ):
        ended = find_end(ask(client))
        assert len(gateway.exchanges) == 1
    assert ended.status is AnswerStatus.COMPLETE


def test_a_gateway_that_never_finishes_is_remembered_and_forgotten(tmp_path: Path) -> None:
    """Twice `[DONE]` without a finish_reason: not suspected again, until it sends one."""
    memory_file = tmp_path / "quirks.json"
    memory = QuirkMemory(memory_file)
    with DemoGateway(tokens_per_second=None, faults=times(3, Oddity.NO_FINISH)) as gateway:
        origin = f"http://127.0.0.1:{gateway.port}"
        requests = []
        for _ in range(4):
            before = len(gateway.exchanges)
            with open_client(gateway.base_url, memory_file=memory_file) as client:
                ended = find_end(ask(client))
            assert ended.text == POEM
            assert ended.error is None
            requests.append((ended.status, len(gateway.exchanges) - before))
            if len(requests) == 2:
                assert memory.recall(origin, MODEL).lacks_finish_reason
    assert requests == [
        (AnswerStatus.UNVERIFIED, 2),
        (AnswerStatus.UNVERIFIED, 1),
        (AnswerStatus.COMPLETE, 1),
        (AnswerStatus.COMPLETE, 1),
    ]
    assert not memory.recall(origin, MODEL).lacks_finish_reason


def test_a_cut_answer_is_not_called_whole_by_another_ones_end(tmp_path: Path) -> None:
    """A gateway known to send no finish_reason: `[DONE]` after other text says nothing of ours."""
    memory_file = tmp_path / "quirks.json"
    faults = (Cut(after_pieces=40), *times(9, Oddity.NO_FINISH))
    with DemoGateway(
        tokens_per_second=None, faults=faults, continuation=Continuation.SOMETHING_ELSE
    ) as gateway:
        origin = f"http://127.0.0.1:{gateway.port}"
        QuirkMemory(memory_file).remember(origin, MODEL, Quirks(lacks_finish_reason=True))
        with open_client(gateway.base_url, memory_file=memory_file) as client:
            ended = find_end(ask(client))
    assert ended.status is AnswerStatus.INCOMPLETE
    assert ended.error is not None
    assert ended.error.exit_code == 3


@pytest.mark.parametrize("status", [400, 422])
def test_stream_options_refused_are_left_out(tmp_path: Path, status: int) -> None:
    """What we added and the gateway refuses is left out silently, and never sent again."""
    refusal = Refuses("stream_options", status)
    memory_file = tmp_path / "quirks.json"
    with DemoGateway(tokens_per_second=None, every=(refusal,)) as gateway:
        counts = []
        for _ in range(2):
            before = len(gateway.exchanges)
            with open_client(gateway.base_url, memory_file=memory_file) as client:
                events = ask(client)
            assert find_end(events).status is AnswerStatus.COMPLETE
            assert count_kinds(events) == (0, 0, 0)
            counts.append(len(gateway.exchanges) - before)
    assert counts == [2, 1]


def test_a_parameter_of_the_users_is_not_left_out() -> None:
    """What the user asked for is either sent or refused, never dropped behind his back."""
    with (
        DemoGateway(tokens_per_second=None, every=(Refuses("temperature"),)) as gateway,
        open_client(gateway.base_url) as client,
    ):
        ended = find_end(ask(client, options={"temperature": 0.5}))
        assert len(gateway.exchanges) == 1
    assert ended.error is not None
    assert ended.error.exit_code == 8
    assert "temperature" in ended.error.message


def test_max_tokens_is_renamed_where_it_is_refused() -> None:
    """`max_tokens` against `max_completion_tokens`: the same wish in the gateway's words."""
    with (
        DemoGateway(tokens_per_second=None, every=(Refuses("max_tokens"),)) as gateway,
        open_client(gateway.base_url) as client,
    ):
        ended = find_end(ask(client, options={"max_tokens": 5000}))
        last = gateway.requests[-1].body
    assert ended.status is AnswerStatus.COMPLETE
    assert isinstance(last, dict)
    assert last["max_completion_tokens"] == 5000
    assert "max_tokens" not in last


@pytest.mark.parametrize("max_continue", [0, 2, 9])
def test_the_length_limit_is_gone_beyond_as_often_as_allowed(max_continue: int) -> None:
    """`--max-continue N` asks for more through the same seam, and sums the usage."""
    with (
        DemoGateway(tokens_per_second=None) as gateway,
        open_client(gateway.base_url, max_continue=max_continue) as client,
    ):
        events = ask(client, options={"max_tokens": 40})
        attempts = len(gateway.exchanges)
    ended = find_end(events)
    assert ended.usage is not None
    assert ended.usage.attempts == attempts
    if max_continue == 9:
        assert (ended.status, ended.text) == (AnswerStatus.COMPLETE, POEM)
    else:
        assert ended.status is AnswerStatus.LENGTH
        assert POEM.startswith(str(ended.text))
        assert attempts == max_continue + 1
        assert count_kinds(events) == (0, max_continue, max_continue)


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        ("content_filter", AnswerStatus.CONTENT_FILTER),
        ("eos_token", AnswerStatus.COMPLETE),
        ("STOP", AnswerStatus.COMPLETE),
    ],
)
def test_the_gateways_own_words_for_the_end_are_understood(
    reason: str, status: AnswerStatus
) -> None:
    """Each spelling of a finish_reason means one status, and is handed on as it came."""

    def say(_question: str, _model: str) -> PreparedAnswer:
        return PreparedAnswer("Some text.", finish_reason=reason)

    with (
        DemoGateway(tokens_per_second=None, answers=say) as gateway,
        open_client(gateway.base_url) as client,
    ):
        ended = find_end(ask(client))
    assert (ended.status, ended.finish_reason, ended.text) == (status, reason, "Some text.")


def test_half_built_tool_calls_are_asked_for_again() -> None:
    """A cut in a tool call's arguments: asked afresh, and the calls of the second attempt count."""
    with (
        ScriptedServer([HEAD + TOOL % 1], [HEAD + TOOL % 2 + TOOL_END]) as server,
        open_client(server.base_url) as client,
    ):
        events = ask(client)
    assert find_end(events).status is AnswerStatus.TOOL_CALLS
    calls = [event.call for event in events if isinstance(event, ToolCallDelta)]
    assert (calls[-1].id, calls[-1].arguments) == ("call_2", '{"word":"sky"}')
    assert count_kinds(events) == (1, 0, 0)


@pytest.mark.parametrize("finish", [b"", b',"finish_reason":"stop"'], ids=["done", "both"])
def test_a_connection_held_open_does_not_hold_us(finish: bytes) -> None:
    """After `[DONE]` the end comes at once, though the gateway keeps the connection open."""
    chunk = b'data: {"choices":[{"delta":{"content":"Hello."}%b}]}\n\n' % finish
    with (
        ScriptedServer([HEAD + chunk + b"data: [DONE]\n\n", 60]) as server,
        open_client(server.base_url, policy=Policy(resume=False)) as client,
    ):
        started = time.monotonic()
        reader = AnswerReader(client, client.answer(build_request()))
        ended = find_end(read_events(reader))
        assert time.monotonic() - started < 1
        assert ended.text == "Hello."
        client.cancel()
        assert reader.join(10)


@pytest.mark.parametrize("together", [True, False])
def test_silence_after_a_finish_reason_ends_in_time(
    monkeypatch: pytest.MonkeyPatch, *, together: bool
) -> None:
    """A finish_reason, then nothing, the connection open: complete within the seconds allowed."""
    monkeypatch.setattr("tokenhub_cli.gateway.attempt.AFTER_FINISH_SECONDS", 0.2)
    end = b',"finish_reason":"stop"'
    chunk = b'data: {"choices":[{"delta":{"content":"Hi."}%b}]}\n\n' % (end if together else b"")
    last = b'data: {"choices":[{"delta":{}%b}]}\n\n' % end
    with (
        ScriptedServer([HEAD, chunk, 0.1, *([] if together else [last]), 60]) as server,
        open_client(server.base_url) as client,
    ):
        events = ask(client)
    ended = find_end(events)
    assert (ended.status, ended.text, ended.error) == (AnswerStatus.COMPLETE, "Hi.", None)


def test_a_gateway_that_sends_no_done_is_remembered_and_forgotten(tmp_path: Path) -> None:
    """Only an answer that was streamed tells."""
    memory = QuirkMemory(tmp_path / "quirks.json")
    faults = (Oddity.NO_DONE, None, None)
    with DemoGateway(tokens_per_second=None, faults=faults) as gateway:
        origin = f"http://127.0.0.1:{gateway.port}"
        for stream, lacks_done in ((True, True), (True, False), (False, False)):
            with open_client(gateway.base_url, memory_file=tmp_path / "quirks.json") as client:
                assert find_end(ask(client, stream=stream)).status is AnswerStatus.COMPLETE
            assert memory.recall(origin, "gpt-4o").lacks_done is lacks_done


def test_a_done_that_never_comes_is_hardly_waited_for(tmp_path: Path) -> None:
    """Where the connection is held open it would cost ten seconds after each answer."""
    memory_file = tmp_path / "quirks.json"
    chunk = b'data: {"choices":[{"delta":{"content":"Hi."},"finish_reason":"stop"}]}\n\n'
    with ScriptedServer([HEAD + chunk, 60]) as server:
        origin = server.base_url.removesuffix("/v1")
        QuirkMemory(memory_file).remember(origin, "gpt-4o", Quirks(lacks_done=True))
        started = time.monotonic()
        with open_client(server.base_url, memory_file=memory_file) as client:
            ended = find_end(ask(client))
    assert (ended.status, ended.text) == (AnswerStatus.COMPLETE, "Hi.")
    assert time.monotonic() - started < 5


def test_a_slow_gateway_is_not_a_dead_one() -> None:
    """Silence shorter than the first-token timeout costs nothing; a longer one is retried."""
    with (
        DemoGateway(tokens_per_second=None, faults=(Slow(0.2), Slow(30))) as gateway,
        open_client(gateway.base_url, first_token_timeout=1.0) as client,
    ):
        patient = ask(client)
        impatient = ask(client)
    assert count_kinds(patient) == (0, 0, 0)
    assert count_kinds(impatient) == (1, 0, 0)
    assert find_end(impatient).text == POEM


def test_a_limit_that_thinking_used_up_is_no_failure() -> None:
    """Nothing to go on from: the limit is told as it is, however often we may continue."""
    with (
        DemoGateway(tokens_per_second=None) as gateway,
        open_client(gateway.base_url, max_continue=3) as client,
    ):
        events = ask(client, model="demo-thinker", options={"max_tokens": 3})
        assert len(gateway.exchanges) == 1
    ended = find_end(events)
    assert (ended.status, ended.text, ended.error) == (AnswerStatus.LENGTH, "", None)
