"""JSON as gateways write it."""

import pytest

from tokenhub_cli.wire.documents import decode_json, decode_json_at


@pytest.mark.parametrize("character", ["\t", "\v", "\f", "\x1b", "\x00"])
def test_raw_control_characters_stand_for_themselves(character: str) -> None:
    """Inside a string; elsewhere they are as wrong as ever."""
    assert decode_json(f'{{"a":"b{character}c"}}') == {"a": f"b{character}c"}
    assert decode_json_at(f'x"b{character}c"', 1) == (f"b{character}c", 6)


@pytest.mark.parametrize("text", ["", "{", "\v{}", '{"a":1}{', "'a'"])
def test_what_is_no_json_is_refused(text: str) -> None:
    """Leniency ends there."""
    with pytest.raises(ValueError, match=r"."):
        decode_json(text)
