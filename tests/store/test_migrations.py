"""The shape of the history file, step by step."""

import sqlite3
from pathlib import Path

import pytest

from tests.store.values import build_conversation
from tokenhub_cli.errors import StoreError
from tokenhub_cli.store.connection import connect, create_private_file
from tokenhub_cli.store.conversations import open_history
from tokenhub_cli.store.migrations import MIGRATIONS, Migration, migrate, read_version


def save_one(path: Path) -> None:
    with open_history(path) as history:
        conversation = build_conversation(1)
        history.save_turn(conversation, conversation.turns[-1])


def drop_questions(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE turns SET question = ''")


def fail_half_way(connection: sqlite3.Connection) -> None:
    drop_questions(connection)
    connection.execute("no statement")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A history with one turn in it."""
    save_one(tmp_path / "history.db")
    return tmp_path / "history.db"


def read_question(path: Path) -> str:
    connection = connect(path)
    question = connection.execute("SELECT question FROM turns").fetchone()[0]
    connection.close()
    return str(question)


def test_each_step_is_taken_once(path: Path) -> None:
    """A step that was taken is not taken again, and its number is in the file."""
    taken: list[int] = []
    steps = (*MIGRATIONS, Migration(lambda _: taken.append(2)))
    connection = connect(path)
    migrate(connection, path, steps)
    migrate(connection, path, steps)
    assert taken == [2]
    assert read_version(connection) == len(steps)
    connection.close()


def test_a_step_that_fails_leaves_no_trace(path: Path) -> None:
    """What a failed step did is undone, and the file still has its old number."""
    connection = connect(path)
    with pytest.raises(sqlite3.Error):
        migrate(connection, path, (*MIGRATIONS, Migration(fail_half_way)))
    assert read_version(connection) == len(MIGRATIONS)
    connection.close()
    assert read_question(path).startswith("Question")


def test_a_copy_is_made_before_a_destructive_step(path: Path) -> None:
    """The copy holds the file as it was, for its owner alone, and can be used as it is."""
    connection = connect(path)
    migrate(connection, path, (*MIGRATIONS, Migration(drop_questions, destructive=True)))
    connection.close()
    copy = path.with_name(f"history.before-{len(MIGRATIONS) + 1}.db")
    assert read_question(path) == ""
    assert read_question(copy).startswith("Question")
    assert copy.stat().st_mode & 0o077 == 0
    assert sorted(path.parent.iterdir()) == [copy, path]


def test_a_step_is_not_taken_if_the_copy_fails(path: Path) -> None:
    """Where the copy cannot be written the destructive step is not taken."""
    path.with_name(f"history.before-{len(MIGRATIONS) + 1}.db").mkdir()
    connection = connect(path)
    with pytest.raises(OSError, match="irectory"):
        migrate(connection, path, (*MIGRATIONS, Migration(drop_questions, destructive=True)))
    assert read_version(connection) == len(MIGRATIONS)
    connection.close()
    assert read_question(path).startswith("Question")
    assert len(list(path.parent.iterdir())) == 2


def test_a_file_from_the_future_is_refused_and_not_touched(path: Path) -> None:
    """A file of a later version is an error that says how to go on; not a byte of it changes."""
    connection = connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"later version.*format 99") as caught:
        save_one(path)
    assert "install the newest one" in caught.value.hint
    assert path.read_bytes() == before


def test_the_database_of_another_program_is_refused(tmp_path: Path) -> None:
    """A database that says it is another program's is not written to."""
    path = tmp_path / "history.db"
    create_private_file(path)
    connection = connect(path)
    connection.execute("PRAGMA application_id = 7")
    connection.close()
    with pytest.raises(StoreError, match="another program"):
        save_one(path)
