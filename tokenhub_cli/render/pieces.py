"""Splits Markdown source into pieces: what is finished, what is open, what is left. Pure.

See `render/blocks.py` for what a piece is and which rules hold. There is one way for all depths: a
leaf of the tree of blocks is given out with the items and quotes that it stands in, a long one in
parts; `render/parts.py` knows the parts, and what must stand for them in the next parse.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from markdown_it.token import Token

from tokenhub_cli.render import fences
from tokenhub_cli.render.formula_blocks import Resumed
from tokenhub_cli.render.formulas import NOTHING_OPENED, Opened
from tokenhub_cli.render.leaves import NO_LEVELS, Leaf, OpenLevels, build_stub, find_leaves, settle
from tokenhub_cli.render.paragraphs import LONG_PARAGRAPH
from tokenhub_cli.render.parser import (
    get_lines,
    group_children,
    parse_blocks,
    parse_long_paragraph,
)
from tokenhub_cli.render.parts import (
    GROWING,
    Piece,
    Source,
    cut_open_paragraph,
    find_own_stub,
    give_out,
    split_lines,
)


@dataclass(frozen=True, slots=True)
class OpenBlock:
    """The block on the highest level that is not finished, if pieces were given out of it.

    Attributes:
        stub: The least text that puts the parser into the state in which the rest goes on.
        opened: The items and quotes that are open in it.
        has_begun: Whether pieces were given out.
        gap: Whether blank lines part what was given out from what follows.
        is_partial: Whether the stub's last leaf goes on.
        is_long: Whether the leaf that follows or goes on is a long paragraph.
        fence: The fence that it is, if it stands in nothing.
        formula: What is open in the paragraph that follows or goes on.
    """

    stub: str = ""
    opened: OpenLevels = NO_LEVELS
    has_begun: bool = False
    gap: bool = False
    is_partial: bool = False
    is_long: bool = False
    fence: fences.Fence | None = None
    formula: Opened = NOTHING_OPENED

    @property
    def resumed(self) -> Resumed | None:
        """What the next parse must know of a paragraph that is known to be one.

        What follows the end of a display may be indented as code is.
        """
        if self.formula == NOTHING_OPENED and not (self.is_partial and self.is_long):
            return None
        # A list is two levels of the parser's, a quote one; for what is before stands one letter.
        level = sum(1 if level.is_quote else 2 for level in self.opened.levels)
        return Resumed(self.stub.count("\n"), level, self.formula, int(self.is_partial))


@dataclass(frozen=True, slots=True)
class Block:
    """A block on the highest level of a parse: its tokens, and where it and the next one begin."""

    tokens: Sequence[Token]
    start: int
    until: int
    is_open: bool


NOTHING_OPEN = OpenBlock()


def split(state: OpenBlock, source: str, *, is_whole: bool) -> tuple[list[Piece], OpenBlock, str]:
    """Split whole lines into finished pieces, what is open then, and the unfinished rest.

    Args:
        state: The block that the source goes on with.
        source: Whole lines; with `is_whole` the last one may lack its end.
        is_whole: Whether the text ends here: everything is finished then.
    """
    pieces: list[Piece] = []
    while source or (is_whole and state != NOTHING_OPEN):
        before = state, source
        if state.fence is not None:
            state, source = _split_fence(pieces, state, source, is_whole=is_whole)
        elif state.is_long:
            state, source = _split_long_paragraph(pieces, state, source, is_whole=is_whole)
        else:
            state, source = _split_blocks(pieces, state, source, is_whole=is_whole)
        if (state, source) == before:
            break
    return pieces, state, source


def cut_long_line(
    state: OpenBlock, source: str, line: str
) -> tuple[list[Piece], OpenBlock, str] | None:
    """Give out parts of a long paragraph although its last line has no end yet, or return None.

    Args:
        state: The block that the source goes on with.
        source: Whole lines.
        line: The last line, as far as it may count as text that cannot turn into anything else.
    """
    if state.fence is not None:
        return None
    pieces, state, rest = split(state, f"{source}{line}\n" if line else source, is_whole=False)
    if not state.is_long:
        return None
    rest = rest.removesuffix("\n") if line else rest
    text = Source(state.stub + rest)
    parse = parse_long_paragraph(text.text, state.resumed)
    leaf = find_leaves(group_children(parse)[-1], state.opened)[-1]
    if leaf.kind != "paragraph_open" or leaf.content.startswith("<"):
        return None
    given = len(state.stub)
    parts, opened = cut_open_paragraph(leaf, text, given)
    if not parts:
        return None
    parts[0] = replace(parts[0], starts=not state.has_begun, gap=state.gap)
    rest = rest[sum(len(part.source) for part in parts) :]
    state = replace(_go_on(leaf, text, is_long=True), formula=opened)
    return [*pieces, *parts], state, rest


def _find_blocks(tokens: Sequence[Token], lines: Sequence[str], *, is_whole: bool) -> list[Block]:
    groups = group_children(tokens)
    blocks = []
    for index, group in enumerate(groups):
        start, end = get_lines(group)
        is_last = index + 1 == len(groups)
        until = len(lines) if is_last else get_lines(groups[index + 1])[0]
        is_open = is_last and not is_whole and not _is_closed(group, start, end, lines)
        blocks.append(Block(group, start, until, is_open))
    return blocks


def _is_closed(tokens: Sequence[Token], start: int, end: int, lines: Sequence[str]) -> bool:
    """Whether the last block of whole lines can get no further line."""
    match tokens[0].type:
        case "heading_open" | "hr":
            return True
        case "paragraph_open" | "table_open" | "html_block" | "formula_block":
            return end < len(lines)  # a blank line, or the HTML block's own end, came after it
        case "fence":
            fence = fences.parse_opening(lines[start])
            return (
                fence is not None and end - start > 1 and fences.is_closing(fence, lines[end - 1])
            )
    return False


def _split_blocks(
    pieces: list[Piece], state: OpenBlock, text: str, *, is_whole: bool
) -> tuple[OpenBlock, str]:
    source = Source(state.stub + text)
    parse = parse_blocks(source.text, state.resumed)
    blocks = _find_blocks(parse, source.lines, is_whole=is_whole)
    blank = source.join(0, blocks[0].start if blocks else len(source.lines))
    if blank:
        pieces.append(Piece("blank", blank))
    for index, block in enumerate(blocks):
        after = blocks[index + 1] if index + 1 < len(blocks) else None
        state, end = _split_block(pieces, block, source, state, after)
        if block.is_open or state != NOTHING_OPEN:
            return state, source.text[end:]
    return NOTHING_OPEN, ""


def _split_block(
    pieces: list[Piece], block: Block, source: Source, state: OpenBlock, after: Block | None
) -> tuple[OpenBlock, int]:
    """Give out the finished leaves of a block; return what is open, and where the rest begins."""
    leaves = _find_rest(block, state)
    gaps = [state.gap, *(later.start > leaf.end for leaf, later in pairwise(leaves))]
    finished = len(leaves)
    if block.is_open:
        finished -= 1
        while finished and _build_stub(leaves[finished], source) is None:
            finished -= 1
    starts = not state.has_begun
    begin = len(state.stub) or source.offsets[block.start]  # of what was not given out
    for index, leaf in enumerate(leaves[: finished + 1]):
        following = leaves[index + 1] if index + 1 < len(leaves) else None
        is_long = _is_long_paragraph(leaf, following, after, source) and _can_go_on(leaf, source)
        goes_on = index < finished or (leaf.kind in GROWING and _can_go_on(leaf, source))
        if is_long or not goes_on:
            if starts and not is_long and leaf.opened == NOTHING_OPENED:
                return NOTHING_OPEN, begin
            stay = _stay_before(
                leaf, source, gap=gaps[index], has_begun=not starts, is_long=is_long
            )
            return stay, begin
        until = None if index == finished else following.start if following else block.until
        given_out, begin = give_out(leaf, source, begin, until, starts=starts, gap=gaps[index])
        pieces += given_out
        starts = False
        if until is None:
            return _go_on(leaf, source), begin
    return NOTHING_OPEN, source.offsets[block.until]


def _split_long_paragraph(
    pieces: list[Piece], state: OpenBlock, text: str, *, is_whole: bool
) -> tuple[OpenBlock, str]:
    source = Source(state.stub + text)
    parse = parse_long_paragraph(source.text, state.resumed)
    block = _find_blocks(parse, source.lines, is_whole=is_whole)[0]
    leaf, *others = _find_rest(block, state)
    if block.is_open and not others:
        return state, text
    until = others[0].start if others else block.until
    starts, begin = not state.has_begun, len(state.stub)
    given_out, end = give_out(leaf, source, begin, until, starts=starts, gap=state.gap)
    pieces += given_out
    if not others:
        return NOTHING_OPEN, source.text[end:]
    stub = build_stub(leaf.levels, leaf.marks, source.lines) or ""
    opened = OpenLevels(settle(leaf.levels), None, stub.count("\n"))
    return OpenBlock(stub, opened, has_begun=True, gap=until > leaf.end), source.text[end:]


def _find_rest(block: Block, state: OpenBlock) -> list[Leaf]:
    """Return the leaves of a block that were not given out, or not wholly."""
    leaves = find_leaves(block.tokens, state.opened)
    if not state.stub:
        return leaves
    given_out = sum(leaf.start < state.opened.stub_lines for leaf in leaves)
    return leaves[given_out - 1 if state.is_partial else given_out :]


def _is_long_paragraph(
    leaf: Leaf, following: Leaf | None, after: Block | None, source: Source
) -> bool:
    """Whether a leaf was a long paragraph before its last line made something else of it."""
    end = leaf.first
    match leaf.kind:
        case "paragraph_open":
            end = leaf.end
            if following is not None:
                is_beside = following.levels == settle(leaf.levels) and following.start == end
                end += following.kind == "table_open" and is_beside
            elif after is not None and not leaf.levels:
                end += after.tokens[0].type == "table_open" and after.start == end
        case "heading_open" if leaf.tokens[0].markup in {"=", "-"}:
            end = leaf.end - 1
        case "table_open":
            end = leaf.first + 1
    return len(source.join(leaf.first, end).strip()) > LONG_PARAGRAPH


def _build_stub(leaf: Leaf, source: Source) -> str | None:
    """Return what puts the parser before a leaf, or None if that is not certain."""
    count = leaf.levels_before
    return build_stub(leaf.levels[:count], leaf.marks[:count], source.lines) if count else ""


def _can_go_on(leaf: Leaf, source: Source) -> bool:
    """Whether it is certain what stands for a leaf, and for what it stands in, when it goes on."""
    is_certain = build_stub(leaf.levels, leaf.marks, source.lines) is not None
    return is_certain and not leaf.is_too_deep


def _stay_before(
    leaf: Leaf,
    source: Source,
    *,
    gap: bool,
    has_begun: bool,
    is_long: bool,
) -> OpenBlock:
    """Return the state in which a leaf follows of which nothing was given out."""
    count = leaf.levels_before
    number = leaf.levels[count].number if count < len(leaf.levels) else None
    stub = _build_stub(leaf, source) or ""
    opened = OpenLevels(settle(leaf.levels[:count]), number, stub.count("\n"))
    return OpenBlock(stub, opened, has_begun, gap, is_long=is_long, formula=leaf.opened)


def _go_on(leaf: Leaf, source: Source, *, is_long: bool = False) -> OpenBlock:
    """Return the state in which a leaf goes on of which something was given out."""
    if leaf.kind == "fence" and not leaf.levels:
        return OpenBlock(has_begun=True, fence=fences.parse_opening(source.lines[leaf.first]))
    stub = (_build_stub(leaf, source) or "") + find_own_stub(leaf, source)
    opened = OpenLevels(settle(leaf.levels), None, len(split_lines(stub)))
    return OpenBlock(stub, opened, has_begun=True, is_partial=True, is_long=is_long)


def _split_fence(
    pieces: list[Piece], state: OpenBlock, source: str, *, is_whole: bool
) -> tuple[OpenBlock, str]:
    """Split the lines of a fence that stands in nothing, without a parser."""
    fence = state.fence
    assert fence is not None, "an open fence is known"
    lines = split_lines(source)
    for index, line in enumerate(lines):
        if fences.is_closing(fence, line):
            pieces.append(Piece("end", line))
            return NOTHING_OPEN, "".join(lines[index + 1 :])
        text = fences.strip_indent(fence, line).removesuffix("\n")
        pieces.append(Piece("fence_line", line, text=text))
    if is_whole:
        pieces.append(Piece("end", ""))
        return NOTHING_OPEN, ""
    return state, ""
