"""A turn's way into history, and what becomes of it when the store fails."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.values import COMPLETE, build_conversation, open_last
from tests.support.limits import limit_files
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


@contextmanager
def hold_busy(history: History) -> Iterator[None]:
    """Keep the history locked, as another process does that writes to it."""
    other_turn = open_last(build_conversation(2))
    history.save_turn(other_turn, other_turn.turns[-1])
    with closing(sqlite3.connect(history.database.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


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
    later.rescue(waits=True)
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


def test_a_busy_history_holds_up_no_answer(history: History, tmp_path: Path) -> None:
    """Neither its beginning nor one that was stopped; the next start keeps it, question and all."""
    asked = ASKED
    keeper = build_keeper(history, tmp_path)
    with hold_busy(history):
        started = time.monotonic()
        keeper.rescue(waits=False)
        keeper.begin(asked).append(str(COMPLETE.text))
        assert keeper.take_notices() == []
        keeper.end(asked, COMPLETE, lambda: False)
        assert time.monotonic() - started < 1
        (notice,) = keeper.take_notices()
    assert notice.startswith("the conversation is not kept yet: history `")
    assert notice.endswith("another process is writing to it; the next `tokenhub` keeps it")
    keeper.rescue(waits=True)
    assert len(keeper.take_notices()) == 1
    answer = history.load_conversation("last").turns[0].answer
    assert answer is not None
    assert answer.text == COMPLETE.text


def test_a_busy_history_is_waited_for_in_the_end(history: History, tmp_path: Path) -> None:
    """A question that was not kept while others wrote is kept with its answer."""
    keeper = build_keeper(history, tmp_path)
    asked_for: list[float] = []

    def may_wait() -> bool:
        asked_for.append(time.monotonic())
        if len(asked_for) == 3:
            held.close()
        return True

    with ExitStack() as held:
        held.enter_context(hold_busy(history))
        keeper.begin(ASKED)
        keeper.end(ASKED, COMPLETE, may_wait)
    assert len(asked_for) == 3
    assert history.load_conversation("last").turns == build_conversation(1).turns
    assert keeper.take_notices() == []


def test_a_home_that_takes_nothing_is_said_once(history: History, tmp_path: Path) -> None:
    """Neither history nor spool can be written: one warning, not one of each."""
    (tmp_path / "data").touch()
    (tmp_path / "spool").touch()
    keeper = build_keeper(history, tmp_path)
    spool = keeper.begin(ASKED)
    assert spool.append("Because") == ""
    keeper.end(ASKED, COMPLETE)
    (notice,) = keeper.take_notices()
    assert notice.startswith("the conversation is not kept: history `")


def test_a_disk_that_fills_in_mid_answer_is_said_once(history: History, tmp_path: Path) -> None:
    """The spool says it at once; history, at the end and in later turns, does not say it again."""
    keeper = build_keeper(history, tmp_path)
    long = replace(COMPLETE, text="word " * 100_000)
    follow_up = open_last(build_conversation(1))
    with limit_files(200_000):
        spool = keeper.begin(ASKED)
        warnings = [spool.append("word " * 1000) for _ in range(100)]
        (warning,) = filter(None, warnings)
        assert warning.startswith("the answer is not safe from a crash, and may not be kept: ")
        keeper.end(ASKED, long)
        assert keeper.take_notices() == []
        spool = keeper.begin(follow_up)
        assert not any(spool.append("word " * 1000) for _ in range(100))
        keeper.end(follow_up, long)
        assert keeper.take_notices() == []
        other = open_last(build_conversation(2))
        spool = keeper.begin(other)
        (warning,) = filter(None, [spool.append("word " * 1000) for _ in range(100)])
        keeper.end(other, long)
        assert keeper.take_notices() == []


def test_a_failure_that_the_spool_did_not_say_is_said(history: History, tmp_path: Path) -> None:
    """An answer that was spooled whole, but is too much for history, is told in the end."""
    keeper = build_keeper(history, tmp_path)
    long = replace(COMPLETE, text="word " * 100_000)
    with limit_files(200_000):
        keeper.begin(ASKED).append("word")
        keeper.end(ASKED, long)
    (notice,) = keeper.take_notices()
    assert notice.startswith("the conversation is not kept: history `")


def test_what_was_kept_already_is_removed_in_silence(history: History, tmp_path: Path) -> None:
    """A spool that outlived its turn (a kill in between) is no news."""
    keeper = build_keeper(history, tmp_path)
    spool = keeper.begin(ASKED)
    spool.append(str(COMPLETE.text))
    spool.close(keep=True)
    history.save_answer(ASKED.tip, COMPLETE)
    keeper.rescue(waits=True)
    assert keeper.take_notices() == []
    assert list((tmp_path / "spool").iterdir()) == []
    assert history.load_conversation("last").turns[0].answer == COMPLETE


@pytest.mark.parametrize("named", ["", ": `tokenhub resume c0nv00000001` finishes it"])
def test_a_cut_answer_is_rescued_with_its_command(
    history: History, tmp_path: Path, named: str
) -> None:
    """What a killed program had shown is kept as incomplete; `resume` itself names no way on."""
    keeper = build_keeper(history, tmp_path)
    spool = keeper.begin(ASKED)
    spool.append("Because")
    spool.close(keep=True)
    keeper.rescue(waits=True, names_resume=bool(named))
    (notice,) = keeper.take_notices()
    assert notice.endswith("; it is kept as `c0nv00000001`" + named)
    found = history.newest_incomplete()
    assert found is not None
    assert found.turns[0].answer is not None
    assert replace(found.turns[0], answer=None) == ASKED.turns[0]


def test_no_keeper_leaves_no_trace() -> None:
    """`--no-save` keeps neither question nor answer."""
    keeper = NoKeeper()
    keeper.begin(ASKED).append("x")
    keeper.end(ASKED, COMPLETE)
    keeper.rescue(waits=True)
    assert keeper.take_notices() == []
