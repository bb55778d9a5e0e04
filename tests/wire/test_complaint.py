"""Errors are found wherever a gateway puts them."""

import gzip
from typing import Any

import pytest

from tokenhub_cli.wire.complaint import MAX_BODY, Complaint, find_error, parse_body, parse_error


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


def test_the_fields_are_kept_apart() -> None:
    """Message, type, code, parameter and request id each have their place."""
    assert parse_error(
        {"message": "x (request id: 7)", "type": "T", "code": 400, "param": "body.stop"}
    ) == Complaint("x", "T", "400", "stop", "7")
    assert parse_error({"code": 400, "type": "T"}).kinds == ("400", "t")
    assert parse_error({"code": 400}).status == 400
    assert parse_error({"code": "model_not_found"}).status is None


def test_only_the_beginning_of_a_body_is_looked_at() -> None:
    """Neither a long body nor a packed one costs more than 64 KiB."""
    assert len(parse_body(b"x" * 10_000_000).message) == MAX_BODY
    assert len(parse_body(gzip.compress(b"x" * 10_000_000)).message) == MAX_BODY
