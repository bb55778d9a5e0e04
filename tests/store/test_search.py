"""Words to the conversations they were said in."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.values import COMPLETE, build_turn
from tokenhub_cli.chat.conversation import Conversation
from tokenhub_cli.store import search_index
from tokenhub_cli.store.conversations import History, open_history
from tokenhub_cli.store.search import Piece, build_excerpt, build_match, parse_words

TEXTS = {
    "a": ("How do trains brake?", "Regenerative braking turns motion into electricity."),
    "b": ("Übersetze: Straße", "The street is called *Straße*; café, naïve."),
    "c": ("东京的天气怎么样?", "今天东京晴,气温二十度。"),
    "d": ("한국어로 인사해 줘", "안녕하세요, 반갑습니다."),
    "e": ("อากาศวันนี้เป็นอย่างไร", "อากาศดีมาก"),
    "f": ("What is 100% of x_y?", "It is x_y. The train of thought ends here."),
}


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """A history with one conversation for each of `TEXTS`."""
    with open_history(tmp_path / "history.db") as opened:
        for number, (name, (question, answer)) in enumerate(TEXTS.items()):
            turn = build_turn(number, replace(COMPLETE, text=answer), question)
            conversation = Conversation(name).append(turn)
            opened.save_turn(conversation, conversation.turns[-1])
        yield opened


def lose_index(history: History) -> None:
    """Make the history as one written by a Python whose SQLite has no FTS5."""
    history.database.write(lambda connection: connection.execute("DROP TABLE search_index"))


def search(history: History, query: str) -> set[str]:
    return {found.conversation for found in history.search(query)}


CASES = [
    ("regenerative", {"a"}),
    ("BRAKING", {"a"}),
    ("regen motion", {"a"}),
    ("train", {"a", "f"}),
    ("东京", {"c"}),
    ("京东", set()),
    ("天气", {"c"}),
    ("안녕", {"d"}),
    ("อากาศ", {"e"}),
    ("x_y", {"f"}),
    ("100%", {"f"}),
    ('"train of thought"', {"f"}),
    ('"thought train"', set()),
    ("nowhere", set()),
    ("", set()),
    ("\"'", set()),
    ('NEAR( OR * -^":', set()),
]


@pytest.mark.parametrize(("query", "expected"), CASES)
def test_all_words_are_found(history: History, query: str, expected: set[str]) -> None:
    """A conversation is found if one of its turns holds all words, in any script."""
    assert search(history, query) == expected


def test_accents_and_case_do_not_matter(history: History) -> None:
    """Words are found without their accents."""
    assert search(history, "ubersetze cafe") == {"b"}
    assert search(history, "STRASSE") == set()
    assert search(history, "straße") == {"b"}


@pytest.mark.parametrize(("query", "expected"), [case for case in CASES if "OR" not in case[0]])
def test_without_an_index_the_same_is_found(
    history: History, monkeypatch: pytest.MonkeyPatch, query: str, expected: set[str]
) -> None:
    """Where SQLite has no FTS5, the texts themselves are read."""
    lose_index(history)
    monkeypatch.setattr(search_index, "rebuild_index", lambda _: False)
    assert search(history, query) == expected


def test_an_index_that_fell_behind_is_made_anew(history: History) -> None:
    """What was saved while the index could not be kept is found by the next search."""
    lose_index(history)
    turn = build_turn(50, None, "a late question")
    history.save_turn(conversation := Conversation("z").append(turn), conversation.turns[-1])
    assert search(history, "late") == {"z"}
    assert search(history, "regenerative") == {"a"}


def test_a_title_is_found_by_its_new_name_only(history: History) -> None:
    """After a rename the old title's words no longer find it, unless a turn says them too."""
    history.rename("a", "Locomotives")
    assert [found.place for found in history.search("locomotives")] == ["title"]
    assert search(history, "trains") == {"a"}
    history.rename("a", "Other")
    assert search(history, "locomotives") == set()


def test_an_answer_that_grew_is_found_by_its_new_words(history: History) -> None:
    """A resumed answer replaces the partial one in the index."""
    history.save_answer("turn00000000", replace(COMPLETE, text="Brakes squeal."))
    assert search(history, "regenerative") == set()
    assert search(history, "squeal") == {"a"}


def test_a_removed_conversation_is_not_found(history: History) -> None:
    """Nothing of a removed conversation is found, nor left in the file."""
    history.remove(["a"])
    assert search(history, "regenerative") == set()
    assert search(history, "train") == {"f"}
    assert b"egenerative" not in history.database.path.read_bytes()


def test_the_best_place_comes_first(history: History) -> None:
    """A hit in a title ranks before one in an answer; each conversation comes once."""
    history.rename("b", "Train")
    found = history.search("train")
    assert found[0].conversation == "b"
    assert len(found) == 3
    assert [entry.conversation for entry in history.search("train", limit=1)] == ["b"]


def test_an_excerpt_marks_its_hits(history: History) -> None:
    """The excerpt shows the words where they were said, each hit marked."""
    (found,) = history.search("naive")
    assert found.place == "answer"
    assert Piece("naïve", hit=True) in found.excerpt
    assert "".join(piece.text for piece in found.excerpt) == TEXTS["b"][1]


def test_an_excerpt_of_a_long_text_is_short_and_on_one_line() -> None:
    """What is far from the first hit is cut off, with an ellipsis on either side."""
    excerpt = build_excerpt(
        "lorem\n ipsum " * 50 + "needle\n\tand hay " + "dolor " * 50, ("needle",)
    )
    text = "".join(piece.text for piece in excerpt)
    assert text.startswith("…")
    assert text.endswith("…")
    assert "needle and hay" in text
    assert len(text) < 200
    assert [piece.text for piece in excerpt if piece.hit] == ["needle"]


def test_an_excerpt_without_a_hit_is_the_beginning() -> None:
    """Where no word can be marked, the beginning of the text is shown."""
    assert build_excerpt("short", ("x",)) == (Piece("short"),)
    assert build_excerpt("y" * 500, ("x",))[0].text == "y" * 160 + "…"


def test_a_hit_is_marked_where_the_index_found_it() -> None:
    """Marks follow the index: from a word's beginning, and inside unspaced scripts."""
    assert build_excerpt("untrained trainer", ("train",))[1] == Piece("trainer", hit=True)
    assert build_excerpt("今天东京晴", ("东京",))[1] == Piece("东京", hit=True)
    assert build_excerpt("an ox", ("o",)) == (Piece("an ox"),)


def test_what_stands_in_quotes_is_one_phrase() -> None:
    """Words are parted at white space, phrases kept together, signs made harmless."""
    assert parse_words('a "b c"  d') == ("a", "b c", "d")
    assert parse_words('"" a " " b') == ("a", "b")
    assert parse_words('a "b c') == ("a", "b c")  # still being typed, or forgotten
    assert parse_words('a "') == ("a",)
    assert build_match(("ab", "abc", "b c", "东京", 'x"y z')) == (
        '"ab" AND "abc"* AND "b c" AND "东  京" AND "x""y z"'
    )
