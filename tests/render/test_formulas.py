"""Mathematics is left as text."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.render.documents import get_texts, lay_out, play, read_pieces
from tests.support.terminal import open_terminal
from tokenhub_cli.render.blocks import BlockReader

FRAGMENTS = [
    *("a_1 + b_1", "x *y* z", "**w**", "\\\\", "c &= d", "word, word", "$5", "`$`", "\\*", "|"),
    *("$", "$$", "\\(", "\\)", "\\[", "\\]", "\\begin{align}", "\\end{align}", "\\begin{a*}"),
    *("\n", "\n\n", "\n$$\n", "\n\\[\n", "\n\\]\n", "\n- ", "\n> ", "\n=\n", "\n   ", "\n1. "),
    *("\n\\begin{align}\n", "\n\\end{align}\n", "\n```\n", "\n|-|-|\n", "\n    ", " . "),
]
documents = st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join)
cuts = st.lists(st.integers(0, 300), max_size=12)


def show(text: str, columns: int = 60) -> list[str]:
    return get_texts(lay_out(read_pieces(text, []), columns))


@pytest.mark.parametrize(
    "formula",
    [
        "\\(a_1 + b_1\\)",
        "\\[ x^2 * y * z \\]",
        "$a*b*c$",
        "$x_{i}*y*z_{j}$",
        "$$a *b* c \\\\ \\{d\\}$$",
        "\\begin{x} a *b* \\\\ c \\end{x}",
        "$\\$5 *x* y$",
        "\\(f\\\\[2pt] *g*\\)",
        "$&lt;$",
        "\\(\\)",
    ],
)
def test_a_formula_in_a_line_is_shown_as_sent(formula: str) -> None:
    """No emphasis, no escapes, no character references: in text, headings, items, and cells."""
    assert show(f"So **{formula}** and {formula}.", 80) == [f"So {formula} and {formula}."]
    assert show(f"# On {formula}") == [f"On {formula}"]
    assert show(f"- on {formula}") == [f"• on {formula}"]
    assert show(f"| n |\n|---|\n| on {formula} |")[2] == f"on {formula}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("costs $5 and *six* $6", "costs $5 and six $6"),
        ("costs 5$ *or* 6$", "costs 5$ or 6$"),
        ("from $5*each*$6", "from $5each$6"),
        ("$ a *b* c $", "$ a b c $"),
        ("\\$a *b* c$", "$a b c$"),
        ("a `$b$` and `\\(c\\)`", "a $b$ and \\(c\\)"),
        ("$HOME or `$PATH`: *x*", "$HOME or $PATH: x"),
        ("$$$ *dear* $$$", "$$$ dear $$$"),
        ("an open \\(a *b* c", "an open \\(a b c"),
        ("an open \\[, and a \\] more", "an open \\[, and a \\] more"),
        ("an open \\begin{x} *b* \\end{y}", "an open \\begin{x} b \\end{y}"),
    ],
)
def test_what_is_no_formula_is_read_as_ever(text: str, shown: str) -> None:
    """Prices, code, escaped and lone marks take no emphasis away."""
    assert show(text) == [shown]


def test_a_formula_in_a_line_ends_with_its_paragraph() -> None:
    """A mark is not closed beyond a blank line."""
    assert show("a $b *c*\n\nd* e$") == ["a $b c", "", "d* e$"]


def test_line_breaks_within_a_line_are_kept_in_display_math_alone() -> None:
    """What is to be displayed keeps its lines; a formula among words is wrapped as they are."""
    assert show("so $$a\n\\\\ b$$ and $c +\nd$") == ["so $$a", "\\\\ b$$ and $c + d$"]


@pytest.mark.parametrize(
    "block",
    [
        "$$\na_1 \\\\\n   b_2 * c * d\n$$",
        "\\[\n\\begin{aligned}\n  a &= *b* \\\\\n- c\n=\n> d\n\\end{aligned}\n\\]",
        "\\begin{align*}\na &= b \\\\\nc_1 &= *d*\n\\end{align*}",
        "$$ a *b* c $$",
        "\\[ a \\\\[2pt]\n  *b* \\],",
        "$$\n" + "long " * 30 + "\n$$",
    ],
)
@pytest.mark.parametrize("before", ["", "Words before:\n", "- an item\n\n", "> a quote\n\n"])
def test_a_formula_on_lines_of_its_own_is_shown_as_sent(block: str, before: str) -> None:
    """All its lines stay, with their indentation, whatever Markdown would make of them."""
    text = "\n".join(show(before + block + "\n*after*"))
    lines = [line[at : at + 60] for line in block.split("\n") for at in range(0, len(line), 60)]
    assert text.endswith("\n".join([line.rstrip() for line in lines] + ["", "after"]))
    assert text.startswith(before[:-1].replace("- ", "• ").replace("> ", "▌ "))


def test_a_formula_stands_in_items_and_quotes() -> None:
    """A block of mathematics is indented as far as what it belongs to."""
    assert show("1. one\n   $$\n   a\n     *b*\n   $$\n2. two") == [
        *(" 1. one", "    $$", "    a", "      *b*", "    $$", " 2. two")
    ]
    assert show("> \\[\n> *a*\n> \\]") == ["▌ \\[", "▌ *a*", "▌ \\]"]


def test_in_code_nothing_is_a_formula() -> None:
    """Fences and indented code keep their lines, and their end."""
    assert show("```\n$$\n```\n*a*\n\n    \\[\n\n*b*") == ["  $$", "", "a", "", "  \\[", "", "b"]


@pytest.mark.parametrize("mark", ["$$", "\\[", "\\begin{align}"])
def test_a_formula_that_never_closes_ends_at_a_blank_line(mark: str) -> None:
    """One forgotten mark does not take the rest of the answer with it."""
    assert show(f"{mark}\n*a*\n\n*b*") == [mark, "*a*", "", "b"]


def test_the_lines_of_an_open_formula_are_given_out_one_by_one() -> None:
    """A line that may still change is the last one at most."""
    reader = BlockReader()
    for line in ("$$\n", "a\n", "b\n", "$$\n"):
        assert [piece.source for piece in reader.feed(line)][:1] == [line]


@settings(max_examples=300, deadline=None)
@given(documents, cuts)
def test_documents_with_mathematics_cut_anywhere_read_as_the_whole(
    text: str, cuts: list[int]
) -> None:
    """Committed and tail are the whole, and the lines are the same, however the text came."""
    pieces = read_pieces(text, cuts)
    assert "".join(piece.source for piece in pieces) == text
    assert lay_out(pieces) == lay_out(read_pieces(text, []))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([*FRAGMENTS, *["word word "] * 30]), min_size=150, max_size=400))
def test_long_paragraphs_with_mathematics_cut_anywhere_read_as_the_whole(words: list[str]) -> None:
    """A long paragraph is given out in parts that no formula tells apart."""
    text = "".join(words)
    whole = lay_out(read_pieces(text, []))
    assert lay_out(read_pieces(text, list(range(0, len(text), 7)))) == whole


def test_a_streamed_formula_is_seen_as_sent() -> None:
    """What a person sees in the end is what came, with each line once."""
    text = "So:\n\\[\n  a_1 * b *\n= c\n\\]\nand \\(d_1 *e* f\\), **done** $a*b*c$.\n"
    with open_terminal(40, 8) as terminal:
        lines = play(terminal, text, size=3)
    shown = re.sub("\n{2,}", "\n", "\n".join(line.rstrip() for line in lines)).strip()
    assert shown == text.replace("**", "").strip()


@pytest.mark.parametrize("mark", ["\\(", "\\[", "$$ ", "$x ", "\\begin{a}"])
def test_marks_that_close_nothing_do_not_stop_the_screen(mark: str) -> None:
    """Each of a hundred thousand characters is looked at a few times, not all of them for each."""
    assert show("- x " + mark * (100_000 // len(mark)))
