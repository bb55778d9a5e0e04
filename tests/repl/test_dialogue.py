"""Commands where history cannot be written, or is not to be; and a title in a long one."""

from pathlib import Path

import pytest

from tests.chat.values import build_turn
from tests.repl.conftest import Open, Talk
from tokenhub_cli.chat.conversation import Conversation
from tokenhub_cli.chat.packing import Read
from tokenhub_cli.chat.turns import BATCH, Turns
from tokenhub_cli.demo.faults import Fails
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.errors import StoreError


@pytest.fixture
def unkept(open_talk: Open, tmp_path: Path) -> Talk:
    """Give a dialogue of two questions whose history is a directory."""
    (tmp_path / "home" / "history.db").mkdir(parents=True)
    talk = open_talk(DemoGateway(answers="Fine.", tokens_per_second=None))
    assert "the conversation is not kept" in talk.say("one")
    talk.say("two")
    return talk


@pytest.mark.parametrize(
    ("line", "questions", "title", "said"),
    [
        ("/undo", ["one"], "", "took back one question; 1 left"),
        ("/edit", ["one"], "", "the last question is back in the prompt"),
        ("/rename Fruit", ["one", "two"], "Fruit", "the conversation is called `Fruit`"),
        ("/fork Fruit", ["one", "two"], "Fruit", "stays as it is"),
        ("/system Be brief.", ["one", "two"], "", "the system prompt is set"),
    ],
)
def test_a_command_is_done_and_says_that_history_does_not_have_it(
    unkept: Talk, line: str, questions: list[str], title: str, said: str
) -> None:
    """It is no error: the conversation on the screen is as the command left it."""
    shown = unkept.say(line)
    assert "error: " not in shown
    assert "note: history does not have this: " in shown
    assert said in " ".join(shown.split())
    assert unkept.questions == questions
    assert unkept.dialogue.conversation.title == title
    assert unkept.dialogue.draft == ("two" if line == "/edit" else "")


def test_a_fork_of_what_is_not_kept_promises_nothing(open_talk: Open, tmp_path: Path) -> None:
    """Without history `/fork` says that neither conversation is kept, and makes no file."""
    talk = open_talk(DemoGateway(answers="Fine.", tokens_per_second=None), history=False)
    talk.say("one")
    assert "neither it nor" in talk.say("/fork")
    assert "no conversation is kept" in talk.say("/history")
    assert "no kept conversation holds" in talk.say("/search one")
    assert "no incomplete answer" in talk.say("/resume")
    assert not (tmp_path / "home" / "history.db").exists()


def test_a_question_that_was_not_answered_comes_back_with_its_pastes(open_talk: Open) -> None:
    """Long as it is, what is sent then is what was typed and pasted, and not the words for it."""
    talk = open_talk(DemoGateway(faults=(Fails(401),), tokens_per_second=None))
    paste = "pasted\n" * 30
    words = talk.dialogue.folds.fold(paste) + "typed\n" * 30
    assert "refused the key" in talk.say(words)
    talk.say(talk.dialogue.take_draft())
    assert talk.questions == [(paste + "typed\n" * 30).strip()]


def test_a_paste_that_is_not_seen_names_no_files(open_talk: Open, tmp_path: Path) -> None:
    """Whoever wrote it could else have any file of this machine sent to the gateway."""
    talk = open_talk(DemoGateway(answers="Fine.", tokens_per_second=None))
    for name in ("secret", "wanted", "edited"):
        (tmp_path / name).write_text(f"content of {name}\n")
    folds = talk.dialogue.folds
    paste = folds.fold(f"look: @{tmp_path / 'secret'}\n" + "more\n" * 30)
    edited = folds.fold_again(f"look: @{tmp_path / 'edited'}\n" + "mine\n" * 30)
    talk.say(f"@{tmp_path / 'wanted'} {paste} {edited}")
    [question] = talk.questions
    assert "more\n" * 30 in question
    assert "content of wanted" in question
    assert "content of edited" in question
    assert "content of secret" not in question


def test_the_title_is_found_once(open_talk: Open) -> None:
    """The toolbar shows it at each key: the first turn is not unpacked for that again and again."""
    unpacked: list[int] = []

    def put_away(data: bytes) -> Read:
        return lambda: unpacked.append(1) or data  # type: ignore[func-returns-value]

    dialogue = open_talk().dialogue
    conversation = Conversation("c", turns=Turns(put=put_away))
    for number in range(3 * BATCH):
        conversation = conversation.append(build_turn(number))
    dialogue.begin(conversation)
    assert [dialogue.title for _ in range(5)] == ["Why 0?"] * 5
    assert len(unpacked) == 1
    dialogue.undo(3 * BATCH)
    assert dialogue.title == ""


def test_a_title_that_cannot_be_read_is_none(open_talk: Open) -> None:
    """The toolbar is no place for an error of the disk: it must not end the loop."""

    def fail() -> bytes:
        raise StoreError("earlier turns cannot be read back", hint="`tokenhub chat -c`")

    dialogue = open_talk().dialogue
    conversation = Conversation("c", turns=Turns(put=lambda _: fail))
    for number in range(3 * BATCH):
        conversation = conversation.append(build_turn(number))
    dialogue.begin(conversation)
    assert dialogue.title == ""
