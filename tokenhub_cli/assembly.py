"""From settings to working parts: the gateway's client, and what shows a turn.

The one place where the drivers' own words and those of the settings meet.
"""

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tokenhub_cli.errors import ConfigurationError
from tokenhub_cli.settings.keys import Key, advise_on_quota, advise_on_refusal
from tokenhub_cli.settings.paths import Paths
from tokenhub_cli.settings.resolve import CONFIG_FILE, Settings

if TYPE_CHECKING:
    from tokenhub_cli.gateway.client import GatewayClient
    from tokenhub_cli.gateway.transport import Endpoint
    from tokenhub_cli.render.sink import Sink
    from tokenhub_cli.settings.sources import ConfigFile

CODE_THEME_EXAMPLE = "monokai"


@dataclass(frozen=True, slots=True)
class View:
    """How turns are shown, as flags and surroundings decide.

    `output` is `text`, `json` or `stream-json`; `color` is `auto`, `always` or `never`; `extract`
    is the code block that alone goes to stdout: `first`, `last`, or empty for the whole answer.
    """

    output: str = "text"
    color: str = "auto"
    quiet: bool = False
    verbose: bool = False
    extract: str = ""


def build_endpoint(settings: Settings, key: Key | None) -> "Endpoint":
    """Return how to speak to the gateway in force.

    Args:
        settings: The settings in force.
        key: The gateway's key, or None where it needs none.
    """
    from tokenhub_cli.gateway.transport import Endpoint

    return Endpoint(
        base_url=settings.base_url,
        key=key.value if key else "",
        headers=settings.headers,
        connect_timeout=settings.connect_timeout,
        first_token_timeout=settings.first_token_timeout,
        idle_timeout=settings.idle_timeout,
        key_hint=advise_on_refusal(settings, key),
        quota_hint=advise_on_quota(settings, key),
    )


def build_client(
    settings: Settings, key: Key | None, paths: Paths, *, remembers: bool, keeps: bool
) -> "GatewayClient":
    """Return the client of the gateway in force; nothing is sent yet.

    Args:
        settings: The settings in force.
        key: The gateway's key, or None where it needs none.
        paths: Where files live.
        remembers: Whether what is learned of the gateway is kept for the next run.
        keeps: Whether an answer that is cut off can be finished later.

    Raises:
        UnsafeKeyError: The key would travel unencrypted to another machine.
    """
    from tokenhub_cli.gateway.client import GatewayClient
    from tokenhub_cli.gateway.quirks import QuirkMemory
    from tokenhub_cli.gateway.transport import Transport
    from tokenhub_cli.wire.recovery import Policy
    from tokenhub_cli.wire.strategy import Strategy

    is_fixed = settings.resume not in ("auto", "off")
    policy = Policy(
        max_retries=settings.max_retries,
        resume=settings.resume != "off",
        fixed=Strategy(settings.resume) if is_fixed else None,
        keeps=keeps,
    )
    return GatewayClient(
        Transport(build_endpoint(settings, key)),
        QuirkMemory(paths.quirks_file if remembers else None),
        policy,
        max_continue=settings.max_continue,
        models_directory=paths.models_directory if remembers else None,
    )


def build_sink(
    settings: Settings, view: View, model: str, conversation: str, environ: Mapping[str, str]
) -> "Sink":
    """Return what shows one turn on this process's stdout and stderr.

    Args:
        settings: The settings in force.
        view: How turns are shown.
        model: The model that is asked.
        conversation: The conversation's id.
        environ: The environment.
    """
    from tokenhub_cli.render.outlet import NoticeOutlet, Outlet
    from tokenhub_cli.render.presentation import Presentation
    from tokenhub_cli.render.sink import choose_sink
    from tokenhub_cli.render.theme import decide_color, is_dumb

    answer_outlet, notice_outlet = Outlet(sys.stdout), NoticeOutlet(sys.stderr)
    has_terminal = answer_outlet.is_terminal or notice_outlet.is_terminal
    presentation = Presentation(
        clock=time.monotonic,
        model=model,
        base_url=settings.base_url,
        conversation=conversation,
        output=view.output,
        raw=not settings.markdown,
        quiet=view.quiet,
        verbose=view.verbose,
        show_usage=settings.usage,
        show_reasoning=not settings.hide_reasoning,
        collapse_reasoning=settings.collapse_reasoning,
        prices=settings.prices,
        use_color=decide_color(view.color, environ, is_terminal=has_terminal),
        understands_escapes=not is_dumb(environ),
        screen_reader=settings.screen_reader,
        theme=settings.theme,
        code_theme=settings.code_theme,
        environ=environ,
    )
    if view.extract:
        from tokenhub_cli.render.extract import ExtractSink

        is_last = view.extract == "last"
        return ExtractSink(presentation, answer_outlet, notice_outlet, is_last=is_last)
    return choose_sink(presentation, answer_outlet, notice_outlet)


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
    import shlex

    from tokenhub_cli.settings.schema import suggest
    from tokenhub_cli.settings.values import describe_value

    known = list_code_themes()
    near = suggest(value, known)
    command = f"`tokenhub config set {shlex.quote(name)} {near or CODE_THEME_EXAMPLE}`"
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
    from tokenhub_cli.settings.schema import format_name

    check_code_theme(config.top.get("code_theme", ""), "code_theme", path)
    for profile, layer in config.profiles.items():
        name = format_name(("profiles", profile, "code_theme"))
        check_code_theme(layer.get("code_theme", ""), name, path)


def find_code_theme_notice(settings: Settings, view: View, environ: Mapping[str, str]) -> str:
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
    from tokenhub_cli.settings.schema import format_name

    head = () if settings.origins["code_theme"] == CONFIG_FILE else ("profiles", settings.profile)
    name = format_name((*head, "code_theme"))
    try:
        check_code_theme(settings.code_theme, name, lists_names=False)
    except ConfigurationError as error:
        return f"{error.message}: code has the terminal's own colours; {error.hint}"
    return ""
