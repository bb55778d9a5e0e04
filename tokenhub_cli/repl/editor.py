"""Edits a question in the user's editor."""

import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tokenhub_cli.errors import StoreError
from tokenhub_cli.settings.editor import run_editor


def edit_text(text: str, environ: Mapping[str, str]) -> str:
    """Return `text` as the user left it in `$VISUAL` or `$EDITOR`.

    Raises:
        ConfigurationError: There is no editor, or it failed.
        StoreError: The file for it cannot be written or read.
    """
    try:
        descriptor, name = tempfile.mkstemp(suffix=".md", prefix="question-")  # made 0600
        path = Path(name)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
                file.write(text + "\n" if text else "")
            try:
                run_editor(path, environ)
            finally:
                _return_cursor()
            return path.read_text(encoding="utf-8", errors="replace").rstrip("\n")
        finally:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            f"the question cannot be edited: {error.strerror}",
            hint="`df -h` shows whether the disk is full",
        ) from None


def _return_cursor() -> None:
    """Let what is shown next begin the line: the terminal may have shown `^C` there."""
    if sys.stderr.isatty():
        sys.stderr.write("\r")
        sys.stderr.flush()
