"""Markdown source is split into what is finished, what is open, and what is left."""

import pytest

from tokenhub_cli.render.pieces import NOTHING_OPEN, cut_long_line, split


@pytest.mark.parametrize(
    ("source", "stub", "rest"),
    [
        ("```py\ncode\n", "", ""),
        ("- one\n- two\n", "", "- two\n"),
        ("> one\n>\n> two\n", "> x\n>\n", "> two\n"),
        ("a|b\n-|-\n1|2\n", "a|b\n-|-\n", ""),
        ("<div>\na\nb\n", "<div>\nb\n", ""),
        ("    a\n    b\n    c\n\n", "    a\n    c\n", "\n"),
        ("- a\n\n  > b|c\n  > -|-\n  > 1|2\n", "- x\n\n  > b|c\n  > -|-\n", ""),
        ("> - ```\n>   a\n", "> - ```\n", ""),
        ("> 1. a\n>\n>    - b\n>\n>      c\n", "> 1. x\n>\n>    - x\n>\n", ">      c\n"),
        ("text\n", "", "text\n"),
        ("# heading\n", "", ""),
        ("word " * 120 + "\n", "", "word " * 120 + "\n"),
        ("- a\n\n  " + "word " * 120 + "\n", "- x\n\n", "  " + "word " * 120 + "\n"),
    ],
)
def test_an_open_block_keeps_as_little_as_it_needs(source: str, stub: str, rest: str) -> None:
    """What was given out is replaced by the least text that leaves the parser in its state."""
    _, state, left = split(NOTHING_OPEN, source, is_whole=False)
    assert (state.stub, left) == (stub, rest)


def test_a_long_line_is_cut_wherever_it_stands() -> None:
    """The rest of a paragraph stands behind the marks and a word."""
    line = "> - " + "word " * 200
    found = cut_long_line(NOTHING_OPEN, "> - a\n", line)
    assert found is not None
    pieces, state, rest = found
    assert [piece.kind for piece in pieces] == ["paragraph", "end", "paragraph", "paragraph"]
    assert "".join(piece.source for piece in pieces) + rest == "> - a\n" + line
    assert state.stub == "> x\n>\n> - x"
    assert cut_long_line(NOTHING_OPEN, "", "- short") is None


def test_items_are_numbered_through() -> None:
    """An item that is parsed apart from the items before it keeps its number and its gap."""
    _, state, rest = split(NOTHING_OPEN, "7. a\n8. b\n\n9. c\n", is_whole=False)
    pieces, _, _ = split(state, rest + "10. d\n", is_whole=True)
    shown = [piece for piece in pieces if piece.kind != "end"]
    assert [(piece.levels[0].number, piece.gap) for piece in shown] == [
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
