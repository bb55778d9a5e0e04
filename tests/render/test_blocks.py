"""Growing Markdown is given out once, and reads as the whole does."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.render.documents import EXAMPLES, MIXED, get_texts, lay_out, read_pieces
from tokenhub_cli.render.blocks import LONGEST_LINE, MOST_OPEN, BlockReader

WORDS = [
    *("word", "two.", "**bold", "bold**", "`code`", "`", "*", "_a_", "snake_case", "[", "~~"),
    *("[link](http://x)", "<b>", "漢字漢字漢字漢字", "a|b", "\\*", "1.", "-", "#", "&amp;"),
    *("\n", "\n---", "\n===", "\n|-|-|\n", "\n- ", "\n> ", "\n\n", "\n```\n", "  \n", "\\\n"),
]
CONTAINERS = [
    ("> ", "> "),
    ("- ", "  "),
    ("12. ", "    "),
    (">", ">"),
    ("-   ", "    "),
    ("- > ", "  > "),
]
documents = st.lists(st.sampled_from(EXAMPLES), min_size=1, max_size=5).map("\n".join)
cuts = st.lists(st.integers(0, 400), max_size=12)
positions = st.integers(0, 2**32)


@settings(max_examples=150, deadline=None)
@given(documents, cuts)
def test_documents_cut_anywhere_read_as_the_whole(text: str, cuts: list[int]) -> None:
    """The lines of CommonMark's examples are the same, however the text came."""
    assert lay_out(read_pieces(text, cuts)) == lay_out(read_pieces(text, []))


@pytest.mark.parametrize("text", EXAMPLES)
def test_each_example_of_the_specification_reads_character_by_character(text: str) -> None:
    """Every example, given character by character, comes out as the whole does."""
    pieces = read_pieces(text, list(range(len(text))))
    assert lay_out(pieces) == lay_out(read_pieces(text, []))


@pytest.mark.parametrize("size", [1, 2, 7, 50])
def test_our_own_document_reads_the_same_in_pieces_of_any_size(size: int) -> None:
    """A document with all elements comes out the same."""
    pieces = read_pieces(MIXED, list(range(0, len(MIXED), size)))
    assert lay_out(pieces) == lay_out(read_pieces(MIXED, []))


@settings(max_examples=60, deadline=None)
@given(positions, cuts)
def test_long_paragraphs_cut_anywhere_read_as_the_whole(seed: int, cuts: list[int]) -> None:
    """Paragraphs that are given out in parts wrap and look as if they were not."""
    generator = random.Random(seed)  # noqa: S311 - a test's dice
    weights = [40 if word in {"word", "two."} else generator.choice([0, 0, 1, 2]) for word in WORDS]
    text = " ".join(generator.choices(WORDS, weights, k=250))
    cuts = [cut * len(text) // 400 for cut in cuts]
    assert lay_out(read_pieces(text, cuts)) == lay_out(read_pieces(text, []))


@settings(max_examples=150, deadline=None)
@given(positions, cuts, st.lists(st.sampled_from(CONTAINERS), min_size=1, max_size=3))
def test_what_stands_in_lists_and_quotes_reads_as_the_whole(
    seed: int, cuts: list[int], containers: list[tuple[str, str]]
) -> None:
    """Long paragraphs, code and tables in items and quotes are given out in parts, too."""
    generator = random.Random(seed)  # noqa: S311 - a test's dice
    weights = [40 if word in {"word", "two."} else generator.choice([0, 0, 1, 2]) for word in WORDS]
    table = "a | b\n--|--\n" + "".join(f"{row} | x\n" for row in range(generator.randrange(30)))
    code = "```py\n" + "".join(f"x = {row}\n" for row in range(generator.randrange(9))) + "```\n"
    paragraph = " ".join(generator.choices(WORDS, weights, k=generator.choice([20, 200]))) + "\n"
    blocks = [table, code, paragraph, paragraph, "<div>\nx\n</div>\n", "    code\n\n    more\n"]
    text = generator.choice(["\n", ""]).join(generator.choices(blocks, k=3))
    for first, others in containers:
        # Some lines go on lazily.
        lines = text.splitlines(keepends=True)
        indented = [line if generator.random() < 0.02 else others + line for line in lines[1:]]
        text = first + lines[0] + "".join(indented)
    cuts = [cut * len(text) // 400 for cut in cuts]
    for width in (12, 60):
        assert lay_out(read_pieces(text, cuts), width) == lay_out(read_pieces(text, []), width)
    assert "".join(piece.source for piece in read_pieces(text, cuts)) == text


@settings(max_examples=60, deadline=None)
@given(documents, cuts)
def test_the_sources_of_all_pieces_are_the_text(text: str, cuts: list[int]) -> None:
    """Committed and tail are always the whole."""
    reader = BlockReader()
    given_out = ""
    edges = sorted({0, len(text), *(min(cut, len(text)) for cut in cuts)})
    for start, end in pairwise(edges):
        given_out += "".join(piece.source for piece in reader.feed(text[start:end]))
        tail = "".join(piece.source for piece in reader.read_tail())
        assert given_out + tail == text[:end]


def kinds(text: str) -> list[str]:
    return [piece.kind for piece in BlockReader().feed(text)]


@pytest.mark.parametrize(
    ("text", "finished"),
    [
        ("a paragraph that may become\n", []),
        ("a paragraph\n\n", ["paragraph", "end"]),
        ("# heading\n", ["heading", "end"]),
        ("title\n---\n", ["heading", "end"]),
        ("- one\n", []),
        ("- one\n- two\n", ["paragraph", "end"]),
        ("- one\n-", []),
        ("- one\n\nafter", []),
        ("- one\n\nafter\n", ["paragraph", "end"]),
        ("```\ncode\n", ["fence_open", "fence_line"]),
        ("```\n~~~\n", ["fence_open", "fence_line"]),
        ("````\n```\n````\n", ["fence_open", "fence_line", "end"]),
        ("a | b\n", []),
        ("a | b\n--|--\n1 | 2\n", ["table_head", "table_row"]),
        ("> one\n>\n> two\n", ["paragraph", "end"]),
        ("- ```\n  code\n", ["fence_open", "fence_line"]),
        ("> a | b\n> --|--\n> 1 | 2\n", ["table_head", "table_row"]),
        ("> - <div>\n>   x\n", ["html_line", "html_line"]),
        ("1. > " + "word " * 120 + "\n", ["paragraph"]),
        ("<div>\nx\n", ["html_line", "html_line"]),
        ("    code\n\n", ["code_line"]),
        ("[a]: https://x\n\n", ["paragraph", "end"]),
    ],
)
def test_what_may_still_change_stays_in_the_tail(text: str, finished: list[str]) -> None:
    """Blocks, items, rows and lines are given out as soon as nothing can change them."""
    assert kinds(text) == finished


def test_a_long_paragraph_is_given_out_before_it_ends() -> None:
    """A paragraph without a line end does not pile up in the tail."""
    reader = BlockReader()
    text = "These are words of a paragraph. " * 100
    given_out = [
        piece
        for start in range(0, len(text), 10)
        for piece in reader.feed(text[start : start + 10])
    ]
    assert {piece.kind for piece in given_out} == {"paragraph"}
    tail = "".join(piece.source for piece in reader.read_tail())
    assert len(tail) < 700


def test_emphasis_is_never_cut_in_two() -> None:
    """A long paragraph is not cut where a mark is still open."""
    text = "word " * 95 + "**" + "bold " * 60 + "end** " + "word " * 200
    parts = [piece.text for piece in read_pieces(text, []) if piece.kind == "paragraph"]
    assert len(parts) > 1
    assert all(part.count("**") in {0, 2} for part in parts)


ENDLESS = [
    *(
        ("", "> "),
        ("", "* > "),
        ("", ">"),
        ("", "- "),
        ("", "#"),
        ("", "-"),
        ("", "  "),
        ("", "| "),
    ),
    *(("", "word "), ("", "**a "), ("", "`a "), ("", "\\[ "), ("# ", "word "), ("<div ", "x ")),
    *(("<a ", "*x* "), ("```\n", "f(x)+ "), ("    ", "x"), ("$$\n", "x + "), ("so: $$\n", "x * ")),
    *(("a|b\n-|-\n", "x | "), ("- \t", "word "), ("> - ```\n>   ", "漢字")),
]


@pytest.mark.parametrize(("first", "unit"), ENDLESS)
def test_a_line_without_an_end_is_given_out(first: str, unit: str) -> None:
    """However much of a line comes, what is read again with each step is a screen or two."""
    reader = BlockReader()
    reader.feed(first)
    most = 0
    for _ in range(60):
        reader.feed(unit * (1000 // len(unit)))
        most = max(most, sum(len(piece.source) for piece in reader.read_tail()))
    assert most <= 2 * LONGEST_LINE + len(first)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(ENDLESS),
    st.integers(3900, 9000),
    st.sampled_from(["", "\n", "\n- x\n", "\n\n*x*"]),
    st.lists(st.integers(0, 1000), max_size=6),
)
def test_an_endless_line_cut_anywhere_reads_as_the_whole(
    line: tuple[str, str], length: int, after: str, cuts: list[int]
) -> None:
    """Where a line without an end is ended depends on the text alone."""
    first, unit = line
    text = first + (unit * length)[:length] + after
    pieces = read_pieces(text, [cut * len(text) // 1000 for cut in cuts])
    assert lay_out(pieces) == lay_out(read_pieces(text, []))
    assert "".join(piece.source for piece in pieces).replace("\n", "") == text.replace("\n", "")


DEEP_LIST = "".join(f"{'  ' * depth}- level {depth}\n" for depth in range(34))
DEEP = {
    "list": DEEP_LIST + f"{'  ' * 33}- more words\n" * 400,
    "list with a fence": DEEP_LIST + f"{'  ' * 33}- ```\n{'  ' * 34}code\n" * 200,
    "quotes": f"{'> ' * 70}words here\n" * 200,
    "items in quotes": f"{'> ' * 40}- more\n{'> ' * 40}  words\n" * 200,
    "and back": (DEEP_LIST * 6 + "\n# A heading\n\n- an item\n") * 3,
}


@pytest.mark.parametrize("kind", DEEP)
def test_what_is_nested_too_deep_is_bounded(kind: str) -> None:
    """No more waits than a few screens hold, and no character of it is lost."""
    reader = BlockReader()
    pieces = []
    for start in range(0, len(DEEP[kind]), 500):
        pieces += reader.feed(DEEP[kind][start : start + 500])
        waiting = sum(len(piece.source) for piece in reader.read_tail())
        assert waiting <= MOST_OPEN + 2048 + 500
    pieces += reader.finish()
    assert "".join(piece.source for piece in pieces) == DEEP[kind]


@pytest.mark.parametrize("kind", DEEP)
@settings(max_examples=10, deadline=None)
@given(cuts=st.lists(st.integers(0, 30_000), max_size=40))
def test_what_is_nested_too_deep_reads_the_same_cut_anywhere(kind: str, cuts: list[int]) -> None:
    """It is ended in the same places, however the text came."""
    text = DEEP[kind]
    assert lay_out(read_pieces(text, cuts)) == lay_out(read_pieces(text, []))


def test_what_follows_deep_nesting_is_read_as_ever() -> None:
    """A heading and a list at the line's beginning are these, once the deep list was ended."""
    text = DEEP["list"] + "\n# A heading\n\n- an item\n"
    *_, heading, _, item = get_texts(lay_out(read_pieces(text, [])))
    assert (heading, item) == ("A heading", "• an item")
