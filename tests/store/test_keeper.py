"""A turn's way into history, and what becomes of it when the store fails."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.values import COMPLETE, build_conversation, open_last
from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.store.conversations import History, open_history
from tokenhub_cli.store.keeper import Keeper, NoKeeper

ASKED = open_last(build_conversation(1))


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """An empty history."""
    with open_history(tmp_path / "data" / "history.db") as opened:
        yield opened


def build_keeper(history: History, tmp_path: Path) -> Keeper:
    return Keeper(history, tmp_path / "spool", "http://localhost/v1")


def test_a_turn_is_kept_as_it_happens(history: History, tmp_path: Path) -> None:
    """The question is in history while the answer is in the spool; then all is in history."""
    keeper = build_keeper(history, tmp_path)
    spool = keeper.begin(ASKED)
    assert history.load_conversation("last").turns == ASKED.turns
    spool.append(str(COMPLETE.text))
    keeper.end(ASKED, COMPLETE)
    assert history.load_conversation("last").turns[0].answer == COMPLETE
    assert list((tmp_path / "spool").iterdir()) == []
    assert keeper.take_notices() == []


def test_an_answer_that_history_cannot_take_stays_spooled(history: History, tmp_path: Path) -> None:
    """A failing store is said once; the next start finds the whole answer and keeps it."""
    (tmp_path / "data").touch()
    keeper = build_keeper(history, tmp_path)
    keeper.begin(ASKED).append(str(COMPLETE.text))
    keeper.end(ASKED, COMPLETE)
    (notice,) = keeper.take_notices()
    assert notice.startswith("the conversation is not kept: history `")
    assert keeper.take_notices() == []
    (tmp_path / "data").unlink()
    later = build_keeper(history, tmp_path)
    later.rescue()
    assert later.take_notices() == [
        "an answer that could not be kept before is now kept as `c0nv00000001`"
    ]
    answer = history.load_conversation("last").turns[0].answer
    assert answer is not None
    assert (answer.text, answer.status) == (COMPLETE.text, AnswerStatus.COMPLETE)
    assert list((tmp_path / "spool").iterdir()) == []


def test_a_store_that_recovers_loses_nothing(history: History, tmp_path: Path) -> None:
    """A question that could not be kept is kept together with its answer."""
    (tmp_path / "data").touch()
    keeper = build_keeper(history, tmp_path)
    keeper.begin(ASKED)
    (tmp_path / "data").unlink()
    keeper.end(ASKED, COMPLETE)
    assert history.load_conversation("last").turns == build_conversation(1).turns


def test_what_was_kept_already_is_removed_in_silence(history: History, tmp_path: Path) -> None:
    """A spool that outlived its turn (a kill in between) is no news."""
    keeper = build_keeper(history, tmp_path)
    spool = keeper.begin(ASKED)
    spool.append(str(COMPLETE.text))
    spool.close(keep=True)
    history.save_answer(ASKED.tip, COMPLETE)
    keeper.rescue()
    assert keeper.take_notices() == []
    assert list((tmp_path / "spool").iterdir()) == []
    assert history.load_conversation("last").turns[0].answer == COMPLETE


def test_a_cut_answer_is_rescued_with_its_command(history: History, tmp_path: Path) -> None:
    """What a killed program had shown is kept as incomplete, and the way on is named."""
    keeper = build_keeper(history, tmp_path)
    spool = keeper.begin(ASKED)
    spool.append("Because")
    spool.close(keep=True)
    keeper.rescue()
    (notice,) = keeper.take_notices()
    assert "`tokenhub resume c0nv00000001`" in notice
    found = history.newest_incomplete()
    assert found is not None
    assert found.turns[0].answer is not None
    assert replace(found.turns[0], answer=None) == ASKED.turns[0]


def test_no_keeper_leaves_no_trace() -> None:
    """`--no-save` keeps neither question nor answer."""
    keeper = NoKeeper()
    keeper.begin(ASKED).append("x")
    keeper.end(ASKED, COMPLETE)
    keeper.rescue()
    assert keeper.take_notices() == []
