"""A request body as JSON, piece by piece: all of a long conversation is never in memory at once."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tokenhub_cli.chat.encoding import encode_json
from tokenhub_cli.errors import UsageError

if TYPE_CHECKING:
    from tokenhub_cli.chat.packing import PackedTurns


class EncodedBody:
    """A body as UTF-8 JSON: its bytes, as often as they are asked for, and how many they are.

    Attributes:
        length: In bytes.

    Args:
        body: The body; its `messages` are dictionaries, or packed turns but for the last.

    Raises:
        UsageError: An option's value is none that JSON can hold.
    """

    def __init__(self, body: Mapping[str, Any]) -> None:
        try:
            fields = {name: body[name] for name in body if name != "messages"}
            waiting = [encode_json(fields | {"messages": []})[:-2]]
        except (ValueError, TypeError, RecursionError) as error:
            raise UsageError(
                f"an option cannot be sent as JSON: {error}",
                hint="`tokenhub ask --help` shows options",
            ) from error
        self._pieces: list[bytes | PackedTurns] = []
        for message in body["messages"]:
            if isinstance(message, dict):
                waiting += [encode_json(message), b","]
            else:
                self._pieces += [b"".join(waiting), message] if waiting else [message]
                waiting.clear()
        if waiting[-1:] == [b","]:
            waiting.pop()
        self._pieces.append(b"".join([*waiting, b"]}"]))
        self.length = sum(
            len(piece) if isinstance(piece, bytes) else piece.length for piece in self._pieces
        )

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            yield piece if isinstance(piece, bytes) else piece.read_messages()
