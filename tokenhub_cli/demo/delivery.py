"""Sends a response frame by frame, at the pace of a model, and records how far it got."""

import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum

from tokenhub_cli.demo.connection import Connection, HungUpError, ReceivedRequest
from tokenhub_cli.demo.frames import Kind, Response

# Without an import of `http`, which costs more than this table.
_REASONS = {
    200: "OK",
    204: "No Content",
    307: "Temporary Redirect",
    308: "Permanent Redirect",
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    409: "Conflict",
    413: "Content Too Large",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


class Outcome(StrEnum):
    """How an exchange ended."""

    UNDER_WAY = "under way"
    COMPLETE = "complete"
    BROKEN_OFF = "broken off by a fault"
    HUNG_UP = "the client hung up"


@dataclass(slots=True)
class Exchange:
    """One request and what was sent for it; filled in while the response is sent.

    Attributes:
        request: The request as it arrived.
        request_id: The gateway's name for it.
        status: The response's status; 0 until one is sent.
        pieces_sent: Pieces of text and reasoning handed to the system so far.
        bytes_sent: Bytes of body handed to the system so far, HTTP's chunk framing not counted.
        outcome: How it ended.
        ended: Set when it ended.
    """

    request: ReceivedRequest
    request_id: str
    status: int = 0
    pieces_sent: int = 0
    bytes_sent: int = 0
    outcome: Outcome = Outcome.UNDER_WAY
    ended: threading.Event = field(default_factory=threading.Event)

    def wait(self, timeout_s: float = 10.0) -> Outcome:
        """Return how the exchange ended, waiting for it at most `timeout_s` seconds."""
        self.ended.wait(timeout_s)
        return self.outcome


class Pace:
    """When the next piece is due.

    Pieces are due at fixed times from the first, so that slow sends do not add up.

    Args:
        tokens_per_second: Pieces a second, or None for as fast as they are taken.
        first_token_s: The pause before the first piece, in seconds.
    """

    def __init__(self, tokens_per_second: float | None, first_token_s: float) -> None:
        self._interval = 1 / tokens_per_second if tokens_per_second else 0.0
        self._due = time.monotonic() + first_token_s

    def wait(self, connection: Connection) -> None:
        """Wait until the next piece is due; raise `HungUpError` if the client leaves meanwhile."""
        connection.pause(self._due - time.monotonic())
        self._due += self._interval


def build_head(response: Response, exchange: Exchange, *, chunked: bool, says_close: bool) -> bytes:
    """Return the status line and header fields."""
    lines = [
        f"HTTP/1.1 {response.status} {_REASONS.get(response.status, 'Status')}",
        time.strftime("Date: %a, %d %b %Y %H:%M:%S GMT", time.gmtime()),
        "Server: tokenhub-demo",
        f"X-Request-Id: {exchange.request_id}",
        "Access-Control-Allow-Origin: *",
    ]
    if response.content_type:
        lines.append(f"Content-Type: {response.content_type}")
    if response.length is not None and response.status != 204:  # noqa: PLR2004 - RFC 9110, 8.6
        lines.append(f"Content-Length: {response.length}")
    elif chunked:
        lines.append("Transfer-Encoding: chunked")
    if says_close:
        lines.append("Connection: close")
    lines += [f"{name}: {value}" for name, value in response.headers]
    return "\r\n".join([*lines, "", ""]).encode()


def deliver(response: Response, connection: Connection, exchange: Exchange, pace: Pace) -> bool:
    """Send `response`; return whether the connection can carry another request.

    The connection is closed or reset where the response says so.
    """
    try:
        keeps_open = _send(response, connection, exchange, pace)
    except HungUpError:
        exchange.outcome = Outcome.HUNG_UP
        keeps_open = False
    exchange.ended.set()
    return keeps_open


def _send(response: Response, connection: Connection, exchange: Exchange, pace: Pace) -> bool:
    request = exchange.request
    chunked = response.length is None and request.version == "HTTP/1.1"
    closes = response.closes or not request.keeps_alive
    says_close = closes and response.announces_close
    connection.pause(response.delay_s)
    if response.silent:
        exchange.outcome = Outcome.BROKEN_OFF
        return False
    exchange.status = response.status
    connection.send(build_head(response, exchange, chunked=chunked, says_close=says_close))
    frames = () if request.method == "HEAD" else response.frames
    chunked = chunked and request.method != "HEAD"
    for frame in frames:
        match frame.kind:
            case Kind.PAUSE:
                connection.pause(frame.seconds)
                continue
            case Kind.CUT | Kind.RESET:
                exchange.outcome = Outcome.BROKEN_OFF
                if frame.kind is Kind.RESET:
                    connection.reset()
                return False
            case Kind.PIECE:
                pace.wait(connection)
                exchange.pieces_sent += 1
        data = frame.data
        if not data:  # in HTTP, a chunk without bytes is the last one
            continue
        connection.send(b"%x\r\n%b\r\n" % (len(data), data) if chunked else data)
        exchange.bytes_sent += len(data)
    if chunked:
        connection.send(b"0\r\n\r\n")
    exchange.outcome = Outcome.COMPLETE
    return not closes
