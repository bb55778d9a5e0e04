"""What the events of a turn amount to: an answer with its timings, attempts and interruptions."""

from dataclasses import replace

from tokenhub_cli.chat.conversation import (
    Answer,
    AnswerStatus,
    Interruption,
    ToolCall,
    measure_timings,
)
from tokenhub_cli.chat.usage import sum_usage
from tokenhub_cli.wire.events import (
    AttemptStarted,
    Ended,
    Event,
    Interrupted,
    ReasoningDelta,
    Resumed,
    TextDelta,
    ToolCallDelta,
)


class AnswerRecord:
    """Takes a turn's events in order; the text itself comes with `Ended`.

    Args:
        model: The model that was asked.
        started_at: When the request was sent, in seconds of any one clock.
        before: What came of the answer in an earlier run; it cost something, too.
    """

    def __init__(self, model: str, started_at: float, before: Answer | None = None) -> None:
        self._model = model
        self._started_at = started_at
        self._before = before or Answer("", AnswerStatus.INCOMPLETE, attempts=0)
        self._first_token_at: float | None = None
        self._attempts = 0
        self._tool_calls: dict[int, ToolCall] = {}
        self._interruptions: list[Interruption] = []

    def take(self, event: Event, now: float) -> None:
        """Take note of an event that came at `now`."""
        match event:
            case TextDelta() | ReasoningDelta() if self._attempts:  # before, it is what was there
                if self._first_token_at is None:
                    self._first_token_at = now
            case ToolCallDelta(call):
                self._tool_calls[call.index] = call
            case AttemptStarted(attempt):
                self._attempts = attempt
                self._tool_calls.clear()  # half-built calls are asked for again, not continued
            case Interrupted(offset, reason):
                self._interruptions.append(Interruption(offset, reason))
            case Resumed(strategy, overlap) if self._interruptions:
                last = self._interruptions[-1]
                self._interruptions[-1] = replace(last, strategy=strategy, overlap=overlap)

    def build_answer(self, ended: Ended, now: float) -> Answer:
        """Return the answer that ended at `now`.

        Usage, attempts and interruptions are those of all runs, the timings of this one.
        """
        usage, before = ended.usage, self._before
        return Answer(
            text=ended.text,
            status=ended.status,
            model=self._model,
            reasoning=ended.reasoning,
            finish_reason=ended.finish_reason,
            tool_calls=tuple(self._tool_calls[index] for index in sorted(self._tool_calls)),
            usage=sum_usage(tuple(filter(None, (before.usage, usage)))),
            timings=measure_timings(
                self._started_at,
                self._first_token_at,
                now,
                usage.completion_tokens if usage else None,
            ),
            interruptions=before.interruptions + tuple(self._interruptions),
            attempts=before.attempts + max(self._attempts, 1),
        )
