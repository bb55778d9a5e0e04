"""What is said: a message has a role and parts; a part is text or an image.

The shapes follow the request body of the chat completions protocol, so that `wire/request.py` is a
plain translation. Values are immutable: a changed message is a new message.
"""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Who speaks."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class TextPart:
    """Words, and the content of text files after them.

    `files` are these files' paths; if there are any, `typed` is the length of the words before.
    """

    text: str
    files: tuple[str, ...] = ()
    typed: int = 0

    @property
    def words(self) -> str:
        """What was typed."""
        return self.text[: self.typed] if self.files else self.text


@dataclass(frozen=True, slots=True)
class ImagePart:
    """A picture, as a URL that the gateway can use: `https://…` or `data:image/png;base64,…`.

    `source` is what the user named (a path, a URL or `-`), `media_type`, `size` (bytes) and
    `sha256` describe a local file; history keeps these, never the bytes.
    """

    url: str
    source: str = ""
    media_type: str = ""
    size: int = 0
    sha256: str = ""


Part = TextPart | ImagePart


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation."""

    role: Role
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The message's words, its text parts joined by blank lines."""
        return "\n\n".join(part.text for part in self.parts if isinstance(part, TextPart))

    @property
    def characters(self) -> int:
        """How many characters the words have."""
        return len(self.text)

    @property
    def words(self) -> str:
        """What was typed, without the content of files."""
        return "\n\n".join(part.words for part in self.parts if isinstance(part, TextPart))

    @property
    def files(self) -> tuple[str, ...]:
        """The paths of the text files that went along, in order."""
        texts = (part for part in self.parts if isinstance(part, TextPart))
        return tuple(path for part in texts for path in part.files)

    @property
    def images(self) -> tuple[ImagePart, ...]:
        """The message's pictures, in order."""
        return tuple(part for part in self.parts if isinstance(part, ImagePart))


def build_message(role: Role, text: str) -> Message:
    """Return a message of plain words."""
    return Message(role, (TextPart(text),))
