"""What a gateway's `finish_reason` says about the answer.

The protocol knows five words; gateways that resell other vendors' models pass those vendors' words
on, in any case. A word that is not in the tables is an end like any other: the gateway did say that
the answer is over.
"""

from tokenhub_cli.chat.conversation import AnswerStatus

_LENGTH = frozenset({"length", "max_tokens", "max_output_tokens", "model_length", "token_limit"})
_CONTENT_FILTER = frozenset(
    {
        "content_filter",
        "content_filtered",
        "safety",
        "sensitive",
        "refusal",
        "recitation",
        "blocklist",
        "prohibited_content",
        "spii",
        "image_safety",
    }
)
_TOOL_CALLS = frozenset({"tool_calls", "tool_call", "tool_use", "function_call"})
_FAILURE = frozenset(
    {
        "error",
        "abort",
        "aborted",
        "cancelled",
        "canceled",
        "failed",
        "fault",
        "timeout",
        "time_limit",
        "network_error",
        "overloaded",
        "insufficient_system_resource",
        "malformed_function_call",
        "unexpected_tool_call",
    }
)
_NONE = frozenset({"", "null", "none"})  # some gateways write the words where null is meant


def parse_finish_reason(value: object) -> str:
    """Return the `finish_reason` in the gateway's spelling, or an empty string if it gave none."""
    if isinstance(value, dict):
        value = value.get("type")
    if not isinstance(value, str):
        return ""
    reason = value.strip().encode("utf-8", "replace").decode()[:100]
    return "" if reason.lower() in _NONE else reason


def classify_finish(reason: str) -> AnswerStatus:
    """Return how an answer with this `finish_reason` ended: FAILED if the gateway broke it off."""
    match reason.strip().lower():
        case word if word in _LENGTH:
            return AnswerStatus.LENGTH
        case word if word in _CONTENT_FILTER:
            return AnswerStatus.CONTENT_FILTER
        case word if word in _TOOL_CALLS:
            return AnswerStatus.TOOL_CALLS
        case word if word in _FAILURE:
            return AnswerStatus.FAILED
        case _:
            return AnswerStatus.COMPLETE
