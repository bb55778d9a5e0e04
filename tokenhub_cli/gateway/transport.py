"""The HTTP client: one connection to one gateway, with TLS, proxies, timeouts and an off switch.

All of httpx is fenced in here. Rules, each measured or met in the wild:

- One client, redirects off: a key is never carried to another origin.
- `Accept-Encoding: identity`: a compressed answer could unpack to gigabytes, so one is refused.
- `Client()` loads a certificate bundle even for http:// (half of a start-up's cost), so it gets a
  TLS context of ours, and none for http://.
- Of httpcore only the half without async is used; the other one's anyio is not loaded.
- `abort()` may be called from any thread, at any moment: it shuts the socket down, which ends a
  read at once. That is how Ctrl-C and the watchdog work, whatever the read timeout.
- A kept-alive connection that fails before any byte was closed by the server meanwhile; `is_stale`
  tells, and the request may be sent again at once.
"""

import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tokenhub_cli import __version__
from tokenhub_cli.errors import (
    ConfigurationError,
    ConnectionLostError,
    GatewayError,
    ProtocolError,
    QuotaError,
    RefusedKeyError,
    UnsafeKeyError,
)
from tokenhub_cli.gateway.arrivals import Arrivals
from tokenhub_cli.gateway.certificates import build_tls_context
from tokenhub_cli.gateway.failures import build_not_http_error, classify_transport_failure
from tokenhub_cli.gateway.proxies import ChosenProxy, find_proxy
from tokenhub_cli.wire.encoding import EncodedBody
from tokenhub_cli.wire.loopback import is_loopback
from tokenhub_cli.wire.origin import build_origin

POOL_SECONDS = 300.0  # how long a connection may idle between two turns of a conversation
RESPONSE_START = b"HTTP/"
READ_BYTES = 16 * 1024  # at once, of httpcore's 64: what is made of them is there all at once too
# struct linger: on, for no time (https://man7.org/linux/man-pages/man7/socket.7.html); Windows has
# two shorts.
RESET_ON_CLOSE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
WRITE_SECONDS = 60.0  # a request holds images at most; a socket that takes none of it is dead


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a gateway is and how to speak to it.

    `key` may be empty for a gateway that wants none; `key_hint` says what to do where it is
    refused, `quota_hint` where its account is used up. Timeouts are in seconds: until connected,
    from then until the first data event, and from one data event to the next.
    """

    base_url: str
    key: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    connect_timeout: float = 10.0
    first_token_timeout: float = 180.0
    idle_timeout: float = 45.0
    key_hint: str = "`tokenhub keys set` stores another key"
    quota_hint: str = ""

    @property
    def host(self) -> str:
        """The host's name or address."""
        return httpx.URL(self.base_url).host

    @property
    def origin(self) -> str:
        """Scheme, host and port, as in `https://ai-tokenhub.com`."""
        return build_origin(self.base_url)


class Transport:
    """Requests to one endpoint over one reusable connection.

    Not for concurrent requests; `abort` alone may be called from another thread.

    `sent` is set once a request has left this process for the first time.

    Args:
        endpoint: The gateway.

    Raises:
        UnsafeKeyError: The key would travel unencrypted to another machine.
        ConfigurationError: The proxy or the certificates that the environment names are none.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        url = httpx.URL(endpoint.base_url)
        if endpoint.key and url.scheme != "https" and not is_loopback(url.host):
            raise UnsafeKeyError(
                f"the key would travel unencrypted to `{url.host}`",
                hint=f"use https: `tokenhub config set base_url https://{url.netloc.decode()}"
                f"{url.path}`",
            )
        self.endpoint = endpoint
        _import_httpcore()
        self._client = _open_client(
            find_proxy(endpoint.base_url),
            base_url=endpoint.base_url,
            headers=_build_headers(endpoint),
            # Without one httpcore makes its own when it meets TLS: at a proxy, if anywhere.
            verify=build_tls_context() if url.scheme == "https" else None,
            timeout=httpx.Timeout(
                connect=endpoint.connect_timeout,
                read=max(endpoint.first_token_timeout, endpoint.idle_timeout) + 5,
                write=WRITE_SECONDS,
                pool=5,
            ),
            limits=httpx.Limits(max_connections=2, keepalive_expiry=POOL_SECONDS),
            follow_redirects=False,
            trust_env=False,
        )
        self._stream: Any = None
        self._is_tunnelling = False  # the proxy was asked for a way through
        self._arrivals = Arrivals()
        self._on_sent: Callable[[], None] | None = None
        self._peer = ""
        self._head: bytes | None = None  # the response's first bytes, while they are looked at
        self.sent = threading.Event()
        self._is_aborted = False
        self._reads_until: float | None = None  # by the monotonic clock
        self.is_reused = False
        self.has_response = False

    @contextmanager
    def open(
        self,
        method: str,
        path: str,
        body: EncodedBody | None = None,
        *,
        read_timeout: float | None = None,
        switch: threading.Event | None = None,
        on_sent: Callable[[], None] | None = None,
    ) -> Iterator[httpx.Response]:
        """Send a request and yield the response with its body unread.

        Args:
            method: `GET` or `POST`.
            path: Below the base URL, as in `/chat/completions`.
            body: What is sent, or None.
            read_timeout: Seconds a single read may take, where no watchdog looks after it.
            switch: Thrown before `abort` by whoever wants no further request at all.
            on_sent: Called once the request has left, in this thread.

        Raises:
            GatewayError: The request could not be sent, or the response not be read.
        """
        self._is_aborted = False
        if switch is not None and switch.is_set():  # looked at after the line above: no gap
            raise ConnectionLostError("the connection was given up")
        self._on_sent = on_sent
        self._reads_until = None
        self.is_reused = self._stream is not None
        self.has_response = False
        headers = {}
        if body is not None:  # with its length: not every gateway takes a request in chunks
            headers = {"Content-Type": "application/json", "Content-Length": str(body.length)}
        timeout: Any = httpx.USE_CLIENT_DEFAULT
        if read_timeout is not None:
            timeout = httpx.Timeout(
                self.endpoint.connect_timeout, read=read_timeout, write=WRITE_SECONDS
            )
        request = self._client.build_request(
            method,
            path,
            content=body,
            headers=headers,
            timeout=timeout,
            extensions={"trace": self._trace},
        )
        with self._translated():
            response = self._client.send(request, stream=True)
            self.has_response = True
            try:
                encoding = read_encoding(response)
                if encoding and response.is_success:
                    raise ProtocolError(
                        f"the gateway sent a `{encoding}` encoded answer, which was not asked for",
                        hint="`tokenhub doctor` looks at what stands between you and the gateway",
                    )
                yield response
            finally:
                response.close()
                # httpx ties the two in a circle, and what was sent would hang on it: megabytes a
                # turn in a long conversation, until the collector comes by.
                response.stream = httpx.ByteStream(b"")

    def read_body(self, response: httpx.Response, take: Callable[[bytes], None]) -> None:
        """Read the body of a response that is open, and give to `take` what arrives, at once.

        Raises:
            httpx.HTTPError: The connection broke; all that arrived was given out before.
            ProtocolError: The gateway's framing can be read in two ways.
        """
        self._arrivals.read(response, take)

    def stop_reading_in(self, seconds: float) -> None:
        """Let the reading of this response fail after `seconds`, though nobody may `abort` it."""
        self._reads_until = time.monotonic() + seconds

    def abort(self) -> None:
        """End whatever the connection is doing, from any thread.

        The thread that was reading gets a `ConnectionLostError`, or finds the end of the body.
        """
        self._is_aborted = True
        if self._stream is not None:
            _shut_down(self._stream.get_extra_info("socket"))

    def has_arrived(self) -> bool:
        """Tell whether something waits in the socket to be read; from any thread."""
        return self._stream is not None and bool(self._stream.get_extra_info("is_readable"))

    @property
    def is_stale(self) -> bool:
        """Whether the last request went out on a used connection and nothing came back."""
        return self.is_reused and not self.has_response

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Keep hold of the connection's socket as soon as there is one (httpcore's trace hook)."""
        if event.endswith(".send_request_body.complete"):
            if self._is_tunnelling:
                return
            self.sent.set()
            if self._on_sent is not None:
                self._on_sent()
        elif event.endswith(".send_request_headers.started"):
            self._head = b""
            self._is_tunnelling = info["request"].method == b"CONNECT"
        elif event.endswith(".connect_tcp.started"):
            self.is_reused = False
            self._head = None
            self._peer = f"{info['host']}:{info['port']}"
        elif event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self._stream = info["return_value"]
            self._look_at_reads(self._stream)
            if self._is_aborted:
                _shut_down(self._stream.get_extra_info("socket"))

    def _look_at_reads(self, stream: Any) -> None:
        """Look at what this stream brings before httpcore does, which has no hook for that.

        A response must begin as HTTP does: httpcore waits for a line that a greeting (ssh, smtp)
        never brings, and then speaks of a lost connection.
        """
        import httpcore

        read = stream.read

        def read_looked_at(max_bytes: int, timeout: float | None = None) -> bytes:
            self._arrivals.before_read()
            if self._is_tunnelling:
                timeout = self.endpoint.connect_timeout  # until there is a way through
            if self._reads_until is not None:
                timeout = self._reads_until - time.monotonic()
                if timeout <= 0:  # what arrives without an end must not go on for ever
                    raise httpcore.ReadError
            try:
                data: bytes = read(min(max_bytes, READ_BYTES), timeout)
            except httpcore.ReadTimeout as late:
                raise (httpcore.ConnectTimeout() if self._is_tunnelling else late) from None
            self._arrivals.note_read(data)
            if self._head is not None:
                self._head += data[: len(RESPONSE_START)]
                if not RESPONSE_START.startswith(self._head[: len(RESPONSE_START)]):
                    raise build_not_http_error(self.endpoint.base_url, self._peer)
                if len(self._head) >= len(RESPONSE_START):
                    self._head = None
            return data

        stream.read = read_looked_at

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn httpx's errors into ours, once, here; say what to do about the key."""
        try:
            yield
        except GatewayError as error:
            if isinstance(error, RefusedKeyError):
                error.hint = error.hint or self.endpoint.key_hint
                if not (self.endpoint.key or self.endpoint.headers):  # which may hold one
                    from tokenhub_cli.wire.failure import REFUSED_KEY, WANTED_KEY

                    error.message = error.message.replace(REFUSED_KEY, WANTED_KEY, 1)
            elif isinstance(error, QuotaError):
                error.hint = self.endpoint.quota_hint or error.hint
            raise
        except (httpx.HTTPError, httpx.StreamError, ssl.SSLError, OSError) as error:
            if self._is_aborted:
                raise ConnectionLostError("the connection was given up") from None
            raise classify_transport_failure(
                error, self.endpoint.base_url, peer=self._peer, has_response=self.has_response
            ) from error
        except RuntimeError:
            if self._client.is_closed:  # by another thread, which needs no answer any more
                raise ConnectionLostError("the connection was given up") from None
            raise


def _open_client(proxy: ChosenProxy | None, **more: Any) -> httpx.Client:
    """Return httpx's client; `more` is passed on.

    Raises:
        ConfigurationError: The proxy's URL is none, or needs a package that is not installed.
    """
    try:
        return httpx.Client(proxy=proxy.url if proxy else None, **more)
    except (ValueError, httpx.InvalidURL, ImportError) as error:
        if proxy is None:
            raise
        if isinstance(error, ImportError):
            raise ConfigurationError(
                f"the proxy in `{proxy.variable}` speaks SOCKS, for which a package is missing",
                hint="`pip install 'tokenhub-cli[socks]'` brings it",
            ) from error
        # The value is not quoted: it may hold a password.
        raise ConfigurationError(
            f"`{proxy.variable}` holds no address of a proxy",
            hint=f"`export {proxy.variable}=http://HOST:PORT`; or `unset {proxy.variable}`",
        ) from error


def read_encoding(response: httpx.Response) -> str:
    """Return how a body is packed, though we asked for it plain; empty if it is not."""
    encoding: str = response.headers.get("content-encoding", "").strip().lower()
    return "" if encoding == "identity" else encoding


def _import_httpcore() -> None:
    """Import httpcore, and keep it from importing anyio (0.4 MiB), which its async half uses."""
    is_new = sys.modules.setdefault("anyio", None) is None  # type: ignore[arg-type]
    import httpcore  # noqa: F401 - httpx imports it with its first client

    if is_new:
        sys.modules.pop("anyio", None)  # another thread may have been in here meanwhile


def _build_headers(endpoint: Endpoint) -> dict[str, str]:
    headers = {
        "Accept": "text/event-stream, application/json",
        "Accept-Encoding": "identity",
        "User-Agent": f"tokenhub/{__version__}",
        **endpoint.headers,
    }
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    return headers


def _shut_down(connection: socket.socket | None) -> None:
    """End all reading and writing; when the socket is closed, the gateway is told by a reset.

    A quiet end would not reach a gateway whose data we had no room for: it would go on for a minute
    before it learns that nobody listens.
    """
    if connection is None:
        return
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        # The plain method: SSLSocket's own would drop its TLS state under a reading thread.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        return  # it was closed already, which is what was wanted
