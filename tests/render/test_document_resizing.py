"""An answer on terminals that break lines anew, when their size changes in the middle of it."""

import re
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.letters import LETTERS, find_letters, write_table
from tests.support.reflowing import JoiningScreen, ReflowingScreen
from tests.support.terminal import EmulatedTerminal, open_terminal
from tokenhub_cli.render.document import Document
from tokenhub_cli.render.outlet import Outlet
from tokenhub_cli.render.presentation import Presentation


def write_words(first: int, last: int) -> str:
    return " ".join(LETTERS[4 * number : 4 * number + 4] for number in range(first, last))


TEXTS = {
    "prose": write_words(0, 90),
    "paragraphs": "\n\n".join(write_words(9 * n, 9 * n + 9) for n in range(10)),
    "open emphasis": f"**{write_words(0, 90)}**",
    "items": "".join(f"- {write_words(15 * n, 15 * n + 15)}\n" for n in range(6)),
    "open emphasis in an item": f"- {write_words(0, 30)}\n- **{write_words(30, 90)}**",
    "quote": f"> > *{write_words(0, 90)}*",
    "code": "```text\n" + "\n".join(write_words(9 * n, 9 * n + 9) for n in range(10)) + "\n```",
    "underlined heading": f"{write_words(0, 90)}\n===",
    "link": f"See [{write_words(0, 90)}](https://example.com/).",
}
TABLES = {
    "table": write_table(2, 3, 15, 4),
    "table with wrapped cells": write_table(3, 12, 4, 3),
    "quoted table": re.sub("(?m)^", "> ", write_table(2, 3, 15, 4).strip()),
    "table in an item": "- x\n\n" + re.sub("(?m)^", "  ", write_table(3, 10, 5, 3).strip()),
}
# What a narrower screen shows with fewer marks, so that only the words are the same.
MARKED = {
    "marks on one line": f"> 1. - {write_words(0, 50)}",
    "a numbered task": f"1. - [x] {write_words(0, 50)}",
}
ALL = TEXTS | TABLES | MARKED
PIECE = 9  # characters

Size = tuple[int, int]
columns = st.integers(24, 110)
tall = st.tuples(columns, st.integers(45, 90))  # taller than the tail of any of these texts
sizes = st.tuples(columns, st.integers(4, 90))
places = st.integers(0, 30)  # pieces that have come before a resize
terminals = pytest.mark.parametrize("terminal", ["tmux", "VTE", "others"])


def play(
    text: str,
    above: int,
    first: Size,
    resizes: dict[int, Size],
    *,
    terminal: str,
    status: str = "",
) -> str:
    """Stream a text on a screen that changes its size; return all that a person can see.

    Args:
        text: The answer.
        above: Lines that stand on the screen already.
        first: Columns and rows.
        resizes: After how many pieces of the text there are how many columns and rows.
        terminal: tmux pushes more lines out than others, and tells where its cursor is; VTE makes
            one line again of the rows into which it broke one.
        status: What stands below the text.
    """
    is_tmux = terminal == "tmux"
    screen = ReflowingScreen(*first, counts_blank=is_tmux)
    if terminal == "VTE":
        screen = JoiningScreen(*first)
    with open_terminal(*first, screen) as emulated:
        write = Outlet(emulated.stream).write
        write("before\r\n" * above)
        presentation = Presentation(lambda: 0.0, use_color=True, understands_escapes=True)
        document = Document(presentation, write, {}, *first)
        for number, start in enumerate(range(0, len(text), PIECE)):
            if number in resizes:
                emulated.settle()
                emulated.resize(*resizes[number])
                locate = partial(locate_cursor, emulated, screen) if is_tmux else lambda: None
                recall = screen.recall if is_tmux else lambda _: ""
                document.resize(*resizes[number], reflows=True, locate=locate, recall=recall)
            document.feed(text[start : start + PIECE])
            document.paint(status, 0.0)
        document.finish(0.0)
        return "".join(emulated.read_all())


def locate_cursor(terminal: EmulatedTerminal, screen: ReflowingScreen) -> tuple[int, int]:
    """Return the cursor's place once the terminal has read all that was written."""
    terminal.settle()
    return screen.locate()


def check(kind: str, shown: str, *, doubles: bool) -> None:
    """Check that what is seen is the whole text.

    Args:
        kind: Which text it is.
        shown: All that a person can see.
        doubles: Whether something may be there twice.
    """
    seen, whole = find_letters(shown), find_letters(ALL[kind])
    if kind in TABLES:  # cells stand side by side
        seen, whole = sorted(seen), sorted(whole)
    if doubles:
        assert {*seen} == {*whole}
    else:
        assert seen == whole


@terminals
@pytest.mark.parametrize("kind", ALL)
@settings(max_examples=15, deadline=None)
@given(
    above=st.integers(0, 60),
    first=sizes,
    resizes=st.dictionaries(places, sizes, min_size=1, max_size=3),
)
def test_nothing_is_lost(
    *, kind: str, terminal: str, above: int, first: Size, resizes: dict[int, Size]
) -> None:
    """Whatever the sizes, and however tall the tail is, each word is there afterwards."""
    check(kind, play(ALL[kind], above, first, resizes, terminal=terminal), doubles=True)


@terminals
@pytest.mark.parametrize("kind", ALL)
@settings(max_examples=15, deadline=None)
@given(
    above=st.integers(0, 100),
    first=tall,
    resizes=st.dictionaries(places, tall, max_size=2),
    last=st.tuples(st.integers(31, 48), sizes),
)
def test_nothing_is_doubled(
    *,
    kind: str,
    terminal: str,
    above: int,
    first: Size,
    resizes: dict[int, Size],
    last: tuple[int, Size],
) -> None:
    """If the tail has room on the screen when that gets smaller."""
    resizes |= dict([last])
    check(kind, play(ALL[kind], above, first, resizes, terminal=terminal), doubles=False)


narrow = st.tuples(st.integers(1, 20), st.integers(1, 90))


@terminals
@pytest.mark.parametrize("kind", TABLES)
@settings(max_examples=20, deadline=None)
@given(
    above=st.integers(0, 60),
    first=tall,
    resizes=st.dictionaries(places, narrow | sizes, min_size=1, max_size=3),
)
def test_a_table_on_a_few_columns(
    *, terminal: str, kind: str, above: int, first: Size, resizes: dict[int, Size]
) -> None:
    """It may become a list, and a table again: nothing is lost."""
    check(kind, play(ALL[kind], above, first, resizes, terminal=terminal), doubles=True)


@terminals
@pytest.mark.parametrize("kind", TABLES)
@settings(max_examples=20, deadline=None)
@given(
    above=st.integers(0, 60),
    first=tall,
    number=places,
    last=narrow,
    again=st.dictionaries(places, st.tuples(columns, st.integers(400, 500)), max_size=1),
)
def test_a_table_that_gets_narrow_is_not_doubled(
    *,
    terminal: str,
    kind: str,
    above: int,
    first: Size,
    number: int,
    last: Size,
    again: dict[int, Size],
) -> None:
    """Of a row that was pushed out in part each cell goes on where it was cut, in a list, too."""
    resizes = {number: last} | {number + later: size for later, size in again.items()}
    check(kind, play(ALL[kind], above, first, resizes, terminal=terminal), doubles=False)


@pytest.mark.parametrize("last", [(60, 5), (30, 8), (30, 5)])
@pytest.mark.parametrize("kind", ["open emphasis", "quote"])
@terminals
def test_a_tail_that_is_taller_than_the_screen_is_kept_whole(
    *, kind: str, terminal: str, last: Size
) -> None:
    """What of it stands above the screen is not taken for what was pushed out."""
    check(kind, play(ALL[kind], 0, (60, 8), {45: last}, terminal=terminal), doubles=True)


@pytest.mark.parametrize("above", [0, 2])
@pytest.mark.parametrize("last", [(50, 30), (25, 30), (50, 12)])
@pytest.mark.parametrize("kind", ALL)
@terminals
def test_what_was_pushed_out_is_not_shown_again(
    *, kind: str, terminal: str, above: int, last: Size
) -> None:
    """In the first rows of a screen, too, where tmux pushes out what would have room."""
    check(kind, play(ALL[kind], above, (100, 30), {45: last}, terminal=terminal), doubles=False)


@pytest.mark.parametrize("last", [(60, 4), (20, 2), (12, 3), (9, 30), (60, 1)])
@pytest.mark.parametrize("number", [3, 10, 20])
@pytest.mark.parametrize("kind", [*TABLES, *MARKED])
@terminals
def test_a_status_is_not_taken_for_text(
    *, kind: str, number: int, terminal: str, last: Size
) -> None:
    """It goes on below what is left of the text, whatever of it was pushed out."""
    status = "waiting for 34 s (100 tokens), and Ctrl-C ends that"
    resizes = {number: last, number + 5: (100, 60)}
    shown = play(ALL[kind], 3, (100, 60), resizes, terminal=terminal, status=status)
    check(kind, shown, doubles=False)


@pytest.mark.parametrize("last", [(6, 4), (8, 12), (12, 4), (16, 8)])
@pytest.mark.parametrize("kind", MARKED)
@terminals
def test_marks_that_have_no_room_any_more_do_not_count(
    *, kind: str, terminal: str, last: Size
) -> None:
    """On a narrow screen the outermost ones are not shown; what they mark is found again."""
    shown = play(ALL[kind], 3, (100, 60), {15: last, 20: (100, 60)}, terminal=terminal)
    check(kind, shown, doubles=False)
