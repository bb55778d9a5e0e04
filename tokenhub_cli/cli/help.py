"""`tokenhub help`: a topic, a command's help, or the manual page."""

from typing import Annotated

import typer

from tokenhub_cli.cli.context import TYPER_OPTIONS, build_help, write_line
from tokenhub_cli.cli.topics import TOPICS
from tokenhub_cli.errors import UsageError

app = typer.Typer(**TYPER_OPTIONS)


@app.command(
    help=build_help(
        "Explain a topic or a command.",
        "tokenhub help",
        "tokenhub help exit-codes",
        "tokenhub help keys set",
        "tokenhub help man | man -l -",
        details="`man` prints the whole manual as a page for `man`.",
    ),
)
def explain(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[TOPIC]...", help="A topic or a command.")
    ] = None,
) -> int | None:
    """Print a topic, a command's help, the manual, or the list of topics."""
    from tokenhub_cli.cli.app import COMMANDS, format_overview, run_command

    if not words:
        write_line(format_overview() + "\n" + format_topics().rstrip())
        return None
    name = words[0]
    if name in TOPICS:
        write_line(TOPICS[name][1]().rstrip())
        return None
    if name == "man":
        from tokenhub_cli.cli.manual import build_manual
        from tokenhub_cli.cli.tree import read_tree

        write_line(build_manual(read_tree()).rstrip())
        return None
    if name in COMMANDS:
        return run_command([*words, "--help"])
    raise _build_unknown_error(name)


def format_topics() -> str:
    """Return the list of topics."""
    width = max(map(len, TOPICS))
    lines = [f"  {name:{width}}  {summary}" for name, (summary, _) in TOPICS.items()]
    return "\n".join(["Topics (`tokenhub help TOPIC`):", *lines, ""])


def _build_unknown_error(name: str) -> UsageError:
    from difflib import get_close_matches

    from tokenhub_cli.cli.app import COMMANDS

    near = get_close_matches(name, [*TOPICS, *COMMANDS, "man"], n=1)
    hint = f"`tokenhub help {near[0]}`" if near else "all topics: `tokenhub help`"
    return UsageError(f"there is no topic `{name}`", hint=hint)
