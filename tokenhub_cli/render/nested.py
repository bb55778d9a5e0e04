"""Lines of what stands inside list items and block quotes, at any depth. Pure."""

from collections.abc import Sequence

from tokenhub_cli.render.cells import measure
from tokenhub_cli.render.leaves import TASKS, Level
from tokenhub_cli.render.lines import PLAIN, Line, Run, Style, merge_runs
from tokenhub_cli.render.theme import Theme

LEAST_COLUMNS = 10
BULLETS = "•◦▪"


def find_room(theme: Theme, columns: int, levels: Sequence[Level]) -> int:
    """Return the width of lines in some items and quotes."""
    for mark in _find_marks(theme, levels):
        columns = max(columns - measure(mark), LEAST_COLUMNS)
    return columns


def hang_lines(lines: Sequence[Line], theme: Theme, levels: Sequence[Level]) -> list[Line]:
    """Return lines behind the bars of quotes, and the marks or the indentation of items.

    Args:
        lines: What stands in the innermost one.
        theme: How elements look.
        levels: The items and quotes, outermost first; the first line has the marks of those that
            start, even if there is no line.
    """
    if not levels:
        return list(lines)
    first: list[Run] = []
    others: list[Run] = []
    for level, mark in zip(levels, _find_marks(theme, levels), strict=True):
        blank = (" " * measure(mark), PLAIN)
        bar = (mark, Style(theme.faint))
        others.append(bar if level.is_quote else blank)
        shown = bar if level.is_quote else (mark, Style(theme.mark))
        first.append(shown if level.starts else others[-1])
    last_bar = max((index + 1 for index, level in enumerate(levels) if level.is_quote), default=0)
    hung = [merge_runs([*others, *line] if line else others[:last_bar]) for line in lines]
    if any(level.starts for level in levels):
        hung[:1] = [merge_runs([*first, *(lines[0] if lines else ())])]
    return hung


def _find_marks(theme: Theme, levels: Sequence[Level]) -> list[str]:
    marks: list[str] = []
    depth = 0
    for level in levels:
        if level.is_quote:
            marks.append("▌ " if theme.draws_boxes else "> ")
            continue
        if level.number is not None:
            marks.append(f"{level.number:>2}. ")
        elif level.task:
            marks.append(TASKS[level.task] + " " if theme.draws_boxes else level.task)
        else:
            marks.append(BULLETS[depth % len(BULLETS)] + " " if theme.draws_boxes else "- ")
        depth += 1
    return marks
