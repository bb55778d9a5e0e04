"""What arrives of a body is given out early, once, and in order."""

from collections.abc import Iterator
from itertools import pairwise

import h11
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.gateways import ScriptedServer
from tokenhub_cli.errors import ProtocolError
from tokenhub_cli.gateway.arrivals import Arrivals
from tokenhub_cli.gateway.transport import Endpoint, Transport
from tokenhub_cli.wire.encoding import EncodedBody

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
READ_AGAIN = "read again"


class Reads(httpx.SyncByteStream):
    """A response's reads, taken apart by the parser that httpx uses, in httpx's order."""

    def __init__(self, arrivals: Arrivals, reads: list[bytes], log: list[object]) -> None:
        self._arrivals = arrivals
        self._reads = reads
        self._log = log
        self._parser = h11.Connection(h11.CLIENT)
        self._parser.send(h11.Request(method="GET", target="/", headers=[("Host", "h")]))
        self._parser.send(h11.EndOfMessage())

    def __iter__(self) -> Iterator[bytes]:
        for data in self._reads:
            self._arrivals.before_read()
            self._log.append(READ_AGAIN)
            self._arrivals.note_read(data)
            self._parser.receive_data(data)
            while (event := self._parser.next_event()) is not h11.NEED_DATA:
                if isinstance(event, h11.Data):
                    self._log.append(len(event.data))
                    yield bytes(event.data)
                if isinstance(event, h11.EndOfMessage):
                    return


def read_all(*reads: bytes) -> list[object]:
    """Return in order what is given out, the size of what httpx brings, and the reads."""
    log: list[object] = []
    arrivals = Arrivals()
    response = httpx.Response(
        200, headers={"transfer-encoding": "chunked"}, stream=Reads(arrivals, list(reads), log)
    )
    arrivals.read(response, log.append)
    return log


def test_a_chunk_that_comes_alone_is_given_out_before_httpx_has_looked_at_it() -> None:
    """From the second on: a read that was used up to its end shows where chunks begin."""
    log = read_all(HEAD, b"5\r\nfirst\r\n", b"6\r\nsecond\r\n", b"0\r\n\r\n")
    assert log == [
        READ_AGAIN,
        *(READ_AGAIN, 5, b"first"),
        *(READ_AGAIN, b"second", 6),
        READ_AGAIN,
    ]


def test_what_one_read_brings_is_given_out_together() -> None:
    """A hundred chunks at full speed cost one turn, and the next chunk alone is early again."""
    log = read_all(HEAD, b"1\r\na\r\n" * 100, b"1\r\nb\r\n", b"0\r\n\r\n")
    assert log == [
        READ_AGAIN,
        *(READ_AGAIN, *[1] * 100, b"a" * 100),
        *(READ_AGAIN, b"b", 1),
        READ_AGAIN,
    ]


def test_after_a_chunk_that_was_cut_nothing_is_early_until_chunks_and_reads_agree() -> None:
    """Where a chunk begins is not known then; httpx knows."""
    log = read_all(HEAD, b"5\r\nfi", b"rst\r\n", b"1\r\na\r\n", b"1\r\nb\r\n", b"0\r\n\r\n")
    assert log == [
        READ_AGAIN,
        *(READ_AGAIN, 2, b"fi"),
        *(READ_AGAIN, 3, b"rst"),
        *(READ_AGAIN, 1, b"a"),
        *(READ_AGAIN, b"b", 1),
        READ_AGAIN,
    ]


def test_what_stands_in_a_lavish_frame_is_given_out_before_the_next_read() -> None:
    """By counting bytes alone more could seem to come, and a piece must not wait for that."""
    log = read_all(HEAD, b"0005;lavish=yes\r\nfirst\r\n", b"0\r\n\r\n")
    assert log == [READ_AGAIN, READ_AGAIN, 5, b"first", READ_AGAIN]


def test_a_body_of_two_meanings_is_an_error() -> None:
    """Extensions that make up for a cut chunk pass the count; then httpx's word stands.

    The second read leaves one byte of a chunk open, which is the `9` of the third.
    """
    with pytest.raises(ProtocolError, match="two ways"):
        read_all(HEAD, b"4;x\r\nabcd\r\n2\r\nh", b"9\r\n4\r\nwxyz\r\n\r\n", b"0\r\n\r\n")


@st.composite
def cut_bodies(draw: st.DrawFn) -> tuple[bytes, list[bytes]]:
    """Return a content and the reads in which it arrives, framed and cut at random."""
    pieces = draw(st.lists(st.binary(min_size=1, max_size=40), max_size=12))
    frames = [
        b"%b%x%b\r\n%b\r\n"
        % (
            draw(st.sampled_from([b"", b"", b"", b"0", b"000"])),
            len(piece),
            draw(st.sampled_from([b"", b"", b"", b";x", b";name=value"])),
            piece,
        )
        for piece in pieces
    ]
    if draw(st.booleans()):
        return b"".join(pieces), [HEAD, *frames, b"0\r\n\r\n"]
    wire = b"".join([HEAD, *frames, b"0\r\n\r\n"])
    cuts = sorted(draw(st.sets(st.integers(1, len(wire) - 1), max_size=8)))
    return b"".join(pieces), [wire[a:b] for a, b in pairwise([0, *cuts, len(wire)])]


@given(cut_bodies())
def test_however_it_is_framed_and_cut_all_of_a_body_comes_once_and_in_order(
    body: tuple[bytes, list[bytes]],
) -> None:
    """What is given out early is what httpx brings later, and is not given out again."""
    content, reads = body
    given_out = [data for data in read_all(*reads) if isinstance(data, bytes)]
    assert b"".join(given_out) == content


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        ([b"5\r\nfirst\r\n"], [b"first"]),
        ([b"5\r\nfirst\r\n6\r\nsecond\r\n"], [b"firstsecond"]),
        ([b"5\r\nfir", 0.1, b"st\r\n"], [b"fir", b"st"]),
        ([b"5\r\nfirst\r\n", 0.1, b"6\r\nsecond\r\n"], [b"first", b"second"]),
        ([b"0005;lavish=yes\r\nfirst\r\n"], [b"first"]),
    ],
    ids=["one", "two in one read", "one cut in two", "two in two reads", "one in a lavish frame"],
)
def test_over_a_real_connection_what_came_together_is_given_out_together(
    frames: list[bytes | float], expected: list[bytes]
) -> None:
    """The transport looks at each read of the socket before and after it."""
    with ScriptedServer([HEAD, 0.1, *frames, 0.1, b"0\r\n\r\n"]) as server:
        transport = Transport(Endpoint(server.base_url))
        found: list[bytes] = []
        with transport.open("POST", "/chat/completions", EncodedBody({"messages": []})) as response:
            transport.read_body(response, found.append)
        transport.close()
    assert found == expected


def test_what_arrived_before_a_cut_is_given_out_before_the_error() -> None:
    """The words of a broken stream are not lost with it."""
    with ScriptedServer([HEAD, 0.1, b"5\r\nfirst\r\n9\r\nsec"]) as server:
        transport = Transport(Endpoint(server.base_url))
        found: list[bytes] = []
        body = EncodedBody({"messages": []})
        with transport.open("POST", "/chat/completions", body) as response:
            with pytest.raises(httpx.RemoteProtocolError):
                transport.read_body(response, found.append)
            assert b"".join(found) == b"firstsec"
        transport.close()
