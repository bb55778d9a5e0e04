"""Every setting: name, kind, default, environment variable and one line of help.

The table is the documentation: `config list`, `config set`, "did you mean" and the completion
scripts read it. A dotted name stands in a table of the file: `options.temperature` is
`temperature` under `[options]`. All settings but those of FILE_ONLY may stand in a profile too,
under `[profiles.NAME]`. `[models.NAME]` gives a name that `--model` takes its own `model` (so NAME
is an alias), `options` and `prices`.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from tokenhub_cli.errors import ConfigurationError

DEFAULT_BASE_URL = "https://ai-tokenhub.com/v1"
EDIT_HINT = "`tokenhub config edit`"
LIST_HINT = "all settings: `tokenhub config list`"


class Setting(NamedTuple):
    """One row of the table.

    `kind` is a name in `values.CHECKS`; `example` is a value as it is typed in a shell, where the
    default shows none.
    """

    name: str
    kind: str
    default: Any
    help: str
    environment: str = ""
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    example: str = ""


_ROWS = (
    Setting("base_url", "url", DEFAULT_BASE_URL, "The gateway, up to `/v1`.", "TOKENHUB_BASE_URL"),
    Setting("model", "line", "gpt-4o", "The model to ask, or an alias of it.", "TOKENHUB_MODEL"),
    Setting(
        "system",
        "text",
        "",
        "The system prompt of new conversations.",
        example="'Answer in French'",
    ),
    Setting(
        "default_profile", "line", "", "The profile in force when none is named.", example="work"
    ),
    Setting(
        "key_command",
        "command",
        "",
        "A command, run by the shell, that prints the key.",
        example="'pass show tokenhub'",
    ),
    Setting(
        "keyring", "boolean", default=False, help="Keep and find the key in the system's keyring."
    ),
    Setting(
        "keyless", "boolean", default=False, help="Send no key: for local servers that need none."
    ),
    Setting("connect_timeout", "seconds", 10.0, "Seconds to wait for a connection."),
    Setting("first_token_timeout", "seconds", 180.0, "Seconds to wait for the first piece."),
    Setting("idle_timeout", "seconds", 45.0, "Seconds to wait for each further piece."),
    Setting("max_retries", "integer", 4, "Attempts after a failed first one.", minimum=0),
    Setting(
        "max_continue", "integer", 0, "Times to go on after the length limit cut in.", minimum=0
    ),
    Setting(
        "resume",
        "choice",
        "auto",
        "How to ask for the rest of an answer that was cut off.",
        choices=("auto", "prefix", "plain", "anchor", "off"),
    ),
    Setting(
        "history",
        "boolean",
        default=True,
        help="Keep conversations.",
        environment="TOKENHUB_NO_HISTORY",
    ),
    Setting(
        "usage", "boolean", default=False, help="Show tokens, cost and timings after each answer."
    ),
    Setting(
        "theme",
        "choice",
        "auto",
        "Colours for which background.",
        choices=("auto", "light", "dark"),
    ),
    Setting(
        "code_theme",
        "line",
        "",
        "The Pygments style of code; empty: the theme's own.",
        example="monokai",
    ),
    Setting(
        "screen_reader", "boolean", default=False, help="No repainting, no spinners: lines only."
    ),
    Setting("hide_reasoning", "boolean", default=False, help="Do not show the model's reasoning."),
    Setting(
        "collapse_reasoning",
        "boolean",
        default=False,
        help="Fold the reasoning into one line once it is over.",
    ),
    Setting("markdown", "boolean", default=True, help="Render Markdown on a terminal."),
    Setting(
        "editing_mode", "choice", "emacs", "The keys of `chat`'s prompt.", choices=("emacs", "vi")
    ),
    Setting(
        "enter_sends", "boolean", default=True, help="Enter sends in `chat`; else Alt-Enter does."
    ),
    Setting(
        "prompt_history", "boolean", default=True, help="Remember the questions typed in `chat`."
    ),
    Setting(
        "options.temperature", "number", None, "Randomness of the choice.", minimum=0, example="0.7"
    ),
    Setting(
        "options.top_p",
        "number",
        None,
        "Share of likely words chosen from.",
        minimum=0,
        maximum=1,
        example="0.9",
    ),
    Setting(
        "options.max_tokens",
        "integer",
        None,
        "The longest answer, in tokens.",
        minimum=1,
        example="1000",
    ),
    Setting("options.stop", "texts", None, "Texts that end the answer.", example="END"),
    Setting("options.seed", "integer", None, "Seed for repeatable answers.", example="7"),
    Setting(
        "prices.prompt",
        "number",
        None,
        "Price of a million prompt tokens.",
        minimum=0,
        example="2.5",
    ),
    Setting(
        "prices.completion",
        "number",
        None,
        "Price of a million answer tokens.",
        minimum=0,
        example="10",
    ),
    Setting(
        "prices.cached",
        "number",
        None,
        "Price of a million cached tokens.",
        minimum=0,
        example="1.25",
    ),
)

SETTINGS: dict[str, Setting] = {setting.name: setting for setting in _ROWS}
TABLES = ("options", "headers", "prices")
FILE_ONLY = frozenset({"default_profile"})
SECRET_KINDS = frozenset({"url", "header", "command"})  # no message repeats such a value
MODEL_TABLES = ("options", "prices")

# Fields of the protocol that are no options, and what sets them.
PROTOCOL_FIELDS = {
    "model": '`tokenhub ask -m NAME "PROMPT"`',
    "messages": '`tokenhub ask -s SYSTEM "PROMPT"`, or `tokenhub ask -c "PROMPT"` to go on',
    "stream": '`tokenhub ask --no-stream "PROMPT"`',
}

# Names that people try from other tools, and what they want.
KEY_NAMES = frozenset({"key", "api_key", "apikey", "api-key", "token", "openai_api_key"})


def find_setting(name: str) -> Setting | None:
    """Return the setting of that flat name, free names under `options` and `headers` included."""
    setting = SETTINGS.get(name)
    if setting is not None:
        return setting
    table, _, rest = name.partition(".")
    if not rest:
        return None
    if table == "options" and rest not in PROTOCOL_FIELDS:
        return Setting(name, "anything", None, "Sent to the gateway as it is.", example="0.5")
    if table == "headers":
        return Setting(name, "header", None, "A header sent with each request.", example="tokenhub")
    return None


def find_model_setting(name: str) -> Setting | None:
    """Return the setting of that name under `[models.NAME]`."""
    if name == "model":
        return Setting(name, "line", None, "The model that this name stands for.", example="gpt-4o")
    return find_setting(name) if name.partition(".")[0] in MODEL_TABLES else None


def locate_setting(segments: tuple[str, ...]) -> Setting:
    """Return the setting at a place of the file, such as `("profiles", "work", "model")`.

    Raises:
        ConfigurationError: There is no such setting.
    """
    setting = None
    match segments:
        case ("profiles", profile, *rest) if rest and profile:
            name = ".".join(rest)
            setting = None if name in FILE_ONLY else find_setting(name)
        case ("models", model, *rest) if rest and model:
            setting = find_model_setting(".".join(rest))
        case _:
            setting = find_setting(".".join(segments))
    if setting is None:
        raise build_unknown_setting_error(segments)
    return setting


def build_unknown_setting_error(segments: tuple[str, ...], place: str = "") -> ConfigurationError:
    """Return the error for a name that is no setting, with the nearest one as its hint.

    Args:
        segments: The name's parts.
        place: Where it stands (` in FILE`), or empty if it was typed.
    """
    name = format_name(segments)
    message = f"`{name}`{place} is not a setting"
    if segments[-1].lower() in KEY_NAMES:
        return ConfigurationError(
            f"{message}: keys are not kept in the configuration file", hint="`tokenhub keys set`"
        )
    head: tuple[str, ...] = ()
    known: Iterable[str] = SETTINGS
    if segments[0] in ("profiles", "models") and len(segments) > 2:  # noqa: PLR2004 - table, name, setting
        head, segments = segments[:2], segments[2:]
    if head[:1] == ("models",):
        known = ["model", *(name for name in SETTINGS if name.partition(".")[0] in MODEL_TABLES)]
    elif head:
        known = [name for name in SETTINGS if name not in FILE_ONLY]
    near = suggest(".".join(segments), known)
    if near:
        hint = f"did you mean `{format_name((*head, *near.split('.')))}`?"
        return ConfigurationError(message, hint=f"{hint} {EDIT_HINT if place else LIST_HINT}")
    if place:  # then `config list` fails as well
        return ConfigurationError(
            message, hint=f"{EDIT_HINT}; all settings: `tokenhub help config`"
        )
    return ConfigurationError(message, hint=LIST_HINT)


def suggest(name: str, known: Iterable[str]) -> str:
    """Return the known name nearest to `name`, or an empty string."""
    from difflib import get_close_matches

    known = list(known)
    for candidate in known:  # `temperature` is meant to be `options.temperature`
        if candidate.rpartition(".")[2] == name:
            return candidate
    return next(iter(get_close_matches(name, known, n=1)), "")


def split_name(text: str) -> tuple[str, ...]:
    """Return the parts of a dotted name; quotes keep a dot: `models."gpt-4.1".prices.prompt`.

    Without quotes the model's name is what stands between `models.` and the known rest.
    """
    import re

    parts = re.findall(r'"((?:[^"\\]|\\.)*)"|([^."]+)', text)
    segments = tuple(_unescape(quoted) if quoted else bare for quoted, bare in parts) or (text,)
    if segments[0] == "models" and '"' not in text:
        return _join_model_name(segments)
    return segments


def _unescape(quoted: str) -> str:
    """Return what stands between double quotes with its escapes resolved, where they are any."""
    import json

    try:
        text: str = json.loads(f'"{quoted}"', strict=False)
    except ValueError:
        return quoted
    return text


def _join_model_name(segments: tuple[str, ...]) -> tuple[str, ...]:
    for length in (2, 1):
        tail = segments[-length:]
        if len(segments) > length + 1 and find_model_setting(".".join(tail)) is not None:
            return ("models", ".".join(segments[1:-length]), *tail)
    return segments


def format_name(segments: tuple[str, ...]) -> str:
    """Return the dotted name, a part in quotes where TOML wants them."""
    import json

    return ".".join(
        part
        if part.isascii() and part.replace("-", "").replace("_", "").isalnum()
        else json.dumps(part, ensure_ascii=False)
        for part in segments
    )


def quote_name(segments: tuple[str, ...]) -> str:
    """Return the dotted name as a POSIX shell takes it, for a hint that is a command."""
    from shlex import quote

    return quote(format_name(segments))


def format_profile_flag(profile: str) -> str:
    """Return ` --profile NAME` as a POSIX shell takes it, or nothing where no profile is chosen."""
    from shlex import quote

    return f" --profile {quote(profile)}" if profile else ""
