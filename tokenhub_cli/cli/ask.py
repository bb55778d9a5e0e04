"""`tokenhub ask`: one answer to stdout."""

from typing import Annotated

import typer

from tokenhub_cli.attachments import build_question
from tokenhub_cli.cli import flags
from tokenhub_cli.cli.context import TYPER_OPTIONS, build_help, read_context
from tokenhub_cli.cli.gateway_flags import ColorFlag
from tokenhub_cli.cli.opening import open_session
from tokenhub_cli.cli.prepared import apply_template, save_as_template
from tokenhub_cli.cli.stdin import join_prompt, read_prompt

app = typer.Typer(**TYPER_OPTIONS)

HELP = build_help(
    "Print one answer to stdout; everything else goes to stderr.",
    'tokenhub ask "Why is the sky blue?"',
    'git diff | tokenhub ask "Review this change"',
    'tokenhub ask -m gpt-4o -s "Answer in French" --temperature 0.2 "Hello"',
    "tokenhub ask < question.txt > answer.md",
    'tokenhub ask --demo "Write a poem"      (no key needed)',
    details="Piped input is added after the prompt; without a prompt it is the prompt; `-` means "
    "standard input. Exit codes: 0 complete, 2 usage, 3 incomplete, 4 key, 5 limit, 6 network, "
    "7 configuration, 8 refused, 130 interrupted.",
)


@app.command(cls=flags.PairsCommand, help=HELP)
def ask(
    invocation: typer.Context,
    prompt: Annotated[list[str] | None, typer.Argument(metavar="[PROMPT]...")] = None,
    *,
    model: flags.ModelFlag = None,
    system: flags.SystemFlag = None,
    option: flags.OptionFlag = None,
    temperature: flags.TemperatureFlag = None,
    top_p: flags.TopPFlag = None,
    max_tokens: flags.MaxTokensFlag = None,
    stop: flags.StopFlag = None,
    seed: flags.SeedFlag = None,
    file: flags.FileFlag = None,
    attach: flags.AttachFlag = None,
    continue_last: flags.ContinueFlag = False,
    conversation_id: flags.IdFlag = None,
    no_save: flags.NoSaveFlag = False,
    no_stream: Annotated[
        bool, typer.Option("--no-stream", help="Ask for the whole answer at once.")
    ] = False,
    raw: flags.RawFlag = False,
    output: flags.OutputFlag = "text",
    json: flags.JsonFlag = False,
    extract: Annotated[
        bool, typer.Option("-x", "--extract", help="Print only the first fenced code block.")
    ] = False,
    extract_last: Annotated[
        bool, typer.Option("--extract-last", help="Print only the last fenced code block.")
    ] = False,
    schema: Annotated[
        str | None,
        typer.Option(metavar="FILE|JSON", help="Ask for JSON that fits this JSON schema."),
    ] = None,
    template: Annotated[
        str | None,
        typer.Option("-t", "--template", metavar="NAME", help="A prepared question to fill in."),
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option("-p", "--param", metavar="NAME VALUE", help="A variable of the template."),
    ] = None,
    save: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Keep prompt and flags as a template; ask nothing."),
    ] = None,
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
    """Ask one question; return the exit code."""
    context = read_context()
    params = invocation.params
    setting_flags = flags.build_setting_flags(params)
    typed, piped = read_prompt(
        prompt or [],
        context,
        reads_stdin="-" not in (attach or ()) and save is None,
        may_be_empty=bool(file or template or save),
        quiet=quiet,
    )
    if schema is not None:
        setting_flags["options"]["response_format"] = flags.build_response_format(schema)
    if save is not None:
        return save_as_template(context, save, typed, system or "", setting_flags)
    words = join_prompt(typed, piped)
    if template is not None:
        prepared = apply_template(context, template, typed, piped, param)
        words, setting_flags = prepared.prompt, prepared.add_to(setting_flags)
        system = prepared.system if system is None else system
    question = build_question(words, file or (), attach or ())
    session = open_session(
        context, setting_flags, flags.build_view(params), profile=profile, demo=demo
    )
    reference = conversation_id or ("last" if continue_last else "")
    with session:
        if reference:
            conversation = session.continue_conversation(reference, system)
        else:
            conversation = session.begin_conversation(system)
        conversation = conversation.append(session.build_turn(question))
        result = session.run_turn(conversation, stream=not no_stream)
    return result.exit_code
