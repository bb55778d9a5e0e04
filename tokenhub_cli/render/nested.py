"""Lines of what stands inside list items and block quotes, at any depth. Pure."""

from collections.abc import Sequence

from markdown_it.token import Token

from tokenhub_cli.render.cells import measure
from tokenhub_cli.render.fences import parse_language
from tokenhub_cli.render.highlight import LineHighlighter
from tokenhub_cli.render.inline import style_text
from tokenhub_cli.render.items import DEEPEST, TASKS, Level, find_number, find_task
from tokenhub_cli.render.lines import (
    EMPTY_LINE,
    PLAIN,
    Line,
    Run,
    Style,
    chop_runs,
    merge_runs,
    wrap_runs,
)
from tokenhub_cli.render.parser import find_content_end, group_children
from tokenhub_cli.render.pipe_table import Table
from tokenhub_cli.render.theme import Theme

CODE_INDENT = 2
LEAST_COLUMNS = 10
BULLETS = "•◦▪"


def lay_out_children(
    tokens: Sequence[Token], theme: Theme, columns: int, depth: int = 0, task: str = ""
) -> list[Line]:
    """Return the lines of the blocks among `tokens`, with the writer's own gaps between them.

    Args:
        tokens: The blocks.
        theme: How elements look.
        columns: The width of lines.
        depth: How many lists they stand in.
        task: The check box that the first one begins with, which is shown as a mark before it.
    """
    lines: list[Line] = []
    end = 0
    for index, group in enumerate(group_children(tokens)):
        start = group[0].map[0] if group[0].map else 0
        if index and start > end:
            lines.append(EMPTY_LINE)
        end = find_content_end(group)
        box = "" if index else task
        lines += _lay_out_block(group, theme, max(columns, LEAST_COLUMNS), depth, box)
    return lines


def lay_out_item(
    tokens: Sequence[Token], theme: Theme, columns: int, levels: Sequence[Level]
) -> list[Line]:
    """Return the lines of what stands in an item, behind the mark where the item starts.

    Args:
        tokens: The blocks.
        theme: How elements look.
        columns: The width of lines.
        levels: The items they stand in, the outermost first.
    """
    task = levels[-1].task if levels[-1].starts else ""
    room = find_room(theme, columns, levels)
    return hang_lines(lay_out_children(tokens, theme, room, len(levels), task), theme, levels)


def find_room(theme: Theme, columns: int, levels: Sequence[Level]) -> int:
    """Return the width of lines in some items."""
    for depth, level in enumerate(levels):
        columns = max(columns - measure(_find_mark(level, theme, depth)), LEAST_COLUMNS)
    return columns


def hang_lines(
    lines: Sequence[Line], theme: Theme, levels: Sequence[Level], depth: int = 0
) -> list[Line]:
    """Return lines indented as far as some items, with the marks of those that start.

    Args:
        lines: What stands in the innermost item.
        theme: How elements look.
        levels: The items, the outermost first.
        depth: How many lists the outermost one stands in besides its own.
    """
    width = 0
    first: list[Run] = []
    for index, level in enumerate(levels):
        mark = _find_mark(level, theme, depth + index)
        blank = (" " * measure(mark), PLAIN)
        first.append((mark, Style(theme.mark)) if level.starts else blank)
        width += measure(mark)
    blank = (" " * width, PLAIN)
    hung = [merge_runs([blank, *line]) if line else EMPTY_LINE for line in lines]
    if any(level.starts for level in levels):
        hung[:1] = [merge_runs([*first, *(lines[0] if lines else ())])]
    return hung


def _find_mark(level: Level, theme: Theme, depth: int) -> str:
    if level.number is not None:
        return f"{level.number:>2}. "
    if level.task:
        return TASKS[level.task] + " " if theme.draws_boxes else level.task
    return BULLETS[depth % len(BULLETS)] + " " if theme.draws_boxes else "- "


def lay_out_quote(
    tokens: Sequence[Token], theme: Theme, columns: int, depth: int = 0, *, gap: bool = False
) -> list[Line]:
    """Return the lines of what a block quote holds, each behind a bar."""
    bar = ("▌ " if theme.draws_boxes else "> ", Style(theme.faint))
    lines = lay_out_children(tokens, theme, columns - 2, depth)
    lines = [EMPTY_LINE, *lines] if gap else lines
    return [merge_runs([bar, *line]) for line in lines or [EMPTY_LINE]]


def _lay_out_block(  # noqa: PLR0911 - one return a type
    group: Sequence[Token], theme: Theme, columns: int, depth: int, task: str
) -> list[Line]:
    first = group[0]
    match first.type:
        case "paragraph_open":
            text = group[1].content
            return wrap_runs(style_text(text.removeprefix(task), theme), columns)
        case "heading_open":
            level = int(first.tag[1:])
            mark = "" if theme.draws_boxes else "#" * level + " "
            runs = style_text(group[1].content, theme, Style(theme.get_heading(level)))
            return wrap_runs([(mark, PLAIN), *runs], columns)
        case "bullet_list_open" | "ordered_list_open":
            return _lay_out_list(group, theme, columns, depth)
        case "blockquote_open":
            return lay_out_quote(group[1:-1], theme, columns, depth)
        case "table_open":
            return _lay_out_table(group, theme, columns)
        case "hr":
            return [(("─" * columns if theme.draws_boxes else "* * *", Style(theme.faint)),)]
        case "fence":
            return lay_out_code(first.content, parse_language(first.info), theme, columns)
        case "code_block":
            return lay_out_code(first.content, "", theme, columns)
        case "formula_block":
            return lay_out_formula(first.content, columns)
    return [
        line
        for text in first.content.rstrip("\n").split("\n")
        for line in chop_runs([(text.expandtabs(4), Style(theme.faint))], columns)
    ]


def lay_out_code(code: str, language: str, theme: Theme, columns: int) -> list[Line]:
    """Return the lines of a whole piece of code."""
    highlighter = LineHighlighter(language, theme)
    texts = code.removesuffix("\n").split("\n") if code else []
    return [line for text in texts for line in indent_code(highlighter.color_line(text), columns)]


def lay_out_formula(text: str, columns: int) -> list[Line]:
    """Return the lines of a formula as they were sent."""
    return [
        line
        for text in text.removesuffix("\n").split("\n")
        for line in chop_runs([(text.expandtabs(4), PLAIN)], columns)
    ]


def indent_code(line: Line, columns: int) -> list[Line]:
    """Return a line of code as lines of the screen."""
    chopped = chop_runs(line, max(columns - CODE_INDENT, 2))
    indent = (" " * CODE_INDENT, PLAIN)
    return [merge_runs([indent, *part]) if part else EMPTY_LINE for part in chopped]


def _lay_out_list(group: Sequence[Token], theme: Theme, columns: int, depth: int) -> list[Line]:
    lines: list[Line] = []
    number = find_number(group)
    end = 0
    for index, item in enumerate(group_children(group[1:-1])):
        start = item[0].map[0] if item[0].map else 0
        if index and start > end:
            lines.append(EMPTY_LINE)
        end = find_content_end(item)
        level = Level(number, find_task(item[1:-1]), starts=True)
        room = columns - measure(_find_mark(level, theme, depth))
        inner = min(depth + 1, DEEPEST)
        children = lay_out_children(item[1:-1], theme, room, inner, level.task)
        lines += hang_lines(children, theme, [level], depth)
        number = None if number is None else number + 1
    return lines


def _lay_out_table(group: Sequence[Token], theme: Theme, columns: int) -> list[Line]:
    table = Table(theme, columns, settles_at=0)
    for section in group_children(group[1:-1]):
        for row in group_children(section[1:-1]):
            table.add(row)
    return table.settle()
