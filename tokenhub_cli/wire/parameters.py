"""Recognises which field of a request a gateway refused, and whether the field or only its value.

A structured answer names it (`param`, FastAPI's `loc`). Otherwise the message is searched for the
names of fields that we may have sent, and only if it speaks of refusing something. Names that are
ordinary words as well (`stop`, `prefix`) count only in quotation marks or next to "parameter" or
the like; the first name that appears is the refused one, since others are offered as a remedy
("'max_tokens' is not supported, use 'max_completion_tokens'").
"""

import re
from collections.abc import Sequence

_PLAIN_NAMES = (
    "add_generation_prompt",
    "continue_final_message",
    "frequency_penalty",
    "include_usage",
    "logit_bias",
    "max_completion_tokens",
    "max_tokens",
    "presence_penalty",
    "reasoning_content",
    "reasoning_effort",
    "response_format",
    "stream_options",
    "temperature",
    "tool_choice",
    "top_k",
    "top_p",
)
_AMBIGUOUS_NAMES = ("partial", "prefix", "stop", "seed", "stream", "n", "reasoning", "tools")

_REFUSAL = re.compile(
    r"unsupported|not support|unrecogni[sz]ed|unknown|unexpected|unavailable|forbidden|deprecated"
    r"|not (?:be )?(?:permitted|allowed|accepted|available|(?:a )?valid|compatible|enabled)"
    r"|extra (?:fields|inputs)|additional propert|cannot (?:find|be|use)|invalid"
    r"|only .{0,40}support|must be|must not|out of range",
    re.IGNORECASE,
)
# What is said of a field that is not taken at all, and what is said of a value.
_FIELD_KINDS = frozenset({"unsupported_parameter", "unknown_parameter", "extra_forbidden"})
_OF_FIELD = re.compile(
    r"unsupported (?:parameter|argument|field|option)|not support|unrecogni[sz]ed|unknown"
    r"|unexpected|deprecated|extra (?:fields|inputs)|additional propert|cannot find"
    r"|not (?:be )?(?:permitted|allowed|accepted|available|enabled)",
    re.IGNORECASE,
)
_OF_VALUE = re.compile(
    r"\bvalues?\b|too (?:large|big|high|long|small|low)|at (?:most|least)|exceed|maximum|minimum"
    r"|\brange\b|between|(?:less|greater|more|larger|smaller|higher|lower) than|integer",
    re.IGNORECASE,
)
_NOUN = r"(?:parameter|argument|field|option|property|name|key|input)s?"
_MENTION = re.compile(
    rf"(?<![\w.])(?:(?P<plain>{'|'.join(_PLAIN_NAMES)})"
    rf"|(?<=['\"`])(?P<quoted>{'|'.join(_AMBIGUOUS_NAMES)})(?=['\"`])"
    rf"|{_NOUN}(?:\s+supplied)?\s*:?\s+(?P<after>{'|'.join(_AMBIGUOUS_NAMES)})"
    rf"|(?P<before>{'|'.join(_AMBIGUOUS_NAMES)})\s+{_NOUN})(?!\w)"
)


def find_refused_parameter(named: str, message: str) -> str:
    """Return the refused field's name, or an empty string.

    Args:
        named: What the gateway's answer names as the field, or an empty string.
        message: The gateway's message.
    """
    if re.fullmatch(r"[A-Za-z_][\w-]{0,63}", named, re.ASCII):
        return "stream_options" if named == "include_usage" else named
    if not _REFUSAL.search(message):
        return ""
    found = _MENTION.search(message)
    if not found:
        return ""
    name = next(group for group in found.groups() if group)
    return "stream_options" if name == "include_usage" else name


def refuses_field(name: str, message: str, kinds: Sequence[str] = ()) -> bool:
    """Tell whether a refused field is not taken at all, so that leaving it out would help.

    Of `max_tokens` a gateway may well say that 100000 is too many; then asking in other words would
    only hide the reason. `stream_options` nobody has given a value but us.

    Args:
        name: From `find_refused_parameter`.
        message: The gateway's message.
        kinds: Its code and type, in lower case.
    """
    if name == "stream_options" or not _FIELD_KINDS.isdisjoint(kinds):
        return True
    return bool(_OF_FIELD.search(message)) and not _OF_VALUE.search(message)
