"""Lists are given out leaf by leaf, at any depth."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.render.documents import get_texts, lay_out, play, read_pieces
from tests.support.terminal import open_terminal
from tokenhub_cli.render.blocks import BlockReader
from tokenhub_cli.render.leaves import NO_LEVELS, Level, build_stub, find_leaves
from tokenhub_cli.render.parser import parse_blocks
from tokenhub_cli.render.parts import split_lines
from tokenhub_cli.render.pieces import NOTHING_OPEN, split
from tokenhub_cli.render.sanitize import sanitize

MARKS = ["- ", "* ", "1. ", "2. ", "10. ", "1) ", "-   ", "-     ", "- - ", "1. - ", "> ", "-\t"]
CONTENTS = [
    *("word", "two words", "[x] task", "# head", "a | b", "--|--", "1 | 2", "---", "==="),
    *("```", "```py", "~~~", "    code", "> quote", "> - q", "<div>", "-", "1.", "", "", "***"),
    *("'''doc", "x = '''", "def f():", "\tx"),
]
seeds = st.integers(0, 2**32)


def write_lists(seed: int) -> str:
    """Return lists in lists that hold anything, indented as far as they should be or not."""
    generator = random.Random(seed)  # noqa: S311 - a test's dice
    is_neat = generator.random() < 0.5
    lines: list[str] = []
    stack: list[str] = []
    for _ in range(generator.randint(4, 18)):
        content = generator.choice(CONTENTS)
        stack = stack[: generator.randint(0, len(stack))] if generator.random() < 0.3 else stack
        indent = sum(map(len, stack)) if is_neat else generator.randint(0, 9)
        mark = generator.choice(MARKS) if generator.random() < 0.5 else ""
        lines.append(" " * indent + mark + content)
        stack = [*stack, mark] if mark else stack
    return "\n".join(lines) + generator.choice(["", "\n"])


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(1, 9))
def test_lists_in_lists_read_as_the_whole_however_they_come(seed: int, size: int) -> None:
    """Whatever stands in an item, the lines are those of the whole."""
    text = write_lists(seed)
    whole = lay_out(read_pieces(text, []), 40)
    assert lay_out(read_pieces(text, list(range(0, len(text), size))), 40) == whole


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_the_sources_of_the_leaves_are_the_text(seed: int) -> None:
    """What was given out and the tail are the text so far, without any word of a stub."""
    reader = BlockReader()
    text, given_out = write_lists(seed), ""
    for end, character in enumerate(text, 1):
        given_out += "".join(piece.source for piece in reader.feed(character))
        tail = "".join(piece.source for piece in reader.read_tail())
        assert given_out + tail == text[:end]


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(1, 9), st.sampled_from([4, 6, 30]))
def test_lists_in_lists_end_on_the_screen_as_the_whole(seed: int, size: int, rows: int) -> None:
    """Nothing is lost or doubled where the lists do not fit the screen."""
    text = write_lists(seed)
    with open_terminal(40, rows) as terminal:
        whole = lay_out(read_pieces(sanitize(text), []), 39, rows)
        assert play(terminal, text, size=size) == get_texts(whole)


@pytest.mark.parametrize(
    ("source", "stub", "rest"),
    [
        ("1. a\n   - b\n   - c\n", "1. x\n\n", "   - c\n"),
        ("1. a\n   - b\n\n     c\n", "1. x\n\n   - x\n\n", "     c\n"),
        ("- 1. a\n\n     b\n", "- 1. x\n\n", "     b\n"),
        ("- - a\n- - b\n", "", "- - b\n"),
        ("- a\n  ```py\n  b\n", "- x\n\n  ```py\n", ""),
        ("- a\n  ```py\n  b\n  ```\n\n", "- x\n\n  ```py\n", "  ```\n\n"),
        ("- ```py\n  b\n", "- ```py\n", ""),
        ("-\t```py\n\tb\n", "", "-\t```py\n\tb\n"),
        ("-\ta\n\n\tb\n", "", "-\ta\n\n\tb\n"),
        ("- a\n  > b\n", "- x\n\n", "  > b\n"),
    ],
)
def test_what_was_given_out_of_a_list_is_replaced_by_marks(
    source: str, stub: str, rest: str
) -> None:
    """The last leaf stays, behind the marks of the items it goes on."""
    _, state, left = split(NOTHING_OPEN, source, is_whole=False)
    assert (state.stub, left) == (stub, rest)


def test_nested_items_keep_their_numbers_and_boxes() -> None:
    """Numbers count on behind a stub, and text hangs below a box as it does below a number."""
    text = "- [x] a\n\n  7. b\n  7. c\n\n     d\n  7. e\n\n  f\n- g\n"
    lines = lay_out(read_pieces(text, list(range(len(text)))), 40)
    assert get_texts(lines) == [
        *("☑ a", "", "   7. b", "   8. c", "", "      d", "   9. e", "", "  f", "• g"),
    ]


def test_leaves_know_the_items_they_stand_in() -> None:
    """A leaf is the first of some items and goes on others."""
    text = "3. a\n   - [ ] b\n"
    first, second = find_leaves(parse_blocks(text), NO_LEVELS)
    assert first.levels == (Level(3, "", starts=True),)
    assert second.levels == (Level(3, "", starts=False), Level(None, "[ ] ", starts=True))
    assert (second.start, second.end, second.marks) == (1, 2, (0, 1))
    lines = split_lines(text)
    assert build_stub(second.levels[:1], second.marks[:1], lines) == "3. x\n\n"
    assert build_stub(second.levels, second.marks, lines) == "3. x\n\n   - x\n\n"


def test_a_long_nested_list_leaves_little_in_the_tail() -> None:
    """What is parsed with each frame does not grow with the list or the code in an item."""
    for line in ("   - an item\n", "   code\n"):
        reader = BlockReader()
        reader.feed("1. Section\n\n" + ("   ```\n" if "code" in line else ""))
        for _ in range(500):
            reader.feed(line)
            assert len("".join(piece.source for piece in reader.read_tail())) <= len(line)
