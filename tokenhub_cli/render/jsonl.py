r"""Answers for programs: `--output json` and `--output stream-json`.

`json` is one object at the end, `stream-json` one object a line as it happens; both carry `"v": 1`.
Everything outside ASCII is written as `\uXXXX`, so that the output is safe on any terminal and a
lone surrogate is still valid JSON. stderr gets notices and errors as in plain mode.
"""

import json
from typing import Any

from tokenhub_cli.chat.conversation import Answer, ToolCall
from tokenhub_cli.chat.usage import Usage
from tokenhub_cli.errors import OutputError, TokenHubError
from tokenhub_cli.render import notices
from tokenhub_cli.render.outlet import Outlet, try_last_writes
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

VERSION = 1


class JsonSink:
    """Writes a turn as JSON.

    Args:
        presentation: How the turn is to be shown; `output` is `json` or `stream-json`.
        answer_outlet: stdout.
        notice_outlet: stderr.
    """

    def __init__(
        self, presentation: Presentation, answer_outlet: Outlet, notice_outlet: Outlet
    ) -> None:
        self._presentation = presentation
        self._answer = answer_outlet
        self._notices = notice_outlet
        self._streams = presentation.output == "stream-json"

    def show(self, event: Event) -> None:
        """Write the event as one line, where events are streamed.

        Raises:
            BrokenPipeError: The reader has closed the pipe.
        """
        if isinstance(event, Noted):
            if not self._presentation.quiet:
                self._notices.write_words(notices.format_note(event.message))
        elif self._streams:
            if isinstance(event, ReasoningDelta) and not self._presentation.show_reasoning:
                return
            fields = describe_event(event, self._presentation)
            if fields is not None:
                self._write(fields)

    def tap(self) -> None:
        """Nothing: lines of JSON come from one thread."""

    def tick(self) -> float | None:
        """Nothing is transient here."""
        return None

    def finish(self, answer: Answer, error: TokenHubError | None) -> None:
        """Write the usage and the end, or the one object; the error goes to stderr too.

        Raises:
            OSError: stdout did not take its last bytes; stderr has been told.
        """
        failure = None
        if not isinstance(error, OutputError):
            failure = try_last_writes(lambda: self._write_end(answer, error))
        if failure is not None:
            error = OutputError(failure)
        if error is not None:
            text = notices.format_error(error, verbose=self._presentation.verbose)
            self._notices.write_words(text)
        if failure is not None:
            raise failure

    def abandon(self) -> None:
        """Do nothing: no terminal is in a state of ours."""

    def _write_end(self, answer: Answer, error: TokenHubError | None) -> None:
        if not self._streams:
            self._write(describe_whole(answer, error, self._presentation))
            return
        if answer.usage is not None:
            self._write({"event": "usage", **describe_usage(answer.usage)})
        self._write(describe_end(answer, error))

    def _write(self, fields: dict[str, Any]) -> None:
        # json leaves DEL as it is, and a terminal would not.
        line = json.dumps({"v": VERSION, **fields}).replace("\x7f", "\\u007f")
        self._answer.write(line + "\n")


def describe_event(event: Event, presentation: Presentation) -> dict[str, Any] | None:
    """Return an event's fields, or None if it has no line of its own."""
    fields: dict[str, Any] | None = None
    match event:
        case TextDelta(text):
            fields = {"event": "text", "text": text}
        case ReasoningDelta(text):
            fields = {"event": "reasoning", "text": text}
        case ToolCallDelta(call):
            fields = {"event": "tool_call", **describe_tool_call(call)}
        case AttemptStarted(attempt):
            fields = {
                "event": "start",
                "model": presentation.model,
                "base_url": presentation.base_url,
                "conversation": presentation.conversation,
                "attempt": attempt,
            }
        case Retrying(attempt, wait_s, reason):
            fields = {"event": "retry", "attempt": attempt, "wait_s": wait_s, "reason": reason}
        case Interrupted(offset, reason):
            fields = {"event": "interrupted", "offset": offset, "reason": reason}
        case Resumed(strategy, overlap):
            fields = {"event": "resumed", "strategy": strategy, "overlap": overlap}
    return fields


def describe_tool_call(call: ToolCall) -> dict[str, Any]:
    """Return the fields of a tool call."""
    return {"index": call.index, "id": call.id, "name": call.name, "arguments": call.arguments}


def describe_usage(usage: Usage) -> dict[str, Any]:
    """Return the fields of `usage`."""
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.total_tokens,
        "cached_tokens": usage.cached_tokens,
        "estimated": usage.estimated,
        "attempts": usage.attempts,
    }


def describe_end(answer: Answer, error: TokenHubError | None) -> dict[str, Any]:
    """Return the fields of `end`."""
    timings = answer.timings
    fields: dict[str, Any] = {
        "event": "end",
        "status": answer.status.value,
        "finish_reason": answer.finish_reason,
        "timings": {
            "first_token_s": timings.first_token_s,
            "total_s": timings.total_s,
            "tokens_per_s": timings.tokens_per_s,
        },
    }
    if error is not None:
        fields["error"] = {
            "message": error.message,
            "hint": error.hint,
            "exit_code": int(error.exit_code),
        }
    return fields


def describe_whole(
    answer: Answer, error: TokenHubError | None, presentation: Presentation
) -> dict[str, Any]:
    """Return the one object of `--output json`: `end` with everything that led to it."""
    fields = describe_end(answer, error)
    fields |= {
        "text": str(answer.text),
        "model": answer.model or presentation.model,
        "base_url": presentation.base_url,
        "conversation": presentation.conversation,
        "attempts": answer.attempts,
        "usage": None if answer.usage is None else describe_usage(answer.usage),
    }
    if answer.reasoning and presentation.show_reasoning:
        fields["reasoning"] = answer.reasoning
    if answer.tool_calls:
        fields["tool_calls"] = [describe_tool_call(call) for call in answer.tool_calls]
    if answer.interruptions:
        fields["interruptions"] = [
            {
                "offset": cut.offset,
                "reason": cut.reason,
                "strategy": cut.strategy,
                "overlap": cut.overlap,
            }
            for cut in answer.interruptions
        ]
    return fields
