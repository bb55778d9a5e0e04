"""Reads token counts, under every name and in every form in which gateways report them."""

from typing import Any

from tokenhub_cli.chat.usage import Usage

_MOST = 10**15  # no answer costs more; a larger figure is senseless, and unfit for arithmetic
_MAX_DIGITS = 15


def parse_usage(report: object) -> Usage | None:
    """Return the counts of a `usage` object, or None if it holds none.

    Figures may be numbers or strings of digits; a missing or senseless one is 0. A missing total is
    the sum of prompt and completion.
    """
    if not isinstance(report, dict):
        return None
    prompt = _find(report, "prompt_tokens", "input_tokens")
    completion = _find(report, "completion_tokens", "output_tokens")
    total = _find(report, "total_tokens")
    if prompt is None and completion is None and total is None:
        return None
    cached = _find(report.get("prompt_tokens_details"), "cached_tokens")
    if cached is None:
        cached = _find(report, "prompt_cache_hit_tokens", "cached_tokens")
    return Usage(
        prompt_tokens=prompt or 0,
        completion_tokens=completion or 0,
        total_tokens=total or (prompt or 0) + (completion or 0),
        cached_tokens=cached or 0,
    )


def _find(report: Any, *names: str) -> int | None:
    """Return the first figure that is there under one of the names."""
    if isinstance(report, dict):
        for name in names:
            figure = _parse_count(report.get(name))
            if figure is not None:
                return figure
    return None


def _parse_count(value: object) -> int | None:
    match value:
        case bool():
            return None
        case int() if 0 <= value <= _MOST:
            return value
        case float() if 0 <= value <= _MOST:
            return int(value)
        case str() if (
            value.strip().isascii() and value.strip().isdigit() and len(value) <= _MAX_DIGITS
        ):
            return int(value)
        case _:
            return None
