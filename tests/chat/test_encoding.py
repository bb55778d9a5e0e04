"""Messages as the protocol's JSON."""

import pytest

from tokenhub_cli.chat.encoding import encode_json


def test_json_is_compact_utf8() -> None:
    """Text is sent as it is, and what UTF-8 cannot hold as a question mark."""
    assert encode_json({"a": "春\ud800", "b": [1]}) == '{"a":"春?","b":[1]}'.encode()


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, b"x"])
def test_what_is_no_json_is_refused(value: object) -> None:
    """Not a number, sets, bytes."""
    with pytest.raises((ValueError, TypeError)):
        encode_json(value)
