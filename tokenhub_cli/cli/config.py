"""`tokenhub config`: look at settings and change them."""

from contextlib import suppress
from typing import Annotated, Any

import typer

from tokenhub_cli.cli.context import (
    TYPER_OPTIONS,
    build_help,
    read_context,
    write_json,
    write_line,
    write_notice,
)
from tokenhub_cli.cli.editing import Editing
from tokenhub_cli.cli.gateway_flags import AsJsonFlag
from tokenhub_cli.errors import ConfigurationError
from tokenhub_cli.settings.paths import Paths, find_paths
from tokenhub_cli.settings.resolve import Settings, resolve_settings, select_table
from tokenhub_cli.settings.schema import SETTINGS, TABLES, find_setting, locate_setting, split_name
from tokenhub_cli.settings.values import describe_value

HIDDEN = "[hidden]"

app = typer.Typer(
    **TYPER_OPTIONS,
    help=build_help(
        "Look at settings and change them.",
        "tokenhub config list",
        "tokenhub config set model gpt-4o-mini",
        "tokenhub config set profiles.local.base_url http://localhost:11434/v1",
        details=(
            "A flag goes before the environment, that before the profile, that before the "
            "configuration file, that before the default."
        ),
    ),
)

ProfileOption = Annotated[
    str | None, typer.Option("--profile", metavar="NAME", help="Look through this profile.")
]
NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="A setting, such as `model` or `profiles.work.model`.")
]


@app.command(
    "list",
    help=build_help(
        "Print each setting, its value and where that comes from.",
        "tokenhub config list",
        "tokenhub config list --profile work --json",
        details="The values of headers are hidden.",
    ),
)
def list_settings(
    profile: ProfileOption = None,
    as_json: AsJsonFlag = False,  # noqa: FBT002 - typer reads a flag from a boolean with a default
) -> None:
    """Print each setting, its value and its origin."""
    environ = read_context().environ
    paths = find_paths(environ)
    settings = resolve_settings(environ, paths, profile)
    _note_names(paths)
    rows = _build_rows(settings)
    if as_json:
        write_json({"v": 1, "settings": rows})
        return
    shown = [(row["name"], _describe(row["value"]), row["origin"]) for row in rows]
    widths = [max(len(row[column]) for row in shown) for column in (0, 1)]
    for name, value, origin in shown:
        write_line(f"{name:{widths[0]}}  {value:{widths[1]}}  {origin}")


def _build_rows(settings: Settings) -> list[dict[str, Any]]:
    values = {"profile": settings.profile, **settings.values}
    return [
        {
            "name": name,
            "value": _hide_secrets(name, value),
            "origin": settings.origins[name],
            "help": _find_help(name),
        }
        for name, value in values.items()
    ]


def _find_help(name: str) -> str:
    setting = find_setting(name)
    return setting.help if setting is not None else "The profile in force."


def _hide_secrets(name: str, value: Any) -> Any:
    """Hide what could be a secret: a header's value, and a key written into the command itself."""
    if name.startswith("headers."):
        return HIDDEN
    if name == "key_command":
        import re

        return re.sub(r"sk-[\w-]{4,}", HIDDEN, value)
    return value


def _describe(value: Any) -> str:
    return "" if value is None else describe_value(value)


@app.command(
    "get",
    help=build_help(
        "Print the value of a setting.",
        "tokenhub config get model",
        "tokenhub config get options",
        "tokenhub config get profiles.work.base_url",
        details="The value in force is printed; of a profile or model, what the file says.",
    ),
)
def get_setting(name: NameArgument, profile: ProfileOption = None) -> None:
    """Print the value of a setting, as text or JSON."""
    environ = read_context().environ
    paths = find_paths(environ)
    segments = split_name(name)
    if segments[0] in ("profiles", "models"):
        from tokenhub_cli.settings.edit import read_file_value

        value = read_file_value(paths.config_file, segments)
    else:
        settings = resolve_settings(environ, paths, profile)
        value = _find_value(settings, name)
    if value is None:
        raise ConfigurationError(
            f"`{name}` is not set", hint="where each value comes from: `tokenhub config list`"
        )
    if isinstance(value, str):
        write_line(value)
    else:
        write_json(value)


def _find_value(settings: Settings, name: str) -> Any:
    if name == "profile":
        return settings.profile
    if name in TABLES:
        return select_table(name, settings.values)
    locate_setting(split_name(name))
    return settings.values.get(name.lower() if name.startswith("headers.") else name)


@app.command(
    "set",
    # a value such as -1 is no option
    context_settings={"ignore_unknown_options": True, **TYPER_OPTIONS["context_settings"]},
    help=build_help(
        "Write a setting to the configuration file.",
        "tokenhub config set model gpt-4o-mini",
        "tokenhub config set options.temperature 0.2",
        "tokenhub config set options.stop END STOP",
        "tokenhub config set profiles.work.base_url https://gateway.example/v1",
        "tokenhub config set models.gpt-4.1.prices.prompt 2",
        details="Comments and layout of the file stay as they are.",
    ),
)
def set_value(
    name: NameArgument,
    value: Annotated[list[str], typer.Argument(metavar="VALUE...", help="Its value.")],
) -> None:
    """Write a setting to the configuration file."""
    from tokenhub_cli.settings.edit import set_setting

    environ = read_context().environ
    paths = find_paths(environ)
    if locate_setting(split_name(name)).name == "code_theme":
        from tokenhub_cli.theme_checks import check_code_theme

        check_code_theme(" ".join(value), name)
    set_setting(paths.config_file, name, value)
    _note_names(paths)
    setting = SETTINGS.get(name)
    if setting is not None and environ.get(setting.environment):
        write_notice(f"note: `{setting.environment}` is set and goes before it")


@app.command(
    "unset",
    help=build_help(
        "Take a setting out of the configuration file.",
        "tokenhub config unset options.temperature",
        "tokenhub config unset profiles.work",
    ),
)
def unset_value(name: NameArgument) -> None:
    """Take a setting, or a whole profile, out of the configuration file."""
    from tokenhub_cli.settings.edit import unset_setting

    paths = find_paths(read_context().environ)
    unset_setting(paths.config_file, name)
    _note_names(paths)


@app.command(
    "edit",
    help=build_help(
        "Edit the configuration file in $VISUAL or $EDITOR.",
        "tokenhub config edit",
        details=(
            "The edit is checked before it is kept. A broken one is offered back, or stays in a "
            "file beside, which the next edit opens."
        ),
    ),
)
def edit_file() -> None:
    """Edit the configuration file in the user's editor."""
    from tokenhub_cli.settings.editor import edit_config
    from tokenhub_cli.theme_checks import check_code_themes

    editing = Editing(read_context())
    paths = find_paths(editing.context.environ)
    done = edit_config(paths.config_file, editing.run, editing.ask_again, check_code_themes)
    _note_names(paths)
    write_notice(done)


@app.command(
    "path", help=build_help("Print where the configuration file is.", "tokenhub config path")
)
def print_path() -> None:
    """Print where the configuration file is, whether it exists or not."""
    write_line(str(find_paths(read_context().environ).config_file))


def _note_names(paths: Paths) -> None:
    """Let the shell complete the profiles and aliases of the file as it is now."""
    from tokenhub_cli.settings.completion_files import save_config_names
    from tokenhub_cli.settings.sources import read_config_file

    with suppress(ConfigurationError):
        save_config_names(paths, read_config_file(paths.config_file))
