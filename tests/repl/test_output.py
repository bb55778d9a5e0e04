"""What the loop itself says."""

import pytest

from tokenhub_cli.repl.output import format_table, write_lines


def test_words_are_wrapped_below_each_other() -> None:
    """Each row's words stay in their column; without a width they stay on one line."""
    rows = [("/a", "one two three four five six seven"), ("/bcd", "")]
    assert format_table(rows) == ["  /a    one two three four five six seven", "  /bcd"]
    assert format_table(rows, 31) == [
        "  /a    one two three four",
        "        five six seven",
        "  /bcd",
    ]


def test_lines_cannot_drive_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    """Titles and excerpts of history hold what models said."""
    write_lines(["title \x1b]0;gotcha\x07"])
    assert "\x1b" not in capfd.readouterr().err
