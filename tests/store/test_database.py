"""One SQLite file, opened privately and written in short transactions."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.store.values import build_conversation, build_turn
from tokenhub_cli.chat.conversation import Conversation
from tokenhub_cli.errors import StoreError
from tokenhub_cli.store import database as database_module
from tokenhub_cli.store.conversations import open_history
from tokenhub_cli.store.database import Database

# Saves twenty questions with answers, as twenty `tokenhub ask` would, and tells its ids.
ASKER = """
import sys
from pathlib import Path
from tests.store.values import COMPLETE, build_conversation, open_last
from tokenhub_cli.store.conversations import open_history
conversation = build_conversation(int(sys.argv[2]))
with open_history(Path(sys.argv[1])) as history:
    asked = open_last(conversation)
    history.save_turn(asked, asked.turns[-1])
    history.save_answer(asked.tip, COMPLETE)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the history is to be, in a directory that is not there yet."""
    return tmp_path / "data" / "history.db"


def save_one(path: Path, number: int = 1) -> None:
    with open_history(path) as history:
        conversation = build_conversation(number)
        history.save_turn(conversation, conversation.turns[-1])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
def test_a_look_makes_no_file(tmp_path: Path) -> None:
    """A file that is not there is read as one that holds nothing."""
    database = Database(tmp_path / "home" / "history.db")
    assert database.read(lambda c: c.execute("SELECT count(*) FROM turns").fetchone()[0]) == 0
    assert list(tmp_path.iterdir()) == []


def test_only_the_owner_can_read_it(path: Path) -> None:
    """The directory has mode 0700 and every file in it 0600, whatever the umask."""
    before = os.umask(0)
    try:
        with open_history(path) as history:
            conversation = build_conversation(1)

            def look(connection: sqlite3.Connection) -> list[int]:
                connection.execute("DELETE FROM facts")  # the journal is there while we write
                return [stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()]

            history.save_turn(conversation, conversation.turns[-1])
            assert history.database.write(look) == [0o600, 0o600]
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
def test_a_loose_file_is_tightened(path: Path) -> None:
    """A file that others could read is made private when it is opened."""
    save_one(path)
    path.chmod(0o644)
    save_one(path, 2)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_keeps_a_rollback_journal(path: Path) -> None:
    """The file is not in WAL mode, which network disks do not bear."""
    save_one(path)
    with open_history(path) as history:
        mode = history.database.read(lambda c: c.execute("PRAGMA journal_mode").fetchone()[0])
    assert mode == "delete"
    assert [file.name for file in path.parent.iterdir()] == ["history.db"]


def test_a_failed_write_changes_nothing(path: Path) -> None:
    """If anything goes wrong inside a write, all of it is undone."""
    with open_history(path) as history:
        conversation = build_conversation(1)
        history.save_turn(conversation, conversation.turns[-1])

        def fail(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM turns")
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            history.database.write(fail)
        assert history.load_conversation("last").turns == conversation.turns


def test_twenty_processes_at_once_lose_nothing(path: Path) -> None:
    """Twenty processes that save at the same moment, into a file not there yet, all succeed."""
    path.parent.mkdir()
    askers = [
        subprocess.Popen([sys.executable, "-c", ASKER, path, str(number)]) for number in range(20)
    ]
    assert [asker.wait() for asker in askers] == [0] * 20
    with open_history(path) as history:
        for number in range(20):
            expected = build_conversation(number).turns
            assert history.load_conversation(f"c0nv{number:08}").turns == expected


def test_a_busy_file_is_waited_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write waits for another writer, and says so if that one does not end in time."""
    save_one(path)
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.05)
    with pytest.raises(StoreError, match="is busy"):
        save_one(path, 2)
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 5.0)
    timer = threading.Timer(0.2, other.execute, ["COMMIT"])
    timer.start()
    save_one(path, 2)
    timer.join()
    other.close()


def test_a_replaced_file_is_opened_anew(path: Path) -> None:
    """A process that goes on after another one replaced the file writes to the new file."""
    with open_history(path) as history:
        conversation = build_conversation(1)
        history.save_turn(conversation, conversation.turns[-1])
        path.rename(path.with_name("aside.db"))
        save_one(path, 2)
        history.save_turn(longer := conversation.append(build_turn(9)), longer.turns[-1])
    with open_history(path) as history:
        assert len(history.list_conversations()) == 2


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="only an unprivileged user is refused"
)
def test_a_file_without_permission_is_said(path: Path) -> None:
    """A file that may not be written is an error with the path and a hint."""
    save_one(path)
    path.chmod(0o400)
    with pytest.raises(StoreError, match="cannot be"):
        save_one(path, 2)


def test_a_place_that_cannot_be_is_said(tmp_path: Path) -> None:
    """A file where a directory is needed, or the other way round, is an error, not a traceback."""
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be used: not a directory"):
        save_one(tmp_path / "file" / "history.db")
    with pytest.raises(StoreError, match="cannot be"):
        save_one(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no RLIMIT_FSIZE")
def test_a_disk_that_takes_no_more_is_said_and_harms_nothing(path: Path) -> None:
    """A write that the system refuses is an error; what was kept before stays whole."""
    import resource

    save_one(path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    big = Conversation("b1g").append(build_turn(9, question="x" * 1_000_000))
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 20_000, before[1]))
    try:
        with open_history(path) as history, pytest.raises(StoreError, match="history `"):
            history.save_turn(big, big.turns[-1])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    with open_history(path) as history:
        assert [entry.id for entry in history.list_conversations()] == ["c0nv00000001"]
        check = history.database.read(lambda c: c.execute("PRAGMA integrity_check").fetchone()[0])
    assert check == "ok"


def test_opening_touches_nothing_until_it_is_used(path: Path) -> None:
    """`open_history` neither makes the file nor loads sqlite3."""
    open_history(path).close()
    assert not path.exists()
    code = "import sys, tokenhub_cli.store.conversations; sys.exit('sqlite3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_rest_changes_nothing(path: Path) -> None:
    """Before the file is open, and between two turns: what was kept is there, and can go on."""
    database = Database(path)
    database.rest()
    assert not path.exists()
    with open_history(path) as history:
        for number in (1, 2, 3):
            conversation = build_conversation(number)
            history.save_turn(conversation, conversation.turns[-1])
            history.database.rest()
            assert history.load_conversation(conversation.id).turns == conversation.turns
