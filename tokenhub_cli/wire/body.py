"""The body of a successful response, to what it says: an event stream, JSON, or a page of HTML.

Which it is, its first bytes show; headers claim all sorts of things. A complete JSON body is an
answer even where a stream was asked for, a page is a proxy's complaint.
"""

from collections.abc import Sequence

from tokenhub_cli.errors import ProtocolError
from tokenhub_cli.wire.chunks import ChunkDecoder, decode_complete_response
from tokenhub_cli.wire.events import Decoded, DoneMarker
from tokenhub_cli.wire.sse import EventStreamDecoder

BLANK = b" \t\r\n\xef\xbb\xbf"
LONGEST_BLANK = 64 * 1024
LONGEST_PAGE = 64 * 1024
LONGEST_COMPLETE = 64 * 1024 * 1024  # it is held in memory at once


class BodyDecoder:
    """Decodes one response's body; feed it as it comes, then finish.

    Args:
        model: The model that was asked for, for messages.
        secrets: What must not appear in messages.
    """

    def __init__(self, *, model: str, secrets: Sequence[str]) -> None:
        self._model = model
        self._secrets = secrets
        self._sse = EventStreamDecoder()
        self._chunks = ChunkDecoder(model=model, secrets=secrets)
        self._head: bytearray | None = bytearray()  # the body so far, unless it is a stream

    @property
    def chunks(self) -> int:
        """How many chunks of an answer came so far; comments, pings and empty data are none."""
        return self._chunks.chunks

    def feed(self, data: bytes) -> list[Decoded]:
        """Return what the next bytes bring.

        Raises:
            ProtocolError: The body, or a single event of it, is larger than we hold in memory.
        """
        if self._head is not None:
            self._head += data
            kind = bytes(self._head[:LONGEST_BLANK]).lstrip(BLANK)[:1]
            if kind in (b"{", b"[", b"<") or not (kind or len(self._head) > LONGEST_BLANK):
                return self._wait_for_all(kind)
            data, self._head = bytes(self._head), None
        return self._chunks.decode_events(self._sse.feed(data))

    def finish(self, *, is_cut: bool = False) -> list[Decoded]:
        """Return what the end of the body still brings.

        Args:
            is_cut: The connection broke before HTTP's own end of the body.

        Raises:
            ProtocolError: As in `feed`, or there was nothing at all.
        """
        if self._head is None:
            last = self._chunks.decode_events(self._sse.finish())
            return last + self._chunks.finish(self._sse.junk)
        if is_cut:
            return []
        body = bytes(self._head)
        if not body.strip(BLANK):
            raise ProtocolError(
                "the gateway sent an empty answer", hint="`tokenhub doctor` shows where it fails"
            )
        return [*self._decode_complete(body), DoneMarker()]

    def _wait_for_all(self, kind: bytes) -> list[Decoded]:
        """Hold a body that is none of a stream, up to a limit."""
        size = len(self._head or b"")
        if kind == b"<" and size > LONGEST_PAGE:
            return self._decode_complete(bytes(self._head or b""))
        if size > LONGEST_COMPLETE:
            raise ProtocolError(
                f"the complete response is larger than {LONGEST_COMPLETE >> 20} MiB",
                hint="leave `--no-stream` out",
            )
        return []

    def _decode_complete(self, body: bytes) -> list[Decoded]:
        return decode_complete_response(body, model=self._model, secrets=self._secrets)
