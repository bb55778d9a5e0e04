"""One SQLite file: opened privately, written in short transactions, never silently broken.

Rules: mode 0600 from its first byte; a rollback journal, not WAL, because home directories on
network disks are common; other writers are waited for up to five seconds, in steps so short that a
signal is heeded between them; a write is one short `BEGIN IMMEDIATE` transaction; opening reads one
page, however large the file. A damaged file is set aside and what can be read of it is carried over
(`store/salvage.py`); that is noted, never hidden.

sqlite3 is imported when a file is opened, not before: a question is on its way by then.
"""

import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tokenhub_cli.errors import BusyStoreError, StoreError, describe_cause, quote_path
from tokenhub_cli.store.connection import (
    BUSY_SECONDS,
    connect,
    create_private_file,
    read_identity,
    transaction,
)
from tokenhub_cli.store.rows import DamagedRowError

if TYPE_CHECKING:
    import sqlite3

Result = TypeVar("Result")

STEP_SECONDS = 0.02  # SQLite's own wait for another writer, and then the pause before the next try


class Database:
    """An open history file. For one thread at a time.

    `notices` are sentences for the user that came up on the way, each to be shown once. `may_wait`
    is asked between two tries while other processes keep the file busy; its no ends the wait.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notices: list[str] = []
        self.may_wait: Callable[[], bool] = lambda: True
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] = (0, 0)

    def read(self, work: "Callable[[sqlite3.Connection], Result]") -> Result:
        """Return what `work` returns; a file that is not there holds nothing, and is not made.

        Raises:
            StoreError: The file cannot be used.
        """
        return self._read_nothing(work) if self._is_missing() else self._run(work)

    def write(self, work: "Callable[[sqlite3.Connection], Result]") -> Result:
        """Return what `work` returns, its changes kept wholly or not at all.

        Raises:
            StoreError: The file cannot be used, or others kept it busy for too long.
        """

        def work_in_transaction(connection: "sqlite3.Connection") -> Result:
            with transaction(connection):
                return work(connection)

        return self._run(work_in_transaction)

    def rest(self) -> None:
        """Give back the memory that pages of the file are in: it is not needed for a while."""
        import sqlite3

        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.execute("PRAGMA shrink_memory")

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _is_missing(self) -> bool:
        try:
            return self._connection is None and read_identity(self.path) == (0, 0)
        except OSError:  # to be met again, and explained, on the way to the file
            return False

    def _read_nothing(self, work: "Callable[[sqlite3.Connection], Result]") -> Result:
        from tokenhub_cli.store.migrations import migrate

        with closing(connect(Path(":memory:"))) as connection:
            migrate(connection, self.path)
            return work(connection)

    def _run(self, work: "Callable[[sqlite3.Connection], Result]") -> Result:
        ends_at = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                return self._try(work)
            except BusyStoreError:
                if time.monotonic() >= ends_at or not self.may_wait():
                    raise
            time.sleep(STEP_SECONDS)

    def _try(self, work: "Callable[[sqlite3.Connection], Result]") -> Result:
        import sqlite3

        try:
            try:
                return work(self._connect())
            except (sqlite3.DatabaseError, DamagedRowError, UnicodeDecodeError) as error:
                if not is_damage(error):
                    raise
                self._salvage()
                return work(self._connect())
        except sqlite3.Error as error:
            raise explain(error, self.path) from error
        except OSError as error:
            raise explain_os(error, self.path) from error

    def _connect(self) -> "sqlite3.Connection":
        """Return the connection, a new one if another process has replaced the file."""
        if self._connection is not None:
            if read_identity(self.path) == self._identity:
                return self._connection
            self.close()
        from tokenhub_cli.store.migrations import migrate

        create_private_file(self.path)
        self._identity = read_identity(self.path)
        connection = connect(self.path, STEP_SECONDS)
        try:
            migrate(connection, self.path)
        except BaseException:  # busy, say: the next try is to find out again what shape it has
            connection.close()
            raise
        self._connection = connection
        return connection

    def _salvage(self) -> None:
        from tokenhub_cli.store.salvage import replace_damaged

        self.close()
        self.notices.append(replace_damaged(self.path, self._identity))


def is_damage(error: "sqlite3.Error | DamagedRowError | UnicodeDecodeError") -> bool:
    """Tell whether an error means that the file's content is broken.

    Codes: https://www.sqlite.org/rescode.html (SQLITE_CORRUPT and SQLITE_NOTADB).
    """
    import sqlite3

    if isinstance(error, DamagedRowError | UnicodeDecodeError) or "decode to UTF-8" in str(error):
        return True  # of a broken schema not even SQLite's own message can be decoded
    code = getattr(error, "sqlite_errorcode", 0)
    if code == sqlite3.SQLITE_CORRUPT_VTAB:
        return False  # the search index alone, which is made anew
    return code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def explain(error: "sqlite3.Error", path: Path) -> StoreError:
    """Return SQLite's failure as an error for the user."""
    import sqlite3

    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return BusyStoreError(
            f"history `{path}` is busy: another process is writing to it",
            hint="run the same command again",
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StoreError(f"history `{path}` cannot be written", hint=f"`ls -l {quote_path(path)}`")
    if code == sqlite3.SQLITE_FULL:
        return StoreError(
            f"history `{path}` cannot grow: the disk is full", hint="`df -h` shows how full it is"
        )
    return StoreError(
        f"history `{path}` cannot be used: {error}", hint="`tokenhub doctor` looks what is wrong"
    )


def explain_os(error: OSError, path: Path) -> StoreError:
    """Return the system's failure as an error for the user."""
    return StoreError(
        f"history `{path}` cannot be used: {describe_cause(error)}",
        hint=f"`ls -ld {quote_path(path.parent)}`",
    )
