"""Times as people type and read them: `30d`, `2026-11-22`, `3h`."""

import time

from tokenhub_cli.errors import UsageError

UNITS = {"m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0, "y": 31_557_600.0}
NAMES = {"d": "day", "h": "hour", "m": "minute"}
JUST_NOW = "just now"
LONGEST_DURATION = 10  # characters; a longer one is no time that anybody means
FORMATS = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")


def parse_moment(text: str, now: float) -> float:
    """Return the moment that a duration before `now`, or a date in local time, stands for.

    Args:
        text: `45m`, `12h`, `30d`, `6w`, `1y`, `today`, `2026-11-22` or `2026-11-22 21:30`.
        now: Seconds since 1970.

    Raises:
        UsageError: It is neither.
    """
    typed = text.strip().lower()
    if typed[:-1].isdecimal() and len(typed) <= LONGEST_DURATION and typed[-1:] in UNITS:
        return now - int(typed[:-1]) * UNITS[typed[-1]]
    if typed == "today":
        typed = time.strftime("%Y-%m-%d", time.localtime(now))
    for pattern in FORMATS:
        try:
            return time.mktime(time.strptime(typed.upper(), pattern))
        except (ValueError, OverflowError):
            continue
    raise UsageError(
        f"`{text}` is no time",
        hint="a duration such as `30d`, `12h`, `6w`, or a date: `2026-11-22`",
    )


def format_moment(moment: float) -> str:
    """Return a moment in local time, for programs to read: `2026-11-22 21:30`."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(moment))


def format_age(moment: float, now: float) -> str:
    """Return how long ago a moment was, in one unit; a date where that is over a year."""
    seconds = max(now - moment, 0.0)
    if seconds < UNITS["m"]:
        return "now"
    for unit, following in (("m", "h"), ("h", "d"), ("d", "w"), ("w", "y")):
        if seconds < UNITS[following] * (2 if unit == "d" else 1):
            return f"{int(seconds // UNITS[unit])}{unit}"
    return time.strftime("%Y-%m-%d", time.localtime(moment))


def describe_age(seconds: float) -> str:
    """Return in words how long ago something was, in the largest unit that fits: `3 hours ago`."""
    for unit, name in NAMES.items():
        if seconds >= UNITS[unit]:
            count = int(seconds // UNITS[unit])
            return f"{count} {name}{'' if count == 1 else 's'} ago"
    return JUST_NOW
