"""Markdown source is split into what is finished, what is open, and what is left."""

import pytest

from tokenhub_cli.render.pieces import NOTHING_OPEN, split, split_lines


def test_lines_end_at_newlines_alone() -> None:
    """A form feed or a line separator is text."""
    assert split_lines("a\x0cb\u2028c\n\nd") == ["a\x0cb\u2028c\n", "\n", "d"]


@pytest.mark.parametrize(
    ("source", "kind", "stub", "rest"),
    [
        ("```py\ncode\n", "fence", "", ""),
        ("- one\n- two\n", "list", "", "- two\n"),
        ("> one\n>\n> two\n", "quote", "", "> two\n"),
        ("a|b\n-|-\n1|2\n", "table", "a|b\n-|-\n", ""),
        ("<div>\na\nb\n", "html", "<div>\nb\n", ""),
        ("    a\n    b\n\n", "code", "    b\n", "\n"),
        ("text\n", "", "", "text\n"),
        ("# heading\n", "", "", ""),
        ("word " * 120 + "\n", "paragraph", "", "word " * 120 + "\n"),
    ],
)
def test_an_open_block_keeps_as_little_as_it_needs(
    source: str, kind: str, stub: str, rest: str
) -> None:
    """What was given out is replaced by the least text that leaves the parser in its state."""
    _, state, left = split(NOTHING_OPEN, source, is_whole=False)
    assert (state.kind, state.stub, left) == (kind, stub, rest)


def test_items_are_numbered_through() -> None:
    """An item that is parsed apart from the items before it keeps its number and its gap."""
    _, state, rest = split(NOTHING_OPEN, "7. a\n8. b\n\n9. c\n", is_whole=False)
    pieces, _, _ = split(state, rest + "10. d\n", is_whole=True)
    assert [(piece.levels[0].number, piece.gap) for piece in pieces[:-1]] == [
        (9, True),
        (10, False),
    ]


@pytest.mark.parametrize("underline", ["===\n", "---\n", "|-|\n"])
def test_a_long_paragraph_stays_one(underline: str) -> None:
    """Its length decides, whether or not the underline has come already."""
    long = "word | " * 100 + "\n"
    whole, _, _ = split(NOTHING_OPEN, long + underline, is_whole=True)
    _, state, rest = split(NOTHING_OPEN, long, is_whole=False)
    parts, _, _ = split(state, rest + underline, is_whole=True)
    assert [piece.kind for piece in whole] == [piece.kind for piece in parts]
    assert whole[0].kind == "paragraph"
