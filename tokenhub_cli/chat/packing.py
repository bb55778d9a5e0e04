"""Turns packed into less memory than the text that they hold, ready to be sent again.

As objects, a turn takes 1 KB besides its text, and the text up to four bytes a character. Packed,
what was said is compressed JSON, as each later request repeats it. All else that is known of the
turns is pickled, and its strings that the JSON holds too are taken from there.

Even that need not stay in memory: whoever has a better place for the bytes gives a function that
puts them there, and that returns the function which reads them back.
"""

import io
import json
import pickle
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from tokenhub_cli.chat.encoding import build_message_body, encode_json
from tokenhub_cli.chat.long_text import LongText

if TYPE_CHECKING:
    from tokenhub_cli.chat.conversation import Turn

LEVEL = 6
STORED = 0
MOST_COMPRESSED = 1 << 20  # bytes; what is longer holds pictures, which hardly get smaller

Read = Callable[[], bytes]
Put = Callable[[bytes], Read]


def hold(data: bytes) -> Read:
    """Put bytes nowhere: they stay in memory."""
    return lambda: data


class PackedTurns:
    """Turns that are packed together.

    Attributes:
        length: Of what `read_messages` returns, in bytes.
        characters: Of the words in it.

    Args:
        turns: The turns.
        put: Puts what they are packed into somewhere.
    """

    __slots__ = ("_read", "_split", "characters", "length")

    def __init__(self, turns: "Sequence[Turn]", put: Put = hold) -> None:
        messages = [message for turn in turns for message in turn.messages]
        encoded = b"".join(encode_json(build_message_body(message)) + b"," for message in messages)
        self.length = len(encoded)
        self.characters = sum(len(message.text) for message in messages)
        packed = _compress(encoded)
        self._split = len(packed)  # behind it are the details
        buffer = io.BytesIO()
        _Packer(buffer, _find_strings(encoded)).dump(tuple(turns))
        self._read = put(packed + _compress(buffer.getbuffer()))

    def read_messages(self) -> bytes:
        """Return the turns' messages as JSON, with a comma after each.

        Raises:
            TokenHubError: They cannot be read back from where they were put.
        """
        return zlib.decompress(self._read()[: self._split])

    def unpack(self) -> "tuple[Turn, ...]":
        """Return the turns.

        Raises:
            TokenHubError: They cannot be read back from where they were put.
        """
        packed = self._read()
        known = _find_strings(zlib.decompress(packed[: self._split]))
        details = io.BytesIO(zlib.decompress(packed[self._split :]))
        turns: tuple[Turn, ...] = _Unpacker(details, known).load()
        return turns


def _compress(data: "bytes | memoryview") -> bytes:
    return zlib.compress(data, LEVEL if len(data) < MOST_COMPRESSED else STORED)


def _find_strings(encoded: bytes) -> list[str]:
    """Return the texts and pictures in messages that are encoded."""
    return [
        text for body in json.loads(b"[" + encoded[:-1] + b"]") for text in _iterate_strings(body)
    ]


def _iterate_strings(body: dict[str, Any]) -> Iterator[str]:
    match body:
        case {"content": str(text)}:
            yield text
        case {"content": list(parts)}:
            for part in parts:
                yield part["text"] if part["type"] == "text" else part["image_url"]["url"]


class _Packer(pickle.Pickler):
    """Writes a dataclass as the call that makes it, which is read faster than its state."""

    def __init__(self, file: io.BytesIO, known: Sequence[str]) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._known = {text: number for number, text in enumerate(known)}

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, LongText):
            return str, (str(value),)  # which the messages hold
        if isinstance(value, type) or not is_dataclass(value):
            return NotImplemented
        return type(value), tuple(getattr(value, field.name) for field in fields(value))

    def persistent_id(self, value: Any) -> int | None:
        return self._known.get(value) if type(value) is str else None


class _Unpacker(pickle.Unpickler):
    """Reads what a packer of this process wrote; nothing else is ever given to it."""

    def __init__(self, file: io.BytesIO, known: Sequence[str]) -> None:
        super().__init__(file)
        self._known = known

    def persistent_load(self, number: int) -> str:
        return self._known[number]
