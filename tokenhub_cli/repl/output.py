"""What the loop itself says: notes, errors and the answers of slash commands, all on stderr.

stdout carries what models say and nothing else, so `tokenhub chat | tee log` logs the answers.
Words of a server, of history or of a file name are defused before a terminal sees them. What
formats them is imported when there is something to say: the first prompt does not wait for it.
What stderr does not take is lost.
"""

import sys
from collections.abc import Iterable

from tokenhub_cli.errors import TokenHubError

INDENT = "  "
NARROWEST = 20  # columns; narrower words are left to the terminal to break


def write_text(text: str) -> None:
    """Write text that ends with a newline, defused; a terminal breaks it between words."""
    from tokenhub_cli.render.outlet import NoticeOutlet
    from tokenhub_cli.render.sanitize import sanitize

    NoticeOutlet(sys.stderr).write_words(sanitize(text))


def write_lines(lines: Iterable[str]) -> None:
    """Write lines, defused."""
    write_text("".join(f"{line}\n" for line in lines))


def write_note(words: str) -> None:
    """Write one notice."""
    from tokenhub_cli.render.notices import format_note
    from tokenhub_cli.render.outlet import NoticeOutlet

    NoticeOutlet(sys.stderr).write_words(format_note(words))


def write_error(error: TokenHubError) -> None:
    """Write an error and its hint, in the loop's words."""
    from tokenhub_cli.render.notices import format_error
    from tokenhub_cli.render.outlet import NoticeOutlet
    from tokenhub_cli.repl.wording import reword

    NoticeOutlet(sys.stderr).write_words(format_error(reword(error)))


def format_table(rows: Iterable[tuple[str, str]], columns: int = 0) -> list[str]:
    """Return rows of a name and its words as lines, the words below each other.

    Args:
        rows: The rows.
        columns: The screen's width, where the words are to be wrapped to it.
    """
    from textwrap import wrap

    listed = list(rows)
    width = max((len(name) for name, _ in listed), default=0) + 2 * len(INDENT)
    lines: list[str] = []
    for name, words in listed:
        room = columns - width - 1
        pieces = (wrap(words, room) if room > NARROWEST else [words]) or [""]
        lines.append(f"{INDENT + name:{width}}{pieces[0]}".rstrip())
        lines += [" " * width + piece for piece in pieces[1:]]
    return lines


def cut_lines(lines: Iterable[str], columns: int) -> list[str]:
    """Return lines of a list cut to the screen's width, so that each stays one line.

    Args:
        lines: The lines.
        columns: The screen's width, or 0 if there is none.
    """
    from prompt_toolkit.utils import get_cwidth

    cut: list[str] = []
    for line in lines:
        shown = line
        while columns and len(shown) > 1 and get_cwidth(shown) >= columns:
            shown = shown[:-2] + "…"
        cut.append(shown)
    return cut


def measure_columns() -> int:
    """Return the width of the screen that stderr shows on, or 0."""
    import os

    try:
        return os.get_terminal_size(2).columns
    except OSError:
        return 0
