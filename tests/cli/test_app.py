"""The command tree: the overview, no arguments at all, and what each command's help says."""

from pathlib import Path

import pytest

from tests.store.values import build_conversation
from tests.support.conversing import Conversing
from tests.support.questioner import ANSWER, Questioner, check_error
from tokenhub_cli.cli.app import COMMANDS, format_overview, load_command, run_command
from tokenhub_cli.store.spool import build_header, open_spool


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_the_overview_lists_every_command(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Examples first, then each command with its line."""
    assert run_command([flag]) == 0
    shown = capsys.readouterr().out
    assert shown == format_overview()
    assert shown.index("Examples:") < shown.index("Commands:") < shown.index("Options:")
    for name, (_, summary) in COMMANDS.items():
        assert f"\n  {name} " in shown
        assert summary in shown
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_each_command_explains_itself(
    name: str, flag: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """`-h` and `--help` print usage and examples to stdout and end with exit code 0."""
    assert run_command([name, flag]) == 0
    said = capsys.readouterr()
    assert said.out.startswith(f"Usage: tokenhub {name}")
    assert said.err == ""
    if load_command(name).params:
        assert "Examples:" in said.out


def test_the_version_stands_behind_an_option_too(capsys: pytest.CaptureFixture[str]) -> None:
    """`tokenhub --version whatever` still says the version."""
    assert run_command(["--version", "x"]) == 0
    assert capsys.readouterr().out.startswith("tokenhub ")


def test_without_arguments_a_pipe_is_asked(tmp_path: Path) -> None:
    """`echo … | tokenhub` is `ask`; an empty pipe is told so."""
    with Questioner(tmp_path) as questioner:
        done = questioner.run(stdin="Why is the sky blue?\n")
        assert (done.returncode, done.stdout, done.stderr) == (0, ANSWER, "")
        assert questioner.prompt == "Why is the sky blue?\n"
        check_error(questioner.run(), 2, "standard input is empty", hint="| tokenhub ask")


@pytest.mark.parametrize(
    "arguments",
    [["ask", "caf\udce9"], ["ask", "-s", "caf\udce9", "x"], ["ask", "-o", "caf\udce9", "1", "x"]],
)
def test_an_argument_that_is_no_text_is_refused(tmp_path: Path, arguments: list[str]) -> None:
    """Before anything is sent: what would be sent is not what was typed."""
    with Questioner(tmp_path) as questioner:
        done = questioner.run(*arguments)
        check_error(done, 2, "the argument `caf\\udce9` is not UTF-8 text", hint="`iconv -f ENC")
        assert not questioner.gateway.exchanges
        assert questioner.run("resume", "\udcff").returncode == 2


def test_a_file_of_the_program_that_ends_too_early_is_a_failure(tmp_path: Path) -> None:
    """A full disk may have cut a module's compiled form: said, and not taken for an interrupt."""
    folder = tmp_path / "compiled"
    compiled = {"PYTHONPYCACHEPREFIX": str(folder), "PYTHONDONTWRITEBYTECODE": ""}
    with Questioner(tmp_path) as questioner:
        assert questioner.run("config", "set", "model", "x", environ=compiled).returncode == 0
        (module,) = folder.rglob("toml_text.*.pyc")
        module.write_bytes(module.read_bytes()[:20])
        done = questioner.run("config", "set", "model", "x", environ=compiled)
        check_error(done, 1, "unexpected failure: EOFError", hint="--debug")


def test_without_arguments_a_terminal_gets_a_conversation(tmp_path: Path) -> None:
    """`tokenhub` alone on a terminal is `chat`."""
    with Questioner(tmp_path) as questioner:
        environ = {**questioner.environ, "TERM": "xterm-256color", "HOME": str(tmp_path)}
        with Conversing([], environ) as chat:
            chat.wait_for_prompt()
            chat.send("\x04")
            assert chat.wait_for_end() == 0


@pytest.mark.parametrize(
    ("arguments", "keeps"),
    [
        ("ask -q Hello", True),
        ("history list", True),
        ("resume", True),
        ("config list", True),
        ("config get model", True),
        ("keys list", True),
        ("models default", True),
        ("templates list", True),
        ("doctor --no-spend", True),
        ("--version", False),
        ("config --help", False),
        ("help exit-codes", False),
        ("completion bash", False),
    ],
)
def test_whatever_is_run_next_keeps_an_answer_whose_program_was_killed(
    tmp_path: Path, arguments: str, *, keeps: bool
) -> None:
    """Any command but those that only print what is known without looking."""
    header = build_header(build_conversation(1), started_at=1.0, base_url="http://127.0.0.1:1/v1")
    with Questioner(tmp_path) as questioner:
        spool = open_spool(questioner.home / "spool", header)
        spool.append("Because air scatters")
        spool.close(keep=True)
        done = questioner.run(*arguments.split())
        assert done.returncode == 0, done.stderr
        assert spool.path.exists() != keeps
        is_said = "an answer was cut off when its program ended" in done.stderr
        assert is_said == (keeps and "-q" not in arguments)
        assert questioner.run("config", "list").stderr.count("cut off") == (not keeps)
        assert "Because air scatters" in questioner.read("history", "export", "c0nv00000001")
