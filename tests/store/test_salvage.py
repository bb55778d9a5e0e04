"""A damaged history: said, set aside, and what can be read carried over."""

import random
import sqlite3
from pathlib import Path

import pytest

from tests.store.values import build_conversation, build_turn
from tokenhub_cli.chat.conversation import Conversation
from tokenhub_cli.store.conversations import open_history
from tokenhub_cli.store.turns import write_line

NUMBER = 60
PAGE = 4096


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A history of many conversations, some of them long enough to fill pages of their own."""
    path = tmp_path / "history.db"
    lines = [
        build_conversation(number).append(
            build_turn(900_000 + number, question=f"Word{number} " * 300)
        )
        for number in range(NUMBER)
    ]

    def write(connection: sqlite3.Connection) -> None:
        for number, line in enumerate(lines):
            write_line(connection, line, line.turns[-1], 1_795_000_000.0 + number)

    with open_history(path) as history:
        history.database.write(write)
    return path


def damage(path: Path, start: int, end: int) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xa5" * (end - start))


def find_aside(path: Path) -> Path:
    (aside,) = path.parent.glob("history.damaged-*.db")
    return aside


def use(path: Path) -> tuple[int, list[str]]:
    """Write and read as a program would; return how many turns there are and what was said."""
    with open_history(path) as history:
        new = Conversation("n3w").append(build_turn(1))
        history.save_turn(new, new.turns[-1])
        entries = history.list_conversations()
        for entry in entries:
            history.load_conversation(entry.id)
        history.search("question")
        check = history.database.read(lambda c: c.execute("PRAGMA integrity_check").fetchone()[0])
        assert check == "ok"
        assert history.load_conversation("n3w").turns == new.turns
        return sum(entry.turns for entry in entries) - 1, history.notices


def test_pages_in_the_middle_cost_only_what_was_on_them(path: Path) -> None:
    """With some pages overwritten, the file is replaced and most of the turns are still there."""
    content = path.read_bytes()
    pages = len(content) // PAGE
    for page in (pages // 3, pages // 2):
        damage(path, page * PAGE, (page + 1) * PAGE)
    with open_history(path) as history:
        found = history.search("word7")
        entries = history.list_conversations()
        list(map(history.load_conversation, [entry.id for entry in entries]))
    kept, _ = use(path)
    assert kept > NUMBER
    assert found or kept < 2 * NUMBER


def test_a_file_that_is_no_database_is_set_aside(path: Path) -> None:
    """A file of rubbish is kept under a dated name, said once, and a new history begun."""
    path.write_bytes(b"\xa5" * 20_000)
    kept, notices = use(path)
    assert kept == 0
    assert len(notices) == 1
    assert "was damaged: 0 turns could be read and kept; the damaged file is now" in notices[0]
    assert find_aside(path).name in notices[0]
    assert find_aside(path).read_bytes() == b"\xa5" * 20_000
    assert use(path)[1] == []


def test_a_lost_first_page_loses_no_turn(path: Path) -> None:
    """Without header and table of contents, every turn is found by the shape of its row."""
    damage(path, 0, PAGE)
    kept, notices = use(path)
    assert kept == 2 * NUMBER
    assert len(notices) == 1


def test_what_was_removed_stays_removed(path: Path) -> None:
    """Pages that a removal left free are not taken for turns."""
    with open_history(path) as history:
        history.database.write(lambda c: c.execute("DELETE FROM turns WHERE number < 60"))
    pages = path.stat().st_size // PAGE
    damage(path, (pages - 2) * PAGE, pages * PAGE)
    with open_history(path) as history:
        history.database._salvage()
        assert (
            history.database.read(
                lambda c: c.execute("SELECT count(*) FROM turns WHERE number < 60").fetchone()[0]
            )
            == 0
        )


@pytest.mark.parametrize("seed", range(8))
def test_damage_anywhere_is_survived(path: Path, seed: int) -> None:
    """Wherever bytes were overwritten, the history can be used and the file is sound again."""
    chance = random.Random(seed)  # noqa: S311 - repeatable places to damage, no secret
    for _ in range(20):
        start = chance.randrange(path.stat().st_size - 600)
        damage(path, start, start + chance.randrange(1, 600))
    with open_history(path) as history:
        history.search("question")
        for entry in history.list_conversations():
            history.load_conversation(entry.id)
    kept, _ = use(path)
    assert kept > 0


def test_a_cut_file_keeps_its_beginning(path: Path) -> None:
    """A file that lost its second half is replaced, and what its first half held is kept."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    kept, notices = use(path)
    assert kept > NUMBER // 2
    assert len(notices) == 1


def test_an_empty_file_is_a_new_history(path: Path) -> None:
    """A file of no bytes is not damaged: it is a history with nothing in it."""
    path.write_bytes(b"")
    assert use(path) == (0, [])


def test_a_broken_search_index_is_made_anew(path: Path) -> None:
    """Damage to the index alone costs nothing and sets nothing aside."""
    with open_history(path) as history:
        history.database.write(lambda c: c.execute("UPDATE search_index_data SET block = x'ff00'"))
    kept, notices = use(path)
    assert (kept, notices) == (2 * NUMBER, [])
    with open_history(path) as history:
        assert len(history.search("word7")) == 1
