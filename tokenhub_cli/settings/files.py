"""Private files changed safely: one writer at a time, and whole or not at all."""

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tokenhub_cli.errors import StoreError, describe_cause, quote_path
from tokenhub_cli.private_files import PRIVATE_FILE, make_directories, open_replacement

CHOOSE_HOME_HINT = "another place: `export TOKENHUB_HOME=~/.tokenhub`"
LOCK_WAIT_S = 10.0
LOCK_PAUSE_S = 0.02
HELD = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES)
LOCKLESS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP)
DESCRIPTORS = Path("/dev/fd")


def make_private_directory(directory: Path) -> None:
    """Make the directory and its parents, for the user's eyes alone; what exists keeps its mode.

    Raises:
        StoreError: It cannot be made.
    """
    try:
        make_directories(directory)
    except OSError as error:
        raise StoreError(
            f"the directory `{directory}` cannot be made: {describe_cause(error)}",
            hint=CHOOSE_HOME_HINT,
        ) from None


def replace_file(path: Path, data: bytes, *, mode: int | None = None) -> None:
    """Put `data` in the file's place in one step, so that a reader sees the old or the new.

    How is `open_replacement`'s, in `private_files.py`.

    Args:
        path: The file; it need not exist.
        data: Its new content.
        mode: Its new mode; None keeps the mode it has, and means 0600 for a new file.

    Raises:
        StoreError: It cannot be written.
    """
    try:
        with open_replacement(path, mode=mode) as stream:
            stream.write(data)
    except OSError as error:
        raise StoreError(
            f"`{path}` cannot be written: {describe_cause(error)}",
            hint=f"`ls -ld {quote_path(path.parent)}`",
        ) from None


@contextmanager
def open_output(path: Path) -> Iterator[BinaryIO]:
    """Yield what is to be written for a file that the user named: it changes at the end, or not.

    What cannot be replaced, as a device, a pipe or `/dev/stdout`, is written as it is.

    Args:
        path: The file; it need not exist, and what is in it goes.

    Raises:
        OSError: It cannot be written.
    """
    if _is_replaceable(path):
        with open_replacement(path) as file:
            yield file
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as file:
        yield file


def _is_replaceable(path: Path) -> bool:
    """Return whether another file may take the place of this one, which need not exist.

    Not that of a device or a pipe, nor of the file that the shell opened as `/dev/stdout`: it would
    stay empty. A directory that takes no new file may hold one that can be written; and a file that
    is write-protected is left for the system to refuse.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        is_free = True
    else:
        is_open = path.parent == DESCRIPTORS or any(
            os.path.samestat(found, os.fstat(number)) for number in (1, 2)
        )
        is_free = stat.S_ISREG(found.st_mode) and not is_open and os.access(path, os.W_OK)
    return is_free and os.access(path.resolve().parent, os.W_OK | os.X_OK)


@contextmanager
def lock_file(path: Path) -> Iterator[None]:
    """Hold the right to change the file; another process waits up to ten seconds.

    The lock is on a file beside it (`.NAME.lock`), which stays: whoever removed it could remove the
    lock of another. The system lets go of it when the process ends, however it ends. This is done
    with the standard library because it takes a dozen lines; a library would do the same.

    Raises:
        StoreError: The lock cannot be had.
    """
    import time

    target = path.resolve()
    make_private_directory(target.parent)
    lock = target.with_name(f".{target.name}.lock")
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    except OSError as error:
        raise StoreError(
            f"`{lock}` cannot be opened: {describe_cause(error)}",
            hint=f"`ls -ld {quote_path(lock.parent)}`",
        ) from None
    try:
        deadline = time.monotonic() + LOCK_WAIT_S
        while not try_lock(descriptor, lock):
            if time.monotonic() > deadline:
                raise StoreError(
                    f"another process keeps changing `{path}`", hint="run the same command again"
                )
            time.sleep(LOCK_PAUSE_S)
        yield
    finally:
        os.close(descriptor)


def try_lock(descriptor: int, lock: Path) -> bool:
    """Take the lock of an open file; return whether it was free, or there are no locks at all.

    Args:
        descriptor: The open file.
        lock: Its path, for the message.

    Raises:
        StoreError: The system knows no way to tell.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        try:
            return not is_held_by_another(error)
        except OSError:
            raise StoreError(
                f"`{lock}` cannot be locked: {describe_cause(error)}", hint=CHOOSE_HOME_HINT
            ) from None
    return True


def is_held_by_another(error: OSError) -> bool:
    """Return whether a lock failed because another process holds it, or else there are no locks.

    Some network disks have none. A change is made there all the same: the file is still replaced in
    one step, and only of two edits at the same moment one could be lost. Nobody would rather have
    no settings at all.

    Args:
        error: What `flock` (POSIX) or `_locking` (Windows, where EACCES means held) said.

    Raises:
        OSError: The error itself, where it says neither.
    """
    if error.errno in HELD:
        return True
    if error.errno in LOCKLESS:
        return False
    raise error


def tighten(path: Path, mode: int) -> bool:
    """Take away what others may do with a file of ours that holds secrets.

    Windows keeps a user's profile directory private by itself: its modes say nothing.

    Returns:
        Whether it was found loose.

    Raises:
        StoreError: It is loose and cannot be changed.
    """
    if sys.platform == "win32":
        return False
    try:
        if path.stat().st_mode & 0o077 == 0:
            return False
        path.chmod(mode)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StoreError(
            f"others may read `{path}`, and that cannot be changed: {describe_cause(error)}",
            hint=f"`chmod {mode:o} {quote_path(path)}`",
        ) from None
    return True
