"""Files that the user names."""

import stat
from pathlib import Path

import pytest

from tests.support.limits import limit_files
from tokenhub_cli.errors import StoreError, UsageError
from tokenhub_cli.repl.files import write_new_file


def test_a_new_file_is_private_and_whole(tmp_path: Path) -> None:
    """Line ends and any script stay as they are; halves of surrogate pairs do not stop it."""
    path = write_new_file(f"'{tmp_path / 'a b.md'}'", "é\r\n天\ud800")
    assert path.read_bytes() == "é\r\n天?".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_is_replaced_only_when_told_to(tmp_path: Path) -> None:
    """`--force` after the path says so."""
    path = tmp_path / "a.md"
    path.write_text("old and longer")
    with pytest.raises(UsageError, match="exists already"):
        write_new_file(str(path), "new")
    write_new_file(f"{path} --force", "new")
    assert path.read_text() == "new"


@pytest.mark.parametrize("before", ["the older one", None])
def test_a_full_disk_leaves_what_was_there(tmp_path: Path, before: str | None) -> None:
    """A file that was to be replaced stays as it was, and no half file does."""
    path = tmp_path / "a.md"
    if before is not None:
        path.write_text(before)
    argument = f"{path} --force" if before is not None else str(path)
    with limit_files(100), pytest.raises(StoreError, match="cannot be written"):
        write_new_file(argument, "a line\n" * 1000)
    assert [file.read_text() for file in tmp_path.iterdir()] == ([before] if before else [])


@pytest.mark.parametrize("name", ["nowhere/a.md", "a\0b"])
def test_what_cannot_be_written_is_named(tmp_path: Path, name: str) -> None:
    """A directory that is not there, a name that cannot be."""
    with pytest.raises(StoreError, match="cannot be written"):
        write_new_file(str(tmp_path / name), "text")
