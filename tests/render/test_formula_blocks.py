"""Displayed formulas stand among blocks, and in paragraphs that go on with them."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.render.documents import get_texts, lay_out, open_sink, play, read_pieces
from tests.support.terminal import FakeClock, open_terminal
from tokenhub_cli.wire.events import TextDelta

MARKS = [
    *("$$", "$$", "\\[", "\\]", "$", "*", "_", "\\", "`", "**", "$$$", "\\$$", "~~", "```", "<b>"),
    *("\\[1] x", "\\[ y", "\\begin{a}", "\\end{a}", "|-|-|", "a | b", "===", "---", "- i", "+ b"),
    *("1. n", "> q", "# h", "    "),
]
WORDS = ["word", "a_1", "x*y*z", "two.", "\\alpha", "漢字漢字", "b"]
# Words without a gap, in which a long paragraph is cut as well.
LONG_WORDS = ["y" * 700, "\\begin{al" * 3, "$" * 90, "\\" * 99, "`" * 101, "word " * 9, "q" * 40]
CONTAINERS = [("> ", "> "), ("- ", "  "), ("12. ", "    "), ("- > ", "  > "), ("- - ", "    ")]
seeds = st.integers(0, 2**32)


def build_document(generator: random.Random, words: list[str], blank: float) -> str:
    """Return lines with marks at their beginnings, ends, and in between, some in containers."""
    lines = []
    for _ in range(generator.randrange(1, 20)):
        line = generator.choices(words, k=generator.choice([0, 1, 3, 8]))
        for _ in range(generator.choice([0, 0, 1, 1, 2])):
            place = generator.choice([0, len(line), generator.randrange(len(line) + 1)])
            line.insert(place, generator.choice(MARKS))
        is_blank = generator.random() < blank
        lines.append("" if is_blank else generator.choice([" ", " ", ""]).join(line))
    for _ in range(generator.choice([0, 0, 1, 2])):
        first, others = generator.choice(CONTAINERS)
        start = generator.randrange(len(lines))
        for index in range(start, len(lines)):
            # Some lines go on lazily.
            before = first if index == start else others if generator.random() < 0.97 else ""
            lines[index] = before + lines[index]
    return "\n".join(lines)


def show(text: str) -> list[str]:
    shown = get_texts(lay_out(read_pieces(text, [])))
    for size in (1, 3, 50):
        assert get_texts(lay_out(read_pieces(text, list(range(0, len(text), size))))) == shown
    return shown


@settings(max_examples=200, deadline=None)
@given(seeds, st.lists(st.integers(0, 1000), max_size=12), st.booleans())
def test_marks_anywhere_in_lines_cut_anywhere_read_as_the_whole(
    seed: int,
    cuts: list[int],
    is_long: bool,  # noqa: FBT001 - a property's argument
) -> None:
    """At the beginning, the end or within lines, in lists and quotes, in long paragraphs."""
    generator = random.Random(seed)  # noqa: S311 - a test's dice
    words, blank = (WORDS + LONG_WORDS, 0.01) if is_long else (WORDS, 0.12)
    text = build_document(generator, words, blank)
    pieces = read_pieces(text, [cut * len(text) // 1000 for cut in cuts])
    assert "".join(piece.source for piece in pieces) == text
    assert lay_out(pieces) == lay_out(read_pieces(text, []))


@pytest.mark.parametrize(
    "formula",
    [
        "$$\nformula * x * \\\\ y\n$$",
        "\\[\na_1 * b * \\\\\n+ c_1\n- d\n=\n# e\n> f\n1. g\n```\n\\]",
        "$$\n\\begin{aligned}\na &= *b* \\\\\n---\n\\end{aligned}\n$$",
        "$$a * b\n$$",
        "\\begin{align}\na &= *b* + _c_ \\\\\n+ &= d\n- e\n> f\n```\n\\end{align}",
        "\\begin{x}\n\\begin{y}\n*a*\n\\end{y}\n- b\n\\end{x}",
        "$$ a * b *\n= c\n$$",
    ],
)
@pytest.mark.parametrize("first", ["", "> ", "- ", "1. - "])
def test_a_display_goes_on_with_a_paragraph(formula: str, first: str) -> None:
    """Its lines are shown as sent, and what follows the closing mark are words again."""
    others = first if first.startswith(">") else " " * len(first)
    text = first + f"So *this*: {formula} and *on*\nand on.".replace("\n", "\n" + others)
    shown = show(text)
    indent = len(shown[0]) - len(shown[0].lstrip("▌ •◦.1"))
    lines = f"So this: {formula} and on and on.".split("\n")
    assert [line[indent:] for line in shown] == lines


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("$$", "$$"), ("\\[", "\\]"), ("\\[ y", "\\]"), ("\\begin{x}", "\\end{x}")],
)
def test_words_after_a_block_of_mathematics_are_words(opening: str, closing: str) -> None:
    """The line with the closing mark begins a paragraph, in which everything counts again."""
    block = f"{opening}\na *b*\n+ c {closing}"
    assert show(f"{block} and *on*\nand **on**\n\nEnd") == [
        *(opening, "a *b*", f"+ c {closing} and on and on", "", "End")
    ]
    indented = block.replace("\n", "\n  ")
    assert show(f"- i\n\n  {indented} and *on*\n  - j") == [
        *("• i", "", f"  {opening}", "  a *b*", f"  + c {closing} and on", "  ◦ j")
    ]


def test_words_after_an_indented_closing_mark_are_no_code() -> None:
    """The paragraph that begins there stays one, however long it is and where it is cut."""
    words = "word " * 250
    text = f"$$\na\n      b $$ and {words}\nend"
    assert " ".join(show(text)[2:]).split() == f"b $$ and {words} end".split()


def test_a_display_may_follow_a_display() -> None:
    """Words after a closing mark may open the next one, with the same marks or others."""
    text = "$$\na*b*c\n$$ so \\[\n- *d*\n\\], and: $$\n*e*\n+ f\n$$ *end*"
    assert show(text) == [
        "$$",
        "a*b*c",
        "$$ so \\[",
        "- *d*",
        "\\], and: $$",
        "*e*",
        "+ f",
        "$$ end",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\\[1] Smith *et al.*\n\\[2] Doe", ["[1] Smith et al. [2] Doe"]),
        ("see \\[1] and \\[a, b] *x*", ["see [1] and [a, b] x"]),
        ("\\[1](not a *link*)", ["[1](not a link)"]),
        ("\\[ [0, 1] * \\cup * 2\n\\]", ["\\[ [0, 1] * \\cup * 2", "\\]"]),
    ],
)
def test_an_escaped_bracket_is_no_formula(text: str, shown: list[str]) -> None:
    """A bracket that a bare one closes on its line is text, whatever follows."""
    assert show(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Price: $$\n- *good* food\n- cheap", ["Price: $$", "", "• good food", "• cheap"]),
        ("- Price: $$\n- Food: *good*", ["• Price: $$", "• Food: good"]),
        ("Price: $$\n\n*good*", ["Price: $$", "", "good"]),
        ("a $$ place\nwith *food*", ["a $$ place with food"]),
        ("a $$$\nwith *food*", ["a $$$ with food"]),
        ("a \\$$\nwith *food*", ["a $$ with food"]),
        ("`$$` is *a*\nprocess, `$$`\n*too*", ["$$ is a process, $$ too"]),
        ("so $$x$$\n*on*", ["so $$x$$ on"]),
        ("title: $$\n---\n*x*", ["title: $$", "", "x"]),
    ],
)
def test_what_opens_no_display_is_read_as_ever(text: str, shown: list[str]) -> None:
    """A block on the next line, a mark in the line, code and escapes."""
    assert show(text) == shown


@pytest.mark.parametrize("mark", ["$$", "\\["])
def test_a_display_that_never_closes_ends_with_its_paragraph(mark: str) -> None:
    """Its lines stay lines up to the blank one."""
    assert show(f"So: {mark}\n*a*\n- b\n\n*c*") == [f"So: {mark}", "*a*", "- b", "", "c"]


@pytest.mark.parametrize("before", ["", "word " * 90, "word " * 300])
@pytest.mark.parametrize("first", ["", "> ", "- "])
def test_a_long_display_is_given_out_in_parts_that_are_not_seen(before: str, first: str) -> None:
    """What is open is known after each part, so no line is taken for Markdown."""
    formula = ["a = b", *(f"+ {number} * a_{number} * b \\\\" for number in range(299))]
    lines = [f"{before}so: $$", *formula, "$$ and *on*", "and on"]
    others = first if first.startswith(">") else " " * len(first)
    text = first + ("\n" + others).join(lines)
    shown = show(text)
    assert [line.lstrip("▌ •") for line in shown[-301:]] == [*formula, "$$ and on and on"]
    assert max(len(piece.text) for piece in read_pieces(text, [])) <= 2000


def test_a_growing_display_is_seen_as_sent() -> None:
    """No mark is closed on the screen that stands in a formula."""
    text = "So: $$\na ** b\n- `c\n$$ and **on**.\n"
    with open_terminal(40, 8) as terminal:
        lines = play(terminal, text, size=3)
    assert (
        "\n".join(line.rstrip() for line in lines).strip() == text.replace("**on**", "on").strip()
    )


def test_no_mark_is_closed_in_the_tail_of_a_display() -> None:
    """What a person sees before the formula is whole is the formula as far as it came."""
    for text, shown in (("So **on", "So on"), ("So: $$\na ** b `c", "So: $$\na ** b `c")):
        with open_terminal(40, 8) as terminal:
            sink = open_sink(terminal, FakeClock())
            sink.show(TextDelta(text))
            sink.tick()
            assert "\n".join(terminal.read_screen()).strip() == shown


@pytest.mark.parametrize(
    ("line", "is_display"),
    [
        ("y" * 1998 + "$$", True),
        ("y" * 1999 + "$$", True),
        ("y" * 1999 + "\\[", True),
        ("y" + "$" * 2001, False),
        ("y" + "\\" * 2000 + "[", False),
        ("y" * 1950 + "`" * 52 + "$$", False),
    ],
)
def test_a_word_without_an_end_is_cut_beside_marks(line: str, *, is_display: bool) -> None:
    """What opens a display at its end does so wherever the word is cut."""
    text = f"{line}\na\n- *b*\n$$ *c*"
    for cuts in ([], [2003, 2005], [2005]):
        assert ("- *b*" in get_texts(lay_out(read_pieces(text, cuts)))) is is_display
