"""What one read said is joined."""

from tokenhub_cli.chat.conversation import ToolCall
from tokenhub_cli.chat.usage import Usage
from tokenhub_cli.wire.batch import join_deltas
from tokenhub_cli.wire.events import (
    Decoded,
    DoneMarker,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    UsageReported,
)


def test_neighbours_are_joined_and_replaced_states_left_out() -> None:
    """The order of text and reasoning stays; of usage and each call the last state counts."""
    decoded: list[Decoded] = [
        ReasoningDelta("a"),
        ReasoningDelta("b"),
        TextDelta("c"),
        UsageReported(Usage(1)),
        TextDelta("d"),
        ToolCallDelta(ToolCall(0, "", "", "{")),
        ToolCallDelta(ToolCall(1, "", "", "[")),
        UsageReported(Usage(2)),
        ToolCallDelta(ToolCall(0, "", "", "{}")),
        ReasoningDelta("e"),
        DoneMarker(),
    ]
    assert join_deltas(decoded) == [
        ReasoningDelta("ab"),
        TextDelta("cd"),
        ToolCallDelta(ToolCall(1, "", "", "[")),
        UsageReported(Usage(2)),
        ToolCallDelta(ToolCall(0, "", "", "{}")),
        ReasoningDelta("e"),
        DoneMarker(),
    ]
    assert join_deltas([]) == []
