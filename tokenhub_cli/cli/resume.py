"""`tokenhub resume`: finish an answer that was cut off, after the program itself has ended."""

from pathlib import Path
from typing import Annotated

import typer

from tokenhub_cli.chat.conversation import AnswerStatus, Conversation
from tokenhub_cli.cli import flags
from tokenhub_cli.cli.context import TYPER_OPTIONS, build_help, read_context
from tokenhub_cli.cli.gateway_flags import ColorFlag
from tokenhub_cli.cli.keeping import open_kept
from tokenhub_cli.cli.opening import open_session
from tokenhub_cli.errors import UsageError
from tokenhub_cli.settings.paths import find_paths
from tokenhub_cli.store.conversations import History
from tokenhub_cli.store.orphans import is_under_way

app = typer.Typer(**TYPER_OPTIONS)

RESUMABLE = frozenset(
    {
        AnswerStatus.INCOMPLETE,
        AnswerStatus.CANCELLED,
        AnswerStatus.UNVERIFIED,
        AnswerStatus.LENGTH,
        AnswerStatus.FAILED,
    }
)

HELP = build_help(
    "Finish an answer that was cut off: the newest one, or that of a conversation.",
    "tokenhub resume",
    "tokenhub resume 7k2m",
    "tokenhub resume > answer.md",
    details="The answer is printed whole, from its beginning; what is missing is asked for and "
    "joined to it. Where it cannot be joined with certainty, it stays as it is.",
)


@app.command(help=HELP)
def resume(
    invocation: typer.Context,
    conversation: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="A conversation, or the start of its id.")
    ] = None,
    *,
    raw: flags.RawFlag = False,
    output: flags.OutputFlag = "text",
    json: flags.JsonFlag = False,
    usage: flags.UsageFlag = False,
    quiet: flags.QuietFlag = False,
    verbose: flags.VerboseFlag = False,
    color: ColorFlag = "auto",
    profile: flags.ProfileFlag = None,
    base_url: flags.BaseUrlFlag = None,
    demo: flags.DemoFlag = False,
    max_retries: flags.MaxRetriesFlag = None,
    max_continue: flags.MaxContinueFlag = None,
    connect_timeout: flags.ConnectTimeoutFlag = None,
    first_token_timeout: flags.FirstTokenTimeoutFlag = None,
    idle_timeout: flags.IdleTimeoutFlag = None,
) -> int:
    """Resume one answer; return the exit code."""
    context = read_context()
    setting_flags = flags.build_setting_flags(invocation.params)
    view = flags.build_view(invocation.params)
    # Before a key is looked for.
    with open_kept(context, quiet=view.quiet, names_resume=False) as history:
        found = find_incomplete(history, conversation)
    require_nobody_else(found, find_paths(context.environ).spool_directory)
    with open_session(context, setting_flags, view, profile=profile, demo=demo) as session:
        return session.resume_turn(found).exit_code


def require_nobody_else(found: Conversation, spools: Path) -> None:
    """Refuse to finish what another program is busy with: it would be billed, and kept, twice.

    Raises:
        UsageError: The last answer of `found` is being written.
    """
    if found.turns and is_under_way(spools, found.turns[-1].id):
        raise UsageError(
            f"the last answer of `{found.id}` is being written by another tokenhub",
            hint=f"`tokenhub history show {found.id}` shows it once it is there",
        )


def find_incomplete(history: History, reference: str | None) -> Conversation:
    """Return the line that ends with the answer to be finished.

    Raises:
        UsageError: There is none, or the named one is whole.
    """
    if reference is None:
        newest = history.newest_incomplete()
        if newest is None:
            raise UsageError(
                "no incomplete answer is kept", hint="`tokenhub history list` shows what is kept"
            )
        return newest
    found = history.load_conversation(reference)
    answer = found.turns[-1].answer if found.turns else None
    if answer is not None and answer.status not in RESUMABLE:
        raise UsageError(
            f"the last answer of `{found.id}` is complete",
            hint=f"`tokenhub history show {found.id}` shows it",
        )
    return found
