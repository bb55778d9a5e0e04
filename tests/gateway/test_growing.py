"""A text that grows at its end."""

import threading

import pytest

from tokenhub_cli.gateway import growing
from tokenhub_cli.gateway.growing import GrowingText


@pytest.mark.parametrize("pending", [1, 3, 1 << 17])
def test_it_is_what_was_appended(monkeypatch: pytest.MonkeyPatch, pending: int) -> None:
    """Whatever it began with, in whatever pieces, and however often it is read."""
    monkeypatch.setattr(growing, "PENDING_CHARACTERS", pending)
    text = GrowingText("Ça ")
    assert text.read() == "Ça "
    for piece in ("va", "", " bien", " 👍🏽", "."):
        text.append(piece)
        assert text.length == len(text.read())
    assert text.read() == text.read() == "Ça va bien 👍🏽."


def test_what_was_read_does_not_change() -> None:
    """Growing in place is never seen by who holds an earlier text."""
    text = GrowingText()
    texts = []
    for _ in range(300):
        text.append("x" * 1000)
        texts.append(text.read())
    assert [len(each) for each in texts] == [1000 * count for count in range(1, 301)]


def test_it_may_be_read_while_it_grows() -> None:
    """From another thread: always a beginning of the whole."""
    text = GrowingText()
    is_over = threading.Event()
    lengths = []

    def read() -> None:
        while not is_over.is_set():
            lengths.append(len(text.read()))

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(20_000):
        text.append("some text ")
    is_over.set()
    reader.join()
    assert lengths == sorted(lengths)
    assert text.read() == "some text " * 20_000
