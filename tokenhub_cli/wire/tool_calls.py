"""Puts tool calls together from the pieces in which they come."""

import json
from typing import Any

from tokenhub_cli.chat.conversation import ToolCall
from tokenhub_cli.wire.channel import replace_surrogates


class _OpenCall:
    """A call under way; its arguments stay in pieces until somebody looks."""

    __slots__ = ("arguments", "id", "name")

    def __init__(self) -> None:
        self.id = ""
        self.name = ""
        self.arguments: list[str] = []


class ToolCallAssembler:
    """The tool calls of one answer.

    Gateways give the id and name once or with every piece, number the calls, give the same number
    to all of them, or none. So a piece belongs to the call with its id; without an id, to the call
    last seen under its number; without either, to the last call. A new id begins a new call.
    """

    __slots__ = ("_by_number", "_calls", "_changed")

    def __init__(self) -> None:
        self._calls: list[_OpenCall] = []
        self._by_number: dict[int, int] = {}
        self._changed: dict[int, None] = {}

    @property
    def has_changed(self) -> bool:
        """Whether there is anything for `take_changed`."""
        return bool(self._changed)

    def take_changed(self) -> list[ToolCall]:
        """Return the calls that changed since this was last asked, as they now stand.

        Putting a call together costs its length, so it is done once a network read.
        """
        changed, self._changed = self._changed, {}
        return [self._build(index) for index in changed]

    def feed(self, pieces: object, *, are_whole: bool = False) -> bool:
        """Take in a chunk's `tool_calls`; tell whether any call was among them.

        Args:
            pieces: The list as it came.
            are_whole: Whether it repeats the calls as a whole, as a `message` does.
        """
        if not isinstance(pieces, list):
            return False
        said = False
        for position, piece in enumerate(pieces):
            if isinstance(piece, dict):
                number = piece.get("index")
                if not isinstance(number, int):
                    number = position if are_whole or len(pieces) > 1 else None
                self._changed[self._feed_piece(piece, number, is_whole=are_whole)] = None
                said = True
        return said

    def feed_function_call(self, function: object, *, is_whole: bool = False) -> bool:
        """Take in a `function_call`, the protocol's older form of one call, as `feed` does."""
        if not isinstance(function, dict) or not function:
            return False
        return self.feed([{"index": 0, "function": function}], are_whole=is_whole)

    def _feed_piece(self, piece: dict[str, Any], number: int | None, *, is_whole: bool) -> int:
        call_id = _read_words(piece.get("id"))
        index = self._find(number, call_id)
        call = self._calls[index]
        call.id = call.id or call_id
        function = piece.get("function")
        if isinstance(function, dict):
            call.name = call.name or _read_words(function.get("name"))
            match function.get("arguments"):
                case str(text) if is_whole:
                    call.arguments = [text]
                case str(text):
                    call.arguments.append(text)
                case dict() | list() as value:
                    call.arguments = [json.dumps(value, ensure_ascii=False)]
        return index

    def _find(self, number: int | None, call_id: str) -> int:
        """Return the place of the call that a piece belongs to, made if it is new."""
        if call_id:
            for index, call in enumerate(self._calls):
                if call.id == call_id:
                    return index
        known = len(self._calls) - 1 if number is None else self._by_number.get(number, -1)
        if known == -1 or (call_id and self._calls[known].id):
            self._calls.append(_OpenCall())
            known = len(self._calls) - 1
        if number is not None:
            self._by_number[number] = known
        return known

    def _build(self, index: int) -> ToolCall:
        call = self._calls[index]
        arguments = "".join(call.arguments)
        call.arguments = [arguments]
        # A pair may be cut in two here; its first half waits for the second.
        if "\ud800" <= arguments[-1:] <= "\udbff":
            arguments = arguments[:-1]
        return ToolCall(index, call.id, call.name, replace_surrogates(arguments))


def _read_words(value: object) -> str:
    return replace_surrogates(value) if isinstance(value, str) else ""
