"""The terminal's keys while no prompt runs, on a real pseudo-terminal."""

import os
import pty
import signal
import termios
import time
from collections.abc import Iterator

import pytest

from tokenhub_cli.repl.keyboard import Keyboard


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Give the two sides of a terminal: what types, and what is read."""
    master, slave = pty.openpty()
    yield master, slave
    os.close(master)
    os.close(slave)


def is_echoing(descriptor: int) -> bool:
    return bool(termios.tcgetattr(descriptor)[3] & termios.ECHO)


def wait_until_typed(typed: bytearray, length: int) -> None:
    until = time.monotonic() + 5
    while len(typed) < length:
        assert time.monotonic() < until
        time.sleep(0.001)


def test_what_is_typed_is_collected_unseen(terminal: tuple[int, int]) -> None:
    """Bytes arrive as they were typed, more of them than a terminal holds, and none is echoed."""
    master, slave = terminal
    keyboard = Keyboard(slave)
    typed = bytearray()
    data = b"abc\r" * 4000
    with keyboard.held(typed):
        for start in range(0, len(data), 1000):
            os.write(master, data[start : start + 1000])
            wait_until_typed(typed, start + 1000)
    assert bytes(typed) == data.replace(b"\r", b"\n")
    os.set_blocking(master, False)
    with pytest.raises(BlockingIOError):
        os.read(master, 1)


def test_what_was_typed_before_can_be_taken(terminal: tuple[int, int]) -> None:
    """Lines and the beginning of one; Enter is what a prompt takes it for, until `hush`."""
    master, slave = terminal
    keyboard = Keyboard(slave)
    os.write(master, b"a line\rand a half")
    typed = bytearray()
    until = time.monotonic() + 5
    while len(typed) < 17:  # the system may take a moment to bring it
        assert time.monotonic() < until
        typed += keyboard.take()
    assert typed.replace(b"\r", b"\n") == b"a line\nand a half"
    assert keyboard.take() == b""
    assert not is_echoing(slave)
    os.write(master, b"\r")
    assert os.read(slave, 10) == b"\r"
    keyboard.hush()
    os.write(master, b"\r")
    assert os.read(slave, 10) == b"\n"
    keyboard.close()
    assert is_echoing(slave)


def test_the_terminal_is_given_back_as_it_was(terminal: tuple[int, int]) -> None:
    """`close` and `lent` put the found state back; `held` leaves the terminal silent."""
    _, slave = terminal
    keyboard = Keyboard(slave)
    with keyboard.held(bytearray()):
        assert not is_echoing(slave)
    assert not is_echoing(slave)
    with keyboard.lent():
        assert is_echoing(slave)
    assert not is_echoing(slave)
    keyboard.close()
    assert is_echoing(slave)


def test_after_a_stop_the_terminal_is_silent_again(terminal: tuple[int, int]) -> None:
    """SIGCONT, which `fg` sends, silences what the shell had made echo."""
    _, slave = terminal
    keyboard = Keyboard(slave)
    found = termios.tcgetattr(slave)
    with keyboard.held(bytearray()):
        termios.tcsetattr(slave, termios.TCSANOW, found)
        assert is_echoing(slave)
        os.kill(os.getpid(), signal.SIGCONT)
        assert not is_echoing(slave)


def test_without_a_terminal_nothing_happens() -> None:
    """A pipe or a file has no keys."""
    descriptor = os.open(os.devnull, os.O_RDONLY)
    try:
        keyboard = Keyboard(descriptor)
        typed = bytearray()
        with keyboard.held(typed):
            pass
        keyboard.close()
        assert not typed
    finally:
        os.close(descriptor)
