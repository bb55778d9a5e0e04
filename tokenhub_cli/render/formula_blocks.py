r"""Displayed formulas among the blocks of a document: rules for the parser. Pure.

A line that begins with `\[`, `$$` or `\begin{x}` begins a block, unless the formula ends on that
line and words follow. The block reaches to the line with the closing mark, or to a blank line. If
words follow the mark there, that line begins a paragraph instead, whose first words are the
formula's last.

A paragraph in which a display opens at a line's end (`render/formulas.py`) goes on with that
display's lines, whatever Markdown would make of them. Only the line after a `$$` may still be the
beginning of a block, an item for example: then the mark was none, but the class of a price.
And where `$$` is open within a paragraph, the next `$$` at a line's beginning closes it.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table

from tokenhub_cli.render.formulas import (
    ENVIRONMENT,
    ESCAPED_BRACKET,
    NOTHING_OPENED,
    Opened,
    find_closing,
    follow_line,
)

FORMULA_BLOCK = "formula_block"

_OPENING = re.compile(rf"\$\$(?!\$)|(?!{ESCAPED_BRACKET})\\\[|{ENVIRONMENT}")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*")
_PUNCTUATION = " \t.,;:!?"
_CODE_INDENT = 4


class Resumed(NamedTuple):
    """A paragraph that does not begin where it is parsed, or begins inside a formula.

    Attributes:
        line: Its first line in the parse.
        level: The level of its tokens.
        opened: What is open there.
        skipped: How many characters of the line stand for what is before.
    """

    line: int
    level: int
    opened: Opened
    skipped: int = 0


def add_formula_blocks(parser: MarkdownIt) -> MarkdownIt:
    """Add the rules to a parser, and return it."""
    ruler = parser.block.ruler
    ruler.before("code", "resumed_paragraph", _parse_resumed)
    ruler.after("fence", FORMULA_BLOCK, _parse_block, {"alt": ["paragraph", "blockquote", "list"]})
    ruler.before("lheading", "display_paragraph", _parse_paragraph)
    return parser


def build_environment(resumed: Resumed | None, *, has_headings: bool) -> dict[str, object]:
    """Return what these rules must know of a parse.

    Args:
        resumed: The paragraph that was begun before, if any.
        has_headings: Whether an underline turns a paragraph into a heading.
    """
    return {"resumed": resumed, "has_headings": has_headings}


def _parse_resumed(state: StateBlock, first: int, _end: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's own signature
    resumed: Resumed | None = state.env.get("resumed")
    if silent or resumed is None or (first, state.level) != resumed[:2]:
        return False
    _push_paragraph(state, first, resumed.opened, resumed.skipped)
    return True


def _parse_paragraph(state: StateBlock, first: int, _end: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's own signature
    source = state.src
    if silent or ("$$" not in source and "\\[" not in source and "\\begin{" not in source):
        return False
    following, has_display = _find_end(state, first, NOTHING_OPENED, 0)
    if has_display:
        _push(state, first, following, NOTHING_OPENED)
    return has_display


def _parse_block(state: StateBlock, first: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's own signature
    line = _read_line(state, first)
    opening = _OPENING.match(line) if line[:1] in {"$", "\\"} else None
    if opening is None or state.is_code_block(first):
        return False
    mark = opening.group()
    closed = find_closing(mark, line, opening.end())
    if closed is not None and _has_words(line, closed):
        return False
    if silent:
        return True
    following = first + 1
    while closed is None and following < end and not _is_outside(state, following):
        line = _read_line(state, following)
        closed = find_closing(mark, line)
        if closed is not None and _has_words(line, closed):
            break
        following += 1
    token = state.push(FORMULA_BLOCK, "", 0)
    token.map = [first, following]
    token.content = state.getLines(first, following, state.blkIndent, keepLastLF=True)
    state.line = following
    if closed is not None and _has_words(line, closed):
        _push_paragraph(state, following, Opened(mark, "display"), 0)
    return True


def _push_paragraph(state: StateBlock, first: int, opened: Opened, skipped: int) -> None:
    following, _ = _find_end(state, first, opened, skipped)
    _push(state, first, following, opened)


def _push(state: StateBlock, first: int, following: int, opened: Opened) -> None:
    state.line = following
    token = state.push("paragraph_open", "p", 1)
    token.map = [first, following]
    token.meta = {"opened": opened}
    token = state.push("inline", "", 0)
    token.map = [first, following]
    token.content = state.getLines(first, following, state.blkIndent, keepLastLF=False).strip()
    token.children = []
    state.push("paragraph_close", "p", -1)


def _find_end(state: StateBlock, first: int, opened: Opened, skipped: int) -> tuple[int, bool]:
    """Return the line after a paragraph, and whether a display makes it another than it were."""
    parent, state.parentType = state.parentType, "paragraph"
    has_display = bool(opened.mark)
    line, text = first, _read_line(state, first)[skipped:]
    while True:
        before = follow_line(opened, text)
        opened = before.end_line()
        line += 1
        if line >= state.lineMax or state.isEmpty(line):
            break
        text = _read_line(state, line)
        if opened.display and not _is_outside(state, line):
            may_be_price = before == Opened("$$", "new")
            if may_be_price and _is_interrupted(state, line, _parse_block, table):
                break
            has_display = True
            continue
        if state.sCount[line] < 0 or state.sCount[line] - state.blkIndent >= _CODE_INDENT:
            continue
        is_heading = not has_display and state.env.get("has_headings")
        if is_heading and not _is_outside(state, line) and _UNDERLINE.fullmatch(text):
            break
        if opened.mark == "$$" and text.startswith("$$"):
            has_display = True
            if _is_interrupted(state, line, _parse_block):
                break
        elif _is_interrupted(state, line):
            break
    state.parentType = parent
    return line, has_display


def _is_interrupted(state: StateBlock, line: int, *excepted: Callable[..., bool]) -> bool:
    """Whether a block begins that ends a paragraph before it."""
    rules = state.md.block.ruler.getRules("paragraph")
    end, silent = state.lineMax, True
    return any(rule(state, line, end, silent) for rule in rules if rule not in excepted)


def _has_words(line: str, start: int) -> bool:
    return bool(line[start:].strip(_PUNCTUATION))


def _read_line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _is_outside(state: StateBlock, line: int) -> bool:
    return state.isEmpty(line) or state.sCount[line] < state.blkIndent
