"""How to ask a gateway to go on with a partial answer: the rungs of the ladder, best first."""

from enum import StrEnum


class Strategy(StrEnum):
    """One way of sending the partial answer back.

    PREFIX marks a trailing assistant message with the gateway's own flag; PLAIN sends the trailing
    assistant message without one; ANCHOR is a trailing user message that asks to go on from the
    last words. Which gateway understands which: `wire/request.py`.
    """

    PREFIX = "prefix"
    PLAIN = "plain"
    ANCHOR = "anchor"
