"""An answer cut at the bytes of the wire: HTTP, frames, JSON and characters, over real sockets.

The gateway goes on exactly. The stream of raw UTF-8 is cut at every byte, the two others at every
ninth: inside the head, a frame, an escape, a code point, half a surrogate pair, a line end.
"""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.client import ask, find_end, open_client
from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.wire.recovery import Policy

TEXT = (
    "Fine 👍🏽 day 🇩🇪 使用Python编程 is fun.\n\n| a | b |\n| a | b |\nRow, row\r\nend 𝄞 e\u0301.\n"
)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
END = (
    b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'
    b'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}\n\n'
    b"data: [DONE]\n\n"
)

Encode = Callable[[str], bytes]


def encode_pieces(text: str, size: int, *, ascii_only: bool) -> bytes:
    end = "\r\n\r\n" if ascii_only else "\n\n"
    chunks = (
        {"choices": [{"delta": {"content": text[at : at + size]}, "finish_reason": None}]}
        for at in range(0, len(text), size)
    )
    return "".join(
        f"data: {json.dumps(chunk, ensure_ascii=ascii_only)}{end}" for chunk in chunks
    ).encode()


def encode_utf8(text: str) -> bytes:
    return encode_pieces(text, 5, ascii_only=False)


def encode_ascii(text: str) -> bytes:
    return encode_pieces(text, 3, ascii_only=True)


def encode_units(text: str) -> bytes:
    """Return one UTF-16 unit a chunk: each half of a surrogate pair comes by itself."""
    units = text.encode("utf-16-be")
    return b"".join(
        b'data: {"choices":[{"delta":{"content":"\\u%b"}}]}\n\n' % units[at : at + 2].hex().encode()
        for at in range(0, len(units), 2)
    )


class CutGateway:
    """Goes on exactly; of the first answer only so many bytes come, the head's among them."""

    def __init__(self, encode: Encode, cut: int) -> None:
        self._encode = encode
        self._cut = cut
        self.prefixes: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop, and wait for the thread."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                last = self._read_last_message(stream)
                prefix = last["content"] if last["role"] == "assistant" else ""
                body = HEAD + self._encode(TEXT.removeprefix(prefix)) + END
                connection.sendall(body if self.prefixes else body[: self._cut])
                self.prefixes.append(prefix)

    def _read_last_message(self, stream: Any) -> dict[str, Any]:
        length = 0
        while (line := stream.readline().strip().lower()) != b"":
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        message: dict[str, Any] = json.loads(stream.read(length))["messages"][-1]
        return message


@contextmanager
def cut_after(encode: Encode, cut: int) -> Iterator[CutGateway]:
    gateway = CutGateway(encode, cut)
    try:
        yield gateway
    finally:
        gateway.close()


@pytest.mark.parametrize("first", range(3))
@pytest.mark.parametrize(
    ("encode", "stride"), [(encode_utf8, 3), (encode_ascii, 18), (encode_units, 18)]
)
def test_a_cut_at_a_byte_of_the_wire_loses_and_doubles_nothing(
    encode: Encode, stride: int, first: int
) -> None:
    """Wherever the stream breaks off, the answer is the uncut one, and complete."""
    total = len(HEAD + encode(TEXT) + END)
    for cut in range(first * stride // 3, total + 1, stride):
        with (
            cut_after(encode, cut) as gateway,
            open_client(gateway.base_url, policy=Policy(max_retries=8)) as client,
        ):
            ended = find_end(ask(client))
        assert (ended.text, ended.status) == (TEXT, AnswerStatus.COMPLETE), cut
        assert all(TEXT.startswith(prefix) for prefix in gateway.prefixes), cut
