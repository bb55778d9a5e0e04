"""How a turn is to be shown: one value that every renderer takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tokenhub_cli.chat.usage import Prices


@dataclass(frozen=True, slots=True)
class Presentation:
    """How a turn is to be shown.

    `output` is `text`, `json` or `stream-json`. `use_color` and `understands_escapes` are decided
    by `render/theme.py`, for the terminals among stdout and stderr. `collapse_reasoning` folds the
    thinking into one line once it is over. `theme` is `auto`, `dark` or `light`, `code_theme` a
    pygments style or empty for the terminal's own colours. `prices` are None where unknown.
    `environ` None means the process's environment. `clock` gives seconds, monotonic.
    """

    clock: Callable[[], float]
    model: str = ""
    base_url: str = ""
    conversation: str = ""
    output: str = "text"
    raw: bool = False
    quiet: bool = False
    verbose: bool = False
    show_usage: bool = False
    show_reasoning: bool = True
    prices: Prices | None = None
    use_color: bool = False
    understands_escapes: bool = False
    screen_reader: bool = False
    collapse_reasoning: bool = False
    theme: str = "auto"
    code_theme: str = ""
    environ: Mapping[str, str] | None = None
