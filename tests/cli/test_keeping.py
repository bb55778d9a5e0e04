"""Exports to files: the older export stays until the new one is whole."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.values import build_conversation
from tests.support.limits import limit_files
from tests.support.program import Program
from tokenhub_cli.cli.context import read_context
from tokenhub_cli.cli.keeping import write_export
from tokenhub_cli.errors import InputError
from tokenhub_cli.store.conversations import open_history

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither of these")


def export(target: Path, *pieces: str) -> None:
    write_export(pieces, "md", target, read_context())


def break_off(failure: BaseException) -> Iterator[str]:
    yield "# Half a conversation\n" * 10_000
    raise failure


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), OSError("no space"), ValueError("odd")])
@pytest.mark.parametrize("before", ["the older export", None])
def test_an_export_that_fails_leaves_the_directory_as_it_was(
    tmp_path: Path, failure: BaseException, before: str | None
) -> None:
    """Ctrl-C, a history that cannot be read on: the older export stays, no half file does."""
    target = tmp_path / "history.md"
    if before is not None:
        target.write_text(before)
    with pytest.raises(BaseException, match=r"cannot be written|odd|^$"):
        write_export(break_off(failure), "md", target, read_context())
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == (
        {} if before is None else {"history.md": before}
    )


def test_a_full_disk_leaves_the_older_export(tmp_path: Path) -> None:
    """The error names the file that was asked for, not the one beside it."""
    target = tmp_path / "history.md"
    target.write_text("the older export")
    with limit_files(100), pytest.raises(InputError) as caught:
        export(target, "a line\n" * 1000)
    assert caught.value.message.startswith(f"`{target}` cannot be written: ")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["the older export"]


@posix_only
def test_a_replaced_export_keeps_its_mode_and_a_new_one_is_private(tmp_path: Path) -> None:
    """Whoever could read the older export can read the new one."""
    target = tmp_path / "history.md"
    export(target, "one\n")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    target.chmod(0o644)
    export(target, "two\n")
    assert target.read_text() == "two\n"
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
    assert list(tmp_path.iterdir()) == [target]


@posix_only
@pytest.mark.parametrize("exists", [True, False])
def test_an_export_follows_a_symbolic_link(tmp_path: Path, *, exists: bool) -> None:
    """The link stays, and the file that it names is replaced, or made."""
    target = tmp_path / "elsewhere" / "history.md"
    target.parent.mkdir()
    if exists:
        target.write_text("old")
    link = tmp_path / "link.md"
    link.symlink_to(target)
    export(link, "new\n")
    assert link.is_symlink()
    assert target.read_text() == "new\n"


@posix_only
@pytest.mark.skipif(getattr(os, "geteuid", int)() == 0, reason="root may write to every file")
def test_a_file_that_is_write_protected_stays(tmp_path: Path) -> None:
    """A file can be replaced by whoever may write to its directory; its own mode is heeded too."""
    target = tmp_path / "history.md"
    target.write_text("kept")
    target.chmod(0o444)
    with pytest.raises(InputError, match="permission denied"):
        export(target, "new\n")
    assert target.read_text() == "kept"


@posix_only
@pytest.mark.skipif(getattr(os, "geteuid", int)() == 0, reason="root may write to every directory")
def test_a_file_in_a_directory_that_takes_no_new_one_is_written_itself(tmp_path: Path) -> None:
    """What could be written before can be written still."""
    target = tmp_path / "closed" / "history.md"
    target.parent.mkdir()
    target.write_text("a longer old export")
    target.parent.chmod(0o500)
    try:
        export(target, "new\n")
    finally:
        target.parent.chmod(0o700)
    assert target.read_text() == "new\n"


@posix_only
def test_a_pipe_a_device_and_stdout_are_written_themselves(tmp_path: Path) -> None:
    """They are no files that could be replaced; nor is the file that a shell opened for us."""
    program = Program(tmp_path / "home")
    with open_history(program.home / "history.db") as history:
        conversation = build_conversation(1, turns=1)
        history.save_turn(conversation, conversation.turns[-1])
    wanted = program.read("history", "export", "last")
    command = [sys.executable, "-m", "tokenhub_cli", "history", "export", "last", "-o"]
    assert program.read("history", "export", "last", "-o", "/dev/stdout") == wanted
    assert program.run("history", "export", "last", "-o", os.devnull).returncode == 0
    assert not Path(os.devnull).is_file()
    redirected = tmp_path / "redirected.md"
    for target in ("/dev/stdout", "/dev/fd/1", str(redirected)):
        with redirected.open("w") as stdout:
            kept = redirected.stat().st_ino
            subprocess.run([*command, target], env=program.environ, stdout=stdout, check=True)
        assert redirected.read_text().removesuffix("\n") == wanted
        assert redirected.stat().st_ino == kept
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen([*command, str(pipe)], env=program.environ):
        assert pipe.read_text().removesuffix("\n") == wanted
    assert pipe.is_fifo()


def test_a_directory_is_no_file_to_write_to(tmp_path: Path) -> None:
    """It is named in the error, and nothing is left in it or beside it."""
    target = tmp_path / "exports"
    target.mkdir()
    with pytest.raises(InputError, match=r"`.*exports` cannot be written"):
        export(target, "new\n")
    assert list(tmp_path.rglob("*")) == [target]


@posix_only
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_that_asks_to_end_leaves_the_older_export(tmp_path: Path, name: str) -> None:
    """A terminal that is closed in the middle of an export leaves no half of it beside."""
    number = getattr(signal, name)

    def end() -> Iterator[str]:
        yield "# Half a conversation\n"
        signal.raise_signal(number)
        yield "# The other half\n"

    target = tmp_path / "history.md"
    target.write_text("the older export")
    with pytest.raises(KeyboardInterrupt if name == "SIGINT" else SystemExit) as caught:
        write_export(end(), "md", target, read_context())
    if isinstance(caught.value, SystemExit):
        assert caught.value.code == 128 + number
    assert [path.read_text() for path in tmp_path.iterdir()] == ["the older export"]
