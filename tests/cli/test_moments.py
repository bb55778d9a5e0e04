"""Times as people type and read them."""

import time

import pytest

from tokenhub_cli.cli.moments import describe_age, format_age, format_moment, parse_moment
from tokenhub_cli.errors import UsageError

NOW = 1_795_000_000.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("45m", 2700), ("12h", 43_200), ("30d", 2_592_000), ("6w", 3_628_800), (" 1D ", 86_400)],
)
def test_a_duration_is_counted_back(text: str, seconds: float) -> None:
    """A number and a unit stand for the moment so long ago."""
    assert NOW - parse_moment(text, NOW) == seconds


@pytest.mark.parametrize("text", ["2026-11-22", "2026-11-22 21:30", "2026-11-22T21:30:05"])
def test_a_date_is_local(text: str) -> None:
    """A date, with or without a time, is read in the local time zone."""
    assert format_moment(parse_moment(text, NOW)).startswith(text.replace("T", " ")[:16])


def test_today_begins_at_midnight() -> None:
    """`today` is the last midnight."""
    assert time.localtime(parse_moment("today", NOW))[3:6] == (0, 0, 0)


@pytest.mark.parametrize(
    "text", ["", "soon", "d", "-3d", "3x", "2026-13-01", "1.5d", "9" * 400 + "d", "9" * 5000 + "d"]
)
def test_anything_else_is_refused(text: str) -> None:
    """What is neither is an error that shows both."""
    with pytest.raises(UsageError, match="is no time"):
        parse_moment(text, NOW)


@pytest.mark.parametrize(
    ("seconds", "age"),
    [(-5, "now"), (59, "now"), (60, "1m"), (7199, "1h"), (86_400, "1d"), (13 * 86_400, "13d")],
)
def test_an_age_has_one_unit(seconds: float, age: str) -> None:
    """An age is rounded down to its largest unit."""
    assert format_age(NOW - seconds, NOW) == age


def test_an_age_over_a_year_is_a_date() -> None:
    """Weeks up to a year, then the date."""
    assert format_age(NOW - 300 * 86_400, NOW) == "42w"
    assert format_age(NOW - 400 * 86_400, NOW).startswith("2025-")


@pytest.mark.parametrize(
    ("seconds", "age"),
    [
        (-5, "just now"),
        (59.9, "just now"),
        (60, "1 minute ago"),
        (7199, "1 hour ago"),
        (7200, "2 hours ago"),
        (40 * 86_400, "40 days ago"),
    ],
)
def test_an_age_in_words_has_one_unit(seconds: float, age: str) -> None:
    """Rounded down to the largest that fits."""
    assert describe_age(seconds) == age
