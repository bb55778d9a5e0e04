"""Reads the words out of a `delta` or `message`, in each of the forms in which they come."""

import json
from collections.abc import Mapping
from typing import Any

_THINKING_PARTS = frozenset({"thinking", "reasoning", "reasoning_text", "summary_text"})
_REASONING_FIELDS = ("reasoning_content", "reasoning", "reasoning_details")


def read_content(piece: Mapping[str, Any]) -> tuple[str, str]:
    """Return the text and the thinking that `content`, and a `refusal`, hold; both may be empty."""
    text, thinking = _read_value(piece.get("content"))
    refusal = piece.get("refusal")
    if isinstance(refusal, str):
        text += refusal
    return text, thinking


def read_reasoning(piece: Mapping[str, Any], field: str) -> tuple[str, str]:
    """Return the name of the reasoning field that holds words, and the words.

    Args:
        piece: A `delta` or `message`.
        field: The only field to look at, or an empty string to look at each in turn.
    """
    for name in (field,) if field else _REASONING_FIELDS:
        value = piece.get(name)
        if value:
            text, thinking = _read_value(value)
            if text or thinking:
                return name, thinking + text
    return field, ""


def _read_value(value: object) -> tuple[str, str]:
    """Return the text and the thinking in a string, a number, a part or a list of parts."""
    match value:
        case str():
            return value, ""
        case bool() | None:
            return "", ""
        case int() | float():
            return json.dumps(value), ""
        case dict():
            return _read_part(value)
        case list():
            parts = [
                (part, "") if isinstance(part, str) else _read_part(part)
                for part in value
                if isinstance(part, str | dict)
            ]
            return "".join(text for text, _ in parts), "".join(thought for _, thought in parts)
        case _:
            return "", ""


def _read_part(part: Mapping[str, Any]) -> tuple[str, str]:
    """Return the text and the thinking of one part; pictures, sources and the like have none."""
    kind = part.get("type")
    words = ""
    for name in ("text", "thinking", "summary", "reasoning", "value"):
        words = _join_words(part.get(name))
        if words:
            break
    if isinstance(kind, str) and kind.split(".")[0] in _THINKING_PARTS:
        return "", words
    return words, ""


def _join_words(value: object) -> str:
    """Return a string, or the strings and `text` fields of a list, as one string."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        return ""
    words = [
        item.get("text") or item.get("value") if isinstance(item, dict) else item for item in value
    ]
    return "".join(word for word in words if isinstance(word, str))
