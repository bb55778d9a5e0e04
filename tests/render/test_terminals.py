"""Answers full of joined characters, on terminals that disagree about their width."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.render.documents import play
from tests.support.terminal import open_terminal
from tests.support.widths import JOINED, SCREENS, AddingScreen

PLAIN = ["a", "word", "words and", "漢", "한글", "✔", "→", "🫨", "x" * 12]
mixed = st.lists(st.sampled_from([*JOINED, *JOINED, *PLAIN, " ", " "]), min_size=1, max_size=60)
texts = mixed.map("".join).map(str.strip).filter(bool)
widths = st.integers(10, 100)
screens = st.sampled_from(SCREENS)


def squeeze(text: str) -> str:
    return "".join(text.split())


@settings(max_examples=120, deadline=None)
@given(texts, widths, screens, st.integers(1, 9))
def test_every_character_is_there_once_and_no_line_wraps(
    text: str, columns: int, kind: type[AddingScreen], size: int
) -> None:
    """Whether a terminal adds up what is joined or takes it for one, and however narrow it is."""
    screen = kind(columns, 8)
    with open_terminal(columns, 8, screen) as terminal:
        seen = play(terminal, text, size=size)
        assert squeeze("".join(seen)) == squeeze(text)
        assert screen.wraps == 0


@settings(max_examples=60, deadline=None)
@given(st.lists(texts, min_size=2, max_size=5), st.integers(12, 100), screens, st.integers(1, 9))
def test_lists_quotes_and_code_do_not_wrap_either(
    parts: list[str], columns: int, kind: type[AddingScreen], size: int
) -> None:
    """What stands behind a mark or a bar, and code, wherever the widest character has room."""
    shapes = itertools.cycle(["- {}\n", "  1. {}\n\n", "> {}\n\n", "```\n{}\n```\n\n", "# {}\n\n"])
    text = "".join(shape.format(part) for shape, part in zip(shapes, parts, strict=False))
    screen = kind(columns, 8)
    with open_terminal(columns, 8, screen) as terminal:
        seen = squeeze("".join(play(terminal, text, size=size)))
        assert screen.wraps == 0
        for part in parts:
            assert squeeze(part) in seen.replace("▌", "")


@settings(max_examples=60, deadline=None)
@given(st.lists(texts, min_size=4, max_size=8), st.integers(16, 100), screens, st.integers(1, 30))
def test_the_columns_of_a_table_stand_below_each_other(
    cells: list[str], columns: int, kind: type[AddingScreen], size: int
) -> None:
    """Whatever the cells hold, if there is room for all of them side by side."""
    rows = [f"| {left} | {right} | end |\n" for left, right in itertools.pairwise(cells)]
    text = "| one | two | three |\n|:--|--:|---|\n" + "".join(rows)
    screen = kind(columns, 40)
    with open_terminal(columns, 40, screen) as terminal:
        play(terminal, text, size=size)
        assert screen.wraps == 0
        lines = [*screen.history.top, *(screen.buffer[row] for row in range(screen.lines))]
        bars = {
            tuple(column for column, cell in line.items() if cell.data in {"│", "┼"})
            for line in lines
        }
        bars.discard(())
        assert len(bars) == 1
        assert squeeze("".join(terminal.read_all())).count("┼") == 2


@pytest.mark.parametrize("kind", SCREENS)
@pytest.mark.parametrize("columns", [12, 20, 41])
def test_joined_characters_at_the_edge_survive_a_resize(
    kind: type[AddingScreen], columns: int
) -> None:
    """A screen that gets wider in mid-line shows the line once, broken anew or not."""
    text = " ".join(["👨\u200d👩\u200d👧 is", "🇩🇪🇫🇷", "👍🏽 ok", "1\ufe0f\u20e3 नमस्ते"] * 8)
    screen = kind(columns, 10)
    with open_terminal(columns, 10, screen) as terminal:
        seen = play(terminal, text, size=3, resizes={10: (columns + 9, 10), 30: (90, 12)})
        assert squeeze("".join(seen)) == squeeze(text)
        assert screen.wraps == 0
