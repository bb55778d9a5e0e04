"""Runs the program in a real pseudo-terminal, with an emulated screen that answers it."""

import sys

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals", allow_module_level=True)

import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import pyte

from tests.support.screens import Screen

WAIT_S = 8.0
LOOK_AGAIN_S = 0.005
LOOK_ANYWAY_S = 0.05  # a condition may be of something else than the screen


class _Screen(Screen):
    """A screen that answers when it is asked where the cursor stands, as terminals do."""

    def __init__(self, columns: int, rows: int, answer: Callable[[bytes], object]) -> None:
        super().__init__(columns, rows)
        self._answer = answer

    def write_process_input(self, data: str) -> None:
        """Send an answer to the program."""
        self._answer(data.encode())


class Conversing:
    """The program on its terminal; a context manager that ends it.

    Args:
        arguments: Words after `tokenhub`; of None, a shell with job control runs instead.
        environ: The program's environment.
        columns: The terminal's width.
        rows: The terminal's height.
    """

    def __init__(
        self,
        arguments: Sequence[str] | None,
        environ: Mapping[str, str],
        columns: int = 80,
        rows: int = 24,
    ) -> None:
        self._master, slave = pty.openpty()
        self._lock = threading.Lock()
        self._reads = 0  # how often something came
        self.received = bytearray()
        self.screen = _Screen(columns, rows, self.send_bytes)
        self._stream = pyte.ByteStream(self.screen)
        self._set_size(columns, rows)
        shell = ["/bin/bash", "--norc", "--noprofile", "-i"]
        program = [sys.executable, "-m", "tokenhub_cli"]
        self.process = subprocess.Popen(
            shell if arguments is None else [*program, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=dict(environ),
            start_new_session=True,
            preexec_fn=_take_terminal,  # noqa: PLW1509 - no thread is running in the child
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(WAIT_S)
        self._reader.join(WAIT_S)
        os.close(self._master)

    def send(self, text: str) -> None:
        """Type."""
        self.send_bytes(text.encode())

    def send_bytes(self, data: bytes) -> None:
        """Type bytes."""
        while data:
            data = data[os.write(self._master, data) :]

    def paste(self, text: str) -> None:
        """Paste, as a terminal does while bracketed paste is on."""
        self.send(f"\x1b[200~{text}\x1b[201~")

    def send_line(self, text: str) -> None:
        """Type a line and Enter."""
        self.send(f"{text}\r")

    @contextmanager
    def held_up(self) -> Iterator[None]:
        """Let the terminal read nothing more than one last piece meanwhile, as over a slow line."""
        with self._lock:
            yield

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size."""
        with self._lock:
            self.screen.resize(rows, columns)
        self._set_size(columns, rows)

    def lines(self) -> list[str]:
        """Return what is on the screen and above it, without trailing blanks."""
        with self._lock:
            width = self.screen.columns
            above = [
                "".join(line[column].data for column in range(width)).rstrip()
                for line in self.screen.history.top
            ]
            shown = above + [line.rstrip() for line in self.screen.display]
        while shown and not shown[-1]:
            shown.pop()
        return shown

    def text(self) -> str:
        """Return `lines` as one text."""
        return "\n".join(self.lines())

    def prompt(self) -> str:
        """Return what stands in the prompt that the cursor is in; lines joined by newlines."""
        with self._lock:
            shown = [line.rstrip() for line in self.screen.display]
            row = self.screen.cursor.y
        first = row
        while first > 0 and not shown[first].startswith(">"):
            first -= 1
        return "\n".join(line[2:] for line in shown[first : row + 1])

    def wait_for(self, wanted: str | Callable[[Self], Any], timeout_s: float = WAIT_S) -> None:
        """Wait until a text is on the screen, or a condition holds."""
        until = time.monotonic() + timeout_s
        reads = self._reads
        while not (wanted in self.text() if isinstance(wanted, str) else wanted(self)):
            assert time.monotonic() < until, f"{wanted} never came:\n{self.text()}"
            again = time.monotonic() + LOOK_ANYWAY_S
            while self._reads == reads and time.monotonic() < again:
                time.sleep(LOOK_AGAIN_S)
            reads = self._reads

    def wait_for_echo(self, shown: str) -> None:
        """Wait until the terminal has shown what a key is echoed as, and not a moment longer."""
        until = time.monotonic() + WAIT_S
        while shown.encode() not in self.received:
            assert time.monotonic() < until, f"{shown} never came:\n{self.text()}"
            time.sleep(0)

    def wait_for_prompt(self, count: int = 1) -> None:
        """Wait until an empty prompt is the last but the toolbar, the `count`th at least."""
        self.wait_for(
            lambda chat: (
                chat.prompt() == "" and sum(line.startswith(">") for line in chat.lines()) >= count
            )
        )

    def wait_for_end(self) -> int:
        """Wait until the program has ended; return its exit code."""
        code = self.process.wait(WAIT_S)
        self._reader.join(WAIT_S)
        return code

    @property
    def terminal(self) -> int:
        """The terminal's descriptor, for its settings."""
        return self._master

    def hang_up(self) -> None:
        """Close the terminal under the program."""
        os.close(self._master)
        self._master = os.open(os.devnull, os.O_RDONLY)

    def interrupt(self, number: int = signal.SIGINT) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._master, 65536)
            except OSError:  # the program has ended
                return
            if not data:
                return
            self.received += data
            with self._lock:
                self._stream.feed(data)
                self._reads += 1


def _take_terminal() -> None:
    """Make standard input the controlling terminal of this new session."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
