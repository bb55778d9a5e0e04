"""Asks a gateway as the program does: client, reader thread, watchdog; and waits for nothing."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.program import MARKED_KEY
from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.chat.message import Role, build_message
from tokenhub_cli.demo.continuation import Continuation
from tokenhub_cli.gateway.answer import Partial
from tokenhub_cli.gateway.client import GatewayClient
from tokenhub_cli.gateway.quirks import QuirkMemory
from tokenhub_cli.gateway.reader import AnswerReader
from tokenhub_cli.gateway.transport import Endpoint, Transport
from tokenhub_cli.wire.events import Ended, Event, Interrupted, Resumed, Retrying, TextDelta
from tokenhub_cli.wire.recovery import Policy
from tokenhub_cli.wire.request import AnswerRequest

MODEL = "gpt-4o"
# The ways in which a gateway goes on that can be joined with certainty, and those that cannot.
NEVER_JOINED = (
    Continuation.ANOTHER_LAST_WORD,
    Continuation.ANNOUNCES,
    Continuation.SOMETHING_ELSE,
    Continuation.EMPTY,
)
JOINED = tuple(way for way in Continuation if way not in NEVER_JOINED)
PATIENCE_S = 20.0  # a test that waits longer for an event has failed


class Waits:
    """Stands in for the pauses between attempts: notes them, and is over at once."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, switch: threading.Event, seconds: float) -> bool:
        """Note a pause."""
        self.seconds.append(seconds)
        return switch.is_set()


@contextmanager
def open_client(
    base_url: str,
    *,
    key: str = MARKED_KEY,
    policy: Policy | None = None,
    max_continue: int = 0,
    memory_file: Path | None = None,
    pause: Callable[[threading.Event, float], Any] | None = None,
    chance: float = 0.0,
    **endpoint: Any,
) -> Iterator[GatewayClient]:
    """Give a client for a gateway, and close it afterwards; pauses between attempts take no time.

    Args:
        base_url: The gateway.
        key: The key.
        policy: What is allowed after a failure; by default the program's default.
        max_continue: How often to go on after the length limit.
        memory_file: Where quirks are kept; by default they are not.
        pause: In place of the pauses between attempts.
        chance: The jitter, always the same.
        endpoint: More of `Endpoint`'s fields.
    """
    transport = Transport(Endpoint(base_url, key, **endpoint))
    client = GatewayClient(
        transport,
        QuirkMemory(memory_file),
        policy or Policy(),
        max_continue=max_continue,
        chance=lambda: chance,
        pause=pause or Waits(),
    )
    try:
        yield client
    finally:
        client.close()


def build_request(
    question: str = "Write a poem", *, model: str = MODEL, **more: Any
) -> AnswerRequest:
    """Return the request that asks a question."""
    return AnswerRequest(model, (build_message(Role.USER, question),), **more)


def read_events(reader: AnswerReader) -> list[Event]:
    """Return all events up to the end, as the main thread takes them."""
    events: list[Event] = []
    until = time.monotonic() + PATIENCE_S
    while not events or not isinstance(events[-1], Ended):
        event = reader.next_event(PATIENCE_S)
        if event is not None:
            events.append(event)
            until = time.monotonic() + PATIENCE_S
        assert time.monotonic() < until, f"nothing came after {events[-1:]}"
    return events


def ask(
    client: GatewayClient,
    question: str = "Write a poem",
    *,
    partial: Partial | None = None,
    **more: Any,
) -> list[Event]:
    """Ask a question and return the answer's events; the reader's thread has ended then."""
    reader = AnswerReader(client, client.answer(build_request(question, **more), partial))
    events = read_events(reader)
    assert reader.join(PATIENCE_S), "the reader thread is stuck"
    return events


def find_end(events: Sequence[Event]) -> Ended:
    """Return the last event, after checking what must be true of every answer.

    The text shown, piece by piece, is the text of the end: nothing lost, nothing doubled. What came
    before a cancel and was not shown yet is kept, too.
    """
    ended = events[-1]
    assert isinstance(ended, Ended)
    assert sum(isinstance(event, Ended) for event in events) == 1
    shown = "".join(event.text for event in events if isinstance(event, TextDelta))
    assert str(ended.text).startswith(shown)
    assert shown == ended.text or ended.status is AnswerStatus.CANCELLED
    return ended


def count_kinds(events: Sequence[Event]) -> tuple[int, int, int]:
    """Return how many retries, interruptions and joined continuations there were."""
    kinds = (Retrying, Interrupted, Resumed)
    return tuple(sum(isinstance(event, kind) for event in events) for kind in kinds)  # type: ignore[return-value]
