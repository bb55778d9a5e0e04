"""One request and what came back for it: an HTTP response as decoded events.

A response is whatever its first bytes show, not what its headers claim: an event stream, a complete
JSON body (an answer, though a stream was asked for), or a page of HTML. What the gateway said and
how the connection ended are told apart: the iterator ends where the body ended; everything else is
raised.
"""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain

import httpx

from tokenhub_cli.errors import ConnectionLostError, GatewayError, ProtocolError, TimedOutError
from tokenhub_cli.gateway.failures import DOCTOR_HINT
from tokenhub_cli.gateway.transport import Transport, read_encoding
from tokenhub_cli.gateway.watchdog import Watchdog
from tokenhub_cli.wire.chunks import ChunkDecoder, decode_complete_response
from tokenhub_cli.wire.events import (
    Decoded,
    DoneMarker,
    Finished,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
)
from tokenhub_cli.wire.sse import EventStreamDecoder

ERROR_BODY_BYTES = 64 * 1024  # more of an error body is never read
ERROR_BODY_SECONDS = 5.0
COMPLETE_BODY_BYTES = 64 * 1024 * 1024  # a complete response is held in memory at once
AFTER_FINISH_SECONDS = 10.0  # for usage and `[DONE]` after a finish_reason
AFTER_DONE_SECONDS = 1.0  # for the end of the body, which lets the connection be used again
STALL_HINT = "wait longer: `tokenhub config set idle_timeout 120`, `first_token_timeout` likewise"

WHITE_SPACE = b" \t\r\n\xef\xbb\xbf"


class Attempt:
    """One request; iterate over it once for batches of decoded events.

    After `DoneMarker` the iterator goes on to the end of the body (for at most a second), so that
    the connection can be used again; a caller that does not want that closes it instead.

    Args:
        transport: The connection.
        body: The request's JSON.
        model: Named in errors.
        watchdog: Gets the deadlines; whoever waits for the events must check it.
        switch: Once thrown, nothing is sent any more.
    """

    def __init__(
        self,
        transport: Transport,
        body: bytes,
        model: str,
        watchdog: Watchdog,
        switch: threading.Event | None = None,
    ) -> None:
        self._transport = transport
        self._body = body
        self._model = model
        self._watchdog = watchdog
        self._switch = switch
        self._endpoint = transport.endpoint
        self._secrets = (self._endpoint.key,) if self._endpoint.key else ()
        self._has_started = False
        self._is_finished = False
        self.is_accepted = False

    def events(self) -> Iterator[list[Decoded]]:
        """Send the request; yield what comes, one batch a read, and stop where the body ends.

        Raises:
            GatewayError: The request failed, or the stream broke before its end.
        """
        # Connecting has a timeout of its own; the two together limit the wait for the first piece.
        patience = self._endpoint.first_token_timeout
        self._watchdog.expect(
            self._endpoint.connect_timeout + patience,
            f"no first piece of the answer within {patience:g} s",
        )
        try:
            with self._transport.open(
                "POST", "/chat/completions", self._body, switch=self._switch
            ) as response:
                if not 200 <= response.status_code < 300:  # noqa: PLR2004 - HTTP's success class
                    raise self._read_error(response)
                self.is_accepted = True
                yield from self._read_body(response)
            self._raise_if_stalled()
        except ConnectionLostError:
            self._raise_if_stalled()
            if not self._is_finished:  # after a finish_reason only the trailer is missing
                raise
        finally:
            self._watchdog.relax()

    def _raise_if_stalled(self) -> None:
        missed = self._watchdog.missed
        if missed and not self._is_finished:
            raise TimedOutError(missed, hint=STALL_HINT) from None

    def _read_error(self, response: httpx.Response) -> GatewayError:
        self._watchdog.expect(ERROR_BODY_SECONDS, "the body of an error")
        body = bytearray()
        with suppress(httpx.HTTPError):  # what came of the body is enough: the status says the rest
            for data in response.iter_raw():
                body += data
                if len(body) >= ERROR_BODY_BYTES:
                    break
        self._watchdog.relax()
        return self._classify(response, unpack_error(bytes(body), read_encoding(response)))

    def _classify(self, response: httpx.Response, body: bytes) -> GatewayError:
        from tokenhub_cli.wire.failure import classify_response

        return classify_response(
            response.status_code,
            dict(response.headers),
            body,
            model=self._model,
            now=time.time(),
            secrets=self._secrets,
        )

    def _read_body(self, response: httpx.Response) -> Iterator[list[Decoded]]:
        pieces = response.iter_raw()
        head = b""
        for data in pieces:
            head += data
            if head.strip(WHITE_SPACE) or len(head) > ERROR_BODY_BYTES:
                break
        match head.lstrip(WHITE_SPACE)[:1]:
            case b"":
                raise ProtocolError("the gateway sent an empty answer", hint=DOCTOR_HINT)
            case b"{" | b"[":
                yield self._read_complete(chain((head,), pieces))
            case b"<":
                raise self._classify(response, head[:ERROR_BODY_BYTES])
            case _:
                yield from self._decode_stream(chain((head,), pieces))

    def _read_complete(self, pieces: Iterable[bytes]) -> list[Decoded]:
        body = bytearray()
        for data in pieces:
            body += data
            if len(body) > COMPLETE_BODY_BYTES:
                raise ProtocolError(
                    f"the complete response is larger than {COMPLETE_BODY_BYTES >> 20} MiB",
                    hint="leave `--no-stream` out",
                )
        decoded = decode_complete_response(bytes(body), model=self._model, secrets=self._secrets)
        self._expect_next(decoded)
        return decoded

    def _decode_stream(self, pieces: Iterable[bytes]) -> Iterator[list[Decoded]]:
        decoder = EventStreamDecoder()
        chunks = ChunkDecoder(model=self._model, secrets=self._secrets)
        for data in pieces:
            events = decoder.feed(data)
            if events:  # comments are none: only data keeps the watchdog quiet
                decoded = chunks.decode_events(events)
                self._expect_next(decoded)
                yield decoded
        decoded = chunks.decode_events(decoder.finish()) + chunks.finish(decoder.junk)
        self._expect_next(decoded)
        yield decoded

    def _expect_next(self, decoded: list[Decoded]) -> None:
        """Set the next deadline by how far the answer has come."""
        for event in decoded:
            match event:
                case DoneMarker():
                    self._watchdog.expect(AFTER_DONE_SECONDS, "the end of the body")
                    return
                case Finished() if not self._is_finished:
                    self._is_finished = True
                    self._watchdog.expect(AFTER_FINISH_SECONDS, "the end of the stream")
                case TextDelta() | ReasoningDelta() | ToolCallDelta():
                    self._has_started = True
        if not self._is_finished:
            endpoint = self._endpoint
            seconds = endpoint.idle_timeout if self._has_started else endpoint.first_token_timeout
            self._watchdog.expect(seconds, f"no piece of the answer came for {seconds:g} s")


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
