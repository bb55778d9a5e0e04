"""What Tab offers."""

from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from tests.repl.conftest import Open, Talk
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.repl.commands import COMMANDS
from tokenhub_cli.repl.completer import ChatCompleter
from tokenhub_cli.repl.mentions import find_mentions


def complete(talk: Talk, text: str) -> list[str]:
    found = ChatCompleter(talk.dialogue).get_completions(Document(text), CompleteEvent())
    return [text[: len(text) + one.start_position] + one.text for one in found]


def test_commands_are_offered_with_their_help(talk: Talk) -> None:
    """A slash alone offers all of them; an alias that was begun is offered itself."""
    found = list(ChatCompleter(talk.dialogue).get_completions(Document("/"), CompleteEvent()))
    assert len(found) == len(COMMANDS)
    assert found[0].display_meta_text == COMMANDS[0].help
    assert complete(talk, "/mod") == ["/model "]
    assert complete(talk, "/qu") == ["/quit"]


@pytest.mark.parametrize("text", ["hello", "//mod", "/nothing x", "/new x", "me@home"])
def test_nothing_is_offered_where_nothing_is_known(talk: Talk, text: str) -> None:
    """Prose, literal slashes and arguments that there are none of."""
    assert complete(talk, text) == []


def test_arguments_are_completed_by_their_kind(talk: Talk) -> None:
    """Words, parameters, commands, models of the gateway, kept conversations by title."""
    assert complete(talk, "/reasoning h") == ["/reasoning hide"]
    assert complete(talk, "/set temp") == ["/set temperature"]
    assert complete(talk, "/system o") == ["/system off"]
    assert complete(talk, "/help ex") == ["/help exit", "/help export"]
    session = talk.dialogue.session
    session.warm_up()
    assert talk.gateway.wait_for(lambda _: bool(session.models))
    assert complete(talk, "/model demo-p") == ["/model demo-poet"]
    assert complete(talk, "/model mini") == ["/model gpt-4o-mini"]
    talk.say("about apples")
    assert complete(talk, "/history apples") == [f"/history {talk.dialogue.conversation.id}"]


def test_code_blocks_are_completed_by_number(open_talk: Open) -> None:
    """With the first line of each."""
    gateway = DemoGateway(answers="```\none\n```\n\n```\ntwo\n```\n", tokens_per_second=None)
    talk = open_talk(gateway)
    assert complete(talk, "/copy code ") == []
    talk.say("code, please")
    assert complete(talk, "/copy c") == ["/copy code"]
    assert complete(talk, "/copy code ") == ["/copy code 1", "/copy code 2"]
    assert complete(talk, "/copy code 2") == ["/copy code 2"]
    assert "holds 2 code blocks" in talk.say("/copy code 3")


def test_paths_are_completed_after_an_at_sign_and_for_files(
    talk: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Directories end with a slash; hidden files come when their dot is typed."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "one.txt").touch()
    (tmp_path / ".hidden").touch()
    monkeypatch.chdir(tmp_path)
    assert complete(talk, "see @do") == ["see @docs/"]
    assert complete(talk, "/file docs/o") == ["/file docs/one.txt"]
    assert complete(talk, "/file .h") == ["/file .hidden"]
    assert "@.hidden" not in complete(talk, "@")
    assert complete(talk, "@nowhere/x") == []


def test_a_completed_path_with_spaces_is_the_file(
    talk: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes in quotes, also where its beginning was typed in quotes, and is attached."""
    (tmp_path / "my docs").mkdir()
    (tmp_path / "my docs" / "one.txt").touch()
    (tmp_path / "your file.txt").touch()
    monkeypatch.chdir(tmp_path)
    assert complete(talk, "see @yo") == ['see @"your file.txt"']
    assert complete(talk, 'see @"your fi') == ['see @"your file.txt"']
    assert complete(talk, "see @my") == ['see @"my docs/']
    assert complete(talk, 'see @"my docs/o') == ['see @"my docs/one.txt"']
    assert find_mentions(complete(talk, 'see @"my docs/o')[0]) == ["my docs/one.txt"]
    assert complete(talk, 'see @"my docs/one.txt"') == []
