"""Token counts are read under every name."""

from typing import Any

import pytest

from tokenhub_cli.chat.usage import Usage
from tokenhub_cli.wire.tokens import parse_usage


@pytest.mark.parametrize(
    ("report", "usage"),
    [
        ({"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 6}, Usage(3, 2, 6)),
        ({"prompt_tokens": "3", "completion_tokens": 2.0}, Usage(3, 2, 5)),
        ({"input_tokens": 3, "output_tokens": 2}, Usage(3, 2, 5)),
        ({"prompt_tokens": 3, "prompt_tokens_details": {"cached_tokens": 1}}, Usage(3, 0, 3, 1)),
        ({"prompt_tokens": 3, "prompt_cache_hit_tokens": 2}, Usage(3, 0, 3, 2)),
        ({"prompt_tokens": 3, "prompt_tokens_details": None}, Usage(3, 0, 3)),
        ({"prompt_tokens": -1, "completion_tokens": True, "total_tokens": 4}, Usage(0, 0, 4)),
        ({"prompt_tokens": None, "completion_tokens": None, "total_tokens": None}, None),
        ({"prompt_tokens": float("nan")}, None),
        ({"prompt_tokens": float("inf")}, None),
        ({"prompt_tokens": "٣"}, None),
        ({"prompt_tokens": "9" * 5000}, None),
        ({"prompt_tokens": 10**400, "completion_tokens": 1e300, "total_tokens": 4}, Usage(0, 0, 4)),
        ({"prompt_tokens": "9" * 18}, None),
        ({}, None),
        (None, None),
        ("x", None),
    ],
)
def test_counts_are_numbers_however_written(report: Any, usage: Usage | None) -> None:
    """Strings of digits count, senseless figures do not."""
    assert parse_usage(report) == usage
