"""What can go wrong with an answer, as values; `demo/faulting.py` makes it happen.

A gateway is given faults for its requests in order, `faults=(first, second, …)`; a tuple in that
row stands for several faults of one request, None for none. A 429, a drop, and ten more drops:

    faults = (Fails(429, retry_after=2), Cut(400), *times(10, Cut(300, end=End.RST)))

Where a fault counts bytes, these are bytes of the body, HTTP's own chunk framing not counted; where
it counts pieces, these are pieces of text or reasoning. `demo/specs.py` reads the same faults from
the command line.
"""

from dataclasses import dataclass
from enum import StrEnum

from tokenhub_cli.demo.continuation import Continuation


class End(StrEnum):
    """How a connection is cut."""

    FIN = "fin"  # closed in mid-body: a chunked body without its last chunk
    RST = "rst"  # reset
    CLEAN = "clean"  # a proxy whose upstream died: the body ends as if it were whole


class ErrorShape(StrEnum):
    """How gateways report an error inside a stream that began with 200."""

    OBJECT = "object"  # data: {"error": {"message", "type", "code"}}
    TEXT = "text"  # data: {"error": "text"}
    EVENT = "event"  # event: error, with an object
    WORDS = "words"  # event: error, with plain words
    CHOICE = "choice"  # beside choices, with finish_reason "error"
    OBJECT_FIELD = "object_field"  # {"object": "error", …}
    DETAIL = "detail"  # {"detail": …}
    BARE = "bare"  # JSON after the frames, without data:


class RetryAfterForm(StrEnum):
    """How a 429 says how long to wait."""

    SECONDS = "seconds"
    DATE = "date"
    MILLISECONDS = "ms"


class Oddity(StrEnum):
    """Habits of gateways that take no number."""

    NO_DONE = "no_done"  # the stream ends without [DONE]
    NO_FINISH = "no_finish"  # no finish_reason, though [DONE] comes
    SWALLOWS = "swallows"  # no finish_reason unless include_usage was asked for, as new-api
    ESCAPES = "escapes"  # the text holds escape codes that drive a terminal
    BIDI = "bidi"  # the text holds marks that reorder or hide text
    CRLF = "crlf"  # lines end in CRLF
    ASCII = "ascii"  # characters beyond ASCII are escaped, pairs of surrogates included
    NO_SPACE = "no_space"  # data: without a space
    JUNK = "junk"  # something follows [DONE]
    CLOSES = "closes"  # the connection is closed after the answer, unannounced
    NO_ANSWER = "no_answer"  # the connection is closed before any byte
    UNSTREAMED = "unstreamed"  # a complete JSON body though a stream was asked for
    EMPTY = "empty"  # 200 with an empty body
    ENDLESS_LINE = "endless_line"  # a line that never ends
    ECHOES_KEY = "echoes_key"  # 401 whose words repeat the key


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection ends in mid-body, after so many bytes or pieces."""

    after_bytes: int = 0
    after_pieces: int | None = None
    end: End = End.FIN


@dataclass(frozen=True, slots=True)
class Stall:
    """Silence in mid-body, after so many bytes or pieces; then it goes on.

    With `pings` comments come all the while: bytes, but no data.
    """

    seconds: float
    after_bytes: int = 0
    after_pieces: int | None = None
    pings: bool = False


@dataclass(frozen=True, slots=True)
class Drip:
    """The body comes so many bytes at a time, each its own write and HTTP chunk."""

    size: int = 1
    pause_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Slow:
    """Silence before the first byte of the response."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Holds:
    """After the last byte the connection is held open for so long, the body unfinished."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Fails:
    """An error status.

    `retry_after` is a number, sent in the form given. `quota` makes its words say that the quota is
    used up, whatever the status. `message` takes the place of the usual words.
    """

    status: int
    retry_after: float | None = None
    form: RetryAfterForm = RetryAfterForm.SECONDS
    quota: bool = False
    message: str = ""


@dataclass(frozen=True, slots=True)
class ErrorInside:
    """An error is reported inside the stream, after so many pieces; `[DONE]` follows, save BARE."""

    shape: ErrorShape = ErrorShape.OBJECT
    after_pieces: int = 0


@dataclass(frozen=True, slots=True)
class Comments:
    """A comment `: PING` before each event, `count` of them before the first (None: endless)."""

    count: int | None = 1
    pause_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Html:
    """A proxy's HTML page in place of the answer."""

    status: int = 502


@dataclass(frozen=True, slots=True)
class HugeError:
    """An error body of so many bytes, made while it is sent."""

    size: int = 200_000_000
    status: int = 500


@dataclass(frozen=True, slots=True)
class Bomb:
    """A gzip-encoded answer of so many bytes, though none was asked for; small on the wire."""

    size: int = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Refuses:
    """The request is refused if it has this field; else it is answered well."""

    field: str
    status: int = 400


@dataclass(frozen=True, slots=True)
class Redirects:
    """The request is sent elsewhere."""

    location: str
    status: int = 307


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A body of one's own in place of the answer, each of `writes` sent by itself."""

    writes: tuple[bytes, ...]
    status: int = 200
    content_type: str = "text/event-stream"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class GoesOn:
    """If the request brings a partial answer back, it is gone on with in this way."""

    way: Continuation
    words: int = 3


@dataclass(frozen=True, slots=True)
class ContentType:
    """The response says that it is of another type; empty: of none."""

    value: str


Fault = (
    Oddity
    | Cut
    | Stall
    | Drip
    | Slow
    | Holds
    | Fails
    | ErrorInside
    | Comments
    | Html
    | HugeError
    | Bomb
    | Refuses
    | Redirects
    | ContentType
    | Verbatim
    | GoesOn
)


def times(count: int, *faults: Fault) -> tuple[Fault | tuple[Fault, ...], ...]:
    """Return the plan in which each of the next `count` requests meets all of `faults`."""
    return (faults[0] if len(faults) == 1 else faults,) * count
