"""Files and directories of the user's own: private from the start, replaced whole or not at all."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from tokenhub_cli.errors import describe_cause

PRIVATE_FILE = 0o600
PRIVATE_DIRECTORY = 0o700
LONGEST_PREFIX = 32  # characters, of up to four bytes each
MARK_BYTES = 8  # random ones
COPY_BYTES = 1024 * 1024
# What rename(2) says of a file that something is mounted on, and across mounts.
FIXED = (errno.EBUSY, errno.EXDEV)


def make_directories(directory: Path) -> None:
    """Make the directory and its parents, for the user's eyes alone; what exists keeps its mode.

    `mkdir(parents=True)` would leave the parents to the umask.

    Raises:
        OSError: One of them cannot be made.
    """
    missing = [path for path in (directory, *directory.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(mode=PRIVATE_DIRECTORY, exist_ok=True)


@contextmanager
def open_replacement(
    path: Path, *, mode: int | None = None, is_lasting: bool = True
) -> Iterator[BinaryIO]:
    """Yield a file that takes the place of another once it was written whole, and never before.

    It lies beside that file until then, and is removed if anything is raised meanwhile, Ctrl-C
    included. Its mode is 0600 before the first byte is written. A symbolic link stays, and the file
    that it names is replaced: settings often live in a directory of dotfiles. Where the system
    lets no other file have that name, as that of a file which is mounted into a container, the
    content is copied into the old one; if that breaks off, the new one stays beside it.

    Args:
        path: The file; it need not exist.
        mode: Its new mode; None keeps the mode it has, and means 0600 for a new file.
        is_lasting: Wait for the disk, so that a power failure costs neither the old nor the new.

    Raises:
        OSError: It cannot be written.
    """
    target = Path(os.path.realpath(path))  # `resolve` raises a RuntimeError of links in a circle
    if mode is None:
        mode = target.stat().st_mode & 0o7777 if target.exists() else PRIVATE_FILE
    # The prefix is short, since a name may be as long as the system allows.
    mark = os.urandom(MARK_BYTES).hex()
    beside = target.with_name(f".{target.name[:LONGEST_PREFIX]}.{mark}")
    descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    is_needed = False
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            if is_lasting:
                os.fsync(descriptor)
        beside.chmod(mode)
        try:
            beside.replace(target)
        except OSError as error:
            if error.errno not in FIXED:
                raise
            with target.open("r+b") as old:
                if target.stat().st_mode & 0o7777 != mode:
                    target.chmod(mode)
                is_needed = True
                _copy(beside, old)
            beside.unlink()
    except BaseException:
        if not is_needed:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
        raise


def _copy(source: Path, old: BinaryIO) -> None:
    """Write the content of one file over that of another, which was opened for it.

    Raises:
        OSError: The other one is not whole; the message says where the content is.
    """
    try:
        with source.open("rb") as new:
            while data := new.read(COPY_BYTES):
                old.write(data)
        old.truncate()
        old.flush()
        os.fsync(old.fileno())
    except OSError as error:
        words = f"{describe_cause(error)}; all of it is in `{source}`"
        raise OSError(error.errno, words) from error
