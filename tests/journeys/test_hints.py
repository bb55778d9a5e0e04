"""What a hint names can be run as it is printed, whatever the names in it are made of."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.store.values import build_conversation
from tests.support.program import Program
from tokenhub_cli.store.conversations import open_history

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="hints are for a POSIX shell")

NAMES = ["work", "my.name", "my name", "it's", 'a"b\\c', "$HOME;exit", "-x", "größe"]
PLAIN = "http://192.0.2.1/v1"  # reserved for documentation (RFC 5737): nobody is there


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    """The name of a profile."""
    return str(request.param)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program with an empty home."""
    program = Program(tmp_path / "home")
    program.home.mkdir(mode=0o700)
    return program


def write_profile(program: Program, name: str, lines: str) -> None:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    program.config_file.write_text(f'[profiles."{quoted}"]\n{lines}', encoding="utf-8")


def run_hint(program: Program, message: str, stdin: str = "", **changes: str) -> str:
    """Run in a shell the last command that a message names; return its output."""
    command = re.findall(r"`(tokenhub [^`]*)`", message)[-1]
    for placeholder, value in changes.items():
        command = command.replace(placeholder, value)
    search = f"{Path(sys.executable).parent}{os.pathsep}/usr/bin:/bin"
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        input=stdin.encode(),
        capture_output=True,
        env={**program.environ, "PATH": search, "HOME": str(program.home)},
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, (command, done.stderr.decode())
    return done.stdout.decode()


def fail(program: Program, *arguments: str, environ: Mapping[str, str] | None = None) -> str:
    done = program.run(*arguments, environ=environ)
    assert done.returncode != 0
    return done.stderr


def test_a_gateway_without_a_key_gets_keyless_in_its_own_profile(
    program: Program, name: str
) -> None:
    """Where none is sent over plain http, the hint sets `keyless` for this profile."""
    write_profile(program, name, f'base_url = "{PLAIN}"\n')
    message = fail(program, "ask", "--profile", name, "hello")
    assert "none is sent over plain http" in message
    run_hint(program, message)
    assert program.read("config", "get", "keyless", "--profile", name) == "true"
    assert program.read("config", "get", "keyless") == "false"


@pytest.mark.parametrize("has_key", [False, True])
@pytest.mark.parametrize("place", ["flag", "environment", "config", "profile"])
def test_a_gateway_over_plain_http_is_asked_without_a_key_after_the_hint(
    program: Program, place: str, *, has_key: bool
) -> None:
    """Wherever its base URL stands: `keyless` counts beside the same one in the file alone."""
    program.environ |= {"TOKENHUB_API_KEY": "sk-1"} if has_key else {}
    arguments = ["ask", "--connect-timeout", "0.1", "--max-retries", "0", "hi"]
    before, after, told = arguments, arguments, ""
    match place:
        case "flag":
            before = [*arguments, "--base-url", PLAIN]
            after = [*arguments, "--profile", "192.0.2.1"]
            told = "then `--profile 192.0.2.1` in place of `--base-url`"
        case "environment":
            program.environ["TOKENHUB_BASE_URL"] = PLAIN
            after = [*arguments, "--profile", "192.0.2.1"]
            told = "then `unset TOKENHUB_BASE_URL` and `--profile 192.0.2.1`"
        case "config":
            program.config_file.write_text(f'base_url = "{PLAIN}"\n')
        case "profile":
            write_profile(program, "work", f'base_url = "{PLAIN}"\n')
            before = after = [*arguments, "--profile", "work"]
    message = fail(program, *before)
    assert "unencrypted" in message if has_key else "none is sent over plain http" in message
    assert told in " ".join(message.split())
    run_hint(program, message)
    if "unset" in told:
        del program.environ["TOKENHUB_BASE_URL"]
    done = program.run(*after)
    assert (done.returncode, "key" in done.stderr) == (6, False), done.stderr


def test_a_missing_key_is_stored_for_the_profile_in_force(program: Program, name: str) -> None:
    """The hint of `keys set` names the profile."""
    write_profile(program, name, 'base_url = "https://192.0.2.1/v1"\nconnect_timeout = 0.1\n')
    message = fail(program, "ask", "--profile", name, "hello")
    assert "there is no key for" in message
    run_hint(program, message, stdin="sk-1")
    assert "https://192.0.2.1" in program.credentials_file.read_text()


def test_a_key_command_that_fails_is_shown(program: Program, name: str) -> None:
    """The hint prints the command of this profile."""
    write_profile(program, name, 'base_url = "https://192.0.2.1/v1"\nkey_command = "exit 3"\n')
    message = fail(program, "ask", "--profile", name, "hello")
    assert run_hint(program, message).strip() == "exit 3"


def test_a_profile_that_is_not_there_can_be_begun(program: Program, name: str) -> None:
    """The hint writes a profile of exactly that name."""
    message = fail(program, "ask", "hello", environ={"TOKENHUB_PROFILE": name})
    assert "there is no profile" in message
    run_hint(program, message, URL="https://gateway.example/v1")
    found = program.read("config", "get", "base_url", "--profile", name)
    assert found == "https://gateway.example/v1"


def test_a_wrong_value_is_mended_where_it_was_typed(program: Program, name: str) -> None:
    """The example sets the same setting of the same profile."""
    write_profile(program, name, 'model = "m"\n')
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    message = fail(program, "config", "set", f'profiles."{quoted}".usage', "maybe")
    run_hint(program, message)
    assert program.read("config", "get", "usage", "--profile", name) == "true"
    assert program.read("config", "get", "model", "--profile", name) == "m"


@pytest.fixture
def kept(program: Program) -> Program:
    """The program with two kept conversations."""
    with open_history(program.home / "history.db") as history:
        for number in (1, 2):
            conversation = build_conversation(number, turns=1)
            history.save_turn(conversation, conversation.turns[-1])
    return program


@pytest.mark.parametrize(
    ("flags", "left"),
    [
        (["--all"], 0),
        (["--older-than", "2099-01-01"], 0),
        (["last"], 1),
        (["last", "c0nv00000001"], 0),
    ],
)
def test_what_cannot_be_asked_is_done_by_the_hint(
    kept: Program, flags: list[str], left: int
) -> None:
    """Without a terminal the hint is the same command with `--yes`, the rest as it was typed."""
    count = len(kept.read("history", "list").splitlines())
    message = fail(kept, "history", "remove", *flags)
    assert len(kept.read("history", "list").splitlines()) == count
    run_hint(kept, message)
    assert len(kept.read("history", "list").splitlines()) == left


def test_an_export_of_nothing_names_a_command_that_exports(kept: Program) -> None:
    """The newest conversation, or all of them: both commands are whole."""
    message = fail(kept, "history", "export")
    assert message.count("`tokenhub history export ") == 2
    assert run_hint(kept, message).count("# ") >= 2


def test_a_removal_of_nothing_names_the_command_that_shows_the_ids(kept: Program) -> None:
    """What is to be removed is for the user to say: the hint removes nothing."""
    assert len(run_hint(kept, fail(kept, "history", "remove")).splitlines()) == 2
