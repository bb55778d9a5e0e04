"""Pieces come back from a file that has no name, and from memory where there is no such file."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tokenhub_cli.errors import StoreError
from tokenhub_cli.store.spill import SpillFile

PIECES = [b"one", b"", b"\x00\xff" * 5000, b"four"]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory that is not there yet."""
    return tmp_path / "state" / "spool"


def test_pieces_come_back(directory: Path) -> None:
    """Whatever they are, in any order, and again."""
    spill = SpillFile(directory)
    reads = [spill.put(piece) for piece in PIECES]
    assert [read() for read in reversed(reads)] == PIECES[::-1]
    reads.append(spill.put(b"five"))
    assert [read() for read in reads] == [*PIECES, b"five"]
    spill.close()


def test_pieces_come_back_in_any_thread(directory: Path) -> None:
    """While the main thread writes, the one that sends the request reads."""
    spill = SpillFile(directory)
    first = spill.put(b"first" * 100)
    seen: list[bool] = []

    def read() -> None:
        seen.extend(first() == b"first" * 100 for _ in range(500))

    thread = threading.Thread(target=read)
    thread.start()
    reads = [spill.put(b"%d" % number) for number in range(500)]
    thread.join()
    assert all(seen)
    assert [read() for read in reads] == [b"%d" % number for number in range(500)]
    spill.close()


@pytest.mark.skipif(sys.platform == "win32", reason="an open file keeps its name there")
def test_nothing_is_left_of_it(directory: Path) -> None:
    """It has no name, so that the process may end as it likes; the directory is the owner's."""
    spill = SpillFile(directory)
    spill.put(b"secret")
    assert list(directory.iterdir()) == []
    assert directory.stat().st_mode & 0o777 == 0o700
    spill.close()


def test_no_file_is_made_before_it_is_needed(directory: Path) -> None:
    """A conversation of a few turns touches no disk."""
    SpillFile(directory).close()
    assert not directory.exists()


def test_without_a_directory_pieces_stay_in_memory(tmp_path: Path) -> None:
    """A file stands where the directory should be: nothing is lost."""
    (tmp_path / "state").write_bytes(b"")
    spill = SpillFile(tmp_path / "state" / "spool")
    assert [spill.put(piece)() for piece in PIECES] == PIECES
    spill.close()


FULL = """
import resource, signal, sys
from pathlib import Path
from tokenhub_cli.store.spill import SpillFile

resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
spill = SpillFile(Path(sys.argv[1]))
pieces = [b"a" * 60, b"b" * 60, b"c" * 30, b"d" * 200]
reads = [spill.put(piece) for piece in pieces]
assert [read() for read in reads] == pieces
"""


@pytest.mark.skipif(sys.platform == "win32", reason="files have no limit there")
def test_what_a_full_disk_does_not_take_stays_in_memory(directory: Path) -> None:
    """Half a piece is no piece, and the next one may fit again."""
    subprocess.run([sys.executable, "-c", FULL, directory], check=True)


def test_a_file_that_is_gone_is_explained(directory: Path) -> None:
    """An error for the user, which names the directory and what to do."""
    spill = SpillFile(directory)
    read = spill.put(b"one")
    spill.close()
    with pytest.raises(StoreError, match="cannot be read back") as raised:
        read()
    assert os.fspath(directory) in raised.value.message
    assert "chat -c" in raised.value.hint
