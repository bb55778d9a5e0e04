"""The flags that `ask`, `chat` and `resume` share, with their help, and how they become settings.

There is no flag that takes a key: it would sit in process lists and shell history.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperCommand

from tokenhub_cli.assembly import View
from tokenhub_cli.attachments import read_text_file
from tokenhub_cli.errors import InputError, UsageError

ModelFlag = Annotated[str | None, typer.Option("-m", "--model", metavar="NAME", help="The model.")]
SystemFlag = Annotated[
    str | None, typer.Option("-s", "--system", metavar="TEXT", help="The system prompt.")
]
OptionFlag = Annotated[
    list[str] | None,
    typer.Option(
        "-o", "--option", metavar="NAME VALUE", help="Any sampling parameter; may be repeated."
    ),
]
TemperatureFlag = Annotated[
    float | None, typer.Option("--temperature", metavar="NUMBER", min=0, help="Randomness.")
]
TopPFlag = Annotated[
    float | None,
    typer.Option(
        "--top-p", metavar="NUMBER", min=0, max=1, help="Share of likely words chosen from."
    ),
]
MaxTokensFlag = Annotated[
    int | None, typer.Option("--max-tokens", metavar="N", min=1, help="The longest answer.")
]
StopFlag = Annotated[
    list[str] | None,
    typer.Option("--stop", metavar="TEXT", help="A text that ends the answer; may be repeated."),
]
SeedFlag = Annotated[
    int | None, typer.Option("--seed", metavar="N", help="For repeatable answers.")
]
FileFlag = Annotated[
    list[str] | None,
    typer.Option("-f", "--file", metavar="PATH", help="A text file to send; may be repeated."),
]
AttachFlag = Annotated[
    list[str] | None,
    typer.Option(
        "-a", "--attach", metavar="PATH|URL|-", help="A picture to send; may be repeated."
    ),
]
ContinueFlag = Annotated[
    bool, typer.Option("-c", "--continue", help="Go on with the newest conversation.")
]
IdFlag = Annotated[
    str | None, typer.Option("--id", metavar="ID", help="Go on with this conversation.")
]
NoSaveFlag = Annotated[bool, typer.Option("-n", "--no-save", help="Keep nothing in history.")]
RawFlag = Annotated[bool, typer.Option("-r", "--raw", help="Show Markdown as it is.")]
UsageFlag = Annotated[
    bool, typer.Option("-u", "--usage", help="Show tokens, timings and cost afterwards.")
]
HideReasoningFlag = Annotated[
    bool, typer.Option("-R", "--hide-reasoning", help="Do not show the model's reasoning.")
]
QuietFlag = Annotated[bool, typer.Option("-q", "--quiet", help="No notices, only errors.")]
VerboseFlag = Annotated[
    bool, typer.Option("-v", "--verbose", help="Say more: request ids, attempts.")
]
OutputFlag = Annotated[
    Literal["text", "json", "stream-json"], typer.Option("--output", help="What stdout gets.")
]
JsonFlag = Annotated[bool, typer.Option("--json", help="The same as `--output json`.")]
ProfileFlag = Annotated[
    str | None, typer.Option("--profile", metavar="NAME", help="The profile to use.")
]
BaseUrlFlag = Annotated[
    str | None, typer.Option("--base-url", metavar="URL", help="The gateway, up to `/v1`.")
]
DemoFlag = Annotated[
    bool, typer.Option("--demo", help="Use the embedded demo gateway; no key needed.")
]
MaxRetriesFlag = Annotated[
    int | None, typer.Option("--max-retries", metavar="N", min=0, help="Attempts after the first.")
]
NoResumeFlag = Annotated[
    bool, typer.Option("--no-resume", help="Do not ask for the rest of an answer that was cut.")
]
MaxContinueFlag = Annotated[
    int | None,
    typer.Option(
        "--max-continue",
        metavar="N",
        min=0,
        help="Go on up to N times when the length limit cut the answer.",
    ),
]
ConnectTimeoutFlag = Annotated[
    float | None,
    typer.Option("--connect-timeout", metavar="SECONDS", min=0, help="Wait for a connection."),
]
FirstTokenTimeoutFlag = Annotated[
    float | None,
    typer.Option(
        "--first-token-timeout", metavar="SECONDS", min=0, help="Wait for the first piece."
    ),
]
IdleTimeoutFlag = Annotated[
    float | None,
    typer.Option("--idle-timeout", metavar="SECONDS", min=0, help="Wait for each further piece."),
]

# Flags that are settings of the same name, and those that are sampling parameters.
SETTING_FLAGS = (
    "model",
    "base_url",
    "max_retries",
    "max_continue",
    "connect_timeout",
    "first_token_timeout",
    "idle_timeout",
)
OPTION_FLAGS = ("temperature", "top_p", "max_tokens", "stop", "seed")
SCHEMA_HINT = '`tokenhub ask --schema \'{"type": "object"}\' "PROMPT"\''
PAIR_OPTIONS = frozenset({"option", "param"})


class PairsCommand(TyperCommand):
    """A command whose `-o NAME VALUE` takes two words and may be repeated.

    Typer declares options of one word that may be repeated, or of two words that may not.
    """

    def __init__(self, *args: Any, params: list[Any] | None = None, **attributes: Any) -> None:
        for param in params or ():
            if param.name in PAIR_OPTIONS:
                param.nargs = 2
        super().__init__(*args, params=params, **attributes)


def build_setting_flags(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that a command's flags set; None means that the flag was not given.

    Args:
        params: The command's parameters by name, as parsed.
    """
    given = {name: params.get(name) for name in SETTING_FLAGS}
    return given | {
        "options": build_options(
            params.get("option"), {name: params.get(name) for name in OPTION_FLAGS}
        ),
        "history": False if params.get("no_save") else None,
        "markdown": False if params.get("raw") else None,
        "usage": True if params.get("usage") else None,
        "hide_reasoning": True if params.get("hide_reasoning") else None,
        "resume": "off" if params.get("no_resume") else None,
    }


def build_view(params: Mapping[str, Any]) -> View:
    """Return how turns are to be shown, from a command's parameters."""
    extract = "last" if params.get("extract_last") else "first" if params.get("extract") else ""
    return View(
        output="json" if params.get("json") else params.get("output", "text"),
        color=params["color"],
        quiet=params["quiet"],
        verbose=params["verbose"],
        extract=extract,
    )


def build_options(pairs: Sequence[Any] | None, named: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sampling parameters that flags give, by the protocol's names.

    Args:
        pairs: `-o NAME VALUE`, as pairs of words; a value is read as its parameter wants it, that
            of an unknown one as JSON where it can be, else as text.
        named: The parameters that have flags of their own; None and empty means not given. These
            win over `-o`.

    Raises:
        UsageError: A name is none of an option, or a value is nested too deeply.
    """
    options = {name: _parse_option(name, words) for name, words in pairs or ()}
    options.update({name: value for name, value in named.items() if value not in (None, [], ())})
    return options


def build_response_format(schema: str) -> dict[str, Any]:
    """Return the `response_format` that asks for an answer by a JSON schema.

    Args:
        schema: The schema itself, or the path of a file that holds it.

    Raises:
        InputError: It is neither.
    """
    text = schema if schema.lstrip().startswith("{") else read_text_file(schema)
    try:
        parsed = json.loads(text)
    except ValueError as error:
        raise InputError(f"the schema is not JSON: {error}", hint=SCHEMA_HINT) from None
    except RecursionError:
        raise InputError("the schema is nested too deeply", hint=SCHEMA_HINT) from None
    if not isinstance(parsed, dict):
        raise InputError("the schema is not a JSON object", hint=SCHEMA_HINT)
    name = parsed.get("title", "")
    fits = isinstance(name, str) and name.isascii() and name.isidentifier()
    described = {"name": name if fits else "answer", "schema": parsed, "strict": True}
    return {"type": "json_schema", "json_schema": described}


def _parse_option(name: str, words: str) -> Any:
    from tokenhub_cli.settings.options import check_option_name
    from tokenhub_cli.settings.schema import find_setting
    from tokenhub_cli.settings.values import WrongValueError, decode_words

    check_option_name(name)
    setting = find_setting(f"options.{name}")
    assert setting is not None  # every name that can be an option's is a setting
    try:
        return decode_words(setting, words)
    except WrongValueError as error:
        raise UsageError(
            f"`-o {name}` must be {error}", hint='`tokenhub ask -o top_k 40 "PROMPT"`'
        ) from None
