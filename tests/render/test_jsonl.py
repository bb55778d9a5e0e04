"""Answers for programs."""

import io
import json
from typing import Any

from tests.support.terminal import FakeClock
from tokenhub_cli.chat.conversation import Answer, AnswerStatus, Interruption, Timings, ToolCall
from tokenhub_cli.chat.usage import Usage
from tokenhub_cli.errors import IncompleteAnswerError
from tokenhub_cli.render.jsonl import JsonSink
from tokenhub_cli.render.outlet import Outlet
from tokenhub_cli.render.presentation import Presentation
from tokenhub_cli.wire.events import (
    AttemptStarted,
    Event,
    Interrupted,
    Noted,
    ReasoningDelta,
    Resumed,
    Retrying,
    TextDelta,
    ToolCallDelta,
)

CALL = ToolCall(0, "call_1", "search", '{"q": 1}')
USAGE = Usage(10, 20, 30, cached_tokens=4)
TIMINGS = Timings(first_token_s=0.5, total_s=2.0, tokens_per_s=13.3)
EVENTS: list[Event] = [
    AttemptStarted(1),
    Retrying(1, 1.5, "503"),
    AttemptStarted(2),
    ReasoningDelta("hm"),
    TextDelta("half "),
    Interrupted(5, "reset", 0.2),
    Resumed("prefix", 2),
    TextDelta("whole"),
    ToolCallDelta(CALL),
]
ANSWER = Answer(
    "half whole",
    AnswerStatus.COMPLETE,
    finish_reason="stop",
    reasoning="hm",
    usage=USAGE,
    timings=TIMINGS,
    tool_calls=(CALL,),
    interruptions=(Interruption(5, "reset", "prefix", 2),),
    attempts=3,
)
USAGE_FIELDS = {
    "prompt_tokens": 10,
    "completion_tokens": 20,
    "total_tokens": 30,
    "cached_tokens": 4,
    "estimated": False,
    "attempts": 1,
}
TIMING_FIELDS = {"first_token_s": 0.5, "total_s": 2.0, "tokens_per_s": 13.3}


def run_sink(
    output: str, events: list[Event], answer: Answer, error: Any = None, **options: Any
) -> tuple[list[Any], str]:
    stdout, stderr = io.StringIO(), io.StringIO()
    presentation = Presentation(
        FakeClock(),
        model="m",
        base_url="https://x/v1",
        conversation="c1",
        output=output,
        **options,
    )
    sink = JsonSink(presentation, Outlet(stdout), Outlet(stderr))
    for event in events:
        sink.show(event)
    assert sink.tick() is None
    sink.finish(answer, error)
    assert stdout.getvalue().isascii()
    return [json.loads(line) for line in stdout.getvalue().splitlines()], stderr.getvalue()


def test_a_stream_is_one_object_a_line() -> None:
    """Every event has its line with version and fields, then come usage and end."""
    start = {"event": "start", "model": "m", "base_url": "https://x/v1", "conversation": "c1"}
    lines, stderr = run_sink("stream-json", EVENTS, ANSWER)
    assert lines == [
        {"v": 1} | fields
        for fields in (
            start | {"attempt": 1},
            {"event": "retry", "attempt": 1, "wait_s": 1.5, "reason": "503"},
            start | {"attempt": 2},
            {"event": "reasoning", "text": "hm"},
            {"event": "text", "text": "half "},
            {"event": "interrupted", "offset": 5, "reason": "reset"},
            {"event": "resumed", "strategy": "prefix", "overlap": 2},
            {"event": "text", "text": "whole"},
            {
                "event": "tool_call",
                "index": 0,
                "id": "call_1",
                "name": "search",
                "arguments": '{"q": 1}',
            },
            {"event": "usage"} | USAGE_FIELDS,
            {
                "event": "end",
                "status": "complete",
                "finish_reason": "stop",
                "timings": TIMING_FIELDS,
            },
        )
    ]
    assert stderr == ""


def test_json_is_one_object_at_the_end() -> None:
    """The one object is the end with the text and all that led to it."""
    lines, _ = run_sink("json", EVENTS, ANSWER)
    assert lines == [
        {
            "v": 1,
            "event": "end",
            "status": "complete",
            "finish_reason": "stop",
            "timings": TIMING_FIELDS,
            "text": "half whole",
            "model": "m",
            "base_url": "https://x/v1",
            "conversation": "c1",
            "attempts": 3,
            "usage": USAGE_FIELDS,
            "reasoning": "hm",
            "tool_calls": [{"index": 0, "id": "call_1", "name": "search", "arguments": '{"q": 1}'}],
            "interruptions": [{"offset": 5, "reason": "reset", "strategy": "prefix", "overlap": 2}],
        }
    ]


def test_a_failure_is_told_to_programs_and_people() -> None:
    """The end carries the error with its exit code; stderr has the same in words."""
    error = IncompleteAnswerError("cut off", hint="run `tokenhub resume`")
    for output in ("json", "stream-json"):
        lines, stderr = run_sink(output, [], Answer("", AnswerStatus.INCOMPLETE), error)
        assert lines[-1]["status"] == "incomplete"
        assert lines[-1]["error"] == {
            "message": "cut off",
            "hint": "run `tokenhub resume`",
            "exit_code": 3,
        }
        assert stderr == "error: cut off\n\nhint: run `tokenhub resume`\n"


def test_hidden_reasoning_is_hidden_from_programs_too() -> None:
    """-R leaves reasoning out of both forms."""
    for output in ("json", "stream-json"):
        lines, _ = run_sink(output, EVENTS, ANSWER, show_reasoning=False)
        assert "hm" not in json.dumps(lines)


def test_a_notice_goes_to_stderr_unless_quiet() -> None:
    """What has no event of its own is said in words."""
    assert run_sink("json", [Noted("demo")], ANSWER)[1] == "note: demo\n"
    assert run_sink("json", [Noted("demo")], ANSWER, quiet=True)[1] == ""


def test_hostile_text_is_plain_ascii() -> None:
    """Control characters and lone surrogates are escaped, so that any terminal may show them."""
    hostile = "\x1b\x7f\x9b\u202e\ud800"
    lines, _ = run_sink("stream-json", [TextDelta(hostile)], ANSWER)
    assert lines[0]["text"] == hostile
