"""Tool calls are put together from their pieces."""

from typing import Any

from tokenhub_cli.chat.conversation import ToolCall
from tokenhub_cli.wire.tool_calls import ToolCallAssembler


def piece(arguments: Any, **fields: Any) -> dict[str, Any]:
    return {"function": {"arguments": arguments}, **fields}


def feed(assembler: ToolCallAssembler, *pieces: Any, are_whole: bool = False) -> list[ToolCall]:
    assert assembler.feed(list(pieces), are_whole=are_whole)
    return assembler.take_changed()


def test_a_new_id_begins_a_new_call_and_a_known_one_goes_on() -> None:
    """The id counts for more than the number."""
    assembler = ToolCallAssembler()
    feed(assembler, piece("1", index=0, id="a"), piece("2", index=0, id="b"))
    changed = feed(assembler, piece("3", id="a"), piece("4", index=0))
    assert changed == [ToolCall(0, "a", "", "13"), ToolCall(1, "b", "", "24")]


def test_calls_without_number_or_id_are_told_apart_by_place() -> None:
    """Several in one list are several calls; one alone goes on with the last."""
    changed = feed(ToolCallAssembler(), piece({}), piece({"x": "é"}))
    assert changed == [ToolCall(0, "", "", "{}"), ToolCall(1, "", "", '{"x": "é"}')]


def test_a_message_repeats_calls_as_a_whole() -> None:
    """Whole calls replace what was accumulated."""
    assembler = ToolCallAssembler()
    feed(assembler, piece('{"x"', index=0, id="a"))
    changed = feed(assembler, piece('{"x":1}', id="a"), are_whole=True)
    assert changed == [ToolCall(0, "a", "", '{"x":1}')]


def test_half_a_surrogate_pair_waits_for_the_other_half() -> None:
    """Arguments are valid Unicode in every state and whole in the last."""
    assembler = ToolCallAssembler()
    assert feed(assembler, piece("a\ud83d", index=0))[0].arguments == "a"
    assert feed(assembler, piece("\ude42", index=0))[0].arguments == "a🙂"


def test_many_pieces_are_put_together_once_a_read() -> None:
    """Pieces wait until somebody looks, so that long arguments cost their length only."""
    assembler = ToolCallAssembler()
    for _ in range(1000):
        assembler.feed([piece("abcd", index=0)])
    assert len(assembler._calls[0].arguments) == 1000
    assert assembler.has_changed
    assert assembler.take_changed() == [ToolCall(0, "", "", "abcd" * 1000)]
    assert not assembler.has_changed


def test_what_is_no_call_is_ignored() -> None:
    """Senseless shapes change nothing."""
    assembler = ToolCallAssembler()
    assert not assembler.feed(None)
    assert not assembler.feed([None, 1, "x"])
    assert not assembler.feed_function_call({})
    assert feed(assembler, {"function": 1, "id": 2, "index": "x"}) == [ToolCall(0, "", "", "")]
