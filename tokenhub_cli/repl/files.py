"""Writes files that the user names; one that is there already is never written over unasked."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tokenhub_cli.errors import StoreError, UsageError, quote_path
from tokenhub_cli.private_files import PRIVATE_FILE
from tokenhub_cli.repl.mentions import expand_path
from tokenhub_cli.settings.files import open_output

FORCE = "--force"


def write_new_file(argument: str, text: str) -> Path:
    """Write `text` to the file that a command's argument names; return its path.

    Args:
        argument: A path; ` --force` after it allows to replace a file.
        text: Its whole content.

    Raises:
        UsageError: The file exists, or no path is named.
        StoreError: It cannot be written.
    """
    is_forced = argument.endswith(f" {FORCE}")
    name = argument.removesuffix(FORCE).strip() if is_forced else argument.strip()
    path = expand_path(name)
    try:
        with open_output(path) if is_forced else _open_new(path) as file:
            file.write(text.encode(errors="replace"))
    except FileExistsError:
        raise UsageError(f"`{path}` exists already", hint=f"add `{FORCE}` to replace it") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StoreError(
            f"`{path}` cannot be written: {reason}", hint=f"`ls -ld {quote_path(path.parent)}`"
        ) from None
    return path


@contextmanager
def _open_new(path: Path) -> Iterator[BinaryIO]:
    """Yield a file that did not exist before, and does not if writing fails.

    Raises:
        FileExistsError: It does.
        OSError: It cannot be written.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise
