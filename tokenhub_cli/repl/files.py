"""Writes files that the user names; one that is there already is never written over unasked."""

import os
from pathlib import Path

from tokenhub_cli.errors import StoreError, UsageError
from tokenhub_cli.repl.mentions import expand_path

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
    flags = os.O_TRUNC if is_forced else os.O_EXCL
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace", newline="") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"`{path}` exists already", hint=f"add `{FORCE}` to replace it") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StoreError(
            f"`{path}` cannot be written: {reason}", hint=f"`ls -ld '{path.parent}'`"
        ) from None
    return path
