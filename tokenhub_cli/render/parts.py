"""The parts of a block in which a long one is given out, and what stands for them later. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from markdown_it.token import Token

from tokenhub_cli.render.fences import parse_language
from tokenhub_cli.render.formula_blocks import FORMULA_BLOCK
from tokenhub_cli.render.formulas import NOTHING_OPENED, Opened, follow
from tokenhub_cli.render.leaves import Leaf, Level, settle
from tokenhub_cli.render.paragraphs import cut_paragraph
from tokenhub_cli.render.parser import get_lines, group_children

# What is given out line by line while it grows.
GROWING = frozenset({"fence", "table_open", "html_block", "code_block", FORMULA_BLOCK})
_BLANKS = " \t"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a document.

    Attributes:
        kind: `paragraph heading rule fence_open fence_line code_line html_line
            formula_line table_head table_row`; `end` after the last of a block; `blank` for blank
            lines alone.
        source: The text it came from, blank lines after it included.
        tokens: What is inside, as block tokens (heading, cells).
        text: A paragraph's text, a line of code, HTML or a formula, or a fence's language.
        starts: Whether it is the first of a block on the highest level.
        levels: The list items and quotes that it stands in, outermost first.
        gap: Whether blank lines part it from the piece before it in the same list or quote.
        opened: What is open in its paragraph where it begins.
    """

    kind: str
    source: str
    tokens: tuple[Token, ...] = ()
    text: str = ""
    starts: bool = False
    levels: tuple[Level, ...] = ()
    gap: bool = False
    opened: Opened = NOTHING_OPENED


class Source:
    """A text with its lines and where they begin.

    Args:
        text: The text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = split_lines(text)
        self.offsets = [0, *accumulate(map(len, self.lines))]

    def join(self, start: int, end: int) -> str:
        """Return some lines."""
        return self.text[self.offsets[start] : self.offsets[end]]


@dataclass(frozen=True, slots=True)
class _Part:
    """What a piece shows, and where its source ends."""

    end: int
    kind: str
    text: str = ""
    tokens: tuple[Token, ...] = ()
    opened: Opened = NOTHING_OPENED  # what is open where a paragraph's part begins


def split_lines(text: str) -> list[str]:
    """Return the lines of `text` with their ends; newlines alone end a line."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    if not lines[-1]:
        lines.pop()
    return lines


def give_out(
    leaf: Leaf, source: Source, begin: int, until: int | None, *, starts: bool, gap: bool
) -> tuple[list[Piece], int]:
    """Return the pieces of a leaf that were not given out, and where they end in the source.

    Args:
        leaf: The leaf.
        source: The parsed text.
        begin: Where in it begins what was not given out.
        until: The line before which the leaf has ended, or None if it may go on.
        starts: Whether it is the first of its block on the highest level.
        gap: Whether blank lines stand before it.
    """
    pieces: list[Piece] = []
    levels = () if leaf.is_too_deep else leaf.levels
    for number, part in enumerate(_find_parts(leaf, source, begin)):
        if part.end > begin:
            head = (starts, levels, gap) if number == 0 else (False, settle(levels), False)
            written = source.text[begin : part.end]
            pieces.append(Piece(part.kind, written, part.tokens, part.text, *head, part.opened))
            begin = part.end
    if until is not None:
        pieces.append(Piece("end", source.text[begin : source.offsets[until]]))
        begin = source.offsets[until]
    return pieces, begin


def find_own_stub(leaf: Leaf, source: Source) -> str:
    """Return the least text of a leaf after which it goes on, with the marks on its first line."""
    first = leaf.first + 1
    match leaf.kind:
        case "table_open":
            first += 1  # the delimiter row
        case "paragraph_open":
            return source.text[source.offsets[leaf.start] : _locate(leaf, source)[1][0]] + "x"
        case "code_block" | "html_block" | "formula_block":
            # The first line says what ends HTML or a formula; code goes on after its last line.
            return source.join(leaf.start, first) + source.join(max(leaf.end - 1, first), leaf.end)
    return source.join(leaf.start, first)


def cut_open_paragraph(leaf: Leaf, source: Source, given: int) -> tuple[list[Piece], Opened]:
    """Return what of an open paragraph is long enough, and what is open then.

    All is but its last part.

    Args:
        leaf: The paragraph.
        source: The parsed text.
        given: How many characters of it stand for what was given out.
    """
    pieces: list[Piece] = []
    begin = max(given, source.offsets[leaf.start])
    levels = leaf.levels
    *parts, last = _find_paragraph_parts(leaf, source, given)
    for part in parts:
        written, opened = source.text[begin : part.end], part.opened
        pieces.append(Piece(part.kind, written, text=part.text, levels=levels, opened=opened))
        begin, levels = part.end, settle(levels)
    return pieces, last.opened


def _find_parts(  # noqa: PLR0911 - one return a type
    leaf: Leaf, source: Source, given: int
) -> Sequence[_Part]:
    first, offsets = leaf.first, source.offsets
    if leaf.is_too_deep:
        lines = source.lines[leaf.start : leaf.end]
        return _find_line_parts(lines, "html_line", leaf.start, source)
    match leaf.kind:
        case "paragraph_open":
            return _find_paragraph_parts(leaf, source, given)
        case "heading_open":
            return [_Part(offsets[leaf.end], "heading", "", tuple(leaf.tokens))]
        case "hr":
            return [_Part(offsets[leaf.end], "rule", "", tuple(leaf.tokens))]
        case "fence":
            head = _Part(offsets[first + 1], "fence_open", parse_language(leaf.tokens[0].info))
            return [head, *_find_line_parts(_read_code(leaf), "fence_line", first + 1, source)]
        case "code_block":
            return _find_line_parts(_read_code(leaf), "code_line", first, source)
        case "html_block" | "formula_block":
            kind = leaf.kind.replace("block", "line")
            return _find_line_parts(_read_code(leaf), kind, first, source)
        case "table_open":
            head_row, *rows = _find_rows(leaf.tokens)
            return [
                _Part(offsets[first + 2], "table_head", "", tuple(head_row)),
                *(_Part(offsets[get_lines(row)[1]], "table_row", "", tuple(row)) for row in rows),
            ]
    return [_Part(offsets[leaf.end], "paragraph")]


def _read_code(leaf: Leaf) -> Sequence[str]:
    return leaf.content.removesuffix("\n").split("\n") if leaf.content else []


def _find_line_parts(texts: Sequence[str], kind: str, first: int, source: Source) -> list[_Part]:
    ends = source.offsets[first + 1 :]
    return [_Part(end, kind, text.rstrip("\n")) for end, text in zip(ends, texts, strict=False)]


def _find_rows(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    sections = group_children(tokens[1:-1])
    return [row for section in sections for row in group_children(section[1:-1])]


def _find_paragraph_parts(leaf: Leaf, source: Source, given: int) -> list[_Part]:
    lines, starts = _locate(leaf, source)
    content = "\n".join(lines)
    parts: list[_Part] = []
    opened = leaf.opened
    # A paragraph that goes on begins with the stub's word, which is one letter.
    end = 1 if starts[0] < given else 0
    while end < len(content):
        cut = cut_paragraph(content[end:], opened.display) or len(content) - end
        text = content[end : end + cut]
        end += cut
        before = content[:end]
        place = starts[before.count("\n")] + end - (before.rfind("\n") + 1)
        is_last = end == len(content)
        place = source.offsets[leaf.end] if is_last else place
        parts.append(_Part(place, "paragraph", text, opened=opened))
        opened = follow(opened, text)
    return parts


def _locate(leaf: Leaf, source: Source) -> tuple[list[str], list[int]]:
    """Return the lines of a paragraph without what stands before them, and where they begin."""
    texts = [text.lstrip(_BLANKS) for text in leaf.content.split("\n")]
    number = leaf.first
    while texts[0] not in source.lines[number]:  # a line of white space that is not Markdown's
        number += 1
    starts = [
        source.offsets[number + index] + source.lines[number + index].rfind(text)
        for index, text in enumerate(texts)
    ]
    return texts, starts
