"""Bytes in, server-sent events out, however the bytes are cut.

The rules are those of the WHATWG HTML standard, "Server-sent events", "Interpreting an event
stream", for the two fields that carry meaning here, `event` and `data`:

- Lines end with LF, CR or CRLF and with nothing else; the bytes are split before they are decoded,
  so U+2028, U+2029, U+0085, VT and FF inside a JSON string stay where they are.
- The bytes are UTF-8 whatever a header says; one byte order mark at the very start is dropped;
  invalid bytes become U+FFFD and are never fatal.
- A blank line ends an event. An event without any `data` line is none.

Three things go beyond the standard, because gateways do. After `[DONE]` nothing is looked at. An
unfinished last event counts if it is provably whole (see `EventStreamDecoder.finish`). Lines that
are no field of an event stream are kept, within bounds, as `junk`: some gateways append an error's
JSON without `data:`, and some answer with a plain JSON body though a stream was asked for.

The cost is linear in the number of bytes, in however many pieces they come.
"""

from collections import deque
from typing import NamedTuple

from tokenhub_cli.errors import ProtocolError
from tokenhub_cli.wire.documents import decode_json

MAX_PENDING = 8 * 1024 * 1024
"""The most that an unfinished line (bytes) or an unfinished event's data (characters) may hold."""

MAX_JUNK_IN_STREAM = 64 * 1024
"""Characters of unrecognised lines kept once a field was seen; before that, `MAX_PENDING`."""

_SLICE = 1024 * 1024  # a larger piece is fed in slices, so that no line escapes the cap
_FIELDS = ("data:", "event:", "id:", "retry:")
_DONE = "[DONE]"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class ServerSentEvent(NamedTuple):
    """One event: its type, empty if the stream named none, and its data lines joined by LF."""

    event: str
    data: str


class EventStreamDecoder:
    """Decodes one response body. Feed it every piece, then call `finish` once."""

    __slots__ = (
        "_after_carriage_return",
        "_data",
        "_data_size",
        "_event",
        "_failure",
        "_has_begun",
        "_is_at_start",
        "_is_done",
        "_junk",
        "_junk_size",
        "_line",
    )

    def __init__(self) -> None:
        self._line = bytearray()  # the unfinished last line, a bytearray because it grows in place
        self._is_at_start = True
        self._is_done = False
        self._after_carriage_return = False
        self._event = ""
        self._data: list[str] = []
        self._data_size = 0
        self._junk: deque[str] = deque()
        self._junk_size = 0
        self._has_begun = False
        self._failure: ProtocolError | None = None

    @property
    def junk(self) -> str:
        """The lines that are no part of an event stream, joined by LF.

        As long as no field was recognised, all of them: the body is then something else, and this
        is it. Once the stream has begun, as many of the last lines as fit 64 KiB.
        """
        return "\n".join(self._junk)

    def feed(self, data: bytes) -> list[ServerSentEvent]:
        """Return the events that `data` completes, in order.

        Raises:
            ProtocolError: A line or an event is larger than `MAX_PENDING`. The events before it
                are returned first, so the call after that raises.
        """
        self._check()
        events: list[ServerSentEvent] = []
        for start in range(0, len(data), _SLICE):
            events += self._feed(data[start : start + _SLICE])
        if not events:
            self._check()
        return events

    def finish(self) -> list[ServerSentEvent]:
        """Return what the end of the body still completes: at most one event.

        The standard drops an event that no blank line ended. Gateways end like that, so it counts
        here if it cannot have been cut: its data is `[DONE]`, a whole JSON object or array, or
        lines that are each one of these (a cut last line among them is dropped); or it is an
        `error` event, whose words are only shown. Anything else was cut and is dropped.

        Raises:
            ProtocolError: As in `feed`.
        """
        self._check()
        line = self._line.decode("utf-8", "replace")
        self._line.clear()
        if line and not any(field.startswith(line) for field in _FIELDS):
            self._take_line(line, [])
        self._check()
        event, lines = self._event, self._data
        self._event, self._data, self._data_size = "", [], 0
        if not lines:
            return []
        data = "\n".join(lines)
        if event != "error" and not is_whole(data):
            whole = 0
            while whole < len(lines) and is_whole(lines[whole]):
                whole += 1
            data = "\n".join(lines[:whole])
        return [ServerSentEvent(event, data)] if data else []

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _feed(self, data: bytes) -> list[ServerSentEvent]:
        if self._failure is not None or self._is_done:
            return []
        if self._is_at_start:
            data = self._drop_byte_order_mark(data)
        if self._after_carriage_return and data:
            self._after_carriage_return = False
            data = data.removeprefix(b"\n")
        if b"\r" in data:
            self._after_carriage_return = data.endswith(b"\r")
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        end = data.rfind(b"\n") + 1
        if not end:
            self._hold(data)
            return []
        block = data[:end]
        if self._line:
            if not self._hold(data[: data.find(b"\n")]):
                return []
            block = bytes(self._line) + data[data.find(b"\n") : end]
            self._line.clear()
        events = self._split(block)
        if not self._is_done:
            self._hold(data[end:])
        return events

    def _drop_byte_order_mark(self, data: bytes) -> bytes:
        """Return the bytes to go on with: none while a byte order mark may be under way."""
        head = bytes(self._line) + data
        if len(head) < len(_BYTE_ORDER_MARK) and _BYTE_ORDER_MARK.startswith(head):
            self._line[:] = head
            return b""
        self._line.clear()
        self._is_at_start = False
        return head.removeprefix(_BYTE_ORDER_MARK)

    def _hold(self, piece: bytes) -> bool:
        """Add to the unfinished line; tell whether it is still within the cap."""
        self._line += piece
        if len(self._line) > MAX_PENDING:
            self._fail("a line")
            return False
        return True

    def _fail(self, what: str) -> None:
        self._failure = ProtocolError(
            f"the gateway sent {what} of more than 8 MiB, which no answer needs",
            hint="`tokenhub doctor` checks what answers at the base URL",
        )

    def _split(self, block: bytes) -> list[ServerSentEvent]:
        """Return the events of `block`, which holds whole lines ended by LF.

        Decoding the block at once equals decoding its lines: an unfinished sequence before a line
        end is replaced alike. A frame is what stands between blank lines.
        """
        events: list[ServerSentEvent] = []
        may_end = _DONE.encode() in block
        *frames, tail = block.decode("utf-8", "replace").split("\n\n")
        for frame in frames:
            # Nearly every frame is one `data: ` line; the others take the lines one by one.
            if frame.startswith("data: ") and "\n" not in frame and not self._data and not may_end:
                events.append(ServerSentEvent(self._event, frame[6:]))
                self._event = ""
                self._has_begun = True
            else:
                for line in frame.split("\n"):
                    self._take_line(line, events)
                self._take_line("", events)
            if self._failure is not None or self._is_done:
                return events
        for line in tail.split("\n")[:-1]:
            self._take_line(line, events)
        return events

    def _take_line(self, line: str, events: list[ServerSentEvent]) -> None:
        """Process one line; a blank one moves the pending event to `events`."""
        if self._failure is not None or self._is_done:
            return
        if not line:
            if self._data:
                self._is_done = self._data[-1].strip() == _DONE
                events.append(ServerSentEvent(self._event, "\n".join(self._data)))
                self._data, self._data_size = [], 0
            self._event = ""
            return
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "data":
                self._has_begun = True
                self._data.append(value)
                self._data_size += len(value) + 1
                if self._data_size > MAX_PENDING:
                    self._fail("an event")
            case "event":
                self._has_begun = True
                self._event = value
            case "" | "id" | "retry":  # a comment, and fields for reconnecting browsers
                pass
            case _:
                self._keep_junk(line)

    def _keep_junk(self, line: str) -> None:
        if not self._has_begun:
            self._junk.append(line)
            self._junk_size += len(line) + 1
            if self._junk_size > MAX_PENDING:
                self._fail("a body that is no event stream, and one")
            return
        self._junk.append(line[:MAX_JUNK_IN_STREAM])
        self._junk_size += len(self._junk[-1]) + 1
        while self._junk_size > MAX_JUNK_IN_STREAM and len(self._junk) > 1:
            self._junk_size -= len(self._junk.popleft()) + 1


def is_whole(data: str) -> bool:
    """Tell whether a text that may have been cut at its end is whole."""
    stripped = data.strip()
    if stripped == _DONE:
        return True
    if not stripped.startswith(("{", "[")):  # half a number or word may look like a whole one
        return False
    try:
        decode_json(stripped)
    except (ValueError, RecursionError):
        return False
    return True
