"""One request and what came back for it: an HTTP response as decoded events.

Bytes are handed on as soon as all that has arrived is at hand, at the latest just before the
connection is read again. So a piece is never kept waiting, and at full speed a hundred pieces cost
one batch. What the gateway said and how the connection ended are told apart: `run`
returns where the body ended; everything else is raised.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import httpx

from tokenhub_cli.errors import ConnectionLostError, GatewayError, TimedOutError
from tokenhub_cli.gateway.transport import WRITE_SECONDS, Transport, read_encoding
from tokenhub_cli.gateway.watchdog import Watchdog
from tokenhub_cli.wire.body import BodyDecoder
from tokenhub_cli.wire.encoding import EncodedBody
from tokenhub_cli.wire.events import (
    Decoded,
    DoneMarker,
    Finished,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
)

ERROR_BODY_BYTES = 64 * 1024  # more of an error body is never read
ERROR_BODY_SECONDS = 5.0
AFTER_FINISH_SECONDS = 10.0  # for usage and `[DONE]` after a finish_reason, or text after it
AFTER_DONE_SECONDS = 1.0  # for the end of the body, which lets the connection be used again
STALL_HINT = "wait longer: `tokenhub config set idle_timeout 120`, `first_token_timeout` likewise"

Take = Callable[[list[Decoded]], bool]


class EnoughError(Exception):
    """The caller wants no more of the response; the connection goes with it."""


class Attempt:
    """One request; `run` it once.

    Args:
        transport: The connection.
        body: The request.
        model: Named in errors.
        watchdog: Gets the deadlines; another thread must check it meanwhile.
        switch: Once thrown, nothing is sent any more.
        lacks_done: The gateway is known to send no `[DONE]`: it is hardly waited for.
    """

    def __init__(
        self,
        transport: Transport,
        body: EncodedBody,
        model: str,
        watchdog: Watchdog,
        switch: threading.Event | None = None,
        *,
        lacks_done: bool = False,
    ) -> None:
        self._transport = transport
        self._body = body
        self._model = model
        self._watchdog = watchdog
        self._switch = switch
        self._after_finish_s = AFTER_DONE_SECONDS if lacks_done else AFTER_FINISH_SECONDS
        self._endpoint = transport.endpoint
        endpoint = self._endpoint
        self._secrets = tuple(filter(None, (endpoint.key, *endpoint.headers.values())))
        self._decoder = BodyDecoder(model=model, secrets=self._secrets)
        self._has_started = False
        self._is_finished = False
        self._is_done = False
        self.is_accepted = False
        self.is_waited_out = False  # after a finish_reason nothing more came, nor did the end

    def run(self, take: Take) -> None:
        """Send the request; give what comes to `take`, a batch at a time, until the body ends.

        After `DoneMarker` the rest of the body is read, for at most a second, so that the
        connection can be used again.

        Args:
            take: Called in this thread; returns whether more is wanted.

        Raises:
            GatewayError: The request failed, or the stream broke before its end.
        """
        # Connecting and sending have timeouts of their own; this one is for what those leave out.
        self._expect_first(self._endpoint.connect_timeout + WRITE_SECONDS)
        try:
            self._exchange(take)
        except EnoughError:
            return
        except (ConnectionLostError, TimedOutError):
            self._raise_if_stalled()
            if not (self._is_finished or self._is_done):  # then nothing that counts is missing
                raise
        else:
            self._raise_if_stalled()
        finally:
            self._watchdog.relax()

    def _exchange(self, take: Take) -> None:
        transport = self._transport
        path = "/chat/completions"
        with transport.open(
            "POST", path, self._body, switch=self._switch, on_sent=self._expect_first
        ) as response:
            if not 200 <= response.status_code < 300:  # noqa: PLR2004 - HTTP's success class
                raise self._read_error(response)
            self.is_accepted = True
            try:
                transport.read_body(response, partial(self._hand_on, take))
            except httpx.HTTPError:
                self._hand_over_the_last(take, is_cut=True)
                raise
            self._hand_over_the_last(take, is_cut=False)

    def _hand_over_the_last(self, take: Take, *, is_cut: bool) -> None:
        if not self._is_done:
            decoded = self._decoder.finish(is_cut=is_cut)
            self._expect_next(decoded)
            self._give(decoded, take)

    def _hand_on(self, take: Take, data: bytes) -> None:
        """Decode what has arrived."""
        if self._is_done:
            return  # nothing counts after it
        before = self._decoder.chunks
        decoded = self._decoder.feed(data)
        self._give(decoded, take)  # first of all: somebody waits for it
        if decoded or self._decoder.chunks != before:
            self._expect_next(decoded)  # comments and pings do not keep the watchdog quiet

    def _give(self, decoded: list[Decoded], take: Take) -> None:
        if decoded and not take(decoded):
            raise EnoughError

    def _expect_next(self, decoded: list[Decoded]) -> None:
        """Set the next deadline by how far the answer has come."""
        for event in decoded:
            match event:
                case DoneMarker():
                    self._is_done = True
                    self._watchdog.relax()
                    self._transport.stop_reading_in(AFTER_DONE_SECONDS)
                    return
                case Finished() if not self._is_finished:
                    self._is_finished = True
                    self._watchdog.expect(self._after_finish_s, "the end of the stream")
                case TextDelta() | ReasoningDelta() | ToolCallDelta():
                    self._has_started = True
                    if self._is_finished:  # that was not the end: some say it with every chunk
                        self._watchdog.expect(self._after_finish_s, "the end of the stream")
        if not self._is_finished:
            endpoint = self._endpoint
            seconds = endpoint.idle_timeout if self._has_started else endpoint.first_token_timeout
            self._watchdog.expect(seconds, f"no piece of the answer came for {seconds:g} s")

    def _expect_first(self, extra: float = 0.0) -> None:
        patience = self._endpoint.first_token_timeout
        words = f"no first piece of the answer within {patience:g} s"
        self._watchdog.expect(patience + extra, words)

    def _raise_if_stalled(self) -> None:
        missed = self._watchdog.missed
        self.is_waited_out = bool(missed) and self._is_finished
        if missed and not (self._is_finished or self._is_done):
            raise TimedOutError(missed, hint=STALL_HINT) from None

    def _read_error(self, response: httpx.Response) -> GatewayError:
        from tokenhub_cli.wire.failure import classify_response

        self._watchdog.expect(ERROR_BODY_SECONDS, "the body of an error")
        body = bytearray()
        with suppress(httpx.HTTPError):  # what came of it is enough: the status says the rest
            for data in response.iter_raw():
                body += data
                if len(body) >= ERROR_BODY_BYTES:
                    break
        self._watchdog.relax()
        return classify_response(
            response.status_code,
            dict(response.headers),
            unpack_error(bytes(body), read_encoding(response)),
            model=self._model,
            now=time.time(),
            secrets=self._secrets,
        )


def unpack_error(body: bytes, encoding: str) -> bytes:
    """Return the beginning of an error's body, unpacked where it came packed all the same.

    An answer is refused then, but the words of an error are worth having. However well it was
    packed, no more than `ERROR_BODY_BYTES` are unpacked. What cannot be unpacked is left out: the
    status says the rest.
    """
    if not encoding:
        return body[:ERROR_BODY_BYTES]
    if encoding not in ("gzip", "x-gzip", "deflate"):
        return b""
    import zlib

    window_bits = 32 + zlib.MAX_WBITS  # finds out by itself whether it is gzip or zlib
    with suppress(zlib.error):
        return zlib.decompressobj(window_bits).decompress(body, ERROR_BODY_BYTES)
    return b""
