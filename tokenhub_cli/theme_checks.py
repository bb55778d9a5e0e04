"""Looks whether the setting `code_theme` names a style that there is.

What may be set is for the settings to say, which styles there are for the renderer: neither knows
the other, so it is said here. Pygments is loaded where a style is named, and nowhere else.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tokenhub_cli.errors import ConfigurationError
from tokenhub_cli.settings.resolve import CONFIG_FILE, Settings
from tokenhub_cli.settings.schema import format_name, quote_name, split_name, suggest

if TYPE_CHECKING:
    from tokenhub_cli.assembly import View
    from tokenhub_cli.settings.sources import ConfigFile

EXAMPLE = "monokai"


def check_code_theme(
    value: str, name: str, path: Path | None = None, *, lists_names: bool = True
) -> None:
    """Look whether a value of `code_theme` is the name of a style; an empty one needs to be none.

    Args:
        value: What the setting holds.
        name: The setting's dotted name, as `profiles.work.code_theme`.
        path: The configuration file, if the value stands there already.
        lists_names: Whether the hint names all styles where none is near.

    Raises:
        ConfigurationError: There is no such style; the hint names the nearest one.
    """
    if not value:
        return
    from tokenhub_cli.render.code_themes import find_code_theme, list_code_themes

    if find_code_theme(value) is not None:
        return
    from tokenhub_cli.settings.values import describe_value

    known = list_code_themes()
    near = suggest(value, known)
    command = f"`tokenhub config set {quote_name(split_name(name))} {near or EXAMPLE}`"
    hint = f"did you mean `{near}`? {command}" if near else f"for example {command}"
    if lists_names and not near:
        hint += "; the styles are " + ", ".join(f"`{style}`" for style in known)
    place = f" in `{path}`" if path else ""
    raise ConfigurationError(
        f"`{name}`{place} must be the name of a Pygments style, not `{describe_value(value)}`",
        hint=hint,
    )


def check_code_themes(config: "ConfigFile", path: Path) -> None:
    """Look whether each `code_theme` in the configuration file is the name of a style.

    Args:
        config: What the file says.
        path: Where the file is.

    Raises:
        ConfigurationError: One is not.
    """
    check_code_theme(config.top.get("code_theme", ""), "code_theme", path)
    for profile, layer in config.profiles.items():
        name = format_name(("profiles", profile, "code_theme"))
        check_code_theme(layer.get("code_theme", ""), name, path)


def find_code_theme_notice(settings: Settings, view: "View", environ: Mapping[str, str]) -> str:
    """Return what to say of a code theme that does not exist, or an empty string.

    Nothing is to be said where code has no colours, and nothing is loaded to find that out.

    Args:
        settings: The settings in force.
        view: How turns are shown.
        environ: The environment.
    """
    if not settings.code_theme or not settings.markdown or view.output != "text" or view.extract:
        return ""
    from tokenhub_cli.render.outlet import Outlet
    from tokenhub_cli.render.theme import decide_color, is_dumb

    uses_color = decide_color(view.color, environ, is_terminal=True) and not is_dumb(environ)
    if not uses_color or not Outlet(sys.stdout).is_terminal:
        return ""
    head = () if settings.origins["code_theme"] == CONFIG_FILE else ("profiles", settings.profile)
    name = format_name((*head, "code_theme"))
    try:
        check_code_theme(settings.code_theme, name, lists_names=False)
    except ConfigurationError as error:
        return f"{error.message}: code has the terminal's own colours; {error.hint}"
    return ""
