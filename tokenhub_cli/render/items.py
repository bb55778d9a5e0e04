"""List items, at any depth, as a row of leaves. Pure.

A list is a tree, and its text grows at one end only: at the last leaf. So a list is given out leaf
by leaf (a paragraph, a piece of code, a table, whatever is no list itself), each with the items
that it stands in. What follows a cut is parsed behind a stub: the marks of the items that are open
there, each with a word for its content. A blank line after that word keeps what follows from going
on with it, and it changes nothing else: a leaf that may begin after a paragraph may begin after a
blank line, too.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markdown_it.token import Token

from tokenhub_cli.render.parser import find_content_end, get_lines, group_children

DEEPEST = 20  # lists in each other; one that stands deeper is a leaf
TASKS = {"[ ] ": "☐", "[x] ": "☑", "[X] ": "☑"}
# A mark whose content begins on its line. After five blanks code begins, after a tab who knows.
_MARK = re.compile(r" *(?:[-+*]|\d{1,9}[.)]) {1,4}(?=\S)")


@dataclass(frozen=True, slots=True)
class Level:
    """An item that something stands in.

    Attributes:
        number: Its number, or None for a bullet.
        task: The check box that its text begins with, or an empty string.
        starts: Whether this is the first that stands in it: its mark is shown here.
    """

    number: int | None
    task: str
    starts: bool


@dataclass(frozen=True, slots=True)
class Leaf:
    """A block in an item that is no list, or nothing for an item that is empty.

    Attributes:
        tokens: The block.
        start: Its first line; if items start here, the first one's.
        end: The line after its content.
        levels: The items it stands in, outermost first.
        marks: The lines on which these begin.
    """

    tokens: Sequence[Token]
    start: int
    end: int
    levels: tuple[Level, ...]
    marks: tuple[int, ...]

    @property
    def fence(self) -> Token | None:
        """The fence that this is, if it can be shown line by line: no mark stands before it."""
        is_fence = bool(self.tokens) and self.tokens[0].type == "fence"
        return self.tokens[0] if is_fence and not self.levels[-1].starts else None


@dataclass(frozen=True, slots=True)
class OpenItems:
    """The items that are open where a list was cut.

    Attributes:
        levels: The items, as far as something in them was given out.
        number: The number of the next item, if an ordered list goes on with one.
        stub_lines: How many lines of the parse stand for what was given out.
    """

    levels: tuple[Level, ...] = ()
    number: int | None = None
    stub_lines: int = 0


NO_ITEMS = OpenItems()


def find_leaves(tokens: Sequence[Token], opened: OpenItems) -> list[Leaf]:
    """Return the leaves of a list, given by its tokens.

    Args:
        tokens: A parse of the list, or of a stub and the list's rest.
        opened: What the stub stands for; its own leaves are returned, too.
    """
    return list(_walk(tokens, (), (), get_lines(tokens)[0], opened))


def find_task(tokens: Sequence[Token]) -> str:
    """Return the check box that an item's text begins with, or an empty string."""
    box = tokens[1].content[:4] if tokens and tokens[0].type == "paragraph_open" else ""
    return box if box in TASKS else ""


def find_number(tokens: Sequence[Token]) -> int | None:
    """Return the first number of a list, or None if it has bullets."""
    if tokens[0].type == "bullet_list_open":
        return None
    start = tokens[0].attrGet("start") if tokens[0].attrs else None
    return 1 if start is None else int(start)


def build_stub(leaf: Leaf, lines: Sequence[str]) -> str | None:
    """Return the least text after which a leaf may follow, or None if that is not certain.

    Args:
        leaf: The leaf that follows.
        lines: The parsed lines, in which the marks of its items are found.
    """
    stub = text = ""
    last = -1
    end = 0
    for level, line in zip(leaf.levels, leaf.marks, strict=True):
        if level.starts:
            break
        if line != last:
            stub, text, last, end = stub + text, "", line, 0
        mark = _MARK.match(lines[line], end)
        if mark is None:
            return None
        end = mark.end()
        text = lines[line][:end] + "x\n\n"
    return stub + text


def _walk(
    tokens: Sequence[Token],
    levels: tuple[Level, ...],
    marks: tuple[int, ...],
    start: int,
    opened: OpenItems,
) -> Iterator[Leaf]:
    depth = len(levels)
    number = find_number(tokens)
    if number is not None and opened.number is not None:
        is_next = depth == len(opened.levels) and get_lines(tokens)[0] == opened.stub_lines
        number = opened.number if is_next else number
    for index, item in enumerate(group_children(tokens[1:-1])):
        line = get_lines(item)[0]
        if line < opened.stub_lines:
            level = opened.levels[depth]
            number = level.number
        else:
            level = Level(number, find_task(item[1:-1]), starts=True)
        if index:
            levels, start = _settle(levels), line
        inner = (*levels, level)
        for place, child in enumerate(group_children(item[1:-1]) or [()]):
            if place:
                inner, start = _settle(inner), get_lines(child)[0]
            if len(inner) < DEEPEST and _is_list(child):
                yield from _walk(child, inner, (*marks, line), start, opened)
            else:
                end = find_content_end(child) if child else line + 1
                yield Leaf(child, start, end, inner, (*marks, line))
        number = None if number is None else number + 1


def _settle(levels: tuple[Level, ...]) -> tuple[Level, ...]:
    return tuple(replace(level, starts=False) if level.starts else level for level in levels)


def _is_list(tokens: Sequence[Token]) -> bool:
    # markdown-it leaves out the items of one that is nested too deep.
    return len(tokens) > 2 and tokens[0].type in {"bullet_list_open", "ordered_list_open"}  # noqa: PLR2004 - its own two tokens
