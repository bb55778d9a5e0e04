"""One HTTP/1.1 connection of the embedded gateway: requests in, bytes out, under full control.

A small parser of its own (RFC 9112) rather than `http.server`, which hides just what the faults
need: where a chunk ends, when a close is a FIN and when a RST, and whether the client is still
there. Start-up is no reason: beside httpx, `http.server` costs 1 ms more to import.
"""

import contextlib
import json
import socket
import struct
import sys
import threading
import time
from dataclasses import dataclass
from typing import Any

MOST_HEAD_BYTES = 64 * 1024
MOST_BODY_BYTES = 64 * 1024 * 1024
READ_BYTES = 64 * 1024
SECONDS_BEFORE_RESET = 0.02


class HungUpError(Exception):
    """The client closed the connection, or the gateway is being stopped."""


class BadRequestError(Exception):
    """What arrived is not HTTP/1.1 as this gateway speaks it."""


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """A request as it arrived.

    Attributes:
        method: Such as `POST`.
        path: The target without its query.
        headers: By lower-case name; of a repeated one the last.
        content: The body's bytes.
        body: The body decoded, or None where it is not JSON.
        version: `HTTP/1.1` or `HTTP/1.0`.
    """

    method: str
    path: str
    headers: dict[str, str]
    content: bytes
    body: Any
    version: str = "HTTP/1.1"

    @property
    def keeps_alive(self) -> bool:
        """Whether the client means to send another request on this connection."""
        return self.version == "HTTP/1.1" and self.headers.get("connection", "").lower() != "close"


class Connection:
    """The server's end of one connection.

    Args:
        sock: The connected socket; closed by `close` or `reset`.
        stopping: Set when the gateway is being stopped; ends every pause.
    """

    def __init__(self, sock: socket.socket, stopping: threading.Event) -> None:
        self._socket = sock
        self._stopping = stopping
        self._buffer = bytearray()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def read_request(self) -> ReceivedRequest | None:
        """Return the next request, or None when the client has closed the connection.

        Raises:
            BadRequestError: What arrived is no request.
            HungUpError: The connection ended in mid-request.
        """
        head = self._read_head()
        if head is None:
            return None
        lines = head.decode("latin-1").split("\r\n")
        try:
            method, target, version = lines[0].split(" ")
            pairs = [line.split(":", 1) for line in lines[1:]]
            headers = {name.lower(): value.strip() for name, value in pairs}
        except ValueError:
            raise BadRequestError from None
        if headers.get("expect", "").lower() == "100-continue":
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        content = self._read_content(headers)
        try:
            body = json.loads(content) if content else None
        except (ValueError, RecursionError):
            body = None
        path = target.split("?", 1)[0]
        return ReceivedRequest(method, path, headers, content, body, version)

    def _read_head(self) -> bytes | None:
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            if len(self._buffer) > MOST_HEAD_BYTES:
                raise BadRequestError
            if not self._receive():
                if self._buffer:
                    raise HungUpError
                return None
        head = bytes(self._buffer[:end])
        del self._buffer[: end + 4]
        return head.lstrip(b"\r\n")

    def _read_content(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self._read_chunks()
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MOST_BODY_BYTES:
            raise BadRequestError
        return self._take(int(length))

    def _read_chunks(self) -> bytes:
        content = b""
        while True:
            try:
                size = int(self._take_line().split(b";")[0], 16)
            except ValueError:
                raise BadRequestError from None
            if len(content) + size > MOST_BODY_BYTES:
                raise BadRequestError
            content += self._take(size)
            if size:
                self._take(2)
                continue
            while self._take_line():  # trailer fields
                pass
            return content

    def _take_line(self) -> bytes:
        while (end := self._buffer.find(b"\r\n")) < 0:
            if len(self._buffer) > MOST_HEAD_BYTES or not self._receive():
                raise HungUpError
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line

    def _take(self, length: int) -> bytes:
        while len(self._buffer) < length:
            if not self._receive():
                raise HungUpError
        content = bytes(self._buffer[:length])
        del self._buffer[:length]
        return content

    def _receive(self) -> bool:
        try:
            self._socket.settimeout(None)
            data = self._socket.recv(READ_BYTES)
        except OSError:
            return False
        self._buffer += data
        return bool(data)

    def send(self, data: bytes) -> None:
        """Send all of `data`; raise `HungUpError` when nobody takes it."""
        try:
            self._socket.settimeout(None)
            self._socket.sendall(data)
        except OSError:
            raise HungUpError from None

    def pause(self, seconds: float) -> None:
        """Wait, unless the client hangs up meanwhile: then raise `HungUpError` at once.

        A client that closes only its sending half counts as having hung up.
        """
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                self._socket.settimeout(left)
                data = self._socket.recv(1, socket.MSG_PEEK)
            except TimeoutError:
                return
            except OSError:
                raise HungUpError from None
            if not data:
                raise HungUpError
            # The next request is already here, so the socket cannot tell whether the client is.
            if self._stopping.wait(until - time.monotonic()):
                raise HungUpError

    def shut_down(self) -> None:
        """Wake whatever waits on this connection, from any thread."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close with FIN: what was sent arrives, then the end."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
            # Closing with unread bytes would send a RST, and the client could lose the answer.
            self._socket.settimeout(0)
            while self._socket.recv(READ_BYTES):
                pass
        self._socket.close()

    def reset(self) -> None:
        """Close with RST: the client's next read fails, and what it had not read may be lost."""
        if sys.platform != "linux":
            # Elsewhere a RST also throws away what the client has received and not yet read.
            time.sleep(SECONDS_BEFORE_RESET)
        # Linger for 0 seconds: unsent data is dropped, and a RST takes the place of the FIN.
        layout = "hh" if sys.platform == "win32" else "ii"
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(layout, 1, 0))
        self._socket.close()
