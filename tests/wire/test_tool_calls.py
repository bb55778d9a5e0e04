"""Tool calls are put together from their pieces."""

from typing import Any

from tokenhub_cli.chat.conversation import ToolCall
from tokenhub_cli.wire.tool_calls import ToolCallAssembler


def piece(arguments: Any, **fields: Any) -> dict[str, Any]:
    return {"function": {"arguments": arguments}, **fields}


def test_a_new_id_begins_a_new_call_and_a_known_one_goes_on() -> None:
    """The id counts for more than the number."""
    assembler = ToolCallAssembler()
    assembler.feed([piece("1", index=0, id="a"), piece("2", index=0, id="b")])
    changed = assembler.feed([piece("3", id="a"), piece("4", index=0)])
    assert changed == [ToolCall(0, "a", "", "13"), ToolCall(1, "b", "", "24")]


def test_calls_without_number_or_id_are_told_apart_by_place() -> None:
    """Several in one list are several calls; one alone goes on with the last."""
    assembler = ToolCallAssembler()
    changed = assembler.feed([piece({}), piece({"x": "é"})])
    assert changed == [ToolCall(0, "", "", "{}"), ToolCall(1, "", "", '{"x": "é"}')]


def test_a_message_repeats_calls_as_a_whole() -> None:
    """Whole calls replace what was accumulated."""
    assembler = ToolCallAssembler()
    assembler.feed([piece('{"x"', index=0, id="a")])
    assert assembler.feed([piece('{"x":1}', id="a")], are_whole=True) == [
        ToolCall(0, "a", "", '{"x":1}')
    ]


def test_half_a_surrogate_pair_waits_for_the_other_half() -> None:
    """Arguments are valid Unicode in every state and whole in the last."""
    assembler = ToolCallAssembler()
    assert assembler.feed([piece("a\ud83d", index=0)])[0].arguments == "a"
    assert assembler.feed([piece("\ude42", index=0)])[0].arguments == "a🙂"


def test_what_is_no_call_is_ignored() -> None:
    """Senseless shapes change nothing."""
    assembler = ToolCallAssembler()
    assert assembler.feed(None) == []
    assert assembler.feed([None, 1, "x"]) == []
    assert assembler.feed_function_call({}) == []
    assert assembler.feed([{"function": 1, "id": 2, "index": "x"}]) == [ToolCall(0, "", "", "")]
