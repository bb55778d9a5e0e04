"""What may stand between a client and a gateway: TLS, a proxy, a line that breaks.

with make_certificate(tmp_path) as certificate, Relay(gateway.port, tls=certificate.context): …
"""

import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

HOST = "127.0.0.1"
BLOCK = 65_536


@dataclass(frozen=True, slots=True)
class Certificate:
    """A self-signed certificate for 127.0.0.1, localhost and gateway.example, and its key."""

    file: Path
    key_file: Path

    @property
    def context(self) -> ssl.SSLContext:
        """A server's context that presents it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key_file)
        return context


def make_certificate(directory: Path) -> Certificate:
    """Make a certificate by the `openssl` command; skip the test where there is none."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no `openssl` command to make a certificate with")
    made = Certificate(directory / "certificate.pem", directory / "key.pem")
    names = "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:gateway.example"
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=gateway.example", "-addext", names),
            *("-keyout", made.key_file, "-out", made.file),
        ],
        check=True,
        capture_output=True,
        timeout=30,
    )
    return made


class Relay:
    """Passes bytes on between clients and a server on loopback.

    Args:
        port: The server's.
        tls: Speak TLS to clients, as a server with this context.
        is_proxy: Be an HTTP proxy: `CONNECT`, or a request for a whole URL. Wherever a client wants
            to go, it gets to the server.
        cuts: After how many bytes of what the server sends the first, second … connection is cut;
            later ones are not.
    """

    def __init__(
        self,
        port: int,
        *,
        tls: ssl.SSLContext | None = None,
        is_proxy: bool = False,
        cuts: Iterable[int] = (),
    ) -> None:
        self.targets: list[str] = []
        self.heads: list[bytes] = []
        self.connections = 0
        self.bytes_sent = 0
        self._server_port = port
        self._tls = tls
        self._is_proxy = is_proxy
        self._cuts: Iterator[int] = iter(cuts)
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()
        self._listener = socket.create_server((HOST, 0))
        self.port = int(self._listener.getsockname()[1])
        self._start(self._accept)

    @property
    def base_url(self) -> str:
        """What a client is given as base URL."""
        return f"http{'s' if self._tls else ''}://{HOST}:{self.port}/v1"

    def __enter__(self) -> Self:
        """Return the relay, which is open already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Cut every connection and wait for the threads."""
        self._stopping.set()
        with contextlib.suppress(OSError):
            socket.create_connection((HOST, self.port), timeout=1).close()
        for connection in list(self._open):
            _cut(connection)
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    def _start(self, work: object, *arguments: object) -> threading.Thread:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()
        return thread

    def _accept(self) -> None:
        while True:
            accepted, _ = self._listener.accept()
            if self._stopping.is_set():
                accepted.close()
                return
            self.connections += 1
            self._start(self._serve, accepted, next(self._cuts, None))

    def _serve(self, accepted: socket.socket, cut_after: int | None) -> None:
        with accepted, contextlib.suppress(OSError):
            client = self._tls.wrap_socket(accepted, server_side=True) if self._tls else accepted
            with client, socket.create_connection((HOST, self._server_port)) as server:
                self._open |= {client, server}
                if self._is_proxy:
                    self._take_proxy_request(client, server)
                back = self._start(lambda: self._pump(server, client, cut_after, counts=True))
                self._pump(client, server, None, counts=False)
                back.join()
            self._open -= {client, server}

    def _take_proxy_request(self, client: socket.socket, server: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += client.recv(BLOCK) or b"\r\n\r\n"
        self.heads.append(head)
        line, _, rest = head.partition(b"\r\n")
        method, target, version = line.split()
        self.targets.append(target.decode())
        if method == b"CONNECT":
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            path = b"/" + target.split(b"/", 3)[3]
            server.sendall(b" ".join((method, path, version)) + b"\r\n" + rest)

    def _pump(
        self, source: socket.socket, sink: socket.socket, cut_after: int | None, *, counts: bool
    ) -> None:
        with contextlib.suppress(OSError):
            left = cut_after
            while data := source.recv(BLOCK):
                if left is not None and len(data) >= left:
                    sink.sendall(data[:left])
                    break
                sink.sendall(data)
                if counts:
                    self.bytes_sent += len(data)
                if left is not None:
                    left -= len(data)
        _cut(source)
        _cut(sink)


def _cut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
