"""Tables for people: as wide as the terminal, and every cell sanitised."""

from tokenhub_cli.render.table import format_table


def test_columns_are_aligned_and_nothing_trails() -> None:
    """Wide characters count as two columns."""
    shown = format_table(["A", "B"], [("模型", "x"), ("ab", "")], width=40, use_color=False)
    assert shown == "A     B\n模型  x\nab\n"


def test_a_cell_cannot_drive_the_terminal_nor_hold_markup() -> None:
    """Escape codes and line breaks are defused; brackets are text."""
    shown = format_table(["A"], [("\x1b]0;x\x07\n[red]b",)], width=40, use_color=False)
    assert "\x1b" not in shown
    assert shown.count("\n") == 2
    assert "[red]b" in shown


def test_a_long_cell_is_folded_and_loses_nothing() -> None:
    """What a person may want to copy is all there."""
    shown = format_table(["A", "B"], [("a", "x" * 50)], width=30, use_color=False)
    assert shown.count("x") == 50
    assert max(map(len, shown.splitlines())) <= 30


def test_styles_show_only_where_colour_is_wanted() -> None:
    """A style is colour and nothing else."""
    rows = [(("a", "red"),)]
    assert "\x1b[31ma" in format_table(["A"], rows, width=30, use_color=True)
    assert format_table(["A"], rows, width=30, use_color=False) == "A\na\n"
