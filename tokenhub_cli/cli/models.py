"""`tokenhub models`: what the gateway offers, and which one is asked.

The gateway's side is imported where it is needed: the help and the completion scripts are made from
this module without it.
"""

import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tokenhub_cli.cli.context import (
    TYPER_OPTIONS,
    Context,
    build_help,
    read_context,
    write_json,
    write_line,
    write_notice,
)
from tokenhub_cli.cli.gateway_flags import AsJsonFlag, BaseUrlFlag, ProfileFlag
from tokenhub_cli.cli.moments import JUST_NOW, describe_age
from tokenhub_cli.cli.screen import find_screen
from tokenhub_cli.errors import GatewayError, MissingKeyError, UnknownModelError
from tokenhub_cli.settings.paths import Paths, find_paths
from tokenhub_cli.settings.resolve import Settings, resolve_settings
from tokenhub_cli.settings.schema import MODEL_TABLES, SETTINGS, format_name
from tokenhub_cli.settings.sources import Layer, read_config_file

if TYPE_CHECKING:
    from tokenhub_cli.gateway.catalog import Catalog
    from tokenhub_cli.render.columns import Screen

KEPT_FOR_S = 24 * 3600.0  # after this a list is asked for again by itself
Entries = dict[str, dict[str, Any]]

app = typer.Typer(
    **TYPER_OPTIONS,
    help=build_help(
        "List the gateway's models, and choose the one to ask.",
        "tokenhub models list",
        "tokenhub models default gpt-4o-mini",
        details=(
            "An alias and a model's own options stand in the configuration file: "
            "`tokenhub config set models.fast.model gpt-4o-mini`, "
            "`tokenhub config set models.gpt-4o.options.temperature 0.2`."
        ),
    ),
)


@app.command(
    "list",
    help=build_help(
        "Print the models that the gateway offers.",
        "tokenhub models list",
        "tokenhub models list mini",
        "tokenhub models list --refresh --json",
        details=(
            "The list is kept for a day. A table on a terminal, one name a line in a pipe. Every "
            "FILTER must occur in a name."
        ),
    ),
)
def list_models(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[FILTER]...", help="Part of a name.")
    ] = None,
    *,
    refresh: Annotated[bool, typer.Option("--refresh", help="Ask the gateway again.")] = False,
    profile: ProfileFlag = None,
    base_url: BaseUrlFlag = None,
    as_json: AsJsonFlag = False,
) -> None:
    """Print the models on offer that match every filter word."""
    context = read_context()
    paths = find_paths(context.environ)
    settings = resolve_settings(context.environ, paths, profile, {"base_url": base_url})
    catalog = find_catalog(settings, paths, context, must_be_fresh=refresh)
    entries = build_entries(catalog.names, settings, read_config_file(paths.config_file).models)
    wanted = [word.casefold() for word in words or ()]
    chosen = {
        name: entry
        for name, entry in entries.items()
        if all(_matches(word, name, entry["aliases"]) for word in wanted)
    }
    screen = find_screen(context)
    if as_json:
        _write_json(settings, catalog, chosen)
    elif screen is None:
        for name in chosen:
            write_line(name)
    elif chosen:
        _write_table(screen, chosen)
    if not as_json:
        _write_summary(context, settings, catalog, len(chosen), words or [])


def _matches(word: str, name: str, aliases: list[str]) -> bool:
    return any(word in candidate.casefold() for candidate in (name, *aliases))


def find_catalog(
    settings: Settings, paths: Paths, context: Context, *, must_be_fresh: bool = False
) -> "Catalog":
    """Return the gateway's models, the kept list if it is not too old.

    An old list is better than none: where the gateway cannot be asked it is used, with a note.

    Raises:
        TokenHubError: There is no list, and none could be had.
    """
    from tokenhub_cli.gateway.catalog import locate_catalog, read_catalog

    kept = read_catalog(locate_catalog(paths.models_directory, settings.base_url), time.time())
    if kept is not None and kept.age_s < KEPT_FOR_S and not must_be_fresh:
        return kept
    from tokenhub_cli.cli.verification import refresh_catalog
    from tokenhub_cli.settings.keys import require_key

    try:
        key = require_key(settings, context.environ, paths)
        return refresh_catalog(settings, paths, key)
    except (GatewayError, MissingKeyError) as error:
        if kept is None or must_be_fresh:
            raise
        write_notice(f"note: the list of {describe_age(kept.age_s)} is shown: {error.message}")
        return kept


def build_entries(names: tuple[str, ...], settings: Settings, configured: Layer) -> Entries:
    """Return what is known of each model, by name; a pure function.

    Args:
        names: What the gateway offers.
        settings: The settings in force.
        configured: The `[models.NAME]` tables of the configuration file.
    """
    entries: Entries = {
        name: {"in_force": name == settings.model, "aliases": [], "options": {}, "prices": {}}
        for name in names
    }
    for name, table in configured.items():
        target = table.get("model", name)
        if target not in entries:
            continue
        if target != name:
            entries[target]["aliases"].append(name)
            continue
        for setting, value in table.items():
            head, _, rest = setting.partition(".")
            if head in MODEL_TABLES:
                entries[target][head][rest] = value
    return entries


def _write_json(settings: Settings, catalog: "Catalog", entries: Entries) -> None:
    document = {
        "v": 1,
        "base_url": settings.base_url,
        "model": settings.model,
        "age_s": round(catalog.age_s),
        "models": [{"name": name, **entry} for name, entry in entries.items()],
    }
    write_json(document)


def _write_table(screen: "Screen", entries: Entries) -> None:
    """Write the models; a column with nothing in it is left out."""
    from tokenhub_cli.render.columns import Cell, Column, format_table

    cells: dict[str, list[Cell]] = {
        "MODEL": [(name, "bold" if entry["in_force"] else "") for name, entry in entries.items()],
        "": ["default" if entry["in_force"] else "" for entry in entries.values()],
        "ALIASES": [", ".join(entry["aliases"]) for entry in entries.values()],
        "OPTIONS": [
            " ".join(f"{option}={value}" for option, value in entry["options"].items())
            for entry in entries.values()
        ],
    }
    shown = {title: column for title, column in cells.items() if any(column)}
    columns = [Column(title, flexible=True, folds=True) for title in shown]
    sys.stdout.write(format_table(columns, zip(*shown.values(), strict=True), screen))


def _write_summary(
    context: Context, settings: Settings, catalog: "Catalog", shown: int, words: list[str]
) -> None:
    """Say how many there are and how old the list is; in a pipe only that nothing matched."""
    if not shown and words:
        from tokenhub_cli.gateway.catalog import find_near_names

        near = find_near_names(words[0], catalog.names)
        hint = f"; near it: {', '.join(f'`{name}`' for name in near)}" if near else ""
        write_notice(f"none of {len(catalog.names):,} models matches `{' '.join(words)}`{hint}")
    elif context.stdout_is_terminal:
        count = f"{shown:,} of {len(catalog.names):,}" if words else f"{shown:,}"
        age = describe_age(catalog.age_s)
        again = "" if age == JUST_NOW else "; `tokenhub models list --refresh` asks again"
        write_notice(f"{count} models of `{settings.base_url}`, listed {age}{again}")


@app.command(
    "default",
    help=build_help(
        "Choose the model that is asked when none is named, or print it.",
        "tokenhub models default",
        "tokenhub models default gpt-4o-mini",
        "tokenhub models default llama3.2 --profile local",
        details=(
            "It is written to the profile in force, if there is one, else to the top of the "
            "configuration file."
        ),
    ),
)
def choose_default(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A model or an alias.")
    ] = None,
    *,
    profile: ProfileFlag = None,
    no_verify: Annotated[
        bool, typer.Option("--no-verify", help="Do not look whether the gateway offers it.")
    ] = False,
) -> None:
    """Write the setting `model`, or print the model in force and where it comes from."""
    context = read_context()
    paths = find_paths(context.environ)
    settings = resolve_settings(context.environ, paths, profile)
    if name is None:
        write_line(settings.model)
        if context.stdout_is_terminal:
            write_notice(f"({settings.origins['model']})")
        return
    if not no_verify and name not in read_config_file(paths.config_file).models:
        _check_offered(name, settings, paths, context)
    from tokenhub_cli.settings.edit import set_setting

    segments = ("profiles", settings.profile, "model") if settings.profile else ("model",)
    setting = format_name(segments)
    set_setting(paths.config_file, setting, [name])
    write_notice(f"`{setting}` is `{name}` now")
    variable = SETTINGS["model"].environment
    if context.environ.get(variable):
        write_notice(f"note: `{variable}` is set and goes before it")


def _check_offered(name: str, settings: Settings, paths: Paths, context: Context) -> None:
    """Raise an error for a name that the gateway does not offer; a note if it cannot be asked.

    A kept list that lacks the name may be out of date: the gateway is asked before it is refused.
    """
    try:
        catalog = find_catalog(settings, paths, context)
        if name not in catalog.names and catalog.age_s:
            catalog = find_catalog(settings, paths, context, must_be_fresh=True)
    except (GatewayError, MissingKeyError) as error:
        write_notice(f"note: nobody looked whether `{name}` is on offer: {error.message}")
        return
    if catalog.names and name not in catalog.names:
        from shlex import quote

        from tokenhub_cli.gateway.catalog import find_near_names

        near = find_near_names(name, catalog.names)
        hint = f"`tokenhub models default {quote(near[0])}`" if near else "`tokenhub models list`"
        raise UnknownModelError(f"the gateway does not offer the model `{name}`", hint=hint)
