"""Lines of what stands inside list items and block quotes, at any depth. Pure."""

from collections.abc import Sequence

from tokenhub_cli.render.cells import measure
from tokenhub_cli.render.leaves import TASKS, Level
from tokenhub_cli.render.lines import LEAST_COLUMNS, MARK, PLAIN, Line, Run, Style, merge_runs
from tokenhub_cli.render.theme import Theme

BULLETS = "•◦▪"


def find_room(theme: Theme, columns: int, levels: Sequence[Level]) -> int:
    """Return the width of lines in some items and quotes."""
    return max(columns - sum(map(measure, _find_marks(theme, columns, levels))), LEAST_COLUMNS)


def hang_lines(
    lines: Sequence[Line], theme: Theme, columns: int, levels: Sequence[Level]
) -> list[Line]:
    """Return lines behind the bars of quotes, and the marks or the indentation of items.

    Args:
        lines: What stands in the innermost one.
        theme: How elements look.
        columns: The width of lines, the marks included.
        levels: The items and quotes, outermost first; the first line has the marks of those that
            start, even if there is no line.
    """
    if not levels:
        return list(lines)
    first: list[Run] = []
    others: list[Run] = []
    for level, mark in zip(levels, _find_marks(theme, columns, levels), strict=True):
        blank = (" " * measure(mark), PLAIN)
        bar = (mark, Style(theme.faint))
        others.append(bar if level.is_quote else blank)
        shown = bar if level.is_quote else (mark, Style(theme.mark, cell=MARK))
        first.append(shown if level.starts else others[-1])
    last_bar = max((index + 1 for index, level in enumerate(levels) if level.is_quote), default=0)
    hung = [merge_runs([*others, *line] if line else others[:last_bar]) for line in lines]
    if any(level.starts for level in levels):
        hung[:1] = [merge_runs([*first, *(lines[0] if lines else ())])]
    return hung


def _find_marks(theme: Theme, columns: int, levels: Sequence[Level]) -> list[str]:
    """Return the marks of levels; the outermost go where all would take over half of a line."""
    marks: list[str] = []
    depth = 0
    for level in levels:
        if level.is_quote:
            marks.append("▌ " if theme.draws_boxes else "> ")
            continue
        marks.append(_find_item_mark(theme, level, depth))
        depth += 1
    room = columns // 2
    for index in reversed(range(len(marks))):
        room -= measure(marks[index])
        if room < 0:
            # The innermost one is always seen.
            hidden = min(index + 1, len(marks) - 1)
            return [""] * hidden + marks[hidden:]
    return marks


def _find_item_mark(theme: Theme, level: Level, depth: int) -> str:
    box = TASKS[level.task] + " " if level.task and theme.draws_boxes else level.task
    if level.number is not None:
        return f"{level.number:>2}. {box}"
    if not theme.draws_boxes:
        return f"- {box}"
    return box or BULLETS[depth % len(BULLETS)] + " "
