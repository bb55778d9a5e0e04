"""What the loop itself says: notes, errors and the answers of slash commands, all on stderr.

stdout carries what models say and nothing else, so `tokenhub chat | tee log` logs the answers.
Words of a server, of history or of a file name are defused before a terminal sees them.
"""

import sys
from collections.abc import Iterable

from tokenhub_cli.errors import TokenHubError
from tokenhub_cli.render.notices import format_error, format_note
from tokenhub_cli.render.sanitize import sanitize


def write_text(text: str) -> None:
    """Write text that ends with a newline, defused."""
    sys.stderr.write(sanitize(text))
    sys.stderr.flush()


def write_lines(lines: Iterable[str]) -> None:
    """Write lines, defused."""
    write_text("".join(f"{line}\n" for line in lines))


def write_note(words: str) -> None:
    """Write one notice."""
    sys.stderr.write(format_note(words))
    sys.stderr.flush()


def write_error(error: TokenHubError) -> None:
    """Write an error and its hint."""
    sys.stderr.write(format_error(error))
    sys.stderr.flush()


def format_table(rows: Iterable[tuple[str, str]], indent: str = "  ") -> list[str]:
    """Return rows of a name and its words as lines, the words below each other."""
    listed = list(rows)
    width = max((len(name) for name, _ in listed), default=0)
    return [f"{indent}{name:{width}}  {words}".rstrip() for name, words in listed]
