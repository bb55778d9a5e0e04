"""Removing conversations for good."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.store.values import build_conversation, build_turn
from tokenhub_cli.chat.conversation import Conversation
from tokenhub_cli.store import connection, removal
from tokenhub_cli.store.conversations import History, open_history


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """A history of five conversations with three turns each."""
    with open_history(tmp_path / "history.db") as opened:
        for number in range(5):
            save(opened, build_conversation(number, turns=3))
        yield opened


def save(history: History, conversation: Conversation) -> None:
    history.save_turn(conversation, conversation.turns[-1])


def list_ids(history: History) -> list[str]:
    return sorted(entry.id[-1] for entry in history.list_conversations())


def test_only_what_was_named_is_removed(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """The named conversations go, over however many transactions; the others stay whole."""
    monkeypatch.setattr(removal, "BATCH", 1)
    history.remove(["c0nv00000001", "c0nv00000003"])
    assert list_ids(history) == ["0", "2", "4"]
    assert history.load_conversation("c0nv00000002").turns == build_conversation(2, turns=3).turns


def test_the_file_shrinks(history: History) -> None:
    """After a removal the file is smaller: its free pages are given back."""
    save(history, Conversation("c0nvbig").append(build_turn(99, question="word " * 50_000)))
    before = history.database.path.stat().st_size
    history.remove(["c0nvbig"])
    assert history.database.path.stat().st_size < before - 200_000


def test_a_fork_keeps_the_turns_it_stands_on(history: History) -> None:
    """Removing a conversation leaves its fork's line whole, and removes the rest."""
    origin = build_conversation(1, turns=3)
    fork = origin.undo().fork("f0rk00000000").append(build_turn(99))
    save(history, fork)
    history.remove([origin.id])
    assert history.load_conversation("f0rk").turns == fork.turns
    assert list_ids(history) == ["0", "0", "2", "3", "4"]
    history.remove([fork.id])
    count = history.database.read(lambda c: c.execute("SELECT count(*) FROM turns").fetchone()[0])
    assert count == 12


def test_a_fork_whose_tip_is_in_the_other_keeps_its_line(history: History) -> None:
    """After an undo down to the shared turns the fork still stands on them."""
    origin = build_conversation(1, turns=3)
    fork = origin.fork("f0rk00000000").append(build_turn(99))
    save(history, fork)
    history.save_tip(fork.undo(2))
    history.remove([origin.id])
    assert history.load_conversation("f0rk").turns == origin.turns[:2]


def test_a_file_in_use_is_compacted_another_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another process reads, the room is not given back, and that is no failure."""
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.05)
    path = tmp_path / "history.db"
    with open_history(path) as history, closing(connection.connect(path)) as other:
        for number in range(3):
            save(history, build_conversation(number))
        reading = other.execute("SELECT * FROM turns")
        reading.fetchone()
        assert not history.database.read(removal.compact)
        reading.close()
        assert history.database.read(removal.compact)
        assert history.search("rayleigh", limit=5)[2:] != []


def test_removing_nothing_or_the_unknown_is_no_error(history: History) -> None:
    """Ids that are not kept are passed over."""
    history.remove([])
    history.remove(["nothing"])
    assert len(list_ids(history)) == 5
