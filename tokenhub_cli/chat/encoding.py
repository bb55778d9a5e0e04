"""Messages as the protocol's JSON: words as a string, which every gateway takes; or as parts."""

import json
from typing import Any

from tokenhub_cli.chat.message import ImagePart, Message, Part, TextPart


def build_message_body(message: Message) -> dict[str, Any]:
    """Return a message as it stands in a request body."""
    content: str | list[dict[str, Any]] = message.text
    if message.images:
        content = [_build_part(part) for part in message.parts]
    return {"role": message.role.value, "content": content}


def encode_json(value: Any) -> bytes:
    """Return a value as compact UTF-8 JSON; lone surrogates, which UTF-8 cannot hold, become `?`.

    Raises:
        ValueError, TypeError, RecursionError: The value is none that JSON can hold.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "replace")


def _build_part(part: Part) -> dict[str, Any]:
    match part:
        case TextPart(text):
            return {"type": "text", "text": text}
        case ImagePart(url):
            return {"type": "image_url", "image_url": {"url": url}}
