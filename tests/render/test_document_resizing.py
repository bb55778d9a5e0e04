"""An answer on terminals that break lines anew, when their size changes in the middle of it."""

import re
from functools import partial
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.reflowing import ReflowingScreen
from tests.support.terminal import EmulatedTerminal, open_terminal
from tokenhub_cli.render.document import Document
from tokenhub_cli.render.outlet import Outlet
from tokenhub_cli.render.presentation import Presentation


def write_words(first: int, last: int) -> str:
    return " ".join(f"w{number:03}" for number in range(first, last))


TEXTS = {
    "prose": write_words(0, 90),
    "paragraphs": "\n\n".join(write_words(9 * n, 9 * n + 9) for n in range(10)),
    "open emphasis": f"**{write_words(0, 90)}**",
    "items": "".join(f"- {write_words(15 * n, 15 * n + 15)}\n" for n in range(6)),
    "open emphasis in an item": f"- {write_words(0, 30)}\n- **{write_words(30, 90)}**",
    "quote": f"> > *{write_words(0, 90)}*",
    "code": "```text\n" + "\n".join(write_words(9 * n, 9 * n + 9) for n in range(10)) + "\n```",
    "underlined heading": f"{write_words(0, 90)}\n===",
    "link": f"See [w000 {write_words(1, 90)}](https://example.com/).",
    "table": "| a | b |\n|---|---|\n"
    + "".join(
        f"| {write_words(6 * n, 6 * n + 3)} | {write_words(6 * n + 3, 6 * n + 6)} |\n"
        for n in range(15)
    ),
}
PIECE = 9  # characters
ROW_OF_TABLE = 6  # words

Size = tuple[int, int]
columns = st.integers(24, 110)
tall = st.tuples(columns, st.integers(45, 90))  # taller than the tail of any of these texts
sizes = st.tuples(columns, st.integers(4, 90))
places = st.integers(0, 30)  # pieces that have come before a resize
terminals = pytest.mark.parametrize("is_tmux", [True, False], ids=["tmux", "others"])


def play(text: str, above: int, first: Size, resizes: dict[int, Size], *, is_tmux: bool) -> str:
    """Stream a text on a screen that changes its size; return all that a person can see.

    Args:
        text: The answer.
        above: Lines that stand on the screen already.
        first: Columns and rows.
        resizes: After how many pieces of the text there are how many columns and rows.
        is_tmux: It pushes more lines out than others, and tells where its cursor is.
    """
    screen = ReflowingScreen(*first, counts_blank=is_tmux)
    with open_terminal(*first, screen) as terminal:
        write = Outlet(terminal.stream).write
        write("before\r\n" * above)
        presentation = Presentation(lambda: 0.0, use_color=True, understands_escapes=True)
        document = Document(presentation, write, {}, *first)
        for number, start in enumerate(range(0, len(text), PIECE)):
            if number in resizes:
                terminal.settle()
                terminal.resize(*resizes[number])
                locate = partial(locate_cursor, terminal, screen) if is_tmux else lambda: None
                recall = screen.recall if is_tmux else lambda _: ""
                document.resize(*resizes[number], reflows=True, locate=locate, recall=recall)
            document.feed(text[start : start + PIECE])
            document.paint("", 0.0)
        document.finish(0.0)
        return "".join(terminal.read_all())


def locate_cursor(terminal: EmulatedTerminal, screen: ReflowingScreen) -> tuple[int, int]:
    """Return the cursor's place once the terminal has read all that was written."""
    terminal.settle()
    return screen.locate()


def find_words(text: str, digits: int = 3) -> list[str]:
    """Return the numbered words; the edge of the screen may have broken them."""
    return re.findall(rf"w\d{{{digits}}}", re.sub(r"[\s▌]", "", text))


@terminals
@pytest.mark.parametrize("kind", TEXTS)
@settings(max_examples=15, deadline=None)
@given(
    above=st.integers(0, 60),
    first=sizes,
    resizes=st.dictionaries(places, sizes, min_size=1, max_size=3),
)
def test_no_word_is_lost(
    *, kind: str, is_tmux: bool, above: int, first: Size, resizes: dict[int, Size]
) -> None:
    """Whatever the sizes, and however tall the tail is, each word is there afterwards."""
    seen = find_words(play(TEXTS[kind], above, first, resizes, is_tmux=is_tmux))
    assert set(seen) == set(find_words(TEXTS[kind]))


@terminals
@pytest.mark.parametrize("kind", TEXTS)
@settings(max_examples=15, deadline=None)
@given(
    above=st.integers(0, 100),
    first=tall,
    resizes=st.dictionaries(places, tall, max_size=2),
    last=st.tuples(st.integers(31, 48), sizes),
)
def test_no_word_is_doubled(
    *,
    kind: str,
    is_tmux: bool,
    above: int,
    first: Size,
    resizes: dict[int, Size],
    last: tuple[int, Size],
) -> None:
    """If the tail has room on the screen when that gets smaller; of a table a row may be."""
    resizes |= dict([last])
    seen = find_words(play(TEXTS[kind], above, first, resizes, is_tmux=is_tmux))
    if kind == "table":
        assert len(seen) - len(set(seen)) <= ROW_OF_TABLE * len(resizes)
    else:
        assert seen == find_words(TEXTS[kind])


narrow = st.tuples(st.integers(1, 20), st.integers(1, 90))


def write_table(cells: int, words: int, rows: int) -> str:
    """Return a table of numbered words that fit even the narrowest column."""
    numbers = iter(range(cells * words * rows))
    row = ["| " + " ".join(["w%02d"] * words) + " "] * cells
    table = "".join(
        "".join(row) % tuple(islice(numbers, cells * words)) + "|\n" for _ in range(rows)
    )
    return "| a " * cells + "|\n" + "|---" * cells + "|\n" + table


@terminals
@pytest.mark.parametrize(("cells", "words"), [(3, 2), (4, 1), (2, 4)])
@settings(max_examples=30, deadline=None)
@given(
    above=st.integers(0, 60),
    first=tall,
    resizes=st.dictionaries(places, narrow | sizes, min_size=1, max_size=3),
)
def test_a_table_on_a_few_columns(
    *, is_tmux: bool, cells: int, words: int, above: int, first: Size, resizes: dict[int, Size]
) -> None:
    """It may become a list, and a table again: no word is lost; one row at most is shown again."""
    text = write_table(cells, words, 12)
    shown = play(text, above, first, resizes, is_tmux=is_tmux).replace("│", "")
    seen = find_words(shown, digits=2)
    assert {*seen} == {*find_words(text, digits=2)}
    assert len(seen) - len({*seen}) <= cells * words * len(resizes)


@pytest.mark.parametrize("last", [(60, 5), (30, 8), (30, 5)])
@pytest.mark.parametrize("kind", ["open emphasis", "quote"])
@terminals
def test_a_tail_that_is_taller_than_the_screen_is_kept_whole(
    *, kind: str, is_tmux: bool, last: Size
) -> None:
    """What of it stands above the screen is not taken for what was pushed out."""
    seen = find_words(play(TEXTS[kind], 0, (60, 8), {45: last}, is_tmux=is_tmux))
    assert {*seen} == {*find_words(TEXTS[kind])}


@pytest.mark.parametrize("above", [0, 2])
@pytest.mark.parametrize("last", [(50, 30), (25, 30), (50, 12)])
@pytest.mark.parametrize("kind", TEXTS)
@terminals
def test_what_was_pushed_out_is_not_shown_again(
    *, kind: str, is_tmux: bool, above: int, last: Size
) -> None:
    """In the first rows of a screen, too, where tmux pushes out what would have room."""
    seen = find_words(play(TEXTS[kind], above, (100, 30), {45: last}, is_tmux=is_tmux))
    doubled = ROW_OF_TABLE if kind == "table" else 0
    assert len(seen) <= len(set(seen)) + doubled
    assert {*seen} == {*find_words(TEXTS[kind])}
