"""What the history commands share: the open history, questions to the user, and files."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tokenhub_cli.cli.context import Context, write_notice
from tokenhub_cli.errors import InputError, UsageError, describe_cause, quote_path
from tokenhub_cli.interrupts import catch_signals, leave
from tokenhub_cli.settings.files import open_output
from tokenhub_cli.settings.paths import find_paths
from tokenhub_cli.store.conversations import History, open_history


@contextmanager
def open_kept(
    context: Context, *, quiet: bool = False, names_resume: bool = True
) -> Iterator[History]:
    """Open the history, answers of programs that were killed included; say what came up.

    Args:
        context: The surroundings.
        quiet: Say nothing.
        names_resume: Name the command that finishes an answer that was cut off.
    """
    from tokenhub_cli.store.keeper import Keeper

    paths = find_paths(context.environ)
    with open_history(paths.history_file) as history:
        keeper = Keeper(history, paths.spool_directory, base_url="")
        keeper.rescue(waits=True, names_resume=names_resume)
        try:
            yield history
        finally:
            for notice in () if quiet else keeper.take_notices():
                write_notice(f"note: {notice}")


def note_conversations(context: Context, history: History) -> None:
    """Let the shell complete the newest conversations as they are now; none that was removed."""
    from tokenhub_cli.settings.completion_files import MOST_CONVERSATIONS, save_conversations
    from tokenhub_cli.store.listing import Filters

    kept = history.list_conversations(Filters(limit=MOST_CONVERSATIONS))
    save_conversations(find_paths(context.environ), ((entry.id, entry.title) for entry in kept))


def require_one(
    conversations: list[str] | None, *, every: bool, older_than: bool = False, hint: str
) -> None:
    """Refuse a command line that names no conversations, or names them in two ways.

    Args:
        conversations: Those that are named.
        every: Whether all are meant.
        older_than: Whether those not used for a time are meant.
        hint: What to run where none is named.

    Raises:
        UsageError: It does.
    """
    chosen = sum((bool(conversations), every, older_than))
    if chosen == 0:
        raise UsageError("no conversation is named", hint=hint)
    if chosen > 1:
        raise UsageError(
            "conversations are named in two ways",
            hint="ids or one flag; `tokenhub history list` shows the ids",
        )


def confirm(context: Context, question: str, command: str) -> bool:
    """Ask on the terminal; anything but yes is no.

    Args:
        context: The surroundings.
        question: What to ask.
        command: What does the same without a question, for where there is no terminal.

    Raises:
        UsageError: There is no terminal to ask on.
    """
    if not (context.stdin_is_terminal and context.stderr_is_terminal):
        raise UsageError(
            "this asks before it removes, and there is no terminal",
            hint=f"without a question: `{command}`",
        )
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def iterate_export(history: History, identifiers: Iterable[str], form: str) -> Iterator[str]:
    """Yield the text of an export, one conversation after the other."""
    loaded = (history.load_conversation(identifier) for identifier in identifiers)
    if form == "html":
        from tokenhub_cli.store.export_html import iterate_html

        yield from iterate_html(loaded, "tokenhub history")
    elif form == "json":
        from tokenhub_cli.store.exports import iterate_json

        yield from iterate_json((found, history.load_branches(found)) for found in loaded)
    else:
        from tokenhub_cli.store.exports import iterate_lines

        yield from iterate_lines(loaded, form)


def write_export(pieces: Iterable[str], form: str, output: Path | None, context: Context) -> None:
    """Write an export to stdout, or to a file: a new one is its owner's alone to read.

    An older export stays until the new one is whole. On a terminal nothing in it can drive that;
    JSON says the same even so.

    Args:
        pieces: The text.
        form: `md`, `json`, `jsonl` or `html`.
        output: The file, or None for stdout.
        context: The surroundings.

    Raises:
        InputError: The file cannot be written.
    """
    if output is None:
        from tokenhub_cli.render.sanitize import escape_json, sanitize

        defuse = escape_json if form in {"json", "jsonl"} else sanitize
        for piece in pieces:
            sys.stdout.write(defuse(piece) if context.stdout_is_terminal else piece)
        return
    try:
        with catch_signals(leave), open_output(output) as file:
            for piece in pieces:
                file.write(piece.encode())
    except OSError as error:
        raise InputError(
            f"`{output}` cannot be written: {describe_cause(error)}",
            hint=f"`ls -ld {quote_path(output.parent)}`",
        ) from error
