"""The file of an SQLite database and a connection to it; what is in it is no matter here."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tokenhub_cli.private_files import make_directories

if TYPE_CHECKING:
    import sqlite3

BUSY_SECONDS = 5.0
CACHE_KIB = 256  # of pages; the system holds the file too, and a chat has this open all day


def connect(path: Path, busy_seconds: float = BUSY_SECONDS) -> "sqlite3.Connection":
    """Return a connection in autocommit mode whose rows can be read by column name.

    Args:
        path: The file.
        busy_seconds: How long SQLite waits for other writers; no signal is heeded meanwhile.
    """
    import sqlite3

    connection = sqlite3.connect(
        path, timeout=busy_seconds, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    try:
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    except BaseException:  # the file is damaged
        connection.close()
        raise
    return connection


@contextmanager
def transaction(connection: "sqlite3.Connection") -> Iterator[None]:
    """Commit what happens inside, or undo all of it if an exception leaves."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def create_private_file(path: Path) -> None:
    """Make the file and its directory for the owner alone; tighten a loose file.

    An existing file is not opened here: closing it would drop this process's SQLite locks on it
    (https://www.sqlite.org/howtocorrupt.html, section 2.2).

    Raises:
        OSError: The file cannot be made.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        make_directories(path.parent)
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:  # another process was faster
            return
    else:
        if sys.platform != "win32" and mode & 0o077:
            with suppress(OSError):  # some file systems have no modes
                path.chmod(0o600)


def read_identity(path: Path) -> tuple[int, int]:
    """Return device and inode of a file, zeros if it is not there."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return (0, 0)
    return (status.st_dev, status.st_ino)
