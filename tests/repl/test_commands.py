"""The table of slash commands, and each command's whole job."""

import json
from pathlib import Path

import pytest

from tests.repl.conftest import PNG, Open, Talk
from tokenhub_cli.demo.faults import Cut, times
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.repl.commands import COMMANDS, find_command, format_commands

CONTRACT = (
    "help exit quit new clear model system set info file attach retry continue undo edit copy save "
    "export history resume rename fork search usage reasoning raw multi"
)


def test_every_promised_command_is_there() -> None:
    """All names of the contract lead to a command, and no two commands share one."""
    for name in CONTRACT.split():
        assert find_command(name).help.endswith(".")
    names = [name for command in COMMANDS for name in (command.name, *command.aliases)]
    assert len(names) == len(set(names))


def test_help_shows_all_commands_or_one(talk: Talk) -> None:
    """`/help` lists every command and the keys; `/help NAME` one with its aliases."""
    shown = talk.say("/help")
    assert all(line in shown for line in format_commands())
    assert "Ctrl-R" in shown
    assert talk.say("/help exit") == (
        "/exit\n  Leave; Ctrl-D on an empty line does too. (also /quit, /q)\n"
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/hlep", "error: there is no command `/hlep`\n\nhint: `/help`"),
        ("/undo", "error: nothing was asked yet"),
        ("/copy", "error: there is no answer yet"),
        ("/rename", "error: `/rename` wants an argument"),
        ("/exit now", "error: `/exit` takes no argument"),
        ("/set temperature hot", "error: `temperature` wants a number"),
        ("/reasoning maybe", "error: `maybe` is neither"),
        ("/file nowhere.txt", "error: `nowhere.txt` cannot be read"),
        ("/history zzz", "error: no conversation `zzz` is kept"),
        ("/resume", "error: no incomplete answer is kept"),
    ],
)
def test_a_command_that_cannot_run_says_why(talk: Talk, line: str, words: str) -> None:
    """The line is an error, nothing is sent, and it comes back for editing."""
    assert talk.say(line).startswith(words)
    assert talk.dialogue.draft == line
    assert talk.gateway.requests == []


def test_model_is_switched_in_mid_conversation(talk: Talk) -> None:
    """`/model NAME` asks another model from the next question on, with all that was said."""
    talk.say("one")
    talk.say("/model demo-poet")
    talk.say("two")
    assert talk.sent["model"] == "demo-poet"
    assert len(talk.sent["messages"]) == 3


def test_system_and_parameters_go_with_the_next_question(talk: Talk) -> None:
    """`/system` and `/set` change what is sent; `off` takes it out again."""
    talk.say("/system Be brief.")
    talk.say("/set temperature 0.2")
    talk.say("/set stop=END")
    talk.say("one")
    assert talk.sent["messages"][0] == {"role": "system", "content": "Be brief."}
    assert (talk.sent["temperature"], talk.sent["stop"]) == (0.2, ["END"])
    assert "temperature  0.2" in talk.say("/set")
    talk.say("/system off")
    talk.say("/set temperature off")
    talk.say("two")
    assert "temperature" not in talk.sent
    assert talk.sent["messages"][0]["role"] == "user"


def test_files_and_pictures_go_with_the_next_question_once(talk: Talk, tmp_path: Path) -> None:
    """`/file`, `/attach` and `@path` are sent with one question, then no more."""
    (tmp_path / "a b.txt").write_text("alpha")
    (tmp_path / "c.txt").write_text("gamma")
    (tmp_path / "p.png").write_bytes(PNG)
    talk.say(f"/file '{tmp_path / 'a b.txt'}'")
    talk.say(f"/attach {tmp_path / 'p.png'}")
    talk.say(f"Compare with @{tmp_path / 'c.txt'}, please.")
    parts = talk.sent["messages"][-1]["content"]
    assert "alpha" in parts[0]["text"]
    assert "gamma" in parts[0]["text"]
    assert parts[1]["type"] == "image_url"
    talk.say("next")
    assert talk.sent["messages"][-1]["content"] == "next"


def test_retry_keeps_the_answer_before_as_a_branch(talk: Talk) -> None:
    """`/retry MODEL` asks the same question of another model; history holds both answers."""
    talk.say("one")
    talk.say("/retry demo-thinker")
    assert talk.questions == ["one"]
    assert talk.sent["model"] == "demo-thinker"
    conversation = talk.dialogue.conversation
    assert len(talk.dialogue.session.history.load_branches(conversation)) == 2


def test_undo_and_edit_take_questions_back(talk: Talk) -> None:
    """`/undo N` shortens the conversation, here and in history; `/edit` brings the text back."""
    for words in ("one", "two", "three"):
        talk.say(words)
    talk.say("/undo")
    assert talk.questions == ["one", "two"]
    kept = talk.dialogue.session.history.load_conversation("last")
    assert len(kept.turns) == 2
    talk.say("/edit")
    assert talk.questions == ["one"]
    assert talk.dialogue.take_draft() == "two"


def test_continue_goes_on_with_a_cut_answer(open_talk: Open) -> None:
    """`/continue` asks for what is missing; the answer is whole, and said once."""
    words = "one two three four five six seven eight nine ten " * 4
    gateway = DemoGateway(answers=words, tokens_per_second=None, faults=[Cut(0, 20)])
    talk = open_talk(gateway, resume="off")
    assert "`/continue`" in talk.say("count")
    assert talk.dialogue.last_answer is not None
    assert talk.dialogue.last_answer.text != words
    talk.say("/continue")
    assert talk.dialogue.last_answer.text == words
    assert "is complete" in talk.say("/continue")


def test_resume_finishes_the_newest_cut_answer_of_any_conversation(open_talk: Open) -> None:
    """`/resume` opens the conversation whose answer broke off, and goes on with it."""
    words = "one two three four five six seven eight nine ten " * 4
    gateway = DemoGateway(answers=words, tokens_per_second=None, faults=[Cut(0, 20)])
    talk = open_talk(gateway, resume="off")
    talk.say("count")
    cut = talk.dialogue.conversation.id
    talk.say("/new")
    talk.say("another")
    talk.say("/resume")
    assert talk.dialogue.conversation.id == cut
    assert talk.dialogue.last_answer is not None
    assert talk.dialogue.last_answer.text == words


def test_save_and_export_write_files_once(talk: Talk, tmp_path: Path) -> None:
    """`/save` writes the answer, `/export` the conversation; neither replaces a file unasked."""
    talk.say("one")
    answer = tmp_path / "answer.md"
    assert "note: saved" in talk.say(f"/save {answer}")
    assert answer.read_text() == "Fine.\n"
    assert "exists already" in talk.say(f"/save {answer}")
    assert "note: saved" in talk.say(f"/save {answer} --force")
    for form in ("md", "json", "html"):
        file = tmp_path / f"talk.{form}"
        assert "note: exported" in talk.say(f"/export {file}")
        assert "Fine." in file.read_text()
    assert json.loads((tmp_path / "talk.json").read_text())["title"] == "one"
    assert "none of the forms" in talk.say("/export talk.pdf")


def test_history_and_search_list_and_open(talk: Talk) -> None:
    """Both number what they find; the number, in the prompt already begun, opens it."""
    talk.say("about apples")
    apples = talk.dialogue.conversation.id
    talk.say("/new")
    talk.say("about pears")
    assert "about apples" in talk.say("/history")
    assert talk.dialogue.take_draft() == "/history "
    assert f"  1  {apples}" in talk.say("/search apples")
    shown = talk.say("/history 1")
    assert "> about apples\n\nFine.\n" in shown
    assert talk.dialogue.conversation.id == apples
    assert "no kept conversation" in talk.say("/search quince")


def test_fork_leaves_the_conversation_as_it_is(talk: Talk) -> None:
    """`/fork` goes on in a copy; the original keeps its length and both are in history."""
    talk.say("one")
    original = talk.dialogue.conversation.id
    talk.say("/fork Another way")
    talk.say("two")
    history = talk.dialogue.session.history
    assert len(history.load_conversation(original).turns) == 1
    copy = history.load_conversation(talk.dialogue.conversation.id)
    assert (copy.title, len(copy.turns)) == ("Another way", 2)


def test_rename_is_kept(talk: Talk) -> None:
    """`/rename` changes the title here and in history, before the first question too."""
    talk.say("/rename Fruit")
    talk.say("one")
    history = talk.dialogue.session.history
    assert history.load_conversation("last").title == "Fruit"
    talk.say("/rename Best fruit")
    assert history.load_conversation("last").title == "Best fruit"


def test_usage_sums_tokens_and_cost(open_talk: Open, tmp_path: Path) -> None:
    """`/usage` gives each model's tokens, and their price where it is set."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.toml").write_text("[prices]\nprompt = 1000000\ncompletion = 2000000\n")
    talk = open_talk(DemoGateway(answers="Fine.", tokens_per_second=None))
    assert "no tokens were counted" in talk.say("/usage")
    talk.say("one")
    usage = talk.dialogue.last_answer.usage  # type: ignore[union-attr]
    assert usage is not None
    cost = usage.prompt_tokens + 2 * usage.completion_tokens
    assert f"cost {cost}.00" in talk.say("/usage")


def test_reasoning_raw_and_multi_are_switches(talk: Talk) -> None:
    """Each is turned over by its bare name, or set by a word."""
    settings = talk.dialogue.session.settings
    talk.say("/reasoning hide")
    talk.say("/raw on")
    talk.say("/multi")
    assert settings.hide_reasoning
    assert not settings.markdown
    assert talk.dialogue.is_multiline
    talk.say("/reasoning")
    talk.say("/raw")
    talk.say("/multi")
    assert (settings.hide_reasoning, settings.markdown) == (False, True)
    assert not talk.dialogue.is_multiline


def test_new_begins_a_conversation_under_the_same_system_prompt(talk: Talk) -> None:
    """`/new` sends nothing of what was said before but the system prompt."""
    talk.say("/system Be brief.")
    talk.say("one")
    talk.say("/new")
    talk.say("two")
    assert [m["content"] for m in talk.sent["messages"]] == ["Be brief.", "two"]


def test_a_question_without_an_answer_is_no_part_of_the_conversation(open_talk: Open) -> None:
    """A failed question is the next draft, its files wait again, and the talk is as before."""
    gateway = DemoGateway(tokens_per_second=None, faults=times(2, Cut(0)))
    talk = open_talk(gateway, max_retries=0)
    talk.dialogue.files.append(__file__)
    assert "error: " in talk.say("one")
    assert talk.questions == []
    assert talk.dialogue.draft == "one"
    assert talk.dialogue.files == [__file__]


def test_info_names_model_gateway_and_conversation(talk: Talk) -> None:
    """`/info` shows what the next question would be asked with."""
    shown = talk.say("/info")
    assert talk.gateway.base_url in shown
    assert talk.dialogue.conversation.id in shown
    assert "gpt-4o" in shown


def test_copy_by_the_terminal_without_one_fails(talk: Talk) -> None:
    """Where there is neither a clipboard nor a terminal `/copy` says so."""
    talk.say("one")
    assert "no clipboard was found" in talk.say("/copy")
    assert "holds no code block" in talk.say("/copy code 2")


def test_exit_ends_the_loop(talk: Talk) -> None:
    """`/quit` asks the loop to end."""
    talk.say("/quit")
    assert talk.dialogue.is_leaving


def test_a_retry_that_fails_changes_nothing(open_talk: Open) -> None:
    """The answer before stays, the model is the one before, and the command can be run again."""
    talk = open_talk(DemoGateway(answers="Fine.", tokens_per_second=None), max_retries=0)
    talk.say("one")
    assert "error: " in talk.say("/retry no-such-model")
    assert talk.dialogue.last_answer is not None
    assert talk.dialogue.last_answer.text == "Fine."
    assert talk.dialogue.session.model == "gpt-4o"
    assert talk.dialogue.draft == "/retry no-such-model"


def test_a_long_question_is_edited_in_the_editor(talk: Talk, tmp_path: Path) -> None:
    """`/edit` opens $EDITOR for what the prompt would show folded."""
    editor = tmp_path / "edit"
    editor.write_text('#!/bin/sh\n/bin/echo "short now" > "$1"\n')
    editor.chmod(0o700)
    talk.dialogue.session.environ["EDITOR"] = str(editor)  # type: ignore[index]
    talk.say(talk.dialogue.folds.fold("line\n" * 100))
    talk.say("/edit")
    assert talk.dialogue.take_draft() == "short now"
    assert talk.questions == []


def test_parameters_set_by_hand_outlive_a_change_of_model(open_talk: Open, tmp_path: Path) -> None:
    """`/set` counts for every model; what the file sets for one model counts for that one."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.toml").write_text(
        "[options]\ntemperature = 1\nseed = 7\n[models.demo-poet.options]\ntop_p = 0.5\n"
    )
    talk = open_talk()
    talk.say("/set temperature 0.2")
    talk.say("/set seed off")
    talk.say("/model demo-poet")
    assert talk.dialogue.session.options == {"temperature": 0.2, "top_p": 0.5}
    talk.say("/model gpt-4o")
    assert talk.dialogue.session.options == {"temperature": 0.2}
