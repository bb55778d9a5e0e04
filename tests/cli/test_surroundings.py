"""What doctor finds on this machine: directories, files, terminal."""

import os
import stat
from pathlib import Path

import pytest

from tokenhub_cli.cli.context import Context
from tokenhub_cli.cli.surroundings import (
    examine_directories,
    examine_private_files,
    examine_terminal,
    examine_versions,
    judge_directory,
)
from tokenhub_cli.gateway.finding import Verdict
from tokenhub_cli.settings.paths import Paths, find_paths

PLACE = Path("/home/me/.config/tokenhub")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A home that does not exist yet."""
    return find_paths({"TOKENHUB_HOME": str(tmp_path / "home")})


@pytest.mark.parametrize(
    ("exists", "may_write", "mode", "verdict", "words"),
    [
        (True, True, 0o700, Verdict.OK, "config: `"),
        (True, True, 0o755, Verdict.OK, "config: `"),
        (False, True, 0, Verdict.OK, "made when it is needed"),
        (True, False, 0o500, Verdict.FAILED, "cannot be written to"),
        (False, False, 0, Verdict.FAILED, "cannot be written to"),
        (True, True, 0o777, Verdict.WARNING, "can be changed by others"),
    ],
)
def test_a_directory_is_judged_by_what_was_seen(
    exists: bool,  # noqa: FBT001 - the material of the test
    may_write: bool,  # noqa: FBT001 - the material of the test
    mode: int,
    verdict: Verdict,
    words: str,
) -> None:
    """Not to be written to is a failure; open to others a warning with the command."""
    found = judge_directory("config", PLACE, exists, may_write, mode)
    assert found.verdict is verdict
    assert words in found.words
    if verdict is Verdict.WARNING:
        assert found.command == f"chmod go-w {PLACE}"


def test_directories_that_are_the_same_are_one_finding(paths: Paths) -> None:
    """With TOKENHUB_HOME three of the four are; none is made by looking."""
    found = list(examine_directories(paths))
    assert [finding.words.partition(":")[0] for finding in found] == [
        "config and data and state",
        "cache",
    ]
    assert not paths.config_directory.exists()


def test_a_file_in_the_way_of_a_directory_is_found(tmp_path: Path) -> None:
    """A directory cannot be made where a file is."""
    (tmp_path / "file").write_text("")
    paths = find_paths({"TOKENHUB_HOME": str(tmp_path / "file" / "home")})
    assert {finding.verdict for finding in examine_directories(paths)} == {Verdict.FAILED}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no mode bits")
def test_private_files_are_looked_at_and_left_alone(paths: Paths) -> None:
    """What others may read is a warning; it is not mended here."""
    assert list(examine_private_files(paths)) == []
    paths.credentials_file.parent.mkdir(parents=True)
    paths.credentials_file.write_text("{}")
    paths.credentials_file.chmod(0o644)
    (found,) = examine_private_files(paths)
    assert found.verdict is Verdict.WARNING
    assert found.command == f"chmod 600 {paths.credentials_file}"
    assert stat.S_IMODE(paths.credentials_file.stat().st_mode) == 0o644


def test_the_terminal_is_described_as_the_program_sees_it() -> None:
    """Which streams are terminals, its size, colours (a pipe gets none), whether it is live."""
    environ = {"TERM": "dumb", "FORCE_COLOR": "1"}
    found = examine_terminal(
        Context(environ, stdin_is_terminal=True, stdout_is_terminal=False, stderr_is_terminal=True)
    )
    assert "stdin terminal, stdout pipe, stderr terminal, TERM=dumb" in found.words
    assert "no colours, plain text" in found.words


def test_versions_name_what_runs() -> None:
    """The program, Python, the libraries that matter and OpenSSL."""
    found = examine_versions()
    assert found.verdict is Verdict.OK
    for name in ("tokenhub ", "Python ", "httpx ", "typer ", "OpenSSL"):
        assert name in found.words
