"""Errors are found wherever a gateway puts them."""

from typing import Any

import pytest

from tokenhub_cli.wire.reported import find_error


@pytest.mark.parametrize(
    "document",
    [
        {"error": "x"},
        {"error": {"message": "x"}, "choices": []},
        {"object": "error", "message": "x"},
        {"detail": "x"},
        {"errors": ["x"]},
        {"success": False},
        {"status": 500, "message": "x"},
        [{"error": "x"}],
    ],
)
def test_an_error_is_found(document: Any) -> None:
    """Each shape that reports an error is known as one."""
    assert find_error(document) is not None


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"error": None, "choices": []},
        {"error": {}},
        {"error": {"message": "", "code": None}},
        {"choices": [], "message": "x"},
        {"object": "chat.completion.chunk", "message": "x"},
        {"message": ""},
        {"success": True},
        [],
        [[[{"error": "x"}]]],
        "error",
        None,
    ],
)
def test_what_reports_no_error_is_none(document: Any) -> None:
    """Empty error fields and ordinary chunks are no errors."""
    assert find_error(document) is None
