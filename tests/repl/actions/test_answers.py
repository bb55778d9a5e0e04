"""Taking a question back, asking it again, and what becomes of its files."""

from itertools import count
from pathlib import Path

from tests.repl.conftest import PNG, Open, Talk
from tokenhub_cli.demo.server import DemoGateway


def ask_with_files(talk: Talk, tmp_path: Path) -> str:
    """Ask with two files and two pictures, one of each named in the words; return these."""
    for name in ("a.txt", "c.txt"):
        (tmp_path / name).write_text(f"content of {name}\n" * 20)
    for name in ("p.png", "q.png"):
        (tmp_path / name).write_bytes(PNG)
    talk.say(f"/file {tmp_path / 'a.txt'}")
    talk.say(f"/attach {tmp_path / 'p.png'}")
    words = f"Compare @{tmp_path / 'c.txt'} with @{tmp_path / 'q.png'}."
    talk.say(words)
    return words


def assert_edited(talk: Talk, words: str) -> None:
    sent = talk.sent["messages"][-1]
    talk.say("/edit")
    assert talk.dialogue.draft == words
    assert [Path(path).name for path in talk.dialogue.files] == ["a.txt"]
    assert [Path(path).name for path in talk.dialogue.pictures] == ["p.png"]
    talk.say(talk.dialogue.take_draft())
    assert talk.sent["messages"][-1] == sent


def test_edit_gives_back_what_was_typed_and_each_file_once(talk: Talk, tmp_path: Path) -> None:
    """Files named in the words stay words, the others wait again; all are sent as before."""
    assert_edited(talk, ask_with_files(talk, tmp_path))


def test_edit_after_a_restart_gives_back_what_was_typed(talk: Talk, tmp_path: Path) -> None:
    """History holds the words apart from the files' contents."""
    words = ask_with_files(talk, tmp_path)
    talk.dialogue.begin(talk.dialogue.session.continue_conversation("last"))
    assert_edited(talk, words)


def test_titles_and_what_is_shown_of_a_question_are_its_words(talk: Talk, tmp_path: Path) -> None:
    """Contents of files are sent and kept, and shown nowhere in the loop."""
    (tmp_path / "c.txt").write_text("secret content\n")
    talk.say(f"/file {tmp_path / 'c.txt'}")
    talk.say("Sum it up.")
    assert talk.dialogue.title == "Sum it up."
    talk.say("/new")
    talk.say("next")
    assert "Sum it up." in talk.say("/history")
    shown = talk.say("/history 2")
    assert "> Sum it up.\n" in shown
    assert "secret content" not in shown


def open_counting(open_talk: Open) -> Talk:
    """Return a dialogue whose answers are `answer 1`, `answer 2` and so on."""
    numbers = count(1)
    gateway = DemoGateway(answers=lambda *_: f"answer {next(numbers)}", tokens_per_second=None)
    return open_talk(gateway)


def test_undo_brings_back_what_retry_has_replaced(open_talk: Open) -> None:
    """Answer by answer, here and in history; then it takes the question back."""
    talk = open_counting(open_talk)
    for line in ("one", "/retry", "/retry"):
        talk.say(line)
    history = talk.dialogue.session.history
    for answer in ("answer 2", "answer 1"):
        assert "is back" in talk.say("/undo")
        assert talk.dialogue.require_answer().text == answer
        assert history.load_conversation("last").turns[-1].answer.text == answer  # type: ignore[union-attr]
    assert "took back one question" in talk.say("/undo")
    assert talk.questions == []


def test_a_retry_that_was_gone_on_from_is_undone_with_its_question(open_talk: Open) -> None:
    """Only the last question's answers come back; `/undo N` takes questions in any case."""
    talk = open_counting(open_talk)
    for line in ("one", "/retry", "two", "/undo"):
        talk.say(line)
    assert talk.dialogue.require_answer().text == "answer 2"
    talk.say("/retry")
    assert "took back one question" in talk.say("/undo 1")
    assert talk.questions == []


def test_retry_says_that_a_model_is_not_listed(talk: Talk) -> None:
    """As `/model` does, with the name that may be meant, before it asks."""
    session = talk.dialogue.session
    session.warm_up()
    assert talk.gateway.wait_for(lambda _: bool(session.models))
    talk.say("one")
    words = "note: the gateway does not list `gpt-4o extra`; did you mean `gpt-4o`?"
    assert words in talk.say("/retry gpt-4o extra")
    assert words in talk.say("/model gpt-4o extra")


def test_a_title_comes_from_the_first_question_that_is_still_there(talk: Talk) -> None:
    """After `/undo` or `/edit` of the first question the next one gives it; a given one stays."""
    history = talk.dialogue.session.history
    for line in ("one", "/undo", "other"):
        talk.say(line)
    assert history.load_conversation("last").title == "other"
    talk.dialogue.begin(talk.dialogue.session.continue_conversation("last"))
    for line in ("/edit", "third"):
        talk.say(line)
    assert talk.dialogue.title == "third"
    assert history.load_conversation("last").title == "third"
    assert [found.title for found in history.search("third")] == ["third"]
    assert history.search("other")[0].place != "title"
    for line in ("/rename Mine", "/undo", "fourth"):
        talk.say(line)
    assert history.load_conversation("last").title == "Mine"
