"""An answer cut at the bytes of the wire: HTTP, frames, JSON and characters, over real sockets.

Where the gateway goes on exactly, the stream of raw UTF-8 is cut at every byte and the two others
at every ninth: inside the head, a frame, an escape, a code point, half a surrogate pair, a line
end. For the other ways to go on every 173rd byte must do here. That every byte is covered for all
of them is shown without sockets: a cut anywhere leaves a text cut between two code points
(`tests/wire/test_body_cuts.py`), and those are all tried (`tests/wire/test_seam_cuts.py`).
"""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.client import JOINED, ask, find_end, open_client
from tests.support.wire_bytes import (
    END,
    HEAD,
    Encode,
    encode_ascii,
    encode_units,
    encode_utf8,
)
from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.demo.continuation import (
    Continuation,
    continue_text,
    find_flag,
    read_conversation,
)
from tokenhub_cli.wire.events import Ended
from tokenhub_cli.wire.recovery import Policy

TEXT = (
    "Fine 👍🏽 day 🇩🇪 使用Python编程 is fun.\n\n| a | b |\n| a | b |\nRow, row\r\nend 𝄞 e\u0301.\n"
)
REFUSAL = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class CutGateway:
    """Goes on in its way; of the first answer only so many bytes come, the head's among them."""

    def __init__(self, encode: Encode, cut: int, way: Continuation) -> None:
        self._encode = encode
        self._cut = cut
        self._way = way
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
                reply = self._build_reply(self._read_body(stream))
                connection.sendall(reply if self.prefixes[1:] else reply[: self._cut])

    def _build_reply(self, body: dict[str, Any]) -> bytes:
        asked = read_conversation(body["messages"])
        self.prefixes.append(asked.partial or "")
        text, way = TEXT, self._way
        refuses = way is Continuation.REFUSES and asked.trailing
        if refuses or (way is Continuation.REFUSES_FLAGS and find_flag(body)):
            return REFUSAL
        if way is Continuation.FOLLOWS_ANCHOR:
            way = Continuation.STARTS_OVER if asked.trailing else Continuation.EXACT
        if asked.partial is not None:
            text = continue_text(way, TEXT, asked.partial)
        return HEAD + self._encode(text) + END

    def _read_body(self, stream: Any) -> dict[str, Any]:
        length = 0
        while (line := stream.readline().strip().lower()) != b"":
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        body: dict[str, Any] = json.loads(stream.read(length))
        return body


def ask_cut(encode: Encode, cut: int, way: Continuation = Continuation.EXACT) -> Ended:
    """Ask a gateway whose first answer breaks off; check that what was sent back had come."""
    with (
        cut_after(encode, cut, way) as gateway,
        open_client(gateway.base_url, policy=Policy(max_retries=8)) as client,
    ):
        ended = find_end(ask(client))
    assert all(TEXT.startswith(prefix) for prefix in gateway.prefixes), cut
    return ended


@contextmanager
def cut_after(encode: Encode, cut: int, way: Continuation) -> Iterator[CutGateway]:
    gateway = CutGateway(encode, cut, way)
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
    """Wherever the stream breaks off, the answer is the uncut one, and complete.

    Only after its first letter alone there is nothing that could prove a continuation.
    """
    total = len(HEAD + encode(TEXT) + END)
    for cut in range(first * stride // 3, total + 1, stride):
        ended = ask_cut(encode, cut)
        if ended.text == TEXT[:1]:
            assert ended.status is AnswerStatus.INCOMPLETE
        else:
            assert (ended.text, ended.status) == (TEXT, AnswerStatus.COMPLETE), cut


def check_way(encode: Encode, way: Continuation, cuts: range) -> int:
    """Cut at these bytes; return how many answers arrived whole. None is ever a wrong one."""
    whole = 0
    for cut in cuts:
        ended = ask_cut(encode, cut, way)
        if ended.status is AnswerStatus.COMPLETE:
            assert ended.text == TEXT, cut
            whole += 1
        else:
            assert ended.status is AnswerStatus.INCOMPLETE, cut
            assert TEXT.startswith(str(ended.text)), cut
    return whole


@pytest.mark.parametrize("way", [way for way in Continuation if way is not Continuation.EXACT])
@pytest.mark.parametrize("encode", [encode_utf8, encode_ascii, encode_units])
def test_a_cut_at_a_byte_is_joined_or_owned_to_however_the_gateway_goes_on(
    encode: Encode, way: Continuation
) -> None:
    """The text is the uncut one and complete, or what came of it and incomplete; never another."""
    total = len(HEAD + encode(TEXT) + END)
    cuts = range(len(HEAD), total + 1, 173)
    assert check_way(encode, way, cuts) >= (len(cuts) // 2 if way in JOINED else 1)
