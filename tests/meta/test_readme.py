"""The README tells the truth: its console blocks are run, its tables are the program's own."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.meta.readme_tables import build_tables
from tests.support.program import MARKED_KEY
from tokenhub_cli.demo.server import DemoGateway

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(match[1], match[2]) for match in BLOCK.finditer(README)]


def find_blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCKS if kind == language]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a directory with a key file and some history of commits."""
    directory = tmp_path_factory.mktemp("readme")
    (directory / "key.txt").write_text(MARKED_KEY + "\n", "utf-8")
    author = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", "init", "-q"], cwd=directory, check=True)
    subprocess.run(
        ["git", *author, "commit", "-q", "--allow-empty", "-m", "Begin"], cwd=directory, check=True
    )
    return directory


def test_every_console_line_works(place: Path) -> None:
    """The commands of all console blocks, in their order, succeed as they stand."""
    home = place / "home"
    binaries = str(Path(sys.executable).parent)
    with DemoGateway(key=MARKED_KEY, tokens_per_second=None) as gateway:
        environ = {
            "PATH": f"{binaries}:{os.environ['PATH']}",
            "TOKENHUB_HOME": str(home),
            "TOKENHUB_BASE_URL": gateway.base_url,
            "HOME": str(home),
        }
        lines = [line for block in find_blocks("console") for line in block.splitlines()]
        assert len(lines) > 15
        for line in lines:
            assert line.startswith("$ "), line
            done = subprocess.run(
                ["bash", "-o", "pipefail", "-c", line.removeprefix("$ ")],
                cwd=place,
                env=environ,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert done.returncode == 0, f"{line}\n{done.stderr}"
            assert MARKED_KEY not in done.stdout + done.stderr
            if not line.startswith("$ tokenhub keys set"):
                is_silent = ">" in line or "--save" in line or "config set" in line
                assert done.stdout or is_silent, line
    assert (place / "birds.txt").read_text("utf-8").strip()
    compile((place / "greet.py").read_text("utf-8"), "greet.py", "exec")


def test_the_profile_is_valid(tmp_path: Path) -> None:
    """The profile shown for a local server is one that the program takes."""
    (profile,) = find_blocks("toml")
    assert tomllib.loads(profile)
    (tmp_path / "config.toml").write_text(profile, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "tokenhub_cli", "config", "get", "profiles.local.model"],
        env={"TOKENHUB_HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "qwen3:8b\n"


def test_the_two_set_up_commands_are_what_the_checks_run() -> None:
    """The two shell blocks set a machine up; `.ci/run` takes them from here and runs them."""
    first, second = find_blocks("sh")
    assert first.rstrip().endswith('tokenhub ask --demo "Write a poem"')
    assert second.rstrip().endswith(".venv/bin/pytest")
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "readme_command 1" in script
    assert "readme_command 2" in script


def test_the_tables_are_fresh() -> None:
    """The lists of chat commands and of exit codes are those of the program."""
    assert build_tables(README) == README, "run: python -m tests.meta.readme_tables"


def test_every_command_of_the_program_is_named() -> None:
    """Each command of `tokenhub --help` occurs in the README."""
    from tokenhub_cli.cli.app import COMMANDS

    assert [name for name in COMMANDS if f"tokenhub {name}" not in README] == []
