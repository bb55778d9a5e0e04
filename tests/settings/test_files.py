"""Files replaced in one step, and one writer at a time."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tokenhub_cli.errors import StoreError
from tokenhub_cli.settings import files
from tokenhub_cli.settings.files import is_held_by_another, lock_file, replace_file, try_lock

posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no mode bits")


@posix_only
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o640])
def test_a_replaced_file_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    """Nobody gains or loses access by an edit."""
    path = tmp_path / "config.toml"
    path.write_text("old")
    path.chmod(mode)
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert list(tmp_path.iterdir()) == [path]


@posix_only
def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    """A configuration file linked from a directory of dotfiles is changed there."""
    real = tmp_path / "dotfiles" / "tokenhub.toml"
    real.parent.mkdir()
    real.write_text("old")
    link = tmp_path / "config.toml"
    link.symlink_to(real)
    replace_file(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


def test_a_failed_replacement_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    """If the last step fails, the temporary file goes too."""
    path = tmp_path / "config.toml"
    path.mkdir()
    with pytest.raises(StoreError, match="cannot be written"):
        replace_file(path, b"new")
    assert list(tmp_path.iterdir()) == [path]


def test_a_lock_held_by_another_process_is_waited_for_and_then_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits too long is told which file is held; when the holder dies the lock is free."""
    path = tmp_path / "config.toml"
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from tokenhub_cli.settings.files import lock_file\n"
        "with lock_file(Path(sys.argv[1])):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        monkeypatch.setattr(files, "LOCK_WAIT_S", 0.1)
        with pytest.raises(StoreError, match="another process") as caught, lock_file(path):
            pass
        assert str(path) in caught.value.message
        holder.kill()
    monkeypatch.setattr(files, "LOCK_WAIT_S", 10)
    with lock_file(path):
        assert not path.exists()


@pytest.mark.parametrize("number", [errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES])
def test_a_lock_that_another_holds_is_told_by_the_systems_words(number: int) -> None:
    """Those that flock(2), lockf(3) and Windows' `_locking` have for it."""
    assert is_held_by_another(OSError(number, os.strerror(number)))


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP])
def test_a_disk_without_locks_is_written_to_all_the_same(number: int) -> None:
    """Some network disks have none: the file is still replaced in one step."""
    assert not is_held_by_another(OSError(number, os.strerror(number)))


@pytest.mark.parametrize("number", [errno.EBADF, errno.EIO, errno.EINVAL])
def test_another_failure_of_a_lock_is_not_taken_for_a_holder(number: int) -> None:
    """It is raised at once, not waited for."""
    with pytest.raises(OSError, match=os.strerror(number)):
        is_held_by_another(OSError(number, os.strerror(number)))


@posix_only
def test_a_lock_file_that_cannot_be_locked_is_named(tmp_path: Path) -> None:
    """The error says what the system said, as it does of a descriptor that was closed."""
    lock = tmp_path / ".config.toml.lock"
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT)
    assert try_lock(descriptor, lock)
    os.close(descriptor)
    with pytest.raises(StoreError) as caught:
        try_lock(descriptor, lock)
    assert caught.value.message == f"`{lock}` cannot be locked: bad file descriptor"
    assert "TOKENHUB_HOME" in caught.value.hint
