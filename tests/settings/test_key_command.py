"""Programs that print the key, run for real."""

import os
import sys
import threading
import time

import pytest

from tests.settings.conftest import MARKED_KEY
from tokenhub_cli.errors import CredentialError, MalformedKeyError
from tokenhub_cli.settings.key_command import run_key_command
from tokenhub_cli.settings.keys import find_key
from tokenhub_cli.settings.paths import Paths
from tokenhub_cli.settings.resolve import resolve_settings

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the commands are written for sh")

ENVIRON = {"PATH": "/usr/bin:/bin", "PYTHON": sys.executable}


def test_the_output_without_white_space_around_it_is_the_key() -> None:
    """A pipeline of the shell works, and a final newline (CRLF too) is no part of the key."""
    assert run_key_command("printf 'sk-1\\r\\nlogin: me\\n' | head -n 1", ENVIRON) == "sk-1"


def test_a_variable_of_the_environment_is_seen() -> None:
    """The command runs in the user's environment."""
    assert run_key_command("echo $FROM", {**ENVIRON, "FROM": "sk-env"}) == "sk-env"


def test_a_piped_prompt_is_not_for_the_command() -> None:
    """The command's standard input is empty: it cannot eat the question."""
    assert run_key_command("wc -c", ENVIRON) == "0"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("echo locked >&2; exit 3", "failed with exit status 3: locked"),
        (f"echo {MARKED_KEY}; echo bad {MARKED_KEY} >&2; exit 1", "exit status 1: bad [hidden]"),
        ("exit 1", "failed with exit status 1"),
        ("kill -9 $$", "was ended by signal 9"),
        ("true", "printed nothing"),
        ("no-such-program-here", "failed with exit status 127"),
        ("printf 'one\\n\\033[2Jtwo\\n\\n' >&2; exit 1", "exit status 1: [2Jtwo"),
        ("$PYTHON -c 'print(\"x\" * 9999)' >&2; exit 1", "…"),
    ],
)
def test_a_failure_is_told_in_one_line_without_the_output(command: str, words: str) -> None:
    """Exit status and the last line of stderr are told, defused; what was printed never is."""
    with pytest.raises(CredentialError) as caught:
        run_key_command(command, ENVIRON)
    assert words in caught.value.message
    assert len(caught.value.message) < 400
    assert caught.value.message.isprintable()
    assert MARKED_KEY not in caught.value.message + caught.value.hint


def test_a_command_that_hangs_is_stopped() -> None:
    """After the limit the command is ended, even if a child of it keeps the pipe open."""
    begun = time.monotonic()
    with pytest.raises(CredentialError, match=r"no key within 0\.2 s"):
        run_key_command("sleep 5 & sleep 5", ENVIRON, limit_s=0.2)
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize("command", ["yes", "yes & wait", "yes >&2 & wait"])
def test_endless_output_is_not_kept(command: str) -> None:
    """A command that prints for ever costs bounded memory and ends at the limit.

    From then on nobody reads what a child of it prints, which would keep both of us busy for ever.
    """
    before = set(threading.enumerate())
    with pytest.raises(CredentialError, match="no key within"):
        run_key_command(command, ENVIRON, limit_s=0.2)
    until = time.monotonic() + 10
    while (left := set(threading.enumerate()) - before) and time.monotonic() < until:
        time.sleep(0.01)
    assert not left


def test_several_lines_are_no_key(environ: dict[str, str], paths: Paths) -> None:
    """A password manager that prints more than the key is told apart, by the setting's name."""
    paths.config_file.write_text(f"key_command = 'echo {MARKED_KEY}; echo login: me'\n")
    settings = resolve_settings(environ, paths)
    with pytest.raises(MalformedKeyError, match="line break") as caught:
        find_key(settings, environ, paths)
    assert "`key_command` (config file)" in caught.value.message
    assert "MARKED" not in caught.value.message


def test_the_hint_shows_the_command_of_the_profile_in_force() -> None:
    """Without the profile's name `config get` would show another command, or none."""
    with pytest.raises(CredentialError) as caught:
        run_key_command("exit 1", ENVIRON, profile="work")
    assert "`tokenhub config get key_command --profile work`" in caught.value.hint
