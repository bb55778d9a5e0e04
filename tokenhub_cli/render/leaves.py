"""Lists and quotes, in each other at any depth, as a row of leaves. Pure.

A list or a quote is a tree, and its text grows at one end only: at the last leaf. So it is given
out leaf by leaf (a paragraph, a piece of code, a table, whatever holds no blocks itself), each with
the items and quotes that it stands in; a block outside of them is a leaf that stands in nothing.
What follows a cut is parsed behind a stub: the marks of the items and quotes that are open there,
each with a word for its content. A blank line after that word keeps what follows from going on with
it, and it changes nothing else: a leaf that may begin after a paragraph may begin after a blank
line, too.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markdown_it.token import Token

from tokenhub_cli.render.formulas import NOTHING_OPENED, Opened
from tokenhub_cli.render.parser import get_lines, group_children, is_too_deep

TASKS = {"[ ] ": "☐", "[x] ": "☑", "[X] ": "☑"}
# A mark whose content begins on its line. After five blanks code begins, after a tab who knows.
_ITEM = re.compile(r" *(?:[-+*]|\d{1,9}[.)]) {1,4}(?=\S)")
_QUOTE = re.compile(r" *> ?")


@dataclass(frozen=True, slots=True)
class Level:
    """An item or a quote that something stands in.

    Attributes:
        number: An item's number, or None for a bullet.
        task: The check box that its text begins with, or an empty string.
        starts: Whether this is the first that stands in it: its mark is shown here.
        is_quote: Whether it is a quote.
    """

    number: int | None = None
    task: str = ""
    starts: bool = False
    is_quote: bool = False


@dataclass(frozen=True, slots=True)
class Leaf:
    """A block that holds no blocks, or nothing for an item that is empty.

    Attributes:
        tokens: The block.
        start: Its first line; if items or quotes start here, the first one's.
        end: The line after its last one.
        levels: The items and quotes that it stands in, outermost first.
        marks: The lines on which these begin.
        is_too_deep: Whether the parser may have dropped what stands in it.
    """

    tokens: Sequence[Token]
    start: int
    end: int
    levels: tuple[Level, ...]
    marks: tuple[int, ...]
    is_too_deep: bool = False

    @property
    def kind(self) -> str:
        """The type of its first token; empty if there is none."""
        return self.tokens[0].type if self.tokens else ""

    @property
    def opened(self) -> Opened:
        """What is open where a paragraph begins, if it goes on with a formula or was cut."""
        opened: Opened = NOTHING_OPENED
        if self.tokens:
            opened = self.tokens[0].meta.get("opened", NOTHING_OPENED)
        return opened

    @property
    def levels_before(self) -> int:
        """How many of its levels begin before it; the others begin with it."""
        return sum(mark < self.start for mark in self.marks) if self.marks else 0

    @property
    def first(self) -> int:
        """Its own first line."""
        return get_lines(self.tokens)[0] if self.tokens else self.start

    @property
    def content(self) -> str:
        """The text of a paragraph or heading, or the lines of code or HTML."""
        return self.tokens[1 if self.tokens[0].nesting else 0].content if self.tokens else ""


@dataclass(frozen=True, slots=True)
class OpenLevels:
    """The items and quotes that are open where a block was cut.

    Attributes:
        levels: They, as far as something in them was given out.
        number: The number of the next item, if an ordered list goes on with one.
        stub_lines: How many lines of the parse stand for what was given out.
    """

    levels: tuple[Level, ...] = ()
    number: int | None = None
    stub_lines: int = 0


NO_LEVELS = OpenLevels()


def find_leaves(tokens: Sequence[Token], opened: OpenLevels) -> list[Leaf]:
    """Return the leaves of a block on the highest level.

    Args:
        tokens: A parse of the block, or of a stub and the block's rest.
        opened: What the stub stands for; its own leaves are returned, too.
    """
    return list(_walk(tokens, (), (), get_lines(tokens)[0], opened))


def settle(levels: tuple[Level, ...]) -> tuple[Level, ...]:
    """Return levels for what follows in them: no mark is shown again."""
    return tuple(replace(level, starts=False) if level.starts else level for level in levels)


def build_stub(levels: Sequence[Level], marks: Sequence[int], lines: Sequence[str]) -> str | None:
    """Return the least text after which items and quotes are open, or None if it is not certain.

    Args:
        levels: The items and quotes, outermost first.
        marks: The lines on which they begin.
        lines: The parsed lines.
    """
    stub = ""
    for line in dict.fromkeys(marks):
        blank, end = "", 0
        for level, mark in zip(levels, marks, strict=True):
            if mark > line:
                break
            if mark < line and not level.is_quote:
                continue  # its indentation is taken together with what comes next
            match = (_QUOTE if level.is_quote else _ITEM).match(lines[line], end)
            if match is None:
                return None
            end = match.end()
            blank += match.group() if level.is_quote else " " * len(match.group())
        stub += f"{lines[line][:end]}x\n{blank.rstrip()}\n"
    return stub


def _walk(
    block: Sequence[Token],
    levels: tuple[Level, ...],
    marks: tuple[int, ...],
    start: int,
    opened: OpenLevels,
) -> Iterator[Leaf]:
    kind = block[0].type if block else ""
    is_container = kind in {"bullet_list_open", "ordered_list_open", "blockquote_open"}
    if not block:
        yield Leaf(block, start, marks[-1] + 1, levels, marks)
    elif is_too_deep(block[:2] if is_container else block):
        yield Leaf(block, start, get_lines(block)[1], levels, marks, is_too_deep=True)
    elif not is_container:
        yield Leaf(block, start, get_lines(block)[1], levels, marks)
    elif kind == "blockquote_open":
        line = get_lines(block)[0]
        is_open = line < opened.stub_lines
        quote = opened.levels[len(levels)] if is_open else Level(starts=True, is_quote=True)
        yield from _walk_children(block[1:-1], (*levels, quote), (*marks, line), start, opened)
    else:
        yield from _walk_items(block, levels, marks, start, opened)


def _walk_items(
    tokens: Sequence[Token],
    levels: tuple[Level, ...],
    marks: tuple[int, ...],
    start: int,
    opened: OpenLevels,
) -> Iterator[Leaf]:
    number = _find_number(tokens)
    if number is not None and opened.number is not None:
        is_next = len(levels) == len(opened.levels) and get_lines(tokens)[0] == opened.stub_lines
        number = opened.number if is_next else number
    for index, item in enumerate(group_children(tokens[1:-1])):
        line = get_lines(item)[0]
        if line < opened.stub_lines:
            level = opened.levels[len(levels)]
            number = level.number
        else:
            level = Level(number, _find_task(item[1:-1]), starts=True)
        if index:
            levels, start = settle(levels), line
        yield from _walk_children(item[1:-1], (*levels, level), (*marks, line), start, opened)
        number = None if number is None else number + 1


def _walk_children(
    tokens: Sequence[Token],
    levels: tuple[Level, ...],
    marks: tuple[int, ...],
    start: int,
    opened: OpenLevels,
) -> Iterator[Leaf]:
    for index, child in enumerate(group_children(tokens) or [()]):
        if index:
            levels, start = settle(levels), get_lines(child)[0]
        yield from _walk(child, levels, marks, start, opened)


def _find_task(tokens: Sequence[Token]) -> str:
    box = tokens[1].content[:4] if tokens and tokens[0].type == "paragraph_open" else ""
    return box if box in TASKS else ""


def _find_number(tokens: Sequence[Token]) -> int | None:
    if tokens[0].type == "bullet_list_open":
        return None
    start = tokens[0].attrGet("start") if tokens[0].attrs else None
    return 1 if start is None else int(start)
