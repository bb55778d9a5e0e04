"""What editing a file of ours takes: the user's editor, and a question where the edit is wrong."""

import sys
from dataclasses import dataclass
from pathlib import Path

from tokenhub_cli.cli.context import Context
from tokenhub_cli.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Editing:
    """The user at an editor, in these surroundings."""

    context: Context

    def run(self, path: Path) -> None:
        """Open a file in the user's editor; return when that ends.

        Raises:
            ConfigurationError: There is no editor, or it failed.
        """
        from tokenhub_cli.settings.editor import run_editor

        run_editor(path, self.context.environ)

    def ask_again(self, error: ConfigurationError) -> bool:
        """Show what is wrong with an edit and ask whether to go on; without a terminal, do not."""
        if not (self.context.stdin_is_terminal and self.context.stderr_is_terminal):
            return False
        from tokenhub_cli.settings.editor import find_suggestion

        lines = [error.message, find_suggestion(error), "Edit again? [Y/n] "]
        sys.stderr.write("\n".join(filter(None, lines)))
        sys.stderr.flush()
        return sys.stdin.readline().strip().lower() in ("", "y", "yes")
