"""Which code themes there are: the styles of pygments, and of its plugins that are installed."""

from collections.abc import Iterable
from typing import Any


def find_code_theme(name: str) -> Iterable[tuple[Any, Any]] | None:
    """Return a pygments style, which yields token types with how each looks; None if there is none.

    Args:
        name: The style's name.
    """
    from pygments.styles import get_style_by_name

    try:
        style: Iterable[tuple[Any, Any]] = get_style_by_name(name)
    except Exception:  # noqa: BLE001 - looking for a name loads the plugins, which may raise anything
        return None
    return style


def list_code_themes() -> tuple[str, ...]:
    """Return the names of all styles; those of a plugin that cannot be loaded are left out."""
    from pygments.styles import get_all_styles

    names = []
    try:
        for name in get_all_styles():
            names.append(name)  # noqa: PERF402 - what came before an error counts
    except Exception:  # noqa: BLE001, S110 - as above
        pass
    return tuple(names)
