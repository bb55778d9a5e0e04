"""Answers whose process is gone."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.store.values import build_conversation
from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.store.orphans import HEADERLESS_SECONDS, find_orphans, is_under_way
from tokenhub_cli.store.spool import build_header, encode_header, open_spool

HEADER = build_header(build_conversation(1), started_at=1.0, base_url="http://127.0.0.1:1/v1")

# Appends pieces and tells each one on its stdout, as the terminal would show it.
WRITER = """
import os, sys
from pathlib import Path
from tests.store.test_orphans import HEADER
from tokenhub_cli.store.spool import open_spool
spool = open_spool(Path(sys.argv[1]), HEADER)
number = 0
while True:
    piece = f"Wört {number} "
    spool.append(piece)
    os.write(1, piece.encode())
    number += 1
"""


def start_writer(directory: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", WRITER, directory], stdout=subprocess.PIPE)


def leave_orphan(directory: Path, text: str, *, status: AnswerStatus | None = None) -> Path:
    spool = open_spool(directory, HEADER)
    spool.append(text)
    spool.close(keep=True, status=status)
    return spool.path


def test_what_was_shown_before_a_kill_is_found(tmp_path: Path) -> None:
    """After `kill -9` the orphan holds at least what had been shown, each time."""
    for _ in range(5):
        with start_writer(tmp_path) as writer:
            assert writer.stdout is not None
            shown = writer.stdout.read(2000)
            writer.send_signal(signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
            shown += writer.stdout.read()
        (orphan,) = find_orphans(tmp_path)
        assert orphan.content.text.encode().startswith(shown)
        orphans = list(find_orphans(tmp_path))
        assert len(orphans) == 1, "the one before was not removed, and its lock is free again"
        for found in find_orphans(tmp_path):
            found.close(keep=False)
        assert list(tmp_path.iterdir()) == []


def test_the_spool_of_a_living_process_is_never_touched(tmp_path: Path) -> None:
    """While its writer lives, here or in another process, a spool is no orphan."""
    own = open_spool(tmp_path, HEADER)
    with start_writer(tmp_path) as writer:
        assert writer.stdout is not None
        writer.stdout.read(100)
        assert list(find_orphans(tmp_path)) == []
        assert len(list(tmp_path.iterdir())) == 2
        writer.kill()
        writer.stdout.read()
    own.close(keep=False)
    assert len(list(find_orphans(tmp_path))) == 1


def test_an_answer_is_under_way_as_long_as_its_writer_lives(tmp_path: Path) -> None:
    """Asked of that very turn; an orphan is not under way, and stays one."""
    with start_writer(tmp_path) as writer:
        assert writer.stdout is not None
        writer.stdout.read(100)
        assert is_under_way(tmp_path, HEADER.turn)
        assert not is_under_way(tmp_path, "another")
        writer.kill()
        writer.stdout.read()
    assert not is_under_way(tmp_path, HEADER.turn)
    assert not is_under_way(tmp_path / "nothing", HEADER.turn)
    assert len(list(find_orphans(tmp_path))) == 1


def test_of_two_starts_at_once_one_gets_the_orphan(tmp_path: Path) -> None:
    """An orphan that one process is keeping is not offered to another."""
    leave_orphan(tmp_path, "x")
    first = find_orphans(tmp_path)
    assert next(first).content.text == "x"
    assert list(find_orphans(tmp_path)) == []
    first.close()
    assert len(list(find_orphans(tmp_path))) == 1


def test_an_orphan_stays_until_it_is_kept(tmp_path: Path) -> None:
    """An orphan is there again at the next start unless it was closed with `keep=False`."""
    path = leave_orphan(tmp_path, "x")
    for orphan in find_orphans(tmp_path):
        orphan.close(keep=True)
    assert path.exists()
    for orphan in find_orphans(tmp_path):
        orphan.close(keep=False)
    assert not path.exists()


def test_an_orphan_becomes_an_interrupted_answer(tmp_path: Path) -> None:
    """Its answer is incomplete, with an interruption at its last character."""
    leave_orphan(tmp_path, "Hello")
    (orphan,) = find_orphans(tmp_path)
    answer = orphan.content.build_answer()
    assert (answer.text, answer.status, answer.model) == (
        "Hello",
        AnswerStatus.INCOMPLETE,
        "gpt-4o",
    )
    assert answer.interruptions[0].offset == 5


def test_an_answer_that_history_refused_keeps_its_status(tmp_path: Path) -> None:
    """A spool that was kept because history failed is not taken for a cut answer."""
    leave_orphan(tmp_path, "Hello", status=AnswerStatus.COMPLETE)
    (orphan,) = find_orphans(tmp_path)
    answer = orphan.content.build_answer()
    assert (answer.status, answer.interruptions) == (AnswerStatus.COMPLETE, ())


def test_a_file_without_a_header_is_removed_when_it_is_old(tmp_path: Path) -> None:
    """A file that may be in the making is left alone; an hour later it is only litter."""
    path = tmp_path / "turn-1.spool"
    path.write_bytes(encode_header(HEADER)[:20])
    assert list(find_orphans(tmp_path)) == []
    assert path.exists()
    old = path.stat().st_mtime - HEADERLESS_SECONDS - 1
    os.utime(path, (old, old))
    assert list(find_orphans(tmp_path)) == []
    assert not path.exists()


def test_a_spool_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    """A spool with a whole header that this version cannot read is not removed, however old."""
    path = tmp_path / "turn-1.spool"
    path.write_bytes(encode_header(HEADER).replace(b'"v": 1', b'"v": 9'))
    os.utime(path, (1, 1))
    assert list(find_orphans(tmp_path)) == []
    assert path.exists()


def test_a_directory_that_is_not_there_has_no_orphans(tmp_path: Path) -> None:
    """Before the first answer there is nothing to find."""
    assert list(find_orphans(tmp_path / "nothing")) == []


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="only an unprivileged user is refused"
)
def test_an_unreadable_spool_is_left_alone(tmp_path: Path) -> None:
    """A spool that cannot be opened stops nothing."""
    path = leave_orphan(tmp_path, "x")
    path.chmod(0)
    assert list(find_orphans(tmp_path)) == []
    assert path.exists()
