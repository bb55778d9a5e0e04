"""What memory need not hold, in a file that nobody else sees and that ends with its process.

A chat that is left open all day sends its whole conversation with each question. The turns before
the newest wait for that here, packed as they are sent. History has them too, but may change
meanwhile: another process may remove the conversation or finish an answer of it.

The file has no name, is the owner's alone, and is never flushed: the system drops it when the
process ends, however it ends.
"""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO

from tokenhub_cli.errors import StoreError
from tokenhub_cli.private_files import make_directories


class SpillFile:
    """A file of pieces; made when the first one comes. For any thread.

    Args:
        directory: Where it lies; made if it is not there.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._file: BinaryIO | None = None
        self._end = 0
        self._lock = threading.Lock()

    def put(self, piece: bytes) -> Callable[[], bytes]:
        """Write a piece; return what reads it back, which may raise StoreError.

        Never raises: a piece that the disk does not take stays in memory.
        """
        with self._lock:
            offset = self._end
            try:
                if self._write(piece) == len(piece):
                    self._end += len(piece)
                    return partial(self._read, offset, len(piece))
            except OSError:
                pass
        return lambda: piece

    def close(self) -> None:
        """Drop the file; what is in it cannot be read any more."""
        if self._file is not None:
            self._file.close()

    def _write(self, piece: bytes) -> int:
        if self._file is None:
            from tempfile import TemporaryFile

            make_directories(self._directory)
            self._file = TemporaryFile(buffering=0, dir=self._directory)  # noqa: SIM115 - it stays
        self._file.seek(self._end)
        return self._file.write(piece)

    def _read(self, offset: int, length: int) -> bytes:
        try:
            with self._lock:
                assert self._file is not None
                self._file.seek(offset)
                piece = self._file.read(length)
        except (OSError, ValueError) as error:  # the latter: it is closed
            reason = getattr(error, "strerror", None) or str(error)
            raise self._explain(reason) from error
        if len(piece) < length:
            raise self._explain("it is cut off")
        return piece

    def _explain(self, reason: str) -> StoreError:
        return StoreError(
            f"earlier turns cannot be read back from a file in `{self._directory}`: {reason}",
            hint="`tokenhub chat -c` goes on with what history has kept",
        )
