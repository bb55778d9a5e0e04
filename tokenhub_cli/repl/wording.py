"""Words of the rest of the program as they read in the loop, where commands begin with a slash."""

import re

from tokenhub_cli.errors import TokenHubError


def name_commands(words: str) -> str:
    """Return a sentence with the loop's commands in place of flags and commands of the shell."""
    if "`" not in words:
        return words
    from tokenhub_cli.repl.commands import COMMANDS

    for command in COMMANDS:
        for outside in command.outside:
            pattern = rf'`{re.escape(outside)}( [^`]*?)?(?: "PROMPT")?`'
            words = re.sub(pattern, rf"`/{command.name}\1`", words)
    return words


def reword(error: TokenHubError) -> TokenHubError:
    """Change an error's message and hint to the loop's words; return it."""
    error.message, error.hint = name_commands(error.message), name_commands(error.hint)
    return error
