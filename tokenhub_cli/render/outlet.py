"""The two standard streams, written whole and at once.

An `Outlet` writes straight to the file descriptor, so that each piece is out when `write` returns
and nothing is left for a buffer to lose. Into a pipe or file text is UTF-8, whatever the locale
says; a terminal gets its own encoding. A Windows console is written through Python's stream, which
knows how to.
"""

import os
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from tokenhub_cli.render.cells import wrap_words

DEFAULT_SIZE = (80, 24)


class Outlet:
    """One of the standard streams.

    Args:
        stream: The text stream; what it still buffers is flushed first.
    """

    def __init__(self, stream: TextIO) -> None:
        stream.flush()
        self._stream = stream
        self.is_terminal = stream.isatty()
        self.descriptor = _find_descriptor(stream)
        self._encoding = (stream.encoding or "utf-8") if self.is_terminal else "utf-8"

    @property
    def is_pipe(self) -> bool:
        """Whether another program reads what is written."""
        if self.descriptor is None:
            return False
        mode = os.fstat(self.descriptor).st_mode
        return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)

    def write(self, text: str) -> None:
        """Write all of `text` before returning.

        Raises:
            BrokenPipeError: The reader has closed the pipe.
            OSError: The device is full or gone.
        """
        if self.descriptor is None or (sys.platform == "win32" and self.is_terminal):
            self._stream.write(encode_text(text, self._encoding).decode(self._encoding))
            self._stream.flush()
        else:
            write_fully(self.descriptor, encode_text(text, self._encoding))

    def write_words(self, text: str) -> None:
        """Write text whose lines a terminal is not to break in the middle of a word.

        Raises:
            BrokenPipeError: The reader has closed the pipe.
            OSError: The device is full or gone.
        """
        self.write(wrap_words(text, self.measure()[0] - 1) if self.is_terminal else text)

    def measure(self) -> tuple[int, int]:
        """Return the terminal's columns and rows, never less than one."""
        if self.descriptor is None or not self.is_terminal:
            return DEFAULT_SIZE
        try:
            columns, rows = os.get_terminal_size(self.descriptor)
        except OSError:
            return DEFAULT_SIZE
        # Some pseudo-terminals are born without a size.
        return columns or DEFAULT_SIZE[0], rows or DEFAULT_SIZE[1]

    def enable_escapes(self) -> bool:
        """Return whether the terminal takes escape sequences; a Windows console is asked to."""
        if sys.platform == "win32":
            import ctypes
            import msvcrt

            if self.descriptor is None:
                return False
            # SetConsoleMode with ENABLE_PROCESSED_OUTPUT, ENABLE_VIRTUAL_TERMINAL_PROCESSING:
            # https://learn.microsoft.com/windows/console/setconsolemode
            handle = msvcrt.get_osfhandle(self.descriptor)
            kernel = ctypes.windll.kernel32
            mode = ctypes.c_ulong()
            if not kernel.GetConsoleMode(handle, ctypes.byref(mode)):
                return False
            return bool(kernel.SetConsoleMode(handle, mode.value | 1 | 4))
        return True

    def shares_terminal(self, other: "Outlet") -> bool:
        """Whether both streams show on one and the same terminal."""
        if not (self.is_terminal and other.is_terminal):
            return False
        if self.descriptor is None or other.descriptor is None:
            return True
        mine, theirs = os.fstat(self.descriptor), os.fstat(other.descriptor)
        # A Windows console has neither device number nor inode, and a program has only one.
        mark = [(getattr(found, "st_rdev", 0), found.st_ino) for found in (mine, theirs)]
        return mark[0] == mark[1]


class NoticeOutlet(Outlet):
    """stderr: what it does not take is lost, and costs nobody the answer on stdout."""

    def write(self, text: str) -> None:
        """Write all of `text`, or as much of it as is taken."""
        with suppress(OSError):
            super().write(text)


def encode_text(text: str, encoding: str = "utf-8") -> bytes:
    """Return `text` as bytes; what the encoding cannot say becomes a replacement character."""
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return whole.encode(encoding, "replace")


def write_fully(descriptor: int, data: bytes) -> None:
    """Write all of `data` to a file descriptor, however many writes that takes.

    Raises:
        BrokenPipeError: The reader has closed the pipe.
        OSError: The device is full or gone.
    """
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(descriptor, view) :]
        except BlockingIOError:
            # A parent process made the pipe non-blocking, and it is full.
            import select

            select.select([], [descriptor], [])


def try_last_writes(write: Callable[[], None]) -> OSError | None:
    """Do the last writes to stdout; return what they met, so that stderr can still be told of it.

    Raises:
        BrokenPipeError: The reader has closed the pipe: it has what it wanted.
    """
    try:
        write()
    except BrokenPipeError:
        raise
    except OSError as failure:
        return failure
    return None


def _find_descriptor(stream: TextIO) -> int | None:
    try:
        return stream.fileno()
    except OSError:  # io.UnsupportedOperation: a stream in memory
        return None
