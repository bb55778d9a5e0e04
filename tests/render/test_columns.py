"""Tables, marked excerpts and bars."""

import pytest
from pyte import ByteStream

from tests.support.widths import SCREENS, AddingScreen
from tokenhub_cli.render.columns import (
    Column,
    Excerpt,
    Screen,
    fit_widths,
    format_bar,
    format_excerpts,
    format_table,
    wrap_marked,
)

COLUMNS = (Column("id"), Column("title", flexible=True), Column("turns", right=True))
ROWS = [("7k2m", "Why is the sky blue?", "3"), ("9xq1", "东京的天气怎么样", "12")]
PLAIN = Screen(40, color=False)


def test_a_table_fits_the_terminal() -> None:
    """No line is wider than the terminal; only the flexible column gives way."""
    wide = format_table(COLUMNS, ROWS, PLAIN).splitlines()
    assert wide[0].split() == ["id", "title", "turns"]
    assert wide[1].startswith("7k2m  Why is the sky blue?")
    assert wide[1].endswith("3")
    narrow = format_table(COLUMNS, ROWS, Screen(24, color=False)).splitlines()
    assert all(len(line) <= 24 for line in narrow)
    assert narrow[1].startswith("7k2m  Why is ")
    assert "…" in narrow[1]
    assert narrow[1].endswith(" 3")


def test_where_there_is_no_room_optional_columns_go() -> None:
    """The last optional column goes first, and only while the flexible one cannot be read."""
    first, last = Column("a", optional=True), Column("b", optional=True)
    columns = (Column("id"), first, Column("title", flexible=True), last, Column("c"))
    needed = (4, 5, 30, 6, 3)
    assert fit_widths(columns, needed, 80) == {0: 4, 1: 5, 2: 30, 3: 6, 4: 3}
    assert fit_widths(columns, needed, 46) == {0: 4, 1: 5, 2: 20, 3: 6, 4: 3}
    assert fit_widths(columns, needed, 45) == {0: 4, 1: 5, 2: 27, 4: 3}
    assert fit_widths(columns, needed, 32) == {0: 4, 2: 21, 4: 3}
    assert fit_widths(columns, needed, 5) == {0: 4, 2: 1, 4: 3}


def test_a_table_in_a_pipe_is_tab_separated() -> None:
    """One line a row, no heading, no tab or newline within a cell."""
    rows = [("7k2m", "two\nlines\tand a tab", "3")]
    assert format_table(COLUMNS, rows, None) == "7k2m\ttwo lines and a tab\t3\n"


def test_a_folded_cell_loses_nothing() -> None:
    """What a person may want to copy is all there, and what stands beside it stays aligned."""
    columns = (Column("a"), Column("b", flexible=True, folds=True), Column("c"))
    shown = format_table(columns, [("模型", "x" * 30 + " and", "1")], Screen(22, color=False))
    assert shown.splitlines() == [
        "a     b              c",
        f"模型  {'x' * 13}  1",
        f"      {'x' * 13}",
        "      xxxx and",
    ]


@pytest.mark.parametrize("kind", SCREENS)
def test_columns_stand_below_each_other_on_all_terminals(kind: type[AddingScreen]) -> None:
    """After a cell that terminals disagree about, the cursor is sent to the next column."""
    rows = [
        ("7k2m", "👨\u200d👩\u200d👧 🇩🇪 family", "3"),
        ("9xq1", "plain", "12"),
        ("a", "❤\ufe0f", ""),
    ]
    screen = kind(40, 6)
    shown = format_table(COLUMNS, rows, Screen(40))
    ByteStream(screen).feed(shown.replace("\n", "\r\n").encode())
    ends = [max(line, default=-1) for line in (screen.buffer[row] for row in range(3))]
    assert ends == [30, 30, 30]
    assert shown.splitlines()[3].endswith("❤\ufe0f")
    assert "\x1b" not in format_table(COLUMNS, rows, PLAIN)


def test_a_narrow_column_leaves_its_room_to_the_wide_ones() -> None:
    """Room is shared out from the narrowest flexible column on."""
    columns = [Column("", flexible=True)] * 3
    assert fit_widths(columns, (2, 50, 10), 60) == {0: 2, 1: 44, 2: 10}


def test_a_cell_may_have_a_style_of_its_own() -> None:
    """It shows only where colour is wanted."""
    rows = [(("a", "bold red"),)]
    assert "\x1b[1;31ma\x1b[0m" in format_table([Column("t")], rows, Screen(30))
    assert format_table([Column("t")], rows, Screen(30, color=False)) == "t\na\n"
    assert format_table([Column("t")], rows, None) == "a\n"


@pytest.mark.parametrize("screen", [PLAIN, None])
def test_no_cell_can_drive_the_terminal(screen: Screen | None) -> None:
    """Control characters in a cell are shown, not sent; markup is not understood."""
    text = format_table(COLUMNS, [("a", "x\x1b]0;t\x07\r[red]y\u202e", "1")], screen)
    assert not {"\x1b", "\x07", "\r", "\u202e"} & set(text)
    assert "[red]y" in text


def test_without_colour_there_is_no_escape_sequence_for_one() -> None:
    """A table for a terminal without colours has none; one with them has."""
    assert "\x1b[" not in format_table((Column("id", style="cyan"),), [("a",)], PLAIN)
    assert "\x1b[36m" in format_table((Column("id", style="cyan"),), [("a",)], Screen(40))


def test_an_excerpt_shows_its_hits() -> None:
    """A heading on one line, the excerpt below it, indented, its hits emphasised."""
    excerpt = Excerpt(("7k2m", "3d", "Sky " * 30), [("why is the ", False), ("sky", True)])
    heading, text = format_excerpts([excerpt], PLAIN).splitlines()
    assert heading.startswith("7k2m  3d  Sky")
    assert len(heading) <= 40
    assert text == "  why is the **sky**"
    assert "\x1b[1;7msky\x1b[0m" in format_excerpts([excerpt], Screen(40))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("aa bb cc", ["aa bb", "cc"]),
        ("aaaaaaaab", ["aaaaa", "aaab"]),
        ("東京東京", ["東京", "東京"]),
        ("aaaaa bb", ["aaaaa", "bb"]),
        ("a aaaaaaa", ["a", "aaaaa", "aa"]),
        ("", [""]),
    ],
)
def test_excerpts_are_broken_at_spaces_where_there_are_any(text: str, lines: list[str]) -> None:
    """No line is wider than the terminal, wide characters counted as two."""
    wrapped = wrap_marked([(char, False) for char in text], 5)
    assert ["".join(char for char, _ in line) for line in wrapped] == lines


@pytest.mark.parametrize(
    ("value", "bar"),
    [(0, ""), (1, "▏"), (16, "█"), (20, "█▎"), (128, "████████"), (-1, "")],
)
def test_a_bar_is_as_long_as_its_value(value: float, bar: str) -> None:
    """The largest fills the width; anything above nothing is seen."""
    assert format_bar(value, 128, 8) == bar
    assert format_bar(1, 0, 8) == ""
