"""A real pseudo-terminal with an emulated screen behind it: what a person would see."""

import sys

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals", allow_module_level=True)

import fcntl
import os
import pty
import struct
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import pyte

from tests.support.screens import Screen

MARK = b"\x1b]7777;settle\x07"


class EmulatedTerminal:
    """The master side of a pseudo-terminal, read by a thread into pyte's screen.

    `stream` is the slave side as a text stream, as the program under test has it. `received` is
    every byte that was written.

    Args:
        columns: The width.
        rows: The height.
        screen: What is emulated; a plain screen if not given.
    """

    def __init__(self, columns: int = 80, rows: int = 24, screen: Screen | None = None) -> None:
        self._master, slave = pty.openpty()
        self.stream: TextIO = os.fdopen(slave, "w", encoding="utf-8", errors="surrogatepass")
        self.screen = screen or Screen(columns, rows)
        self._emulator = pyte.ByteStream(self.screen)
        self.received = bytearray()
        self._settled = threading.Event()
        self.resize(columns, rows)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def settle(self) -> None:
        """Wait until everything written so far is on the screen."""
        self._settled.clear()
        os.write(self.stream.fileno(), MARK)
        assert self._settled.wait(10), "the terminal's reader is stuck"

    def read_screen(self) -> list[str]:
        """Return the lines in sight, without trailing blanks."""
        self.settle()
        return [line.rstrip() for line in self.screen.display]

    def read_all(self) -> list[str]:
        """Return the scrollback and the lines in sight, without trailing blank lines."""
        self.settle()
        above = [
            "".join(line[column].data for column in range(max(line, default=0) + 1)).rstrip()
            for line in self.screen.history.top
        ]
        lines = above + [line.rstrip() for line in self.screen.display]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def close(self) -> None:
        """Close both sides."""
        self.stream.close()
        self._reader.join(10)
        os.close(self._master)

    def _read(self) -> None:
        pending = b""
        while True:
            try:
                data = os.read(self._master, 65536)
            except OSError:  # the slave side is closed
                return
            pending += data
            marked = MARK in pending
            pending = pending.replace(MARK, b"")
            cut = pending.rfind(b"\x1b")
            keep = pending[cut:] if cut >= 0 and MARK.startswith(pending[cut:]) else b""
            whole = pending[: len(pending) - len(keep)]
            pending = keep
            self.received += whole
            self._emulator.feed(whole)
            if marked:
                self._settled.set()


@contextmanager
def open_terminal(
    columns: int = 80, rows: int = 24, screen: Screen | None = None
) -> Iterator[EmulatedTerminal]:
    """Give a terminal of that size, and close it afterwards."""
    terminal = EmulatedTerminal(columns, rows, screen)
    try:
        yield terminal
    finally:
        terminal.close()


class FakeClock:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
