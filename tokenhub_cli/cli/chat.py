"""`tokenhub chat`: the conversation loop."""

import gc
from typing import Annotated

import typer

from tokenhub_cli.cli import flags
from tokenhub_cli.cli.context import TYPER_OPTIONS, build_help, read_context
from tokenhub_cli.cli.gateway_flags import ColorFlag
from tokenhub_cli.cli.opening import open_session
from tokenhub_cli.errors import UsageError

AttachFlag = Annotated[
    list[str] | None,
    typer.Option("-a", "--attach", metavar="PATH|URL", help="A picture to send; may be repeated."),
]

app = typer.Typer(**TYPER_OPTIONS)

HELP = build_help(
    "Hold a conversation on the terminal.",
    "tokenhub chat",
    "tokenhub chat -m gpt-4o-mini",
    "tokenhub chat -c                        (go on with the newest conversation)",
    "tokenhub chat --demo                    (no key needed)",
    details="Enter sends; Alt-Enter makes a new line; Ctrl-C stops an answer; Ctrl-D leaves; "
    "`/help` lists the commands and keys.",
)


@app.command(cls=flags.PairsCommand, help=HELP)
def chat(
    invocation: typer.Context,
    *,
    model: flags.ModelFlag = None,
    system: flags.SystemFlag = None,
    option: flags.OptionFlag = None,
    temperature: flags.TemperatureFlag = None,
    top_p: flags.TopPFlag = None,
    max_tokens: flags.MaxTokensFlag = None,
    stop: flags.StopFlag = None,
    seed: flags.SeedFlag = None,
    continue_last: flags.ContinueFlag = False,
    conversation_id: flags.IdFlag = None,
    file: flags.FileFlag = None,
    attach: AttachFlag = None,
    no_save: flags.NoSaveFlag = False,
    raw: flags.RawFlag = False,
    usage: flags.UsageFlag = False,
    hide_reasoning: flags.HideReasoningFlag = False,
    quiet: flags.QuietFlag = False,
    verbose: flags.VerboseFlag = False,
    color: ColorFlag = "auto",
    profile: flags.ProfileFlag = None,
    base_url: flags.BaseUrlFlag = None,
    demo: flags.DemoFlag = False,
    max_retries: flags.MaxRetriesFlag = None,
    no_resume: flags.NoResumeFlag = False,
    max_continue: flags.MaxContinueFlag = None,
    connect_timeout: flags.ConnectTimeoutFlag = None,
    first_token_timeout: flags.FirstTokenTimeoutFlag = None,
    idle_timeout: flags.IdleTimeoutFlag = None,
) -> int:
    """Run the loop; return the exit code."""
    context = read_context()
    if not context.stdin_is_terminal:
        raise UsageError(
            "`tokenhub chat` needs a terminal to read questions from",
            hint="`tokenhub ask` answers what a pipe brings",
        )
    params = invocation.params
    session = open_session(
        context,
        flags.build_setting_flags(params),
        flags.build_view(params),
        profile=profile,
        demo=demo,
        is_loop=True,
    )
    from tokenhub_cli.repl.wording import name_commands

    session.reword = name_commands
    reference = conversation_id or ("last" if continue_last else "")
    with session:
        if reference:
            session.rescue()
            conversation = session.continue_conversation(reference, system)
        else:
            conversation = session.begin_conversation(system)
        gc.disable()  # what is loaded for the prompt stays; the loop collects once that is painted
        from tokenhub_cli.repl.loop import run_chat

        return run_chat(session, conversation, files=file or (), pictures=attach or ())
