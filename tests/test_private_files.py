"""Files of the user's own: private, and replaced whole or not at all."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.limits import limit_files
from tokenhub_cli.private_files import make_directories, open_replacement

posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no mode bits")
UNSHARE = ["unshare", "--mount", "--map-root-user"]
# Mounts a file on the one that is replaced then, or a small disk below it that is too full.
MOUNTED = r"""
import subprocess, sys
from pathlib import Path
from tokenhub_cli.private_files import open_replacement
how, source, target = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
if how == "full":
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "none", source.parent], check=True)
    source.write_text("old\n" * 1024)
subprocess.run(["mount", "--bind", source, target], check=True)
if how == "read-only":
    subprocess.run(["mount", "-o", "remount,bind,ro", target], check=True)
try:
    with open_replacement(target) as file:
        file.write(b"new\n" * (5000 if how == "full" else 2))
        assert target.read_text().startswith("old\n"), "it changed before the new one was whole"
except OSError as error:
    print(error.strerror, end="")
else:
    print(target.read_text(), end="")
"""


def replace_mounted(tmp_path: Path, how: str) -> tuple[str, list[Path], Path]:
    """Replace a file that another is mounted on.

    Returns:
        What came of it, the files in its directory, and the one that was mounted.
    """
    if (
        shutil.which("unshare") is None
        or subprocess.run([*UNSHARE, "true"], check=False).returncode
    ):
        pytest.skip("no mounts of one's own here")
    source, target = tmp_path / "outside" / "a.toml", tmp_path / "inside" / "a.toml"
    for path, content in ((source, "old\nand longer than the new one\n"), (target, "below")):
        path.parent.mkdir()
        path.write_text(content)
    done = subprocess.run(
        [*UNSHARE, sys.executable, "-c", MOUNTED, how, source, target],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, sorted(target.parent.iterdir()), source


def test_a_file_that_is_mounted_is_written_over_once_the_new_one_is_whole(tmp_path: Path) -> None:
    """As a container's settings often are: no other file can have its name."""
    content, files, source = replace_mounted(tmp_path, "writable")
    assert content == "new\nnew\n"
    assert source.read_text() == "new\nnew\n"
    assert files == [tmp_path / "inside" / "a.toml"]


def test_a_mounted_file_that_cannot_be_written_stays(tmp_path: Path) -> None:
    """It is refused as the system has it, and nothing is left beside it."""
    words, files, source = replace_mounted(tmp_path, "read-only")
    assert words == "Read-only file system"
    assert source.read_text().startswith("old\n")
    assert files == [tmp_path / "inside" / "a.toml"]


def test_the_new_one_stays_beside_a_mounted_file_that_has_no_room_for_it(tmp_path: Path) -> None:
    """And the message says where it is: the old one may be broken by then."""
    words, files, _ = replace_mounted(tmp_path, "full")
    beside, _ = files
    assert words == f"no space left on device; all of it is in `{beside}`"
    assert beside.read_text() == "new\n" * 5000
    assert stat.S_IMODE(beside.stat().st_mode) == stat.S_IMODE(files[1].stat().st_mode)


def test_what_breaks_off_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    """Whatever is raised while the new one is written, Ctrl-C and a full disk included."""
    path = tmp_path / "a.toml"
    path.write_text("old")

    def replace(content: bytes, error: BaseException | None) -> None:
        with open_replacement(path) as file:
            file.write(content)
            if error is not None:
                raise error

    with pytest.raises(KeyboardInterrupt):
        replace(b"half", KeyboardInterrupt())
    with limit_files(10), pytest.raises(OSError, match="large"):
        replace(b"whole, but too long", None)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@posix_only
@pytest.mark.parametrize("is_lasting", [True, False])
def test_a_new_file_is_private_at_once(tmp_path: Path, *, is_lasting: bool) -> None:
    """While it is written, and afterwards; one that was there keeps its mode."""
    path = tmp_path / "a.toml"
    with open_replacement(path, is_lasting=is_lasting) as file:
        assert [stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()] == [0o600]
        file.write(b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    with open_replacement(path, is_lasting=is_lasting) as file:
        file.write(b"newer")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"newer", 0o644)


@posix_only
def test_a_link_stays_unless_it_leads_nowhere(tmp_path: Path) -> None:
    """What it names is replaced; links in a circle name nothing."""
    real, link, circle = (tmp_path / name for name in ("dotfiles", "link", "circle"))
    real.write_text("old")
    link.symlink_to(real)
    circle.symlink_to(circle)
    for path in (link, circle):
        with open_replacement(path) as file:
            file.write(b"new")
        assert path.read_text() == "new"
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_a_name_may_be_as_long_as_the_system_allows(tmp_path: Path) -> None:
    """The file beside it has a shorter one."""
    path = tmp_path / ("é" * 120 + ".toml")
    with open_replacement(path) as file:
        file.write(b"new")
    assert path.read_bytes() == b"new"


@posix_only
def test_each_directory_that_is_made_is_private(tmp_path: Path) -> None:
    """Whatever the umask says; one that was there stays as it is."""
    tmp_path.chmod(0o755)
    before = os.umask(0o022)
    try:
        make_directories(tmp_path / "a" / "b")
        make_directories(tmp_path / "a" / "b")
    finally:
        os.umask(before)
    found = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("", "a", "a/b")]
    assert found == [0o755, 0o700, 0o700]
