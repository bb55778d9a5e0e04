"""The terminal's keys while no prompt runs.

While an answer streams, what is typed is neither shown (it would split the answer) nor lost: a
thread reads it, because a terminal holds no more than 4 KiB back, and the next prompt begins with
it. Ctrl-C and Ctrl-Z still signal. Between two prompts the terminal stays silent too; the state
that the loop found is put back at its end, or while another program has the terminal.

Where there is no termios (Windows), the console keeps what is typed by itself.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

PIECE_BYTES = 65_536
WINDOWS = sys.platform == "win32"


class Keyboard:
    """The keys of the terminal at a file descriptor; `close` gives the terminal back.

    Args:
        descriptor: Standard input's.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._original = _read_mode(descriptor)

    def close(self) -> None:
        """Put the terminal back into the state it was found in."""
        if self._original is not None:
            _write_mode(self._descriptor, self._original)

    def hush(self) -> None:
        """Stop the terminal from showing and editing what is typed; Ctrl-C and Ctrl-Z signal."""
        self._silence(for_prompt=False)

    def take(self) -> bytes:
        """Return what was typed and not read yet, for the prompt that is about to read the rest.

        A terminal that still edits lines hands them out here, and the beginning of one. Until
        `hush` Enter stays what a prompt takes it for: as a line end it would not send.
        """
        self._silence(for_prompt=True)
        if self._original is None:
            return b""
        import select

        typed = bytearray()
        with suppress(OSError, ValueError):  # the terminal is gone; the prompt will meet that
            while select.select([self._descriptor], [], [], 0)[0]:
                data = os.read(self._descriptor, PIECE_BYTES)
                if not data:
                    break
                typed += data
        return bytes(typed)

    def _silence(self, *, for_prompt: bool) -> None:
        mode = _read_mode(self._descriptor)
        if mode is None:
            return
        import termios

        mode[3] = (mode[3] & ~(termios.ECHO | termios.ICANON)) | termios.ISIG | termios.NOFLSH
        mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0
        if for_prompt:
            mode[0] &= ~termios.ICRNL
        elif self._original is not None:
            mode[0] |= self._original[0] & termios.ICRNL
        _write_mode(self._descriptor, mode)

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Give the terminal to another program, an editor say, as the loop found it."""
        self.close()
        try:
            yield
        finally:
            self.hush()

    @contextmanager
    def held(self, typed: bytearray) -> Iterator[None]:
        """Collect what is typed in `typed`, unseen, until the end of the `with` block."""
        if self._original is None:
            yield
            return
        self.hush()
        # After Ctrl-Z and `fg` the terminal is as the shell left it.
        previous = signal.signal(signal.SIGCONT, lambda *_: self.hush())
        wake_read, wake_write = os.pipe()
        thread = threading.Thread(
            target=self._collect, args=(typed, wake_read), name="tokenhub-keyboard", daemon=True
        )
        thread.start()
        try:
            yield
        finally:
            os.write(wake_write, b"\0")
            thread.join()
            os.close(wake_read)
            os.close(wake_write)
            signal.signal(signal.SIGCONT, previous)

    def _collect(self, typed: bytearray, wake: int) -> None:
        import select

        with suppress(OSError, ValueError):  # the terminal is gone; SIGHUP says so to the loop
            while True:
                ready, _, _ = select.select([self._descriptor, wake], [], [])
                if self._descriptor in ready:
                    data = os.read(self._descriptor, PIECE_BYTES)
                    if not data:
                        return
                    typed += data
                elif wake in ready:
                    return


def _read_mode(descriptor: int) -> Any:
    """Return the terminal's mode, or None where there is none."""
    if WINDOWS:
        return None
    import termios

    try:
        return termios.tcgetattr(descriptor)
    except termios.error:
        return None


def _write_mode(descriptor: int, mode: Any) -> None:
    import termios

    with suppress(termios.error):  # the terminal is gone
        termios.tcsetattr(descriptor, termios.TCSANOW, mode)
