"""From flags and surroundings to an open session: what `ask`, `chat` and `resume` begin with."""

from collections.abc import Mapping
from typing import Any

from tokenhub_cli.assembly import View
from tokenhub_cli.cli.context import Context, write_notice
from tokenhub_cli.errors import UsageError
from tokenhub_cli.session import Session
from tokenhub_cli.settings.keys import require_key
from tokenhub_cli.settings.paths import find_paths
from tokenhub_cli.settings.resolve import resolve_settings

DEMO_MODEL = "gpt-4o"
DEMO_NOTICE = "note: the embedded demo gateway answers, not a model"


def open_session(
    context: Context,
    flags: Mapping[str, Any],
    view: View,
    *,
    profile: str | None = None,
    demo: bool = False,
    remembers: bool = True,
    is_loop: bool = False,
) -> Session:
    """Return a session for the settings in force; nothing is sent yet.

    Args:
        context: The surroundings.
        flags: Setting values by name; None means that the flag was not given.
        view: How turns are shown.
        profile: What `--profile` names.
        demo: Use the embedded gateway, started here on a free port.
        remembers: Whether what is learned of the gateway is kept for the next run.
        is_loop: Whether turns follow turns.

    Raises:
        UsageError: Two gateways are named.
        TokenHubError: The settings or the key cannot be used.
    """
    paths = find_paths(context.environ)
    chosen = dict(flags)
    if demo:
        if chosen.get("base_url"):
            raise UsageError(
                "`--demo` and `--base-url` name two gateways",
                hint='`tokenhub ask --demo "Write a poem"`',
            )
        chosen.update(_start_demo(chosen))
        if not view.quiet:
            write_notice(DEMO_NOTICE)
    settings = resolve_settings(context.environ, paths, profile, chosen)
    key = require_key(settings, context.environ, paths)
    if key is not None and key.notice and not view.quiet:
        write_notice(f"note: {key.notice}")
    return Session(
        settings,
        key,
        paths,
        context.environ,
        view,
        remembers=remembers and not demo,
        resolve=lambda model: resolve_settings(
            context.environ, paths, profile, {**chosen, "model": model}
        ),
        is_loop=is_loop,
    )


def _start_demo(flags: Mapping[str, Any]) -> dict[str, Any]:
    """Start the embedded gateway; it ends with the process."""
    from tokenhub_cli.demo.server import DemoGateway

    gateway = DemoGateway(key=None)
    return {
        "base_url": gateway.base_url,
        "model": flags.get("model") or DEMO_MODEL,
        "keyless": True,
    }
