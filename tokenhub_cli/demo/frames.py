"""What the embedded gateway is about to send: a response is a head and a row of frames.

A frame is one write to the socket (and one HTTP chunk), a pause, or an abrupt end. Because a whole
response is such a row, made lazily, every fault is a function from frames to frames
(`demo/faulting.py`), and the code that owns the socket (`demo/delivery.py`) knows nothing of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """What a frame is, so that faults can pick it out."""

    ROLE = "the first chunk, with the role"
    PIECE = "a piece of text or reasoning; the pace of the answer counts these"
    FINISH = "the chunk with the finish_reason"
    USAGE = "a chunk of usage alone"
    DONE = "[DONE]"
    OTHER = "any other bytes"
    PAUSE = "no bytes: wait `seconds`"
    CUT = "no bytes: close with FIN, without the last HTTP chunk"
    RESET = "no bytes: close with RST"


class Frame(NamedTuple):
    """One write, pause or abrupt end."""

    kind: Kind
    data: bytes = b""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Response:
    """One response: head and frames.

    `length` is the Content-Length, or None for a body in HTTP chunks. `closes` ends the connection
    afterwards, which the head says unless `announces_close` is false. `delay_s` is a silence before
    the head. `silent` sends no head and no body at all.
    """

    status: int
    frames: Iterable[Frame]
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    length: int | None = None
    closes: bool = False
    announces_close: bool = True
    delay_s: float = 0.0
    silent: bool = False


def build_whole_response(
    status: int,
    body: bytes,
    *,
    content_type: str = "application/json",
    headers: tuple[tuple[str, str], ...] = (),
) -> Response:
    """Return a response whose body is known at once."""
    return Response(
        status,
        (Frame(Kind.OTHER, body),) if body else (),
        content_type=content_type,
        headers=headers,
        length=len(body),
    )
