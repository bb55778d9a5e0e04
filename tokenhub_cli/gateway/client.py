"""The gateway's client: asks for answers over one connection, one at a time.

What happens to an answer on its way is `gateway/answer.py`'s; this is the part that lasts from one
answer to the next, and the one that another thread may speak to.
"""

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tokenhub_cli.errors import UnknownModelError
from tokenhub_cli.gateway.answer import AnswerUnderWay, Partial
from tokenhub_cli.gateway.quirks import QuirkMemory
from tokenhub_cli.gateway.terms import Terms
from tokenhub_cli.gateway.transport import Transport
from tokenhub_cli.gateway.watchdog import Watchdog
from tokenhub_cli.wire.recovery import Policy
from tokenhub_cli.wire.request import AnswerRequest


class GatewayClient:
    """Asks one gateway.

    Args:
        transport: The connection.
        memory: What is known of the gateway's ways.
        policy: What the user allows after a failure.
        max_continue: How often to go on by itself after the length limit cut the answer.
        models_directory: Where lists of models are kept, or None to suggest none of them.
        clock: Seconds, monotonic.
        chance: A number at least 0 and less than 1, anew at each call.
        pause: Waits so many seconds between two attempts, or until the switch is thrown.
    """

    def __init__(
        self,
        transport: Transport,
        memory: QuirkMemory,
        policy: Policy,
        *,
        max_continue: int = 0,
        models_directory: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
        pause: Callable[[threading.Event, float], Any] = threading.Event.wait,
    ) -> None:
        self.transport = transport
        self.models_directory = models_directory
        self._memory = memory
        self._terms = Terms(policy, max_continue, chance, pause, self._explain)
        self._clock = clock
        self.watchdog = Watchdog(clock, transport.abort, transport.has_arrived)
        self._under_way: AnswerUnderWay | None = None

    def answer(self, request: AnswerRequest, partial: Partial | None = None) -> AnswerUnderWay:
        """Return an answer that is asked for once it is `run`, by `AnswerReader` as a rule.

        Args:
            request: The question.
            partial: What came of the answer in an earlier run, to be gone on with.
        """
        if self._under_way is not None and not self._under_way.is_over:
            self._leave_connection(self._under_way)
        self._under_way = AnswerUnderWay(
            self.transport, self.watchdog, self._memory, self._terms, request, partial
        )
        return self._under_way

    def _explain(self, error: UnknownModelError, model: str) -> None:
        """Add to the hint of `error` the names of models that `model` may have meant."""
        if self.models_directory is not None:
            from tokenhub_cli.gateway.listing import suggest_models

            suggest_models(error, model, self.models_directory, self.transport)

    def cancel(self) -> None:
        """End the answer at the next event boundary; from any thread."""
        if self._under_way is not None:
            self._under_way.cancelled.set()
        self.transport.abort()

    def close(self) -> None:
        """Close the connection."""
        self.transport.close()

    def _leave_connection(self, under_way: AnswerUnderWay) -> None:
        """Leave the connection to the thread that still holds it, and use another from now on.

        That thread reads the end of an answer from a gateway that keeps the connection open, or is
        stuck below us (name resolution). It ends by itself, and must not get in the way.
        """
        under_way.leave()
        self.transport.abort()
        if under_way.is_over:  # by now: it may have ended without knowing that it was left
            self.transport.close()
        self.transport = Transport(self.transport.endpoint)
        self.watchdog = Watchdog(self._clock, self.transport.abort, self.transport.has_arrived)
