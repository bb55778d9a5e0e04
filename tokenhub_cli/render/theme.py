"""Colours, and when to use none.

Whether output may be repainted (liveness) and whether it is coloured are separate questions: the
first is answered by the real terminal and `TERM`, the second by `--color` before `NO_COLOR`
(https://no-color.org: set and not empty) before `FORCE_COLOR` before the terminal.
"""

from collections.abc import Mapping

DUMB_TERMINALS = frozenset({"dumb", "unknown"})


def is_dumb(environ: Mapping[str, str]) -> bool:
    """Whether `TERM` names a terminal that understands no escape sequences."""
    return environ.get("TERM", "").lower() in DUMB_TERMINALS


def decide_color(option: str, environ: Mapping[str, str], *, is_terminal: bool) -> bool:
    """Decide whether output is coloured.

    Args:
        option: `--color` or its setting: `auto`, `always` or `never`.
        environ: The environment: `NO_COLOR`, `FORCE_COLOR` and `TERM` matter.
        is_terminal: Whether the output goes to a terminal.
    """
    if option != "auto":
        return option == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") not in {"", "0"}:
        return True
    return is_terminal and not is_dumb(environ)
