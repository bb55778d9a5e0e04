r"""Talking to a gateway without our own client, and a server that sends scripted bytes.

with DemoGateway(tokens_per_second=None, faults=(Cut(300),)) as gateway:
    reply = post_messages(gateway.port, "Write a poem")
    assert reply.broken

with ScriptedServer([b"HTTP/1.1 200 OK\r\n\r\n", 0.05, b"data: …"]) as server:
    …  # server.base_url
"""

import contextlib
import http.client
import itertools
import json
import socket
import struct
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

HOST = "127.0.0.1"
RESET = object()  # in a script: close with RST
READ_REQUEST = object()  # in a script: wait for one more request first


@dataclass(frozen=True, slots=True)
class Reply:
    """What a plain HTTP client got.

    Attributes:
        status: The status; 0 if no response came.
        headers: By lower-case name.
        body: The body as far as it came.
        broken: The body ended before HTTP said so, or no response came at all.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    broken: bool = False

    @property
    def json(self) -> Any:
        """The body decoded."""
        return json.loads(self.body)

    @property
    def events(self) -> list[Any]:
        """The body's whole `data:` events, decoded; `[DONE]` as that string."""
        lines = [line for line in self.body.decode().splitlines() if line.startswith("data:")]
        if not self.body.endswith(b"\n") and lines:
            lines.pop()  # cut in two
        values = [line.removeprefix("data:").strip() for line in lines]
        return [value if value == "[DONE]" else json.loads(value) for value in values]

    @property
    def text(self) -> str:
        """The pieces of text, joined."""
        return self._join("content")

    @property
    def reasoning(self) -> str:
        """The pieces of reasoning, joined."""
        return self._join("reasoning_content")

    @property
    def finish_reason(self) -> str:
        """The last finish_reason, or an empty string."""
        reasons = [choice.get("finish_reason") for choice in self._choices()]
        return next((reason for reason in reversed(reasons) if reason), "")

    def _choices(self) -> list[Any]:
        chunks = [event for event in self.events if isinstance(event, dict)]
        return [choice for chunk in chunks for choice in chunk.get("choices") or ()]

    def _join(self, name: str) -> str:
        return "".join(choice.get("delta", {}).get(name) or "" for choice in self._choices())


def build_body(question: str | Sequence[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """Return a request body: a question, or whole messages."""
    messages = [{"role": "user", "content": question}] if isinstance(question, str) else question
    return {"model": "gpt-4o", "messages": list(messages), "stream": True, **more}


def request(
    port: int,
    method: str,
    path: str,
    *,
    body: bytes | None = None,
    key: str | None = "sk-test",
    timeout: float = 10.0,
) -> Reply:
    """Send one request on a connection of its own, by the standard library's client."""
    headers = {"Content-Type": "application/json"} if body is not None else {}
    if key is not None:
        headers["Authorization"] = f"Bearer {key}"
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return read_reply(response)
    except (http.client.HTTPException, ConnectionError):
        return Reply(0, {}, b"", broken=True)
    finally:
        connection.close()


def read_reply(response: http.client.HTTPResponse) -> Reply:
    """Return a response, however it ends."""
    received = bytearray()
    broken = False
    try:
        while data := response.read1(65536):
            received += data
    except (http.client.HTTPException, ConnectionError, ValueError):
        broken = True
    missing = response.length not in (None, 0)
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Reply(response.status, headers, bytes(received), broken=broken or missing)


def post_messages(
    port: int,
    question: str | Sequence[dict[str, Any]],
    *,
    key: str | None = "sk-test",
    **more: Any,
) -> Reply:
    """Ask for a streamed answer to a question, or to whole messages; `more` joins the body."""
    body = json.dumps(build_body(question, **more)).encode()
    return request(port, "POST", "/v1/chat/completions", body=body, key=key)


def find_free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class ScriptedServer:
    """Accepts connections one after the other and plays a script on each.

    A script is a row of bytes (sent as they are, one write each), numbers (seconds of silence; the
    end of the server ends it), `READ_REQUEST` and `RESET`. Each script begins by reading the
    request, and ends with FIN unless it says `RESET`. An iterator without an end never does.

    Args:
        scripts: One script for each connection, in order; further connections get the last again.
    """

    def __init__(self, *scripts: Iterable[object]) -> None:
        self.requests: list[bytes] = []
        self._scripts = scripts
        self._stopping = threading.Event()
        self._current: socket.socket | None = None
        self._listener = socket.create_server((HOST, 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def base_url(self) -> str:
        """What a client is given as base URL."""
        return f"http://{HOST}:{self.port}/v1"

    def __enter__(self) -> Self:
        """Return the server, which is open already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop, and wait for the thread."""
        self._stopping.set()
        current = self._current
        with contextlib.suppress(OSError):
            if current is not None:
                current.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            socket.create_connection((HOST, self.port), timeout=1).close()
        self._thread.join(5)
        self._listener.close()

    def _run(self) -> None:
        number = 0
        while not self._stopping.is_set():
            accepted, _ = self._listener.accept()
            self._current = accepted
            with accepted, contextlib.suppress(OSError):
                accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                script = self._scripts[min(number, len(self._scripts) - 1)]
                number += 1
                self._play(accepted, script)

    def _play(self, accepted: socket.socket, script: Iterable[object]) -> None:
        for step in itertools.chain((READ_REQUEST,), script):
            if self._stopping.is_set():
                return
            if step is READ_REQUEST:
                self._read_request(accepted)
            elif step is RESET:
                linger = struct.pack("ii", 1, 0)
                accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                return
            elif isinstance(step, bytes):
                accepted.sendall(step)
            elif isinstance(step, int | float):
                self._stopping.wait(step)
        accepted.shutdown(socket.SHUT_WR)

    def _read_request(self, accepted: socket.socket) -> None:
        received = b""
        while b"\r\n\r\n" not in received:
            data = accepted.recv(65536)
            if not data:
                raise ConnectionError
            received += data
        head, _, body = received.partition(b"\r\n\r\n")
        fields = dict(line.split(b":", 1) for line in head.lower().split(b"\r\n")[1:])
        length = int(fields.get(b"content-length", b"0"))
        while len(body) < length:
            body += accepted.recv(65536)
        self.requests.append(head + b"\r\n\r\n" + body)
