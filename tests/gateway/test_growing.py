"""A text that grows at its end."""

import sys
import threading
from collections.abc import Iterator

import pytest

from tokenhub_cli.chat.long_text import BLOCK_LENGTH, LongText
from tokenhub_cli.gateway.growing import GrowingText


@pytest.mark.parametrize("size", [1, 7, BLOCK_LENGTH - 1, BLOCK_LENGTH, 3 * BLOCK_LENGTH + 5])
def test_it_is_what_was_appended(size: int) -> None:
    """Whatever it began with, in whatever pieces, and however often it is read."""
    text = GrowingText("Ça ")
    assert text.read() == "Ça "
    expected = "Ça "
    for piece in ("v" * size, "", " bien\r\n", "👍🏽" * size, "."):
        text.append(piece)
        expected += piece
        assert text.length == len(text.read()) == len(expected)
    assert text.read() == text.read() == expected


def test_only_a_long_text_is_packed() -> None:
    """An ordinary answer is a `str`."""
    text = GrowingText("x" * (BLOCK_LENGTH - 1))
    assert isinstance(text.read(), str)
    text.append("x")
    assert isinstance(text.read(), LongText)
    assert text.read() == "x" * BLOCK_LENGTH


def test_what_was_read_does_not_change() -> None:
    """Growing is never seen by who holds an earlier text."""
    text = GrowingText()
    texts = []
    for _ in range(300):
        text.append("x" * 1000)
        texts.append(text.read())
    assert [len(str(each)) for each in texts] == [1000 * count for count in range(1, 301)]


@pytest.fixture
def hurry() -> Iterator[None]:
    """Threads take turns a thousand times more often than usual."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(usual / 1000)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("hurry")
def test_it_may_be_read_while_it_grows() -> None:
    """From another thread: always a beginning of the whole, as long as it says."""
    pieces = [f"{number} ".ljust(BLOCK_LENGTH // 3) for number in range(9)]
    whole = "".join(pieces)
    texts = [GrowingText()]
    is_over = threading.Event()
    are_beginnings = []

    def read() -> None:
        while not is_over.is_set():
            found = texts[-1].read()
            is_beginning = whole.startswith(str(found))
            are_beginnings.append(is_beginning and len(found) == len(str(found)))

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(200):
        for piece in pieces:
            texts[-1].append(piece)
        assert texts[-1].read() == whole
        texts[:] = [GrowingText()]
    is_over.set()
    reader.join()
    assert are_beginnings
    assert all(are_beginnings)
