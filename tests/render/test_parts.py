"""Long blocks are given out in parts, and what stands for them is little."""

import pytest

from tokenhub_cli.render.leaves import NO_LEVELS, find_leaves
from tokenhub_cli.render.parser import group_children, parse_blocks
from tokenhub_cli.render.parts import Source, find_own_stub, give_out, split_lines


def test_lines_end_at_newlines_alone() -> None:
    """A form feed or a line separator is text."""
    assert split_lines("a\x0cb\u2028c\n\nd") == ["a\x0cb\u2028c\n", "\n", "d"]


@pytest.mark.parametrize(
    ("text", "parts", "stub"),
    [
        ("- ```py\n  a\n\n  b\n", ["- ```py\n", "  a\n", "\n", "  b\n"], "- ```py\n"),
        ("> a|b\n> -|-\n> 1|2\n", ["> a|b\n> -|-\n", "> 1|2\n"], "> a|b\n> -|-\n"),
        ("> <div>\n> x\n> y\n", ["> <div>\n", "> x\n", "> y\n"], "> <div>\n> y\n"),
        ("-     a\n      b\n", ["-     a\n", "      b\n"], "-     a\n      b\n"),
        ("1. > a\n   lazy\n", ["1. > a\n   lazy\n"], "1. > x"),
        ("# title\n", ["# title\n"], "# title\n"),
        ("-\n", ["-\n"], "-\n"),
    ],
)
def test_the_sources_of_the_parts_are_the_block(text: str, parts: list[str], stub: str) -> None:
    """Line by line, with the marks on them; the first has the marks to show."""
    source = Source(text)
    (leaf,) = find_leaves(group_children(parse_blocks(text))[0], NO_LEVELS)
    pieces, end = give_out(leaf, source, 0, None, starts=True, gap=False)
    assert [piece.source for piece in pieces] == parts
    assert [piece.starts for piece in pieces] == [True] + [False] * (len(parts) - 1)
    assert all(not level.starts for piece in pieces[1:] for level in piece.levels)
    assert end == len(text)
    assert find_own_stub(leaf, source) == stub


def test_what_stands_for_the_beginning_is_not_given_out_again() -> None:
    """Only what comes after it is, and the rest with the block's end."""
    text = "> ```\n> a\n> b\n> ```\n>\n"
    source = Source(text)
    (leaf,) = find_leaves(group_children(parse_blocks(text))[0], NO_LEVELS)
    pieces, _ = give_out(leaf, source, len("> ```\n> a\n"), 5, starts=False, gap=False)
    shown = [(piece.kind, piece.source) for piece in pieces]
    assert shown == [("fence_line", "> b\n"), ("end", "> ```\n>\n")]
