"""The terminal that stdout is, and how what a command prints there is to look."""

import sys
from typing import TYPE_CHECKING

from tokenhub_cli.cli.context import Context
from tokenhub_cli.cli.paging import find_pager
from tokenhub_cli.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from tokenhub_cli.render.columns import Screen
    from tokenhub_cli.render.theme import Theme


def find_screen(
    context: Context, color: str = "auto", *, is_paged: bool = False
) -> "Screen | None":
    """Return the terminal that stdout is, or None for a pipe or file.

    Args:
        context: The surroundings.
        color: `auto`, `always` or `never`.
        is_paged: Whether what is printed may go through the pager.
    """
    if not context.stdout_is_terminal:
        return None
    from tokenhub_cli.render.columns import Screen
    from tokenhub_cli.render.outlet import Outlet
    from tokenhub_cli.render.theme import decide_color

    columns, _ = Outlet(sys.stdout).measure()
    use_color = decide_color(color, context.environ, is_terminal=True)
    return Screen(columns, use_color, moves=not (is_paged and find_pager(context)))


def find_theme(context: Context, *, use_color: bool) -> "Theme":
    """Return how Markdown is to look; a configuration that is wrong hides no conversation."""
    from tokenhub_cli.render.theme import AUTO, choose_theme
    from tokenhub_cli.settings.paths import find_paths
    from tokenhub_cli.settings.resolve import resolve_settings

    try:
        settings = resolve_settings(context.environ, find_paths(context.environ), None)
    except (ConfigurationError, UsageError):
        return AUTO
    return choose_theme(
        settings.theme,
        context.environ,
        use_color=use_color,
        code_theme=settings.code_theme,
        screen_reader=settings.screen_reader,
    )
