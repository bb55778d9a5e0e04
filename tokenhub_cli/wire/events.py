"""What a stream can say.

`wire/chunks.py` decodes one server-sent event into the first group. `gateway/client.py` passes
text, reasoning and tool calls on, turns the rest into the second group, and always ends with
exactly one `Ended`.
"""

from dataclasses import dataclass

from tokenhub_cli.chat.conversation import AnswerStatus, ToolCall
from tokenhub_cli.chat.long_text import Text
from tokenhub_cli.chat.usage import Usage
from tokenhub_cli.errors import GatewayError, TokenHubError

# What one server-sent event can say.


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer, never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """A piece of the model's thinking, never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """A tool call as accumulated so far; a later one of the same index replaces it."""

    call: ToolCall


@dataclass(frozen=True, slots=True)
class UsageReported:
    """Token counts of this attempt so far; a later report replaces an earlier one."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class Finished:
    """The gateway gave a `finish_reason`, in its own spelling, never empty."""

    reason: str


@dataclass(frozen=True, slots=True)
class DoneMarker:
    """`[DONE]` was read. Proves nothing by itself."""


@dataclass(frozen=True, slots=True)
class FailureReported:
    """The gateway reported an error inside a stream that began well."""

    error: GatewayError


Decoded = (
    TextDelta
    | ReasoningDelta
    | ToolCallDelta
    | UsageReported
    | Finished
    | DoneMarker
    | FailureReported
)

# What one answer, over however many connections, can say besides.


@dataclass(frozen=True, slots=True)
class AttemptStarted:
    """A request is about to be sent; attempts count from 1."""

    attempt: int


@dataclass(frozen=True, slots=True)
class Retrying:
    """The attempt failed before any text; the next one begins in `wait_s` seconds."""

    attempt: int
    wait_s: float
    reason: str


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The attempt failed after `offset` characters of text; going on begins in `wait_s` seconds."""

    offset: int
    reason: str
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Resumed:
    """A continuation was joined; it repeated `overlap` characters of what had come."""

    strategy: str
    overlap: int


@dataclass(frozen=True, slots=True)
class Noted:
    """Something the user should know that changes nothing else, in one sentence."""

    message: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The answer's end, always the last event.

    `text` and `reasoning` are all that came, over all attempts. `error` is set when the status is
    INCOMPLETE or FAILED, and when it is UNVERIFIED at a gateway that is not known for that. `usage`
    is summed over all attempts, or None if none was answered.
    """

    status: AnswerStatus
    text: Text = ""
    reasoning: str = ""
    finish_reason: str = ""
    usage: Usage | None = None
    error: TokenHubError | None = None


Event = (
    TextDelta
    | ReasoningDelta
    | ToolCallDelta
    | AttemptStarted
    | Retrying
    | Interrupted
    | Resumed
    | Noted
    | Ended
)
