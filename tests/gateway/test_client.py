"""Ctrl-C at every moment ends an answer at once, with what had come of it; and nothing lingers."""

import gc
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.support.client import (
    PATIENCE_S,
    ask,
    build_request,
    find_end,
    open_client,
    read_events,
)
from tests.support.gateways import HOST, ScriptedServer
from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.demo.continuation import Continuation
from tokenhub_cli.demo.delivery import Outcome
from tokenhub_cli.demo.faults import Cut, Drip, Fails, Fault, Holds, Slow, Stall
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.demo.texts import POEM
from tokenhub_cli.gateway.client import GatewayClient
from tokenhub_cli.gateway.reader import AnswerReader
from tokenhub_cli.wire.events import Event, Interrupted, Retrying, TextDelta
from tokenhub_cli.wire.recovery import Policy
from tokenhub_cli.wire.request import AnswerRequest

pytestmark = pytest.mark.waits
AT_ONCE_S = 0.5  # 0.1 s is promised; two busy cores may take a while to wake a thread


def cancel_when(client: GatewayClient, happens: Callable[[Event], bool]) -> list[Event]:
    """Ask, cancel at the first event that `happens` names, and return all events.

    Fails if the end does not follow at once.
    """
    reader = AnswerReader(client, client.answer(build_request()))
    events: list[Event] = []
    until = time.monotonic() + PATIENCE_S
    while not (events and happens(events[-1])):
        event = reader.next_event(PATIENCE_S)
        if event is not None:
            events.append(event)
        assert time.monotonic() < until
    events += cancel(reader)
    return events


def cancel(reader: AnswerReader) -> list[Event]:
    started = time.monotonic()
    reader.cancel()
    events = read_events(reader)
    assert time.monotonic() - started < AT_ONCE_S
    assert reader.join(PATIENCE_S)
    return events


def has_come(characters: int) -> Callable[[Event], bool]:
    """Return a condition that holds once so much text has come."""
    seen = 0

    def holds(event: Event) -> bool:
        nonlocal seen
        seen += len(event.text) if isinstance(event, TextDelta) else 0
        return seen >= characters

    return holds


def check_cancelled(events: list[Event], text: str = POEM) -> None:
    ended = find_end(events)
    assert ended.status is AnswerStatus.CANCELLED
    assert ended.error is None
    assert text.startswith(str(ended.text))


def test_cancel_while_waiting_for_the_first_byte() -> None:
    """The gateway sees us hang up at once, which stops it from generating."""
    with (
        DemoGateway(tokens_per_second=None, faults=(Slow(30),)) as gateway,
        open_client(gateway.base_url) as client,
    ):
        reader = AnswerReader(client, client.answer(build_request()))
        assert gateway.wait_for(lambda it: bool(it.exchanges))
        events = cancel(reader)
        assert gateway.exchanges[0].wait() is Outcome.HUNG_UP
    check_cancelled(events)


@pytest.mark.parametrize(
    "faults", [(Stall(30, after_pieces=40),), (Drip(60, 0.01),)], ids=["stalled", "streaming"]
)
def test_cancel_while_an_answer_streams(faults: tuple[Fault, ...]) -> None:
    """What had come is the answer, and the gateway is left at once."""
    with (
        DemoGateway(tokens_per_second=None, faults=faults) as gateway,
        open_client(gateway.base_url) as client,
    ):
        events = cancel_when(client, has_come(3))
        assert gateway.exchanges[0].wait() is Outcome.HUNG_UP
    check_cancelled(events)
    assert len(find_end(events).text) >= 3


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(Fails(429, retry_after=60), Retrying), (Cut(after_pieces=30), Interrupted)],
    ids=["before text", "after text"],
)
def test_cancel_between_two_attempts(fault: Fault, kind: type[Event]) -> None:
    """The wait ends at once, and no further request is sent."""
    with (
        DemoGateway(tokens_per_second=None, faults=(fault,)) as gateway,
        open_client(
            gateway.base_url,
            chance=0.99,
            pause=lambda switch, _seconds: switch.wait(60),
        ) as client,
    ):
        events = cancel_when(client, lambda event: isinstance(event, kind))
        assert len(gateway.exchanges) == 1
    check_cancelled(events)


def test_cancel_during_a_seam() -> None:
    """Nothing of a continuation whose seam is not settled is shown, and nothing before it lost."""
    faults = (Cut(after_pieces=60), (Drip(200, 0.02), Stall(30, after_pieces=20)))
    with (
        DemoGateway(
            tokens_per_second=None, faults=faults, continuation=Continuation.STARTS_OVER
        ) as gateway,
        open_client(gateway.base_url) as client,
    ):
        reader = AnswerReader(client, client.answer(build_request()))
        assert gateway.wait_for(
            lambda it: len(it.exchanges) == 2 and it.exchanges[1].pieces_sent >= 5
        )
        events = cancel(reader)
    check_cancelled(events)
    assert find_end(events).text
    assert any(isinstance(event, Interrupted) for event in events)


@contextmanager
def full_backlog() -> Iterator[str]:
    """Give the address of a server that never accepts: connecting to it takes for ever."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen(0)
        address = listener.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:
            client.setblocking(False)  # noqa: FBT003 - the standard library's signature
            client.connect_ex(address)
        yield f"http://{HOST}:{address[1]}/v1"
        for client in waiting:
            client.close()


def test_cancel_while_connecting() -> None:
    """Nobody answers; the thread that is stuck in `connect` is left behind."""
    with full_backlog() as base_url, open_client(base_url, connect_timeout=1) as client:
        reader = AnswerReader(client, client.answer(build_request()))
        started = time.monotonic()
        reader.cancel()
        events = read_events(reader)
        assert time.monotonic() - started < AT_ONCE_S
        check_cancelled(events)
        assert reader.join(PATIENCE_S)


def test_a_connection_that_is_not_made_times_out() -> None:
    """The connect timeout holds, and its failure is named."""
    with (
        full_backlog() as base_url,
        open_client(base_url, connect_timeout=0.2, policy=Policy(max_retries=0)) as client,
    ):
        ended = find_end(ask(client))
    assert ended.error is not None
    assert ended.error.message == f"no connection to `{base_url}` in time"
    assert ended.error.exit_code == 6


def test_a_thread_left_behind_sends_nothing_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name resolution cannot be interrupted; when it ends at last, its answer is over.

    Meanwhile the next question was asked and answered over a connection of its own.
    """
    resolve = socket.getaddrinfo
    stuck, released = threading.Event(), threading.Event()

    def resolve_slowly(*args: object, **more: object) -> object:
        if not stuck.is_set():
            stuck.set()
            released.wait(PATIENCE_S)
        return resolve(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", resolve_slowly)
    with DemoGateway(tokens_per_second=None) as gateway, open_client(gateway.base_url) as client:
        left = AnswerReader(client, client.answer(build_request("The first question")))
        assert stuck.wait(PATIENCE_S)
        left.cancel()
        assert find_end(read_events(left)).status is AnswerStatus.CANCELLED
        ended = find_end(ask(client))
        released.set()
        assert left.join(PATIENCE_S)
        again = find_end(ask(client))
        assert len(gateway.exchanges) == 2
        assert gateway.connections_accepted <= 2 + 1  # the first one was made, but never used
    assert ended.text == again.text == POEM


def test_a_cancel_before_the_request_is_not_forgotten() -> None:
    """Cancelled before the reader's thread got as far as connecting: nothing is sent."""
    with DemoGateway(tokens_per_second=None) as gateway, open_client(gateway.base_url) as client:
        events = client.answer(build_request())
        client.cancel()
        reader = AnswerReader(client, events)
        assert find_end(read_events(reader)).status is AnswerStatus.CANCELLED
        assert reader.join(PATIENCE_S)
        assert gateway.exchanges == []


def test_the_next_answer_is_not_cancelled() -> None:
    """Cancelling ends one answer; the client answers the next question."""
    with (
        DemoGateway(tokens_per_second=None, faults=(Slow(30),)) as gateway,
        open_client(gateway.base_url) as client,
    ):
        reader = AnswerReader(client, client.answer(build_request()))
        assert gateway.wait_for(lambda it: bool(it.exchanges))
        cancel(reader)
        assert find_end(ask(client)).text == POEM


def test_a_held_connection_does_not_delay_the_next_question() -> None:
    """The gateway keeps the connection open after `[DONE]`; the next question gets another one."""
    with (
        DemoGateway(tokens_per_second=None, faults=(Holds(60), Holds(60))) as gateway,
        open_client(gateway.base_url) as client,
    ):
        first = AnswerReader(client, client.answer(build_request()))
        assert find_end(read_events(first)).text == POEM
        second = AnswerReader(client, client.answer(build_request()))
        assert first.join(PATIENCE_S)  # it was told to let go
        assert find_end(read_events(second)).text == POEM
        assert gateway.connections_accepted == 2
        client.cancel()
        assert second.join(PATIENCE_S)


@pytest.mark.parametrize("junk", [[], [b": still here\n\n", 0.05] * 100], ids=["mute", "chatty"])
def test_a_held_connection_is_given_up_by_itself(junk: list[bytes | float]) -> None:
    """A second after `[DONE]`, when nobody looks any more; so the next question need not wait."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    body = b'data: {"choices":[{"delta":{"content":"Hi."},"finish_reason":"stop"}]}\n\n'
    with (
        ScriptedServer([head, body, b"data: [DONE]\n\n", *junk, 60]) as server,
        open_client(server.base_url) as client,
    ):
        reader = AnswerReader(client, client.answer(build_request()))
        assert find_end(read_events(reader)).text == "Hi."
        assert not reader.join(0.5)
        assert reader.join(3)


def test_a_connection_carries_many_answers() -> None:
    """Kept alive: three questions, one connection."""
    with DemoGateway(tokens_per_second=None) as gateway, open_client(gateway.base_url) as client:
        for _ in range(3):
            assert find_end(ask(client)).text == POEM
        assert gateway.connections_accepted == 1


def test_what_was_sent_is_freed_with_the_answer() -> None:
    """A long conversation's requests do not pile up until the garbage collector comes by."""
    gc.collect()
    gc.disable()
    # Other tests' threads may hold some.
    before = Counter(type(thing) for thing in gc.get_objects())
    try:
        with (
            DemoGateway(tokens_per_second=None) as gateway,
            open_client(gateway.base_url) as client,
        ):
            for _ in range(5):
                ask(client)
            after = Counter(type(thing) for thing in gc.get_objects())
    finally:
        gc.enable()
    assert after[AnswerRequest] - before[AnswerRequest] <= 1
    assert after[httpx.Request] - before[httpx.Request] <= 1
