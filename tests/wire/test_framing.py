"""The frame of one chunk in an HTTP body."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenhub_cli.wire.framing import measure_frame, unframe


@given(st.binary(min_size=1, max_size=300))
def test_a_chunk_without_frills_gives_its_content(piece: bytes) -> None:
    """What a gateway puts into one chunk comes out of it, and the frame is the rest."""
    chunk = b"%x\r\n%b\r\n" % (len(piece), piece)
    assert unframe(chunk) == piece
    assert measure_frame(piece) == len(chunk) - len(piece)


def test_the_digits_may_be_of_either_case() -> None:
    """Some servers write lengths in capitals."""
    assert unframe(b"1A\r\n" + b"x" * 26 + b"\r\n") == b"x" * 26


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n",
        b"0\r\n\r\n",
        b"5\r\nfirst\r\n6\r\nsecond\r\n",
        b"5\r\nfir",
        b"st\r\n",
        b"5\r\nfirst\r",
        b"5\r\nfirst\n\n",
        b"05\r\nfirst\r\n",
        b"5;name=value\r\nfirst\r\n",
        b"+5\r\nfirst\r\n",
        b"6\r\nfirst\r\n",
        b"data: no chunk at all\n\n",
    ],
)
def test_whatever_is_not_one_chunk_without_frills_gives_nothing(data: bytes) -> None:
    """A cut, a second chunk, an extension, a wrong length: all that is left to httpx."""
    assert unframe(data) == b""
