"""Where a long paragraph may be cut, so that both parts read as they do in the whole. Pure.

A cut is safe between words where nothing before it is left open that text after it could close: no
delimiter of emphasis, no backtick, bracket or angle bracket. Cuts depend on the text alone, never
on when it came: a cut is looked for in windows of fixed sizes, the last window is cut anyway.
"""

import re
from functools import lru_cache

from tokenhub_cli.render.formulas import ENDLESS_MARKS, LONGEST_MARK, OPEN_FORMULA
from tokenhub_cli.render.lines import IDEOGRAPHIC
from tokenhub_cli.render.parser import parse_inline

LONG_PARAGRAPH = 500  # characters; longer ones are given out in parts
UNDECIDED_LINE = 32  # characters; a shorter line without an end may still turn out to be anything
_WINDOWS = (LONG_PARAGRAPH, 2 * LONG_PARAGRAPH, 4 * LONG_PARAGRAPH)
_TRIALS = 7
_NEAR_TRIALS = 3

_GAP = re.compile(rf"(?<=[^\s\\])(?:[ \n](?=\S)|(?<=[{IDEOGRAPHIC}])(?=[{IDEOGRAPHIC}]))")
_SPECIAL = re.compile(r"[*_~`\[<$\\]")
# A mark that is still literal after parsing and that later text could pair: not one that stands
# before a blank, and no underscore inside a word (CommonMark 0.31, section 6.2).
_PENDING = re.compile(
    r"`|\[|<[A-Za-z/!?]|\*(?!\s)|~~(?!\s)|(?<![^\W_])_(?!\s)|(?<=\W)_(?!\s)"
    rf"|{OPEN_FORMULA}"
)

_LAST_MARK = re.compile(r"[\\$`]+(?:[A-Za-z]*(?:\{[A-Za-z]*\*?)?)?\Z")


def cut_paragraph(text: str, display: str = "") -> int | None:
    """Return where to cut `text`, or None if it is too short for a cut.

    Args:
        text: A paragraph, or what is left of one; the cut leaves its white space to the rest.
        display: The opening mark of the formula inside which the text begins, if it does.
    """
    for window in _WINDOWS:
        if len(text) <= window:
            return None
        cut = _find_safe_cut(text[:window], display)
        if cut is not None:
            return cut
    return _find_last_gap(text, _WINDOWS[-1]) or _find_last_seam(text, _WINDOWS[-1])


@lru_cache(maxsize=32)  # a growing paragraph is looked at with each frame
def _find_safe_cut(text: str, display: str) -> int | None:
    limit = len(text)
    for trial in range(_TRIALS):
        cut = _find_last_gap(text, limit)
        if not cut:
            return None
        if is_settled(text[:cut], display):
            return cut
        # What is pending is a special character before the cut: try before the last one; with many
        # of them, go back farther each time, as a parse is dear.
        limit = max(mark.start() for mark in _SPECIAL.finditer(text, 0, cut))
        if trial >= _NEAR_TRIALS:
            limit //= 2
    return None


def _find_last_gap(text: str, limit: int) -> int:
    """Return the last place between words before `limit`, or 0."""
    # One character beyond is looked at, but the gap itself must lie before it.
    last = 0
    for gap in _GAP.finditer(text, max(0, limit - 200), limit):
        last = gap.start()
    if last:
        return last
    for gap in _GAP.finditer(text, 0, limit):
        last = gap.start()
    return last


def _find_last_seam(text: str, limit: int) -> int:
    """Return the last place up to `limit` that is in no mark of a formula or of code.

    There is no white space there. An endless row of marks is cut, too: it means nothing.
    """
    mark = _LAST_MARK.search(text, limit - ENDLESS_MARKS - LONGEST_MARK, limit)
    return limit if mark is None or len(mark.group()) >= ENDLESS_MARKS else mark.start()


def is_settled(text: str, display: str = "") -> bool:
    """Whether no text that follows can change how `text` reads, but for going on with a display.

    Args:
        text: The text.
        display: The opening mark of the formula inside which it begins, if it does.
    """
    if not _SPECIAL.search(text):
        return True
    return not any(
        token.type == "text" and _PENDING.search(token.content)
        for token in parse_inline(text, display)
    )
