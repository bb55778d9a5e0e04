"""The shape of the history file, step by step.

The number of steps taken is the file's `user_version`. A step is one transaction, number included,
so that a step is taken wholly or not at all. A step that drops or rewrites what a user wrote is
marked `destructive`, and the file is copied beside itself before it is taken. Steps that have been
released are never changed.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tokenhub_cli.errors import StoreError
from tokenhub_cli.store.connection import transaction
from tokenhub_cli.store.search_index import create_index

if TYPE_CHECKING:
    import sqlite3

APPLICATION_ID = 0x746B6875  # "tkhu"; tells our file from another program's


@dataclass(frozen=True, slots=True)
class Migration:
    """One step; `apply` runs inside the step's transaction."""

    apply: "Callable[[sqlite3.Connection], None]"
    destructive: bool = False


FIRST_SHAPE = (
    f"PRAGMA application_id = {APPLICATION_ID}",
    "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    # `tip` is the last turn of the active line, `length` the number of turns on it.
    """
    CREATE TABLE conversations (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL,
        system TEXT NOT NULL,
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        tip TEXT NOT NULL,
        length INTEGER NOT NULL
    )
    """,
    "CREATE INDEX conversations_by_time ON conversations (updated_at)",
    "CREATE INDEX conversations_by_tip ON conversations (tip)",
    # Turns are a tree by `parent`; `conversation` is where a turn was born. A fork's line begins
    # with turns of the conversation that it was forked from.
    """
    CREATE TABLE turns (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        conversation TEXT NOT NULL,
        parent TEXT NOT NULL,
        created_at REAL NOT NULL,
        model TEXT NOT NULL,
        options TEXT NOT NULL,
        question TEXT NOT NULL,
        attachments TEXT NOT NULL,
        status TEXT NOT NULL DEFAULT '',
        answered_at REAL,
        answer TEXT NOT NULL DEFAULT '',
        answer_model TEXT NOT NULL DEFAULT '',
        reasoning TEXT NOT NULL DEFAULT '',
        finish_reason TEXT NOT NULL DEFAULT '',
        tool_calls TEXT NOT NULL DEFAULT '',
        interruptions TEXT NOT NULL DEFAULT '',
        attempts INTEGER NOT NULL DEFAULT 1,
        prompt_tokens INTEGER,
        completion_tokens INTEGER,
        total_tokens INTEGER,
        cached_tokens INTEGER,
        estimated INTEGER,
        billed_attempts INTEGER,
        first_token_s REAL,
        total_s REAL NOT NULL DEFAULT 0,
        tokens_per_s REAL
    )
    """,
    "CREATE INDEX turns_by_conversation ON turns (conversation, model, total_tokens)",
    "CREATE INDEX turns_by_parent ON turns (parent) WHERE parent <> ''",
    """
    CREATE INDEX turns_cut_off ON turns (created_at)
    WHERE status IN ('incomplete', 'cancelled', 'unverified', 'length')
    """,
)


def _create_first_shape(connection: "sqlite3.Connection") -> None:
    for statement in FIRST_SHAPE:
        connection.execute(statement)
    create_index(connection)


# What follows the first piece of a long answer (`store/pieces.py`); `turn` is the turn's number.
LONG_ANSWERS = (
    "ALTER TABLE turns ADD COLUMN pieces INTEGER NOT NULL DEFAULT 0",
    """
    CREATE TABLE answer_pieces (
        number INTEGER PRIMARY KEY,
        turn INTEGER NOT NULL,
        place INTEGER NOT NULL,
        text TEXT NOT NULL,
        UNIQUE (turn, place)
    )
    """,
)


def _add_long_answers(connection: "sqlite3.Connection") -> None:
    for statement in LONG_ANSWERS:
        connection.execute(statement)


MIGRATIONS: tuple[Migration, ...] = (
    Migration(_create_first_shape),
    Migration(_add_long_answers),
)


def migrate(
    connection: "sqlite3.Connection", path: Path, migrations: Sequence[Migration] = MIGRATIONS
) -> None:
    """Bring the file to the newest shape.

    Args:
        connection: In autocommit mode, outside a transaction.
        path: The file that it is connected to; copies are put beside it.
        migrations: The steps.

    Raises:
        StoreError: The file was written by a later version, or is another program's.
        sqlite3.Error: A step failed; the steps before it are kept.
    """
    version = read_version(connection)
    while version < len(migrations):
        with transaction(connection):
            version = read_version(connection)  # another process may have been faster
            if version < len(migrations):
                _refuse_foreign(connection, path)
                if migrations[version].destructive:
                    copy_database(path, path.with_name(f"{path.stem}.before-{version + 1}.db"))
                migrations[version].apply(connection)
                version += 1
                connection.execute(f"PRAGMA user_version = {version}")
    if version > len(migrations):
        raise StoreError(
            f"history `{path}` was written by a later version of tokenhub "
            f"(format {version}; this one knows {len(migrations)})",
            hint="`tokenhub --version` is too old for it: install the newest one",
        )


def read_version(connection: "sqlite3.Connection") -> int:
    """Return how many steps the file has taken."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def copy_database(path: Path, target: Path) -> None:
    """Copy a database as of its last commit, readable by its owner alone.

    May be called while this process holds the write lock; the copy appears whole or not at all.

    Raises:
        OSError: The copy could not be written.
        sqlite3.Error: The copy could not be made.
    """
    import sqlite3

    unfinished = target.with_name(f"{target.name}.{os.getpid()}.part")
    os.close(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        source, copy = sqlite3.connect(path), sqlite3.connect(unfinished)
        try:
            source.backup(copy)
        finally:
            copy.close()
            source.close()
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _refuse_foreign(connection: "sqlite3.Connection", path: Path) -> None:
    application = int(connection.execute("PRAGMA application_id").fetchone()[0])
    if application not in (0, APPLICATION_ID):
        raise StoreError(
            f"`{path}` is a database of another program",
            hint="another place: `export TOKENHUB_HOME=~/.tokenhub`",
        )
