"""From settings to working parts: the gateway's client, and what shows a turn.

The one place where the drivers' own words and those of the settings meet.
"""

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tokenhub_cli.settings.keys import Key, advise_on_quota, advise_on_refusal
from tokenhub_cli.settings.paths import Paths
from tokenhub_cli.settings.resolve import Settings

if TYPE_CHECKING:
    from tokenhub_cli.gateway.client import GatewayClient
    from tokenhub_cli.gateway.transport import Endpoint
    from tokenhub_cli.render.sink import Sink


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
