"""What an error says is read into its parts."""

import gzip

from tokenhub_cli.wire.complaint import MAX_BODY, Complaint, parse_body, parse_error


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
