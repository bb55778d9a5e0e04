"""A conversation is a line of turns; a turn is a question and its answer.

A `Conversation` is what is sent: one line through the tree of turns that history keeps. Each turn
names its parent, so that a retried or edited turn and the one it replaces are siblings.
Time and chance (ids) arrive as arguments.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Any

from tokenhub_cli.chat.long_text import Text
from tokenhub_cli.chat.message import Message, Role, build_message
from tokenhub_cli.chat.turns import Turns
from tokenhub_cli.chat.usage import Usage

if TYPE_CHECKING:
    from tokenhub_cli.chat.packing import PackedTurns

SHORTEST_STREAM_S = 0.1


class AnswerStatus(StrEnum):
    """How an answer ended; only a `finish_reason` of the gateway makes it COMPLETE."""

    COMPLETE = "complete"
    LENGTH = "length"
    CONTENT_FILTER = "content_filter"
    TOOL_CALLS = "tool_calls"
    UNVERIFIED = "unverified"
    INCOMPLETE = "incomplete"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call the model asks for; `arguments` is the JSON text as accumulated so far."""

    index: int
    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Interruption:
    """A cut in mid-answer: how many characters had come, why, and how it was joined.

    `strategy` is the rung that the answer was resumed by, or an empty string if it was not.
    `overlap` is how many characters the continuation repeated.
    """

    offset: int
    reason: str
    strategy: str = ""
    overlap: int = 0


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds from sending the request; None where the moment never came."""

    first_token_s: float | None = None
    total_s: float = 0.0
    tokens_per_s: float | None = None


def measure_timings(
    started_at: float, first_token_at: float | None, ended_at: float, tokens: int | None
) -> Timings:
    """Return the timings of an answer.

    Args:
        started_at: When the request was sent, in seconds of any one clock.
        first_token_at: When the first piece came, or None.
        ended_at: When the answer ended.
        tokens: How many tokens came, or None if that is not known.
    """
    rate = None
    if first_token_at is not None and tokens is not None and ended_at > started_at:
        # An answer that came at once says nothing about the time between its pieces.
        is_streamed = ended_at - first_token_at > SHORTEST_STREAM_S
        rate = tokens / (ended_at - (first_token_at if is_streamed else started_at))
    return Timings(
        first_token_s=None if first_token_at is None else first_token_at - started_at,
        total_s=ended_at - started_at,
        tokens_per_s=rate,
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one question, over however many attempts."""

    text: Text
    status: AnswerStatus
    model: str = ""
    reasoning: str = ""
    finish_reason: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    usage: Usage | None = None
    timings: Timings = Timings()
    interruptions: tuple[Interruption, ...] = ()
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and, once it came, its answer.

    `options` are the sampling parameters that were sent (`temperature`, …).
    """

    id: str
    question: Message
    answer: Answer | None = None
    parent: str = ""
    model: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def messages(self) -> tuple[Message, ...]:
        """Question and answer, as later requests repeat them; none if no answer came."""
        if self.answer is None or not self.answer.text:
            return ()
        return (self.question, build_message(Role.ASSISTANT, str(self.answer.text)))


@dataclass(frozen=True, slots=True)
class Conversation:
    """One line of turns, oldest first, under an optional system prompt."""

    id: str
    system: str = ""
    title: str = ""
    turns: Turns = field(default_factory=Turns)

    def append(self, turn: Turn) -> "Conversation":
        """Return the conversation with `turn` at its end, its parent set to the turn before."""
        return replace(self, turns=self.turns.append(replace(turn, parent=self.tip)))

    def undo(self, count: int = 1) -> "Conversation":
        """Return the conversation without its last `count` turns."""
        return replace(self, turns=self.turns.take(max(len(self.turns) - count, 0)))

    def retry(self, turn: Turn) -> "Conversation":
        """Return the conversation with `turn` in place of the last one, as its sibling."""
        return self.undo().append(turn)

    def answer_last(self, answer: Answer) -> "Conversation":
        """Return the conversation with `answer` as the answer of its last turn.

        Raises:
            IndexError: There is no turn to answer.
        """
        answered = replace(self.turns[-1], answer=answer)
        return replace(self, turns=self.turns.take(len(self.turns) - 1).append(answered))

    def fork(self, new_id: str) -> "Conversation":
        """Return the same line of turns as the beginning of another conversation."""
        return replace(self, id=new_id)

    @property
    def tip(self) -> str:
        """The id of the last turn, or an empty string."""
        return self.turns[-1].id if self.turns else ""

    def build_messages(self) -> tuple[Message, ...]:
        """Return the messages that ask the last turn's question: system, turns, the question.

        The last turn's own answer is left out, if it has one already, and so is an earlier turn
        whose question was never answered.
        """
        earlier = islice(self.turns, max(len(self.turns) - 1, 0))
        return (
            *self._build_system(),
            *(message for turn in earlier for message in turn.messages),
            *(turn.question for turn in self.turns.loose[-1:]),
        )

    def build_request(self) -> "tuple[Message | PackedTurns, ...]":
        """Return the same messages, to be sent: those of packed turns packed as they are."""
        return (
            *self._build_system(),
            *self.turns.packed,
            *(message for turn in self.turns.loose[:-1] for message in turn.messages),
            *(turn.question for turn in self.turns.loose[-1:]),
        )

    def _build_system(self) -> tuple[Message, ...]:
        return (build_message(Role.SYSTEM, self.system),) if self.system else ()
