"""The standard streams are written whole and at once."""

import io
import os
import threading

import pytest

from tests.support.terminal import open_terminal
from tokenhub_cli.render.outlet import Outlet, encode_text, write_fully


def test_a_pipe_gets_utf_8_at_once() -> None:
    """A piece can be read from the pipe as soon as `write` returns, whatever the locale."""
    reading, writing = os.pipe()
    with (
        os.fdopen(reading, "rb", buffering=0) as reader,
        os.fdopen(writing, "w", encoding="latin-1") as stream,
    ):
        Outlet(stream).write("naïve 漢字 🙂")
        assert reader.read(100).decode() == "naïve 漢字 🙂"


def test_what_was_buffered_before_comes_first() -> None:
    """Text that Python still buffered is not overtaken."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", buffering=0) as reader, os.fdopen(writing, "w") as stream:
        stream.write("first ")
        Outlet(stream).write("second")
        assert reader.read(100) == b"first second"


def test_a_full_non_blocking_pipe_is_waited_for() -> None:
    """Nothing is lost when a parent process made the pipe non-blocking."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    data = os.urandom(300_000)
    received = bytearray()

    def read() -> None:
        while len(received) < len(data):
            received.extend(os.read(reading, 65536))

    reader = threading.Thread(target=read)
    reader.start()
    write_fully(writing, data)
    reader.join(10)
    os.close(reading)
    os.close(writing)
    assert received == data


def test_a_closed_pipe_is_told_to_the_caller() -> None:
    """A reader that has gone raises BrokenPipeError."""
    reading, writing = os.pipe()
    os.close(reading)
    stream = os.fdopen(writing, "w")
    with stream, pytest.raises(BrokenPipeError):
        Outlet(stream).write("text")


def test_a_lone_surrogate_becomes_a_replacement_character() -> None:
    """Half a surrogate pair cannot be written; the text around it can. A whole pair is joined."""
    assert encode_text("a\ud83db").decode() == "a\ufffdb"
    assert encode_text("\ud83d\ude42").decode() == "🙂"


def test_an_encoding_that_lacks_a_character_degrades() -> None:
    """On a terminal with another encoding what it cannot show is replaced."""
    assert encode_text("π ≈ 3", "latin-1") == b"? ? 3"


def test_a_stream_in_memory_will_do() -> None:
    """A stream without a file descriptor is written through its own methods."""
    stream = io.StringIO()
    outlet = Outlet(stream)
    outlet.write("text\ud800")
    assert stream.getvalue() == "text\ufffd"
    assert not outlet.is_terminal
    assert outlet.measure() == (80, 24)


def test_a_terminal_knows_its_size_and_its_twin() -> None:
    """Two streams on one terminal share it; a pipe shares nothing."""
    with open_terminal(100, 30) as terminal, open_terminal() as other:
        outlet = Outlet(terminal.stream)
        assert outlet.measure() == (100, 30)
        assert outlet.shares_terminal(Outlet(terminal.stream))
        assert not outlet.shares_terminal(Outlet(other.stream))
        assert not outlet.shares_terminal(Outlet(io.StringIO()))


def test_a_terminal_breaks_no_word_and_a_pipe_gets_one_line() -> None:
    """Notices are wrapped to the terminal's width; what reads a pipe gets them as they are."""
    words = "note: the gateway did not say whether the answer is complete\n"
    with open_terminal(20, 8) as terminal:
        Outlet(terminal.stream).write_words(words)
        assert terminal.read_all() == [
            *("note: the gateway", "did not say whether", "the answer is", "complete")
        ]
    stream = io.StringIO()
    Outlet(stream).write_words(words)
    assert stream.getvalue() == words
