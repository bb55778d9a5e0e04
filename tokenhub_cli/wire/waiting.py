"""How long a gateway asks us to wait, in each of the ways in which gateways say it.

In this order: `retry-after-ms`; `Retry-After` as seconds or as a date (RFC 9110, section 10.2.3);
the vendors' `x-ratelimit-reset-*`, as a duration (`1m30s`), in seconds, or as a moment since the
epoch in seconds or milliseconds; "try again in 20s" in the message. A date is measured against the
gateway's own `Date` header where there is one, so that a wrong clock here does no harm.
"""

import re
from collections.abc import Mapping

MAX_WAIT_S = 86_400.0
"""A wait is at most a day; what is sensible to wait for is decided elsewhere."""

_EPOCH_S = 1e9
_EPOCH_MS = 1e11
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_NUMBER = r"\d{1,15}(?:\.\d{1,9})?"
_DURATION = re.compile(rf"(?:{_NUMBER}\s*(?:ms|s|m|h|d)\s*)+", re.ASCII)
_DURATION_PART = re.compile(rf"({_NUMBER})\s*(ms|s|m|h|d)", re.ASCII)
_IN_WORDS = re.compile(
    rf"\b(?:try again|retry)\s+(?:in|after)\s+({_NUMBER})\s*"
    r"(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?)\b",
    re.ASCII | re.IGNORECASE,
)
_RESETS = ("x-ratelimit-reset-requests", "x-ratelimit-reset-tokens", "x-ratelimit-reset")


def parse_wait(headers: Mapping[str, str], *, now: float, words: str = "") -> float | None:
    """Return the seconds to wait, from 0 to a day, or None if nothing says.

    Args:
        headers: The response's headers, names in lower case.
        now: Seconds since the epoch.
        words: The gateway's message.
    """
    now = _parse_date(headers.get("date", "")) or now
    wait = _parse_number(headers.get("retry-after-ms", ""), 0.001)
    if wait is None:
        wait = _parse_retry_after(headers.get("retry-after", ""), now)
    if wait is None:
        wait = _find_reset(headers, now)
    if wait is None and (found := _IN_WORDS.search(words)):
        unit = found[2].lower()
        wait = float(found[1]) * _UNITS["ms" if unit.startswith(("ms", "mil")) else unit[0]]
    return None if wait is None else min(max(wait, 0.0), MAX_WAIT_S)


def _parse_retry_after(value: str, now: float) -> float | None:
    seconds = _parse_number(value.strip().removesuffix("s"), 1.0)
    if seconds is not None:
        return _since(seconds, now)
    moment = _parse_date(value)
    return None if moment is None else moment - now


def _find_reset(headers: Mapping[str, str], now: float) -> float | None:
    """Return the longest wait among the limits that are used up, as far as the headers tell."""
    waits = []
    for name in _RESETS:
        remaining = headers.get(name.replace("-reset", "-remaining"), "0").strip()
        if not remaining.strip("0."):
            waits.append(_parse_reset(headers.get(name, "").strip(), now))
    return max((wait for wait in waits if wait is not None), default=None)


def _parse_reset(value: str, now: float) -> float | None:
    number = _parse_number(value, 1.0)
    if number is not None:
        return _since(number, now)
    if not _DURATION.fullmatch(value):
        return None
    return sum(float(amount) * _UNITS[unit] for amount, unit in _DURATION_PART.findall(value))


def _since(number: float, now: float) -> float:
    """Return the seconds that a number means: a duration, or a moment since the epoch."""
    if number >= _EPOCH_MS:
        return number / 1000 - now
    if number >= _EPOCH_S:
        return number - now
    return number


def _parse_number(value: str, scale: float) -> float | None:
    if not re.fullmatch(rf"\s*-?{_NUMBER}\s*", value, re.ASCII):
        return None
    return float(value) * scale


def _parse_date(value: str) -> float | None:
    """Return an HTTP date as seconds since the epoch, or None if it is none."""
    if not any(character.isdigit() for character in value[:64]):
        return None
    from email.utils import mktime_tz, parsedate_tz

    try:
        parsed = parsedate_tz(value[:64])
        return float(mktime_tz(parsed)) if parsed else None
    except (ValueError, TypeError, IndexError, OverflowError):  # a date such as 99 Feb 0000
        return None
