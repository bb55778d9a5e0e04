"""`tokenhub history`: kept conversations, found again."""

import shlex
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from tokenhub_cli.cli.context import (
    TYPER_OPTIONS,
    build_help,
    read_context,
    write_json,
    write_line,
    write_notice,
)
from tokenhub_cli.cli.gateway_flags import AsJsonFlag, ColorFlag
from tokenhub_cli.cli.keeping import note_conversations, open_kept, require_one
from tokenhub_cli.cli.moments import format_age, format_moment, parse_moment
from tokenhub_cli.cli.paging import write_paged
from tokenhub_cli.cli.screen import find_screen, find_theme
from tokenhub_cli.errors import UsageError

app = typer.Typer(
    **TYPER_OPTIONS,
    help=build_help(
        "Kept conversations: list, show, search, export, remove.",
        "tokenhub history list",
        "tokenhub history show last",
        "tokenhub history search rayleigh",
        "tokenhub history export --all --format html > history.html",
        details="A conversation is named by its id, the start of one, or `last`.",
    ),
)

IdArgument = Annotated[
    str, typer.Argument(metavar="ID", help="A conversation: its id, the start of it, or `last`.")
]
LimitFlag = Annotated[
    int, typer.Option("-n", "--limit", metavar="N", min=0, help="At most so many; 0 for all.")
]
SinceFlag = Annotated[
    str | None, typer.Option("--since", metavar="TIME", help="Since `30d`, `12h`, `2026-11-22` ….")
]


@app.command(
    "list",
    help=build_help(
        "List conversations, the newest first.",
        "tokenhub history list",
        "tokenhub history list --since 7d --model gpt-4o",
        "tokenhub history list --incomplete",
        "tokenhub history list -n 0 --json",
        details="Into a pipe: tab-separated, without a heading.",
    ),
)
def list_conversations(
    limit: LimitFlag = 20,
    since: SinceFlag = None,
    model: Annotated[str, typer.Option("-m", "--model", metavar="NAME", help="With it.")] = "",
    *,
    incomplete: Annotated[
        bool, typer.Option("--incomplete", help="Those whose last answer was cut off.")
    ] = False,
    as_json: AsJsonFlag = False,
    color: ColorFlag = "auto",
) -> None:
    """Print a table, tab-separated values or JSON."""
    from tokenhub_cli.store.listing import Filters

    context, now = read_context(), time.time()
    filters = Filters(
        limit=limit,
        since=parse_moment(since, now) if since else 0.0,
        model=model,
        incomplete=incomplete,
    )
    with open_kept(context) as history:
        entries = history.list_conversations(filters)
    if as_json:
        write_json({"v": 1, "conversations": [asdict(entry) for entry in entries]})
        return
    from tokenhub_cli.render.columns import Column, format_table

    screen = find_screen(context, color, is_paged=True)
    columns = (
        Column("id", style="cyan"),
        Column("age", right=True),
        Column("title", flexible=True),
        Column("model", optional=True),
        Column("turns", right=True, optional=True),
        Column("tokens", right=True, optional=True),
        Column("status"),
    )
    rows = [
        (
            entry.id,
            format_age(entry.updated_at, now) if screen else format_moment(entry.updated_at),
            entry.title,
            entry.model,
            str(entry.turns),
            str(entry.tokens),
            entry.status or "not answered",
        )
        for entry in entries
    ]
    if rows or screen is None:
        write_paged(format_table(columns, rows, screen), context)
    else:
        write_notice(
            "no conversation is kept" + (" that fits" if filters != Filters(limit) else "")
        )


@app.command(
    "show",
    help=build_help(
        "Show a conversation.",
        "tokenhub history show last",
        "tokenhub history show 7k2m",
        "tokenhub history show last --answer > answer.md",
        details="On a terminal answers are rendered; into a pipe they are Markdown as it came.",
    ),
)
def show_conversation(
    conversation: IdArgument = "last",
    *,
    answer: Annotated[
        bool, typer.Option("-a", "--answer", help="Only the last answer, as it came.")
    ] = False,
    raw: Annotated[bool, typer.Option("-r", "--raw", help="Do not render Markdown.")] = False,
    reasoning: Annotated[
        bool, typer.Option("--reasoning", help="What the model thought, too.")
    ] = False,
    as_json: AsJsonFlag = False,
    color: ColorFlag = "auto",
) -> None:
    """Print a conversation: rendered, as Markdown, or as JSON."""
    from tokenhub_cli.store.exports import build_json, build_markdown, describe

    context = read_context()
    with open_kept(context) as history:
        found = history.load_conversation(conversation)
        branches = history.load_branches(found) if as_json else ()
    if as_json:
        write_json(build_json(found, branches))
        return
    if answer:
        last = found.turns[-1].answer if found.turns else None
        if last is None:
            raise UsageError(
                f"the last question of `{found.id}` is not answered",
                hint=f"`tokenhub resume {found.id}` asks it again",
            )
        text = str(last.text)
        text = text if text.endswith("\n") else text + "\n"
    else:
        text = build_markdown(found, show_reasoning=reasoning)
    screen = find_screen(context, color, is_paged=True)
    if screen is not None and not (raw or answer):
        from tokenhub_cli.render.transcript import format_transcript

        text = format_transcript(
            found,
            describe(found),
            screen,
            theme=find_theme(context, use_color=screen.color),
            show_reasoning=reasoning,
        )
    elif screen is not None:
        from tokenhub_cli.render.sanitize import sanitize

        text = sanitize(text)
    write_paged(text, context)


@app.command(
    "search",
    help=build_help(
        "Find conversations by what was said in them.",
        "tokenhub history search rayleigh scattering",
        "tokenhub history search '\"train of thought\"'",
        details=(
            "All words must occur in one turn, or in the title. Longer words that begin with them "
            "are found too; what stands in double quotes is one phrase. The best hit comes first. "
            "The exit code is 1 if nothing was found."
        ),
    ),
)
def search_conversations(
    words: Annotated[list[str], typer.Argument(metavar="WORD...", help="What was said.")],
    limit: LimitFlag = 10,
    *,
    as_json: AsJsonFlag = False,
    color: ColorFlag = "auto",
) -> int:
    """Print excerpts, tab-separated values or JSON; return 1 if nothing was found."""
    from tokenhub_cli.cli.excerpts import build_found_rows, format_found

    context = read_context()
    with open_kept(context) as history:
        found = history.search(" ".join(words), limit or sys.maxsize)
    if as_json:
        write_json({"v": 1, "found": build_found_rows(found)})
    elif found:
        text = format_found(found, find_screen(context, color, is_paged=True), time.time())
        write_paged(text, context)
    else:
        write_notice("nothing was found")
    return 0 if found else 1


@app.command(
    "export",
    help=build_help(
        "Export conversations to stdout or a file.",
        "tokenhub history export last > conversation.md",
        "tokenhub history export 7k2m --format html -o sky.html",
        "tokenhub history export --all --format jsonl > messages.jsonl",
        details=(
            "`json` holds everything kept, all branches included; the others the active line. "
            "`jsonl` has the shape of OpenAI's messages; `html` is one self-contained page."
        ),
    ),
)
def export_conversations(
    conversations: Annotated[
        list[str] | None, typer.Argument(metavar="[ID...]", help="Which; or `--all`.")
    ] = None,
    form: Annotated[
        Literal["md", "json", "jsonl", "html"],
        typer.Option("-f", "--format", help="What to write."),
    ] = "md",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where to; else stdout.")
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All conversations.")] = False,
) -> None:
    """Write an export; a file is made for its owner alone."""
    from tokenhub_cli.cli.keeping import iterate_export, write_export

    hint = "`tokenhub history export last`, or all: `tokenhub history export --all`"
    require_one(conversations, every=every, hint=hint)
    context = read_context()
    with open_kept(context) as history:
        if every:
            identifiers = [entry.id for entry in reversed(history.list_conversations())]
        else:
            identifiers = [history.find_id(reference) for reference in conversations or ()]
        write_export(iterate_export(history, identifiers, form), form, output, context)


@app.command(
    "remove",
    help=build_help(
        "Remove conversations for good.",
        "tokenhub history remove 7k2m",
        "tokenhub history remove --older-than 90d --yes",
        "tokenhub history remove --all",
    ),
)
def remove_conversations(
    conversations: Annotated[
        list[str] | None, typer.Argument(metavar="[ID...]", help="Which.")
    ] = None,
    older_than: Annotated[
        str | None,
        typer.Option("--older-than", metavar="TIME", help="Not used since `90d`, `2026-01-01` …."),
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All conversations.")] = False,
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")] = False,
) -> int:
    """Remove after asking; return 1 if the answer was no."""
    from tokenhub_cli.cli.keeping import confirm
    from tokenhub_cli.store.listing import Filters

    context = read_context()
    require_one(
        conversations,
        every=every,
        older_than=older_than is not None,
        hint="`tokenhub history list` shows the ids",
    )
    with open_kept(context) as history:
        if conversations:
            named = dict.fromkeys(history.find_id(reference) for reference in conversations)
            identifiers = list(named)
        else:
            before = parse_moment(older_than, time.time()) if older_than else 0.0
            entries = history.list_conversations(Filters(before=before))
            identifiers = [entry.id for entry in entries]
        if not identifiers:
            write_notice("there is nothing to remove")
            return 0
        counted = _count(len(identifiers), "conversation")
        flags = ["--older-than", older_than] if older_than else ["--all"]
        command = shlex.join(["tokenhub", "history", "remove", *(conversations or flags), "--yes"])
        if not yes and not confirm(context, f"Remove {counted} for good?", command):
            write_notice("nothing was removed")
            return 1
        history.remove(identifiers)
        note_conversations(context, history)
    write_notice(f"removed {counted}")
    return 0


@app.command(
    "rename",
    help=build_help(
        "Give a conversation another title.", "tokenhub history rename last 'Why the sky is blue'"
    ),
)
def rename_conversation(
    conversation: IdArgument,
    title: Annotated[list[str], typer.Argument(metavar="TITLE...", help="The new title.")],
) -> None:
    """Rename a conversation."""
    words = " ".join(" ".join(title).split())
    if not words:
        raise UsageError("the title is empty", hint='`tokenhub history rename last "A title"`')
    context = read_context()
    with open_kept(context) as history:
        identifier = history.rename(conversation, words)
        note_conversations(context, history)
    write_notice(f"`{identifier}` is now called `{words}`")


@app.command(
    "import",
    help=build_help(
        "Import conversations that another program kept.",
        "tokenhub history import conversations.json",
        'tokenhub history import "$(llm logs path)"',
        details=(
            "Reads the conversations.json of OpenAI's data export, and the logs database of `llm`. "
            "Importing the same file again adds only what is new."
        ),
    ),
)
def import_conversations(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What to import.")],
) -> None:
    """Import a file and say how much was new."""
    from tokenhub_cli.store.imports import read_import

    lines = read_import(file)
    with open_kept(read_context()) as history:
        conversations, turns = history.save_imported(lines)
    write_notice(f"imported {_count(turns, 'turn')} of {_count(conversations, 'conversation')}")


@app.command(
    "stats",
    help=build_help(
        "Count turns, tokens and cost by day and model.",
        "tokenhub history stats",
        "tokenhub history stats --since 7d --json",
        details="The cost needs prices: `tokenhub config set models.NAME.prices.prompt 2.5`.",
    ),
)
def show_statistics(
    since: SinceFlag = None, *, as_json: AsJsonFlag = False, color: ColorFlag = "auto"
) -> None:
    """Print a table with a bar a day, tab-separated values or JSON."""
    from tokenhub_cli.cli.counting import build_count_rows, format_counts

    context = read_context()
    with open_kept(context) as history:
        days = history.count_usage(parse_moment(since, time.time()) if since else 0.0)
    rows = build_count_rows(days, context.environ)
    if as_json:
        write_json({"v": 1, "days": rows})
    else:
        write_paged(format_counts(rows, find_screen(context, color, is_paged=True)), context)


@app.command("path", help=build_help("Print where history is.", "tokenhub history path"))
def print_path() -> None:
    """Print the path of the history file, whether it exists or not."""
    from tokenhub_cli.settings.paths import find_paths

    write_line(str(find_paths(read_context().environ).history_file))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
