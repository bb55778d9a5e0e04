"""Answers as the bytes of a stream: raw UTF-8, escaped ASCII, and half characters."""

import json
from collections.abc import Callable

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
END = (
    b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'
    b'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}\n\n'
    b"data: [DONE]\n\n"
)

Encode = Callable[[str], bytes]


def encode_pieces(text: str, size: int, *, ascii_only: bool) -> bytes:
    """Return the events of `text`, so many characters a chunk."""
    end = "\r\n\r\n" if ascii_only else "\n\n"
    chunks = (
        {"choices": [{"delta": {"content": text[at : at + size]}, "finish_reason": None}]}
        for at in range(0, len(text), size)
    )
    return "".join(
        f"data: {json.dumps(chunk, ensure_ascii=ascii_only)}{end}" for chunk in chunks
    ).encode()


def encode_utf8(text: str) -> bytes:
    """Return five characters a chunk, as they are."""
    return encode_pieces(text, 5, ascii_only=False)


def encode_ascii(text: str) -> bytes:
    """Return three characters a chunk, escaped, with CRLF."""
    return encode_pieces(text, 3, ascii_only=True)


def encode_units(text: str) -> bytes:
    """Return one UTF-16 unit a chunk: each half of a surrogate pair comes by itself."""
    units = text.encode("utf-16-be")
    return b"".join(
        b'data: {"choices":[{"delta":{"content":"\\u%b"}}]}\n\n' % units[at : at + 2].hex().encode()
        for at in range(0, len(units), 2)
    )
