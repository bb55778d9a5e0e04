"""A damaged history file: set aside with its date, and what can be read of it carried over.

The rows come from `store/pages.py`, which needs no sound part of the file but the rows themselves.
The new file is complete before it takes the damaged one's place, in one step, so that no process
meets a moment without history.
"""

import contextlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tokenhub_cli.store.connection import connect, create_private_file, read_identity, transaction
from tokenhub_cli.store.lock import lock_file
from tokenhub_cli.store.migrations import migrate
from tokenhub_cli.store.pages import scan_rows
from tokenhub_cli.store.rows import TITLE_LENGTH, DamagedRowError, decode_turn
from tokenhub_cli.store.search_index import rebuild_index
from tokenhub_cli.store.turns import read_line

if TYPE_CHECKING:
    import sqlite3

TABLES = {"conversations": 8, "turns": 27, "answer_pieces": 4}  # and their first widths


def replace_damaged(path: Path, damaged: tuple[int, int]) -> str:
    """Put a sound file in the place of a damaged one.

    Args:
        path: The history file.
        damaged: Device and inode of the file that was found damaged. If another process has
            replaced it since, nothing is done.

    Returns:
        What happened, in one sentence for the user.

    Raises:
        OSError: The disk does not allow it.
        sqlite3.Error: A sound file cannot be made.
    """
    lock_path = path.with_name(f"{path.name}.lock")
    lock = os.open(lock_path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        lock_file(lock, wait=True)
        if read_identity(path) != damaged:
            return f"history `{path}` was damaged; another tokenhub has repaired it"
        return _replace(path)
    finally:
        lock_path.unlink(missing_ok=True)
        os.close(lock)


def _replace(path: Path) -> str:
    date = time.strftime("%Y-%m-%d-%H%M%S")
    aside = path.with_name(f"{path.stem}.damaged-{date}.db")
    sound = path.with_name(f"{path.stem}.{os.getpid()}.new")
    sound.unlink(missing_ok=True)
    create_private_file(sound)
    connection = connect(sound)
    try:
        migrate(connection, sound)
        with transaction(connection):
            _salvage_rows(connection, path.read_bytes())
            _mend(connection)
            rebuild_index(connection)
            kept = connection.execute("SELECT count(*) FROM turns").fetchone()[0]
    finally:
        connection.close()
    _copy(path, aside)
    # A journal left behind would be taken for the new file's.
    journal = path.with_name(f"{path.name}-journal")
    with contextlib.suppress(FileNotFoundError):
        journal.replace(aside.with_name(f"{aside.name}-journal"))
    sound.replace(path)
    return (
        f"history `{path}` was damaged: {kept} {'turn' if kept == 1 else 'turns'} could be read "
        f"and kept; the damaged file is now `{aside.name}`"
    )


def _copy(path: Path, target: Path) -> None:
    """Give the damaged file its second name, or copy it where a file can have only one."""
    try:
        os.link(path, target)
    except OSError:
        import shutil

        create_private_file(target)
        shutil.copyfile(path, target)


def _salvage_rows(connection: "sqlite3.Connection", content: bytes) -> None:
    """Add each row of the damaged file that makes sense; tables are told by their width.

    A row lacks the columns that its table got after it was written; those have their defaults.
    """
    columns = {table: _read_columns(connection, table) for table in TABLES}
    for row in scan_rows(content):
        for table, names in columns.items():
            if TABLES[table] <= len(row.values) <= len(names):
                _add_row(connection, table, dict(zip(names, row.values, strict=False)), row.number)


def _add_row(
    connection: "sqlite3.Connection", table: str, row: dict[str, Any], number: int
) -> None:
    import sqlite3

    row["number"] = number  # the column that stands for SQLite's own row number
    try:
        if table == "turns":
            decode_turn(row)
        connection.execute(
            f"INSERT OR IGNORE INTO {table} ({', '.join(row)}) "  # noqa: S608 - our own names
            f"VALUES ({', '.join('?' * len(row))})",
            list(row.values()),
        )
    except (DamagedRowError, sqlite3.Error):
        return  # not a row of ours


def _read_columns(connection: "sqlite3.Connection", table: str) -> list[str]:
    return [row["name"] for row in connection.execute(f"PRAGMA table_info({table})")]


def _mend(connection: "sqlite3.Connection") -> None:
    """Give turns whose conversation was lost a new one, and lines whose tip was lost an end.

    Of a long answer that was torn, the beginning is kept, and it is not called complete any more.
    """
    connection.execute(
        """
        DELETE FROM answer_pieces WHERE
            place > (SELECT count(*) FROM answer_pieces AS earlier
                WHERE earlier.turn = answer_pieces.turn AND earlier.place <= answer_pieces.place)
            OR NOT EXISTS (SELECT 1 FROM turns WHERE number = turn AND pieces >= place)
        """
    )
    connection.execute(
        """
        UPDATE turns SET
            status = 'incomplete',
            pieces = (SELECT count(*) FROM answer_pieces WHERE turn = turns.number)
        WHERE pieces <> (SELECT count(*) FROM answer_pieces WHERE turn = turns.number)
        """
    )
    connection.execute(
        """
        INSERT INTO conversations (id, title, system, created_at, updated_at, tip, length)
        SELECT conversation, substr(question, 1, ?), '', min(created_at), max(created_at), '', 0
        FROM turns WHERE conversation NOT IN (SELECT id FROM conversations)
        GROUP BY conversation
        """,
        (TITLE_LENGTH,),
    )
    lost = connection.execute(
        "SELECT id FROM conversations WHERE tip NOT IN (SELECT id FROM turns)"
    ).fetchall()
    for (conversation,) in lost:
        newest = connection.execute(
            "SELECT id FROM turns WHERE conversation = ? ORDER BY number DESC LIMIT 1",
            (conversation,),
        ).fetchone()
        tip = newest["id"] if newest else ""
        connection.execute(
            "UPDATE conversations SET tip = ?, length = ? WHERE id = ?",
            (tip, len(read_line(connection, tip)), conversation),
        )
