"""Splits Markdown source into pieces: what is finished, what is open, what is left. Pure.

See `render/blocks.py` for what a piece is and which rules hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it.token import Token

from tokenhub_cli.render import fences
from tokenhub_cli.render.items import NO_ITEMS, Leaf, Level, OpenItems, build_stub, find_leaves
from tokenhub_cli.render.paragraphs import LONG_PARAGRAPH, cut_paragraph
from tokenhub_cli.render.parser import (
    find_content_end,
    get_lines,
    group_children,
    parse_blocks,
    parse_long_paragraph,
)

CODE_INDENT = 4  # columns; a line indented as far is code


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a document.

    Attributes:
        kind: `paragraph heading rule fence_open fence_line code_line html_line
            formula_line table_head table_row item quote`; `end` after a block of several; `blank`
            for blank lines alone. An `item` is a block in a list item; a fence's lines may stand in
            one, too.
        source: The text it came from, blank lines after it included.
        tokens: What is inside, as block tokens (heading, item, quote, cells).
        text: A paragraph's text, a line of code, HTML or a formula, or a fence's language.
        starts: Whether it is its block's first piece.
        levels: The list items that it stands in, outermost first.
        gap: Whether blank lines part it from the piece before it in the same block.
    """

    kind: str
    source: str
    tokens: tuple[Token, ...] = ()
    text: str = ""
    starts: bool = True
    levels: tuple[Level, ...] = ()
    gap: bool = False


@dataclass(frozen=True, slots=True)
class OpenBlock:
    """The block that pieces were given out of and that is not finished.

    `stub` is the least text that puts the parser into the state in which the rest goes on; `items`
    are the list items that are open in it.
    """

    kind: str = ""
    stub: str = ""
    items: OpenItems = NO_ITEMS
    gap: bool = False
    fence: fences.Fence | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A top-level block of a parse: its tokens, its lines, and where the next block begins."""

    tokens: Sequence[Token]
    start: int
    end: int
    until: int
    is_open: bool

    @property
    def kind(self) -> str:
        """The type of its first token."""
        return self.tokens[0].type


NOTHING_OPEN = OpenBlock()


def split(state: OpenBlock, source: str, *, is_whole: bool) -> tuple[list[Piece], OpenBlock, str]:
    """Split whole lines into finished pieces, what is open then, and the unfinished rest.

    Args:
        state: The block that the source goes on with.
        source: Whole lines; with `is_whole` the last one may lack its end.
        is_whole: Whether the text ends here: everything is finished then.
    """
    pieces: list[Piece] = []
    while source or (is_whole and state.kind):
        before = state, source
        match state.kind:
            case "fence":
                state, source = _split_fence(pieces, state, source, is_whole=is_whole)
            case "paragraph":
                state, source = _split_paragraph(pieces, state, source, is_whole=is_whole)
            case _:
                state, source = _split_blocks(pieces, state, source, is_whole=is_whole)
        if (state, source) == before:
            break
    return pieces, state, source


def split_lines(text: str) -> list[str]:
    """Return the lines of `text` with their ends; newlines alone end a line."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    if not lines[-1]:
        lines.pop()
    return lines


def find_blocks(tokens: Sequence[Token], lines: Sequence[str], *, is_whole: bool) -> list[Block]:
    """Return the top-level blocks of a parse of `lines`."""
    groups = group_children(tokens)
    blocks = []
    for index, group in enumerate(groups):
        start, end = get_lines(group)
        is_last = index + 1 == len(groups)
        until = len(lines) if is_last else get_lines(groups[index + 1])[0]
        is_open = is_last and not is_whole and not _is_closed(group, start, end, lines)
        blocks.append(Block(group, start, end, until, is_open))
    return blocks


def _is_closed(tokens: Sequence[Token], start: int, end: int, lines: Sequence[str]) -> bool:
    """Whether the last block of whole lines can get no further line."""
    match tokens[0].type:
        case "heading_open" | "hr":
            return True
        case "paragraph_open" | "table_open" | "html_block" | "formula_block":
            return end < len(lines)  # a blank line, or the HTML block's own end, came after it
        case "fence":
            return _is_closed_fence(lines[start:end])
    return False


def _is_closed_fence(lines: Sequence[str]) -> bool:
    fence = fences.parse_opening(lines[0])
    return fence is not None and len(lines) > 1 and fences.is_closing(fence, lines[-1])


def _split_blocks(
    pieces: list[Piece], state: OpenBlock, source: str, *, is_whole: bool
) -> tuple[OpenBlock, str]:
    text = state.stub + source
    lines = split_lines(text)
    blocks = find_blocks(parse_blocks(text), lines, is_whole=is_whole)
    blank = "".join(lines[: blocks[0].start if blocks else len(lines)])
    if blank:
        pieces.append(Piece("blank", blank))
    for index, block in enumerate(blocks):
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        if _is_long_paragraph(block, following, lines):
            return OpenBlock("paragraph"), "".join(lines[block.start :])
        state, line = _split_block(pieces, block, lines, state)
        if block.is_open:
            return state, "".join(lines[line:])
    return NOTHING_OPEN, ""


def _is_long_paragraph(block: Block, following: Block | None, lines: Sequence[str]) -> bool:
    """Whether a block was a long paragraph before its last line made something else of it."""
    end = block.start
    match block.kind:
        case "paragraph_open":
            end = block.end
            if following and following.kind == "table_open" and following.start == end:
                end += 1
        case "heading_open" if block.tokens[0].markup in {"=", "-"}:
            end = block.end - 1
        case "table_open":
            end = block.start + 1
    return len("".join(lines[block.start : end]).strip()) > LONG_PARAGRAPH


def _split_block(  # noqa: PLR0911 - one return a type
    pieces: list[Piece], block: Block, lines: Sequence[str], state: OpenBlock
) -> tuple[OpenBlock, int]:
    """Give out the finished pieces of a block; return what is open and the first line left."""
    match block.kind:
        case "bullet_list_open" | "ordered_list_open":
            return _split_list(pieces, block, lines, state)
        case "blockquote_open":
            return _split_quote(pieces, block, lines, state)
        case "table_open":
            return _split_table(pieces, block, lines, state)
        case "fence":
            return _split_whole_fence(pieces, block, lines)
        case "html_block" | "code_block" | "formula_block":
            return _split_verbatim(pieces, block, lines, state)
    if block.is_open:
        return state, block.start
    source = "".join(lines[block.start : block.until])
    match block.kind:
        case "paragraph_open":
            text = "".join(lines[block.start : block.end])
            pieces += [Piece("paragraph", source, text=text), Piece("end", "")]
        case "heading_open":
            pieces.append(Piece("heading", source, tuple(block.tokens)))
        case _:
            pieces.append(Piece("rule", source, tuple(block.tokens)))
    return NOTHING_OPEN, block.until


def _split_list(
    pieces: list[Piece], block: Block, lines: Sequence[str], state: OpenBlock
) -> tuple[OpenBlock, int]:
    goes_on = state.kind == "list"
    opened = state.items if goes_on else NO_ITEMS
    # Of the stub nothing is shown; but the rest of a fence is found with its first line, there.
    leaves = [
        leaf
        for leaf in find_leaves(block.tokens, opened)
        if leaf.start >= opened.stub_lines - (1 if leaf.fence else 0)
    ]
    gaps = [state.gap, *(after.start > leaf.end for leaf, after in pairwise(leaves))]
    finished = len(leaves)
    stub: str | None = None
    while block.is_open and stub is None:
        finished -= 1
        stub = build_stub(leaves[finished], lines)
    for index, leaf in enumerate(leaves[:finished]):
        until = block.until if leaf is leaves[-1] else leaves[index + 1].start
        is_first = index == 0 and not goes_on
        if leaf.fence:
            end = _give_out_code(pieces, leaf, lines, opened, gap=gaps[index])
            pieces.append(Piece("end", "".join(lines[end:until])))
            continue
        source = "".join(lines[leaf.start : until])
        tokens = tuple(leaf.tokens)
        pieces.append(Piece("item", source, tokens, "", is_first, leaf.levels, gaps[index]))
    if stub is None:
        pieces.append(Piece("end", ""))
        return NOTHING_OPEN, block.until
    leaf = leaves[finished]
    if leaf.fence:
        end = _give_out_code(pieces, leaf, lines, opened, gap=gaps[finished])
        return _open_list(leaf, stub + lines[leaf.start], gap=False), end
    return (_open_list(leaf, stub, gap=gaps[finished]) if finished else state), leaf.start


def _open_list(leaf: Leaf, stub: str, *, gap: bool) -> OpenBlock:
    """Return the state in which a list goes on with a leaf."""
    levels = tuple(level for level in leaf.levels if not level.starts)
    number = leaf.levels[len(levels)].number if len(levels) < len(leaf.levels) else None
    return OpenBlock("list", stub, OpenItems(levels, number, stub.count("\n")), gap)


def _give_out_code(
    pieces: list[Piece], leaf: Leaf, lines: Sequence[str], opened: OpenItems, *, gap: bool
) -> int:
    """Give out the lines of a fence in an item; return the line after them."""
    fence, levels = leaf.fence, leaf.levels
    assert fence is not None, "the caller has looked"
    if leaf.start >= opened.stub_lines:
        text = fences.parse_language(fence.info)
        source = lines[leaf.start]
        pieces.append(Piece("fence_open", source, (), text, starts=False, levels=levels, gap=gap))
    texts = fence.content.removesuffix("\n").split("\n") if fence.content else []
    for line, text in enumerate(texts, leaf.start + 1):
        source = lines[line]
        pieces.append(Piece("fence_line", source, text=text, starts=False, levels=levels))
    return leaf.start + 1 + len(texts)


def _split_quote(
    pieces: list[Piece], block: Block, lines: Sequence[str], state: OpenBlock
) -> tuple[OpenBlock, int]:
    goes_on, gap = state.kind == "quote", state.gap
    children = group_children(block.tokens[1:-1]) or [()]
    starts = [get_lines(child)[0] if index else block.start for index, child in enumerate(children)]
    starts.append(block.until)
    finished = len(children)
    if block.is_open:
        # What is left must begin like a quote; markdown-it lets later lines be indented further.
        finished = max(
            index for index in range(finished) if index == 0 or _is_quoted(lines[starts[index]])
        )
    for index, child in enumerate(children[:finished]):
        source = "".join(lines[starts[index] : starts[index + 1]])
        is_first = index == 0 and not goes_on
        pieces.append(Piece("quote", source, tuple(child), starts=is_first, gap=gap))
        gap = bool(child) and starts[index + 1] > find_content_end(child)
    if block.is_open:
        return (OpenBlock("quote", gap=gap) if finished else state), starts[finished]
    pieces.append(Piece("end", ""))
    return NOTHING_OPEN, block.until


def _is_quoted(line: str) -> bool:
    content = line.lstrip(" ")
    return content.startswith(">") and len(line) - len(content) < CODE_INDENT


def _split_table(
    pieces: list[Piece], block: Block, lines: Sequence[str], state: OpenBlock
) -> tuple[OpenBlock, int]:
    goes_on = state.kind == "table"
    head = block.start + 2  # the header and the delimiter row
    rows = [group for group in _find_rows(block.tokens) if get_lines(group)[0] >= head]
    if not goes_on:
        source = "".join(lines[block.start : head])
        pieces.append(Piece("table_head", source, tuple(_find_rows(block.tokens)[0])))
    for row in rows:
        start, end = get_lines(row)
        pieces.append(Piece("table_row", "".join(lines[start:end]), tuple(row), starts=False))
    if block.is_open:
        return OpenBlock("table", "".join(lines[block.start : head])), block.end
    pieces.append(Piece("end", "".join(lines[max(block.end, head) : block.until])))
    return NOTHING_OPEN, block.until


def _find_rows(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    sections = group_children(tokens[1:-1])
    return [row for section in sections for row in group_children(section[1:-1])]


def _split_verbatim(
    pieces: list[Piece], block: Block, lines: Sequence[str], state: OpenBlock
) -> tuple[OpenBlock, int]:
    """Give out the lines of an HTML block, a formula or indented code."""
    is_code = block.kind == "code_block"
    kind = block.kind.removesuffix("_block")
    goes_on = state.kind == kind
    given_out = state.stub.count("\n") if goes_on else 0
    shown = block.tokens[0].content.split("\n") if is_code else lines[block.start : block.end]
    for index in range(block.start + given_out, block.end):
        text = shown[index - block.start].removesuffix("\n")
        starts = index == block.start
        pieces.append(Piece(f"{kind}_line", lines[index], text=text, starts=starts))
    if not block.is_open:
        pieces.append(Piece("end", "".join(lines[block.end : block.until])))
        return NOTHING_OPEN, block.until
    # Code goes on after its last line; what else there is needs its first line too, which says
    # what ends it.
    stub = {block.end - 1} if is_code else {block.start, block.end - 1}
    return OpenBlock(kind, "".join(lines[index] for index in sorted(stub))), block.end


def _split_whole_fence(
    pieces: list[Piece], block: Block, lines: Sequence[str]
) -> tuple[OpenBlock, int]:
    """Give out a fence whose end the parser has found, or the lines so far of an open one."""
    fence = fences.parse_opening(lines[block.start])
    assert fence is not None, "the parser found a fence here"
    pieces.append(Piece("fence_open", lines[block.start], text=fence.language))
    is_closed = _is_closed_fence(lines[block.start : block.end])
    code_end = block.end - 1 if is_closed else block.end
    for line in lines[block.start + 1 : code_end]:
        text = fences.strip_indent(fence, line).removesuffix("\n")
        pieces.append(Piece("fence_line", line, text=text, starts=False))
    if block.is_open:
        return OpenBlock("fence", fence=fence), block.end
    pieces.append(Piece("end", "".join(lines[code_end : block.until])))
    return NOTHING_OPEN, block.until


def _split_fence(
    pieces: list[Piece], state: OpenBlock, source: str, *, is_whole: bool
) -> tuple[OpenBlock, str]:
    fence = state.fence
    assert fence is not None, "an open fence is known"
    lines = split_lines(source)
    for index, line in enumerate(lines):
        if fences.is_closing(fence, line):
            pieces.append(Piece("end", line))
            return NOTHING_OPEN, "".join(lines[index + 1 :])
        text = fences.strip_indent(fence, line).removesuffix("\n")
        pieces.append(Piece("fence_line", line, text=text, starts=False))
    if is_whole:
        pieces.append(Piece("end", ""))
        return NOTHING_OPEN, ""
    return state, ""


def _split_paragraph(
    pieces: list[Piece], state: OpenBlock, source: str, *, is_whole: bool
) -> tuple[OpenBlock, str]:
    text = state.stub + source
    lines = split_lines(text)
    blocks = find_blocks(parse_long_paragraph(text), lines, is_whole=is_whole)
    paragraph = blocks[0]
    if paragraph.is_open:
        return state, source
    rest = "".join(lines[: paragraph.end])[len(state.stub) :]
    starts = not state.stub
    while rest:
        cut = cut_paragraph(rest.rstrip("\n")) or len(rest)
        pieces.append(Piece("paragraph", rest[:cut], text=rest[:cut], starts=starts))
        rest, starts = rest[cut:], False
    pieces.append(Piece("end", "".join(lines[paragraph.end : paragraph.until])))
    return NOTHING_OPEN, "".join(lines[paragraph.until :])
