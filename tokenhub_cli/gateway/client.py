"""The gateway's client: asks for answers over one connection, one at a time.

What happens to an answer on its way is `gateway/answer.py`'s; this is the part that lasts from one
answer to the next, and the one that another thread may speak to.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tokenhub_cli.errors import UnknownModelError
from tokenhub_cli.gateway.answer import AnswerUnderWay, Partial
from tokenhub_cli.gateway.quirks import QuirkMemory
from tokenhub_cli.gateway.transport import Transport
from tokenhub_cli.gateway.watchdog import Watchdog
from tokenhub_cli.wire.events import Event
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
    ) -> None:
        self.transport = transport
        self.memory = memory
        self.policy = policy
        self.max_continue = max_continue
        self.models_directory = models_directory
        self.chance = chance
        self.cancelled = threading.Event()
        self.watchdog = Watchdog(clock, transport.abort)
        self.partial_text = ""

    def answer(self, request: AnswerRequest, partial: Partial | None = None) -> Iterator[Event]:
        """Yield the answer's events; the last one is `Ended`.

        After `Ended` the iterator reads to the end of the response, for at most a second, so that
        the connection can be used again.

        Args:
            request: The question.
            partial: What came of the answer in an earlier run, to be gone on with.
        """
        self.cancelled.clear()
        return AnswerUnderWay(self, request, partial).events()

    def explain(self, error: UnknownModelError, model: str) -> None:
        """Add to the hint of `error` the names of models that `model` may have meant."""
        if self.models_directory is not None:
            from tokenhub_cli.gateway.catalog import suggest_models

            suggest_models(error, model, self.models_directory, self.transport)

    def cancel(self) -> None:
        """End the answer at the next event boundary; from any thread."""
        self.cancelled.set()
        self.transport.abort()
