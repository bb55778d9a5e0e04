"""The embedded gateway: TokenHub's protocol on loopback, over real sockets.

One thread accepts, and one thread serves each connection; all are daemons, and `close` leaves none
of them behind. Faults are loaded only where some are asked for, so that `tokenhub ask --demo`
starts fast.
"""

import contextlib
import itertools
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tokenhub_cli.demo.answers import MODELS, pick_answer
from tokenhub_cli.demo.connection import (
    BadRequestError,
    Connection,
    HungUpError,
    ReceivedRequest,
)
from tokenhub_cli.demo.continuation import Continuation
from tokenhub_cli.demo.delivery import Exchange, Pace, deliver
from tokenhub_cli.demo.frames import Response
from tokenhub_cli.demo.respond import ANY_KEY, Answers, Responder

if TYPE_CHECKING:
    from tokenhub_cli.demo.faults import Fault

HOST = "127.0.0.1"
NATURAL_TOKENS_PER_SECOND = 80.0
NATURAL_FIRST_TOKEN_S = 0.25
SECONDS_TO_END_A_THREAD = 5.0
SECONDS_BETWEEN_FAILURES = 0.05

_BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

FaultPlan = Sequence["Fault | tuple[Fault, ...] | None"]


class DemoGateway:
    """A gateway on loopback, open from construction until `close`; a context manager.

    Args:
        port: The port, or 0 for any free one.
        key: The key that requests must carry: `ANY_KEY` for any non-empty one, None for none.
        models: The names of the models on offer.
        answers: What it says: a text, or a function from question and model to a text
            or `PreparedAnswer`; None for the prepared answers of `demo/answers.py`.
        continuation: How it goes on with a partial answer that comes back.
        repeated_words: How many words `Continuation.REPEATS_WORDS` repeats.
        tokens_per_second: The pace of an answer, or None for full speed.
        first_token_s: The silence before the first piece, in seconds; by default a short one at a
            natural pace and none at full speed.
        faults: What goes wrong with each request for an answer, in order: a fault, several at once
            in a tuple, or None for none. Requests beyond the last are answered well.
        every: Faults of all requests for an answer, besides those of `faults`.
        model_faults: What goes wrong with each request for the list of models, in order.
        observe: Called with each exchange when it has ended, on the thread of its connection.
        keeps: How many exchanges are remembered; the oldest are forgotten.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        key: str | None = ANY_KEY,
        models: Sequence[str] = MODELS,
        answers: Answers | None = None,
        continuation: Continuation = Continuation.EXACT,
        repeated_words: int = 3,
        tokens_per_second: float | None = NATURAL_TOKENS_PER_SECOND,
        first_token_s: float | None = None,
        faults: FaultPlan = (),
        every: Sequence["Fault"] = (),
        model_faults: FaultPlan = (),
        observe: Callable[[Exchange], None] | None = None,
        keeps: int = 10_000,
    ) -> None:
        self.responder = Responder(
            key=key,
            models=tuple(models),
            answers=answers if answers is not None else pick_answer,
            continuation=continuation,
            repeated_words=repeated_words,
            created=int(time.time()),
        )
        self.tokens_per_second = tokens_per_second
        if first_token_s is None:
            first_token_s = NATURAL_FIRST_TOKEN_S if tokens_per_second else 0.0
        self.first_token_s = first_token_s
        self.every = tuple(every)
        self.observe = observe
        self.keeps = keeps
        self.exchanges: list[Exchange] = []
        self.connections_accepted = 0
        self._faults = {"/v1/chat/completions": iter(faults), "/v1/models": iter(model_faults)}
        self._numbers = itertools.count(1)
        self._changed = threading.Condition()
        self._connections: dict[Connection, threading.Thread] = {}
        self._port = port
        self._listener: socket.socket | None = None
        self.start()

    @property
    def port(self) -> int:
        """The port it listens on; the same one after a restart."""
        return self._port

    @property
    def base_url(self) -> str:
        """What a client is given as base URL."""
        return f"http://{HOST}:{self._port}/v1"

    @property
    def requests(self) -> list[ReceivedRequest]:
        """The requests that arrived whole, in order."""
        return [exchange.request for exchange in self.exchanges]

    def __enter__(self) -> Self:
        """Return the gateway, which is open already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def start(self) -> None:
        """Begin to listen, on the same port as before if it had one."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if sys.platform != "win32":  # there, the option would let two servers share the port
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((HOST, self._port))
            listener.listen(128)
        except OSError:
            listener.close()
            raise
        self._port = listener.getsockname()[1]
        self._listener = listener
        self._stopping = threading.Event()
        self._acceptor = threading.Thread(
            target=self._accept, args=(listener, self._stopping), name="demo-gateway", daemon=True
        )
        self._acceptor.start()

    def stop(self) -> None:
        """End every connection at once and stop listening, as a killed server would."""
        if self._listener is None:
            return
        self._stopping.set()
        # Closing a listening socket does not wake `accept` on every system; a connection does.
        with contextlib.suppress(OSError):
            socket.create_connection((HOST, self._port), timeout=1).close()
        self._acceptor.join(SECONDS_TO_END_A_THREAD)
        self._listener.close()
        self._listener = None
        with self._changed:
            open_connections = dict(self._connections)
        for connection, thread in open_connections.items():
            connection.shut_down()
            thread.join(SECONDS_TO_END_A_THREAD)

    def restart(self) -> None:
        """Stop, if it is not stopped, and listen again on the same port."""
        self.stop()
        self.start()

    close = stop

    def wait_for(self, condition: Callable[["DemoGateway"], bool], timeout_s: float = 10.0) -> bool:
        """Return whether `condition` holds, waiting at most `timeout_s` seconds for it.

        It is asked again whenever a connection, a request or the end of a response changed it, and
        every 5 ms besides.
        """
        until = time.monotonic() + timeout_s
        with self._changed:
            while not condition(self):
                if time.monotonic() > until:
                    return False
                self._changed.wait(0.005)
        return True

    def _accept(self, listener: socket.socket, stopping: threading.Event) -> None:
        while not stopping.is_set():
            try:
                accepted, _ = listener.accept()
            except OSError:
                # A client that left the queue (ECONNABORTED) or a process without a free descriptor
                # (EMFILE) is no reason to end: accept(2) advises to try again.
                stopping.wait(SECONDS_BETWEEN_FAILURES)
                continue
            if stopping.is_set():
                accepted.close()
                return
            connection = Connection(accepted, stopping)
            thread = threading.Thread(
                target=self._serve, args=(connection,), name="demo-connection", daemon=True
            )
            with self._changed:
                self.connections_accepted += 1
                self._connections[connection] = thread
                self._changed.notify_all()
            thread.start()

    def _serve(self, connection: Connection) -> None:
        try:
            with contextlib.suppress(HungUpError):
                self._serve_requests(connection)
        finally:
            connection.close()
            with self._changed:
                del self._connections[connection]
                self._changed.notify_all()

    def _serve_requests(self, connection: Connection) -> None:
        try:
            while (request := connection.read_request()) and self._answer(request, connection):
                pass
        except BadRequestError:
            connection.send(_BAD_REQUEST)

    def _answer(self, request: ReceivedRequest, connection: Connection) -> bool:
        with self._changed:
            number = next(self._numbers)
            exchange = Exchange(request, f"demo-{number:04d}")
            self.exchanges.append(exchange)
            del self.exchanges[: -self.keeps]
            faults = self._take_faults(request)
            self._changed.notify_all()
        pace = Pace(self.tokens_per_second, self.first_token_s)
        response = self._build_response(exchange, faults)
        keeps_open = deliver(response, connection, exchange, pace)
        with self._changed:
            self._changed.notify_all()
        if self.observe is not None:
            self.observe(exchange)
        return keeps_open

    def _take_faults(self, request: ReceivedRequest) -> tuple["Fault", ...]:
        planned = next(self._faults.get(request.path, iter(())), None)
        if planned is None:
            planned = ()
        elif not isinstance(planned, tuple):
            planned = (planned,)
        return (*self.every, *planned) if request.path == "/v1/chat/completions" else planned

    def _build_response(self, exchange: Exchange, faults: tuple["Fault", ...]) -> Response:
        if not faults:
            return self.responder.respond(exchange.request, exchange.request_id)
        from tokenhub_cli.demo.faulting import respond_with_faults

        return respond_with_faults(self.responder, exchange.request, exchange.request_id, faults)
