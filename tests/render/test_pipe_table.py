"""Tables are aligned, fit the screen, and settle."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.render.documents import get_texts, lay_out, read_pieces
from tokenhub_cli.render.lines import measure_line
from tokenhub_cli.render.pipe_table import shrink_widths

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


@settings(deadline=None)
@given(st.lists(st.integers(1, 80), min_size=1, max_size=8), st.integers(8, 100))
def test_shrunk_widths_fit(widths: list[int], room: int) -> None:
    """No column grows, all fit, and what is narrow stays as it is."""
    shrunk = shrink_widths(widths, room)
    assert sum(shrunk) <= room or max(shrunk) == 1
    assert all(new <= old for new, old in zip(shrunk, widths, strict=True))
    share = room // len(widths)
    assert all(new == old for new, old in zip(shrunk, widths, strict=True) if old <= share)


@pytest.mark.parametrize("columns", [5, 10, 23])
def test_even_a_tiny_screen_holds_a_table(columns: int) -> None:
    """With fewer columns than cells nothing fails."""
    text = "|a|b|c|d|e|f|\n|-|-|-|-|-|-|\n|1|2|3|4|5|6|\n"
    lines = lay_out(read_pieces(text, []), columns)
    assert lines
    assert all(measure_line(line) <= columns for line in lines)
