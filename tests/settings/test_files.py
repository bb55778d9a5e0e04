"""Files replaced in one step, and one writer at a time."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tokenhub_cli.errors import StoreError
from tokenhub_cli.settings import files
from tokenhub_cli.settings.files import lock_file, replace_file

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
