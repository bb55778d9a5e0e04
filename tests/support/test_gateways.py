"""The scripted server does what its script says."""

import socket

import pytest

from tests.support.gateways import (
    READ_REQUEST,
    RESET,
    ScriptedServer,
    find_free_port,
    post_messages,
    request,
)

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


def read_to_end(client: socket.socket) -> None:
    while client.recv(100):
        pass


def test_bytes_are_sent_as_they_are() -> None:
    """Each connection plays its own script; the last one is for all that follow."""
    with ScriptedServer([OK], [OK[:-1]]) as server:
        replies = [post_messages(server.port, "Hello") for _ in range(3)]
    assert [reply.broken for reply in replies] == [False, True, True]
    assert replies[0].body == b"hi"
    assert b'"content": "Hello"' in server.requests[0]


def test_a_reset_is_a_reset() -> None:
    """The client's read fails."""
    with (
        ScriptedServer([OK[:20], RESET]) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=10) as client,
    ):
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            read_to_end(client)


def test_one_connection_may_carry_two_requests() -> None:
    """`READ_REQUEST` waits for another one; a silence ends when the server does."""
    with (
        ScriptedServer([OK, READ_REQUEST, OK, 60]) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=10) as client,
    ):
        for _ in range(2):
            client.sendall(b"GET / HTTP/1.1\r\n\r\n")
            received = b""
            while len(received) < len(OK):
                received += client.recv(100)
            assert received == OK
    assert len(server.requests) == 2


def test_nobody_listens_on_a_free_port() -> None:
    """A refused connection is an empty reply."""
    assert request(find_free_port(), "GET", "/v1/models").status == 0
