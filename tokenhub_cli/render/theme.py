"""Colours: when to use none, and which.

Whether output may be repainted (liveness) and whether it is coloured are separate questions: the
first is answered by the real terminal and `TERM`, the second by `--color` before `NO_COLOR`
(https://no-color.org: set and not empty) before `FORCE_COLOR` before the terminal.

Styles are SGR parameters (ECMA-48, 8.3.117). The `auto` theme uses the terminal's own sixteen
colours, which its owner has chosen to be readable; `dark` and `light` use the 256-colour palette.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

DUMB_TERMINALS = frozenset({"dumb", "unknown"})
_WITHOUT_LINKS = frozenset({"linux", "screen"})


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


def supports_links(environ: Mapping[str, str]) -> bool:
    """Whether the terminal shows, or at least swallows, hyperlinks (OSC 8)."""
    return not is_dumb(environ) and environ.get("TERM", "").partition("-")[0] not in _WITHOUT_LINKS


def supports_true_color(environ: Mapping[str, str]) -> bool:
    """Whether the terminal says that it shows 24-bit colours."""
    return environ.get("COLORTERM", "") in {"truecolor", "24bit"}


@dataclass(frozen=True, slots=True)
class Theme:
    """How the elements of Markdown look, as SGR parameters.

    `code_theme` is a pygments style's name, or empty for the terminal's own colours. `draws_boxes`
    is off for screen readers: marks are then letters that can be read out.
    """

    strong: str = "1"
    emphasis: str = "3"
    strike: str = "9"
    code: str = ""
    link: str = "4"
    address: str = "2"
    headings: tuple[str, str, str] = ("1;4", "1", "1")
    mark: str = ""
    faint: str = "2"
    reasoning: str = "2;3"
    code_theme: str | None = None
    true_color: bool = False
    uses_links: bool = False
    draws_boxes: bool = True

    def get_heading(self, level: int) -> str:
        """Return the style of a heading of a level from 1 to 6."""
        return self.headings[min(level, len(self.headings)) - 1]


MONOCHROME = Theme()
AUTO = replace(
    MONOCHROME, code="36", link="4;34", headings=("1;4;35", "1;35", "1"), mark="33", code_theme=""
)
DARK = replace(
    AUTO,
    code="38;5;80",
    link="4;38;5;75",
    headings=("1;4;38;5;176", "1;38;5;176", "1;38;5;252"),
    mark="38;5;179",
)
LIGHT = replace(
    AUTO,
    code="38;5;25",
    link="4;38;5;26",
    headings=("1;4;38;5;90", "1;38;5;90", "1;38;5;236"),
    mark="38;5;130",
)
THEMES = {"auto": AUTO, "dark": DARK, "light": LIGHT}


def choose_theme(
    name: str,
    environ: Mapping[str, str],
    *,
    use_color: bool,
    code_theme: str = "",
    screen_reader: bool = False,
) -> Theme:
    """Return the theme for a terminal.

    Args:
        name: `auto`, `dark` or `light`.
        environ: The environment: `TERM` and `COLORTERM` matter.
        use_color: Whether output is coloured; without colour bold, italic and the like remain.
        code_theme: A pygments style's name, or empty for the terminal's own colours.
        screen_reader: Draw no boxes and no marks that are read out as noise.
    """
    theme = THEMES.get(name, AUTO) if use_color else MONOCHROME
    return replace(
        theme,
        code_theme=code_theme if use_color else None,
        true_color=supports_true_color(environ),
        uses_links=supports_links(environ) and not screen_reader,
        draws_boxes=not screen_reader,
    )
