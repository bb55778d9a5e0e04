"""Tables are aligned, fit the screen, and settle."""

import gc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.render.documents import get_texts, lay_out, read_pieces
from tokenhub_cli.render.blocks import BlockReader
from tokenhub_cli.render.layout import Layout
from tokenhub_cli.render.lines import measure_line
from tokenhub_cli.render.pipe_table import shrink_widths
from tokenhub_cli.render.theme import AUTO

HEAD = "| Name | Size |\n|:-----|-----:|\n"


def show(text: str, columns: int = 40, rows: int = 24) -> list[str]:
    return get_texts(lay_out(read_pieces(text, []), columns, rows))


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    """Cells are aligned as the delimiter row says; wide characters count twice."""
    assert show(HEAD + "| 漢字漢字 | 1 |\n| b | 22222 |\n") == [
        "Name     │  Size",
        "─────────┼──────",
        "漢字漢字 │     1",
        "b        │ 22222",
    ]


def test_wide_columns_give_way() -> None:
    """A table wider than the screen wraps its widest cells."""
    lines = show("| a | b |\n|---|---|\n| short | " + "long words " * 8 + "|\n", 30)
    assert max(map(len, lines)) <= 30
    assert lines[2].startswith("short │ long words")
    assert lines[3].startswith("      │ ")


def test_a_long_table_settles_its_widths_by_its_first_rows() -> None:
    """Later rows do not widen a column whose rows are in the scrollback; they wrap."""
    rows = "".join(f"| r{number} | 1 |\n" for number in range(30))
    lines = show(HEAD + rows + "| a much longer name | 1 |\n", rows=12)
    assert lines[0] == "Name │ Size"
    assert "a    │    1" in lines


def test_wrapped_rows_settle_the_widths_sooner() -> None:
    """What is kept back always has room on the screen: lines count, not rows."""
    layout, reader = Layout(AUTO, 20, 12), BlockReader()
    feed(layout, reader, HEAD)
    row = "| some words in a cell | 1 |\n"  # two lines
    assert [len(feed(layout, reader, row)) for _ in range(3)] == [0, 0, 8]
    assert [len(feed(layout, reader, row)) for _ in range(2)] == [2, 2]


def test_the_columns_of_a_first_long_row_stay_while_it_grows() -> None:
    """As soon as a cell is longer than its share, what is not there yet is taken for long, too."""
    long = "long words " * 8
    for row, width in ((f"| {long} | {long} | {long} |", 60), ("| a b | a b | 1 2 |", 15)):
        layout, reader = Layout(AUTO, 60, 24), BlockReader()
        feed(layout, reader, "| A | B | C |\n|---|---|---|\n")
        rules: list[str] = []
        for letter in row:
            feed(layout, reader, letter)
            rules += get_texts(layout.preview(reader.read_tail()))[1:2]
        assert len(set(rules[20:])) <= 1
        assert len(rules[-1]) == width


@pytest.mark.parametrize(("columns", "rows"), [(40, 10), (20, 24), (6, 24)])
def test_a_smaller_screen_is_not_waited_on(columns: int, rows: int) -> None:
    """Rows that are more than it can hold, or have become a list, are given out at once."""
    layout, reader = Layout(AUTO, 40, 24), BlockReader()
    assert feed(layout, reader, HEAD + "| some words in a cell | 1 |\n" * 14) == []
    assert layout.resize(60, 24) == []
    given_out = get_texts(layout.resize(columns, rows))
    assert " ".join(given_out).split().count("cell") == 14
    assert layout.flush() == []


def feed(layout: Layout, reader: BlockReader, text: str) -> list[str]:
    return get_texts([line for piece in reader.feed(text) for line in layout.commit(piece)])


def test_rows_that_were_given_out_take_no_memory() -> None:
    """However long a table gets: the collector would look at all of them, and Ctrl-C wait."""
    layout, reader = Layout(AUTO, 40, 12), BlockReader()
    feed(layout, reader, HEAD)
    rows = "".join(f"| r{number} | 1 |\n" for number in range(400))
    feed(layout, reader, rows)
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(5):
        feed(layout, reader, rows)
    gc.collect()
    assert len(gc.get_objects()) < before + 400


def test_rows_that_follow_fit_a_screen_of_another_width() -> None:
    """The widths are found again: a row that was laid out for the old ones would be chopped."""
    layout, reader = Layout(AUTO, 60, 9), BlockReader()
    head = "| Name | What it is |\n|------|------|\n"
    row = "| one | some words that describe it at length |\n"
    *_, last = feed(layout, reader, head + row * 9)
    assert last == "one  │ some words that describe it at length"
    layout.resize(24, 9)
    assert feed(layout, reader, row) == [
        "one  │ some words that",
        "     │ describe it at",
        "     │ length",
    ]
    layout.resize(60, 9)
    assert feed(layout, reader, row) == [last]
    layout.resize(8, 9)
    assert feed(layout, reader, "| a | b |\n") == ["", "Name: a", "What it", "is: b"]


@settings(deadline=None)
@given(st.lists(st.integers(1, 80), min_size=1, max_size=8), st.integers(8, 100))
def test_shrunk_widths_fit(widths: list[int], room: int) -> None:
    """No column grows, all fit, and what is narrow stays as it is."""
    shrunk = shrink_widths(widths, room)
    assert sum(shrunk) <= room or max(shrunk) == 1
    assert all(new <= old for new, old in zip(shrunk, widths, strict=True))
    share = room // len(widths)
    assert all(new == old for new, old in zip(shrunk, widths, strict=True) if old <= share)


@pytest.mark.parametrize("columns", [2, 5, 10, 23])
def test_even_a_tiny_screen_holds_a_table(columns: int) -> None:
    """With fewer columns than cells nothing fails."""
    text = "|a|b|c|d|e|f|\n|-|-|-|-|-|-|\n|1|2|3|4|5|6|\n"
    lines = lay_out(read_pieces(text, []), columns)
    assert lines
    assert all(measure_line(line) <= columns for line in lines)


WIDE = "| Name | Size | | Note |\n|---|---|---|---|\n"


def test_more_columns_than_fit_become_stacks() -> None:
    """Each row is a stack of `header: cell`, wrapped, with nothing for a cell without either."""
    rows = "| a | 1 | extra | two *long* words |\n| b | | | x |\n"
    assert show(WIDE + rows, 20) == [
        *("Name: a", "Size: 1", "extra", "Note: two long words", ""),
        *("Name: b", "Size:", "Note: x"),
    ]
    assert "────┼─────┼─────┼────" in show(WIDE + rows, 21)


def test_a_header_alone_is_shown_where_columns_do_not_fit() -> None:
    """Nothing of a table is lost, even if no row follows."""
    assert show(WIDE, 20) == ["Name", "Size", "", "Note"]


def test_stacks_are_given_out_row_by_row() -> None:
    """That columns do not fit is known from the header on, so no row waits for others."""
    layout, reader = Layout(AUTO, 20, 24), BlockReader()
    given_out = [
        [text for piece in reader.feed(line + "\n") for text in get_texts(layout.commit(piece))]
        for line in (*WIDE.split("\n")[:2], "| a | 1 | | |", "| b | | | |")
    ]
    assert given_out[2:] == [["Name: a", "Size: 1", "Note:"], ["", "Name: b", "Size:", "Note:"]]


@settings(deadline=None)
@given(st.integers(1, 30), st.integers(2, 100), st.integers(0, 12))
def test_no_table_is_wider_than_the_screen(cells: int, columns: int, rows: int) -> None:
    """However many columns there are, the terminal breaks no line."""
    row = "".join(f"| {'漢字 word'[: index % 8]} " for index in range(cells)) + "|\n"
    table = row + "|---" * cells + "|\n" + row * rows
    assert all(measure_line(line) <= columns for line in lay_out(read_pieces(table, []), columns))
