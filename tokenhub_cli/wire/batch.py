"""Joins what one network read said, so that a hundred chunks cost one event."""

from collections.abc import Iterable
from itertools import groupby

from tokenhub_cli.wire.events import (
    Decoded,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    UsageReported,
)


def join_deltas(decoded: list[Decoded]) -> list[Decoded]:
    """Return the same news in fewer events.

    Neighbouring pieces of text, and of reasoning, are joined. A usage report, or a tool call's
    state, that a later one of the list replaces is left out.
    """
    if len(decoded) <= 1:
        return decoded
    joined: list[Decoded] = []
    for kind, group in groupby(_drop_replaced(decoded), key=type):
        if kind is TextDelta:
            joined.append(TextDelta(_join_text(group)))
        elif kind is ReasoningDelta:
            joined.append(ReasoningDelta(_join_text(group)))
        else:
            joined.extend(group)
    return joined


def _join_text(group: Iterable[Decoded]) -> str:
    return "".join(piece.text for piece in group if isinstance(piece, TextDelta | ReasoningDelta))


def _drop_replaced(decoded: Iterable[Decoded]) -> list[Decoded]:
    kept: list[Decoded] = []
    seen: set[int] = set()
    for event in reversed(list(decoded)):
        match event:
            case UsageReported():
                key = -1
            case ToolCallDelta(call):
                key = call.index
            case _:
                kept.append(event)
                continue
        if key not in seen:
            seen.add(key)
            kept.append(event)
    kept.reverse()
    return kept
