"""What arrives of a response's body, given out at the first moment and in as few turns as can be.

A body comes out of httpx in turns through three libraries, which takes as long as all that we do
with a piece of text until it is shown. So the piece that nearly every read brings is given out
before that:

- At full speed a read brings many pieces. They are given out together, once all have come out.
- That all have is known by counting: a piece takes its own length and, in a chunked body, its
  frame. Where a gateway frames more lavishly, it is known when the connection is read again.
- After a read that is used up to its last byte, the next one begins with a chunk. If it is one
  chunk and nothing else, its content is given out at once, and httpx only confirms it: another
  content than what was given out is an error.
"""

from collections.abc import Callable

import httpx

from tokenhub_cli.errors import ProtocolError
from tokenhub_cli.wire.framing import measure_frame, unframe


class Arrivals:
    """The bodies of one connection, one at a time.

    `before_read` and `note_read` are called around each read of the connection, in the thread that
    reads the body.
    """

    def __init__(self) -> None:
        self._take: Callable[[bytes], None] | None = None
        self._is_chunked = False
        self._waiting: list[bytes] = []
        self._early = b""  # was given out, and is yet to come out of httpx
        self._unread = -1  # of the bytes that the last read brought; a head is never counted

    def read(self, response: httpx.Response, take: Callable[[bytes], None]) -> None:
        """Read a body to its end.

        Args:
            response: With its body unread.
            take: Called with what arrived. What it raises goes through.

        Raises:
            httpx.HTTPError: The connection broke; all that arrived was given out before.
            ProtocolError: The gateway's framing can be read in two ways.
        """
        self._take = take
        self._is_chunked = response.headers.get("transfer-encoding", "").lower() == "chunked"
        try:
            for piece in response.iter_raw():
                self._note(piece)
        except httpx.HTTPError:
            self._give_out()
            raise
        else:
            self._give_out()
        finally:
            self._take = None
            self._waiting.clear()
            self._early = b""

    def before_read(self) -> None:
        """Give out what waits: httpx has nothing more of it."""
        if self._take is not None:
            self._give_out()

    def note_read(self, data: bytes) -> None:
        """Look at what a read brought, before httpx does."""
        is_in_step = self._unread == 0 and self._is_chunked
        self._unread = len(data)
        if is_in_step and self._take is not None:
            self._early = unframe(data)
            if self._early:
                self._take(self._early)

    def _note(self, piece: bytes) -> None:
        """Take a piece from httpx, and give it out if certainly nothing more of the read comes."""
        self._unread -= len(piece) + measure_frame(piece)
        if not self._early:
            self._waiting.append(piece)
            if self._unread <= 0:
                self._give_out()
        elif self._early.startswith(piece):
            self._early = self._early[len(piece) :]
        else:
            raise ProtocolError(
                "the gateway's answer is framed in two ways at once",
                hint="`tokenhub doctor` looks at what stands between you and the gateway",
            )

    def _give_out(self) -> None:
        if self._waiting and self._take is not None:
            data = b"".join(self._waiting)
            self._waiting.clear()
            self._take(data)
