"""Long answers in pieces."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.values import COMPLETE, build_turn
from tokenhub_cli.chat.conversation import Answer, AnswerStatus, Conversation
from tokenhub_cli.store import search_index
from tokenhub_cli.store.connection import connect, create_private_file
from tokenhub_cli.store.conversations import History, open_history
from tokenhub_cli.store.migrations import MIGRATIONS, migrate
from tokenhub_cli.store.pieces import PIECE_LENGTH, cut_text

FILLING = "Regenerative braking turns motion into electricity. "


def write_text(pieces: float, ending: str = "") -> str:
    """Return a text so many pieces long that ends with `ending`."""
    length = int(pieces * PIECE_LENGTH) - len(ending)
    return (FILLING * (length // len(FILLING) + 1))[:length] + ending


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """An empty history."""
    with open_history(tmp_path / "history.db") as opened:
        yield opened


def save(history: History, text: str, name: str = "b1g", turn: int = 0) -> Answer:
    """Keep a conversation with this answer, or give its answer this text."""
    answer = replace(COMPLETE, text=text)
    conversation = Conversation(name).append(build_turn(turn, answer))
    history.save_turn(conversation, conversation.turns[-1])
    return answer


def load(history: History, name: str = "b1g") -> Answer | None:
    return history.load_conversation(name).turns[-1].answer


def search(history: History, query: str) -> set[str]:
    return {found.conversation for found in history.search(query)}


def check_index(history: History) -> None:
    """Let SQLite compare the index with itself."""
    statement = "INSERT INTO search_index (search_index) VALUES ('integrity-check')"
    history.database.write(lambda connection: connection.execute(statement))


def count_pieces(history: History) -> int:
    query = "SELECT count(*) FROM answer_pieces"
    return int(history.database.read(lambda c: c.execute(query).fetchone()[0]))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "short",
        write_text(1),
        write_text(1.01),
        write_text(3.5),
        "x" * PIECE_LENGTH * 2,
        "東" * 99_999,
    ],
    ids=["empty", "short", "one", "over", "many", "no space", "no spaces at all"],
)
def test_pieces_are_the_text(text: str) -> None:
    """Joined they are what was cut; none is too long, and there is always one."""
    pieces = list(cut_text(text))
    assert "".join(pieces) == text
    assert pieces
    assert max(map(len, pieces)) <= PIECE_LENGTH


def test_no_word_is_cut() -> None:
    """A piece ends after white space, unless there is none for half of its length."""
    pieces = list(cut_text(write_text(3.5)))
    assert all(piece.endswith(" ") for piece in pieces[:-1])


def test_a_text_that_grew_is_cut_in_the_same_places() -> None:
    """All pieces but the last stay as they were."""
    before, after = (list(cut_text(write_text(pieces))) for pieces in (2.5, 4.5))
    assert after[: len(before) - 1] == before[:-1]


@pytest.mark.parametrize("pieces", [0.5, 1, 1.5, 4.2])
def test_a_long_answer_is_kept_whole(history: History, pieces: float) -> None:
    """However many pieces it takes."""
    answer = save(history, write_text(pieces))
    assert load(history) == answer


@pytest.mark.parametrize("sizes", [(0.5, 3.5), (3.5, 4.5), (3.5, 0.5), (3.5, 2.5), (3.5, 3.5)])
def test_an_answer_is_replaced_by_a_longer_or_a_shorter_one(
    history: History, sizes: tuple[float, float]
) -> None:
    """What was kept of it before is gone, and is not found any more."""
    before, after = sizes
    save(history, write_text(before, " yesterday"))
    answer = save(history, write_text(after, " tomorrow"))
    assert load(history) == answer
    assert search(history, "tomorrow") == {"b1g"}
    assert search(history, "yesterday") == set()
    check_index(history)


@pytest.mark.parametrize("is_indexed", [True, False])
def test_the_end_of_a_long_answer_is_found(
    history: History, monkeypatch: pytest.MonkeyPatch, *, is_indexed: bool
) -> None:
    """With an index and without one; the excerpt is of where the words are."""
    if not is_indexed:
        monkeypatch.setattr(search_index, "create_index", lambda _connection: False)
        history.database.write(lambda connection: connection.execute("DROP TABLE search_index"))
    save(history, write_text(3.5, " as said by nobody"))
    save(history, "as said by everybody", "br1ef", 1)
    (found,) = history.search("nobody")
    assert (found.conversation, found.turn, found.place) == ("b1g", "turn00000000", "answer")
    assert "nobody" in [piece.text for piece in found.excerpt if piece.hit]


def test_of_an_endless_answer_the_beginning_is_found(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is kept whole, but nobody waits for the rest of it to be indexed."""
    monkeypatch.setattr(search_index, "LAST_INDEXED", 2)
    answer = save(history, f"{write_text(2.5, ' early ')}{write_text(2, ' late')}")
    assert load(history) == answer
    assert search(history, "early") == {"b1g"}
    assert search(history, "late") == set()
    save(history, "short")
    check_index(history)
    assert search(history, "early") == set()


def test_a_turn_that_fits_in_many_pieces_is_one_hit(history: History) -> None:
    """Hits are counted in turns."""
    save(history, write_text(3.5))
    (found,) = history.search("braking")
    assert found.hits == 1


def test_words_are_found_where_they_are_near_each_other(history: History) -> None:
    """All words must be within one piece: a long answer has much of everything."""
    save(history, "Beginning. " + write_text(3.5, " ending electricity"))
    assert search(history, "ending electricity") == {"b1g"}
    assert search(history, "beginning electricity") == {"b1g"}
    assert search(history, "beginning ending") == set()


def test_what_is_removed_is_gone_with_all_its_pieces(history: History, tmp_path: Path) -> None:
    """Nothing of it is left in the file."""
    save(history, write_text(3.5, " confidential"))
    save(history, "another", "e1se", 1)
    history.remove(["b1g"])
    assert count_pieces(history) == 0
    assert search(history, "confidential") == set()
    check_index(history)
    assert b"confidential" not in (tmp_path / "history.db").read_bytes()


def test_an_index_made_anew_finds_the_same(history: History) -> None:
    """Every piece is in it again."""
    save(history, write_text(3.5, " tomorrow"))
    history.database.write(lambda connection: connection.execute("DELETE FROM facts"))
    assert search(history, "tomorrow") == {"b1g"}
    save(history, write_text(3.5, " yesterday"))
    assert search(history, "tomorrow") == set()


def test_a_file_of_the_first_shape_keeps_its_long_answers(tmp_path: Path) -> None:
    """There an answer is one row, however long; it is read, found and replaced all the same."""
    path = tmp_path / "history.db"
    create_private_file(path)
    connection = connect(path)
    migrate(connection, path, MIGRATIONS[:1])
    text = write_text(3.5, " yesterday")
    connection.execute(
        "INSERT INTO conversations (id, title, system, created_at, updated_at, tip, length) "
        "VALUES ('b1g', 'Long', '', 1, 1, 'turn00000000', 1)"
    )
    connection.execute(
        "INSERT INTO turns (id, conversation, parent, created_at, model, options, question, "
        "attachments, status, answer) VALUES ('turn00000000', 'b1g', '', 1, 'm', '', 'Why?', '', "
        "'complete', ?)",
        (text,),
    )
    connection.close()
    with open_history(path) as history:
        assert load(history) == Answer(text, AnswerStatus.COMPLETE)
        answer = save(history, write_text(3.5, " tomorrow"))
        assert load(history) == answer
        assert search(history, "tomorrow") == {"b1g"}
        assert search(history, "yesterday") == set()


@pytest.mark.parametrize(
    ("lost", "kept"), [("place = 1", 1), ("place = 3", 3), ("place > 2", 3), ("place > 0", 1)]
)
def test_of_a_torn_answer_the_beginning_is_kept(history: History, lost: str, kept: int) -> None:
    """Where a damaged file lost pieces, no hole is left, and the answer is not called complete."""
    pieces = list(cut_text(write_text(4.5)))
    save(history, "".join(pieces))

    def lose(connection: sqlite3.Connection) -> None:
        connection.execute(f"DELETE FROM answer_pieces WHERE {lost}")  # noqa: S608 - literals

    history.database.write(lose)
    history.database._salvage()
    answer = load(history)
    assert answer is not None
    assert answer.text == "".join(pieces[:kept])
    assert answer.status is AnswerStatus.INCOMPLETE


def test_pieces_are_salvaged(history: History) -> None:
    """A damaged file's long answers are carried over whole."""
    answer = save(history, write_text(4.5, " tomorrow"))
    save(history, "another", "e1se", 1)
    history.database._salvage()
    assert load(history) == answer
    assert count_pieces(history) == 4
    assert search(history, "tomorrow") == {"b1g"}
