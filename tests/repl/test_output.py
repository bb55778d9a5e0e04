"""What the loop itself says."""

import os
from pathlib import Path

import pytest

from tokenhub_cli.errors import UsageError
from tokenhub_cli.repl.output import (
    cut_lines,
    format_table,
    write_error,
    write_lines,
    write_note,
)


def test_words_are_wrapped_below_each_other() -> None:
    """Each row's words stay in their column; without a width they stay on one line."""
    rows = [("/a", "one two three four five six seven"), ("/bcd", "")]
    assert format_table(rows) == ["  /a    one two three four five six seven", "  /bcd"]
    assert format_table(rows, 31) == [
        "  /a    one two three four",
        "        five six seven",
        "  /bcd",
    ]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [(0, "a long 長い line"), (20, "a long 長い line"), (10, "a long …"), (1, "…")],
)
def test_a_line_of_a_list_stays_one_line(columns: int, expected: str) -> None:
    """It ends before the last column, however narrow the screen; without one it stays whole."""
    assert cut_lines(["a long 長い line"], columns) == [expected]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device is always full here")
def test_a_stderr_that_takes_nothing_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk behind `2>log` costs the notes, and not the conversation."""
    with Path("/dev/full").open("w", buffering=1) as full:
        with pytest.raises(OSError, match="No space left"):
            os.write(full.fileno(), b"!")
        monkeypatch.setattr("sys.stderr", full)
        write_lines(["a line"])
        write_note("a note")
        write_error(UsageError("an error", hint="none"))


def test_lines_cannot_drive_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    """Titles and excerpts of history hold what models said."""
    write_lines(["title \x1b]0;gotcha\x07"])
    assert "\x1b" not in capfd.readouterr().err
