"""Lines of what stands inside list items and block quotes, at any depth. Pure."""

from collections.abc import Sequence

from markdown_it.token import Token

from tokenhub_cli.render.fences import parse_language
from tokenhub_cli.render.highlight import LineHighlighter
from tokenhub_cli.render.inline import style_text
from tokenhub_cli.render.lines import (
    EMPTY_LINE,
    PLAIN,
    Line,
    Style,
    chop_runs,
    measure,
    merge_runs,
    wrap_runs,
)
from tokenhub_cli.render.pieces import find_content_end, group_children
from tokenhub_cli.render.pipe_table import Table
from tokenhub_cli.render.theme import Theme

CODE_INDENT = 2
DEEPEST = 20  # levels; what is nested deeper is shown on this one
LEAST_COLUMNS = 10
BULLETS = "•◦▪"
TASKS = {"[ ] ": "☐", "[x] ": "☑", "[X] ": "☑"}


def lay_out_children(
    tokens: Sequence[Token], theme: Theme, columns: int, depth: int = 0
) -> list[Line]:
    """Return the lines of the blocks among `tokens`, with the writer's own gaps between them."""
    lines: list[Line] = []
    end = 0
    for index, group in enumerate(group_children(tokens)):
        start = group[0].map[0] if group[0].map else 0
        if index and start > end:
            lines.append(EMPTY_LINE)
        end = find_content_end(group)
        lines += _lay_out_block(group, theme, max(columns, LEAST_COLUMNS), depth)
    return lines


def lay_out_item(
    tokens: Sequence[Token],
    theme: Theme,
    columns: int,
    depth: int = 0,
    *,
    number: int | None = None,
) -> list[Line]:
    """Return the lines of a list item with its mark.

    Args:
        tokens: What the item holds.
        theme: How elements look.
        columns: The width of lines.
        depth: How many lists it stands in besides its own.
        number: Its number, or None for a bullet.
    """
    task = _find_task(tokens)
    if number is not None:
        mark = f"{number:>2}. "
    elif task:
        mark = TASKS[task] + " " if theme.draws_boxes else task
    else:
        mark = BULLETS[depth % len(BULLETS)] + " " if theme.draws_boxes else "- "
    width = measure(mark)
    lines = lay_out_children(tokens, theme, columns - width, min(depth + 1, DEEPEST))
    first: Line = ((mark, Style(theme.mark)),)
    if not lines:
        return [first]
    blank = (" " * width, PLAIN)
    rest = [merge_runs([blank, *line]) if line else EMPTY_LINE for line in lines[1:]]
    return [merge_runs([*first, *lines[0]]), *rest]


def lay_out_quote(
    tokens: Sequence[Token], theme: Theme, columns: int, depth: int = 0, *, gap: bool = False
) -> list[Line]:
    """Return the lines of what a block quote holds, each behind a bar."""
    bar = ("▌ " if theme.draws_boxes else "> ", Style(theme.faint))
    lines = lay_out_children(tokens, theme, columns - 2, depth)
    lines = [EMPTY_LINE, *lines] if gap else lines
    return [merge_runs([bar, *line]) for line in lines or [EMPTY_LINE]]


def _lay_out_block(  # noqa: PLR0911 - one return a type
    group: Sequence[Token], theme: Theme, columns: int, depth: int
) -> list[Line]:
    first = group[0]
    match first.type:
        case "paragraph_open":
            text = group[1].content
            task = _find_task(group) if depth else ""
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


def indent_code(line: Line, columns: int) -> list[Line]:
    """Return a line of code as lines of the screen."""
    chopped = chop_runs(line, max(columns - CODE_INDENT, 2))
    indent = (" " * CODE_INDENT, PLAIN)
    return [merge_runs([indent, *part]) if part else EMPTY_LINE for part in chopped]


def _lay_out_list(group: Sequence[Token], theme: Theme, columns: int, depth: int) -> list[Line]:
    lines: list[Line] = []
    number: int | None = None
    if group[0].type == "ordered_list_open":
        number = int(group[0].attrGet("start") if group[0].attrs else 1)  # type: ignore[arg-type]
    end = 0
    for index, item in enumerate(group_children(group[1:-1])):
        start = item[0].map[0] if item[0].map else 0
        if index and start > end:
            lines.append(EMPTY_LINE)
        end = find_content_end(item)
        lines += lay_out_item(item[1:-1], theme, columns, depth, number=number)
        number = None if number is None else number + 1
    return lines


def _lay_out_table(group: Sequence[Token], theme: Theme, columns: int) -> list[Line]:
    table = Table(theme, columns, settles_at=0)
    for section in group_children(group[1:-1]):
        for row in group_children(section[1:-1]):
            table.add(row)
    return table.settle()


def _find_task(tokens: Sequence[Token]) -> str:
    """Return the check box that an item's text begins with, or an empty string."""
    if len(tokens) > 1 and tokens[1].type == "inline" and tokens[1].content[:4] in TASKS:
        return tokens[1].content[:4]
    return ""
