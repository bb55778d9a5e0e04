"""Taking a question back, asking it again, and what becomes of its files."""

from pathlib import Path

from tests.repl.conftest import PNG, Talk


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
