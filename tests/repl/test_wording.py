"""The words of the rest of the program, as the loop says them."""

import os
from pathlib import Path

import pytest

from tests.repl.conftest import Open, Talk
from tokenhub_cli.demo.faults import Fails
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.repl.wording import name_commands


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("`tokenhub resume c1` finishes it", "`/resume c1` finishes it"),
        ("name one: `tokenhub models default NAME`", "name one: `/model NAME`"),
        ('`tokenhub ask -s SYSTEM "PROMPT"`', "`/system SYSTEM`"),
        ("`--model` must be one line", "`/model` must be one line"),
        ("`tokenhub config set models.x.model y`", "`tokenhub config set models.x.model y`"),
        ("`tokenhub doctor` looks", "`tokenhub doctor` looks"),
        ("no tokenhub resume, no --file", "no tokenhub resume, no --file"),
    ],
)
def test_what_has_a_command_here_is_named_by_it(words: str, named: str) -> None:
    """Whole commands and flags in backticks only; what only a shell can do stays."""
    assert name_commands(words) == named


def test_hints_of_commands_can_be_run_in_the_loop(
    talk: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None names a flag, or a command of the shell where there is one with a slash."""
    monkeypatch.chdir(tmp_path)
    Path("notes.txt").write_text("words")
    Path("data.bin").write_bytes(b"\0\1")
    for line, hint in (
        ("/attach notes.txt", "text files go with `/file`"),
        ("/attach -", "`/attach PATH`"),
        ("/file data.bin", "pictures go with `/attach`"),
        ("/history zzz", "`/history`"),
        ("/resume zzz", "`/history`"),
        ("/set model x", "`/model NAME`"),
        ("/set Temperature 1", "`/set temperature VALUE`"),
    ):
        assert f"hint: {hint}\n" in talk.say(line)
    assert "`/model`" in talk.say("/model x\u202ey")


def test_hints_of_failed_questions_can_be_run_in_the_loop(open_talk: Open) -> None:
    """A refused parameter leads to `/set`."""
    gateway = DemoGateway(tokens_per_second=None, faults=[Fails(400)])
    shown = open_talk(gateway).say("one")
    assert "hint: `/set` " in shown
    assert "tokenhub ask" not in shown


def test_what_is_no_file_is_refused_at_once(talk: Talk, tmp_path: Path) -> None:
    """A named pipe would be waited for; a URL of another kind keeps its slashes."""
    os.mkfifo(tmp_path / "pipe")
    assert "is a pipe or device" in talk.say(f"/file {tmp_path / 'pipe'}")
    assert "is a pipe" in talk.say(f"/attach {tmp_path / 'pipe'}")
    assert "`ftp://example.org/p.png`" in talk.say("/attach ftp://example.org/p.png")
