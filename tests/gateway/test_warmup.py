"""Connecting before the first question."""

import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tokenhub_cli.demo.faults import Slow
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.gateway.client import GatewayClient
from tokenhub_cli.gateway.quirks import QuirkMemory
from tokenhub_cli.gateway.transport import Endpoint, Transport
from tokenhub_cli.gateway.warmup import WarmUp
from tokenhub_cli.wire.recovery import Policy


def build_client(base_url: str, directory: Path | None = None) -> GatewayClient:
    transport = Transport(Endpoint(base_url, "sk-test"))
    return GatewayClient(transport, QuirkMemory(None), Policy(), models_directory=directory)


def test_the_models_are_learned_and_kept(tmp_path: Path) -> None:
    """One request gives the names; the next start has them before the gateway has answered."""
    with DemoGateway(models=("b", "a"), tokens_per_second=None) as gateway:
        client = build_client(gateway.base_url, tmp_path)
        warm_up = WarmUp(lambda: client)
        assert gateway.wait_for(lambda _: warm_up.models == ("a", "b"))
        assert warm_up.end()
        client.transport.close()
        url = gateway.base_url
    again = build_client(url, tmp_path)
    offline = WarmUp(lambda: again)
    assert offline.end()
    assert offline.models == ("a", "b")
    again.transport.close()


def test_a_gateway_that_is_not_there_is_met_in_silence() -> None:
    """No error leaves the thread, and no model is known."""
    with DemoGateway() as gateway:
        url = gateway.base_url
    client = build_client(url)
    warm_up = WarmUp(lambda: client)
    assert warm_up.end()
    assert warm_up.models == ()
    client.transport.close()


def test_a_thread_that_is_stuck_is_left_behind_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The question after that waits for nothing, and keeps the connection that is used by now."""
    monkeypatch.setattr("tokenhub_cli.gateway.warmup.GRACE_S", 0.1)
    go_on = threading.Event()

    def make_client() -> GatewayClient:
        go_on.wait(10)
        return client

    with DemoGateway(tokens_per_second=None) as gateway:
        client = build_client(gateway.base_url)
        warm_up = WarmUp(make_client)
        assert not warm_up.end()
        began = time.monotonic()
        assert warm_up.end()
        assert time.monotonic() - began < 0.2
        go_on.set()
        assert gateway.wait_for(lambda _: bool(warm_up.models))
        assert gateway.wait_for(lambda it: not it._connections)  # closed by the thread


def test_a_slow_list_does_not_hold_a_question_back() -> None:
    """`end` gives the list up after a moment, and the connection is free."""
    with DemoGateway(tokens_per_second=None, model_faults=[Slow(30)]) as gateway:
        client = build_client(gateway.base_url)
        warm_up = WarmUp(lambda: client)
        assert gateway.wait_for(lambda g: bool(g.requests))
        began = time.monotonic()
        assert warm_up.end()
        assert time.monotonic() - began < 5
        client.transport.close()


def test_a_list_that_nobody_waits_for_leaves_no_connection_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Left while it connects, where closing the client would not reach the socket to come."""
    resolve = socket.getaddrinfo
    stuck, go_on = threading.Event(), threading.Event()

    def resolve_slowly(*arguments: Any, **more: Any) -> Any:
        stuck.set()
        go_on.wait(10)
        return resolve(*arguments, **more)

    with DemoGateway(tokens_per_second=None) as gateway:
        client = build_client(gateway.base_url)
        monkeypatch.setattr(socket, "getaddrinfo", resolve_slowly)
        warm_up = WarmUp(lambda: client)
        assert stuck.wait(10)
        assert not warm_up.leave()
        go_on.set()
        assert gateway.wait_for(lambda it: it.connections_accepted == 1)
        assert gateway.wait_for(lambda it: not it._connections)


def test_what_is_left_twice_is_left_to_its_thread_once() -> None:
    """Whoever was told to use another connection closes that one."""
    go_on = threading.Event()

    def make_client() -> GatewayClient:
        go_on.wait(10)
        return client

    with DemoGateway(tokens_per_second=None) as gateway:
        client = build_client(gateway.base_url)
        warm_up = WarmUp(make_client)
        assert not warm_up.leave()
        assert warm_up.leave()
        assert warm_up.end()
        go_on.set()
        assert gateway.wait_for(lambda it: it.connections_accepted == 1)
        assert gateway.wait_for(lambda it: not it._connections)
