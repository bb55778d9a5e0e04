"""Words are found in every form of content."""

from typing import Any

import pytest

from tokenhub_cli.wire.content import read_content, read_reasoning


@pytest.mark.parametrize(
    ("content", "text", "thinking"),
    [
        ("Hi", "Hi", ""),
        (None, "", ""),
        (4, "4", ""),
        (True, "", ""),
        ({"type": "text", "text": "Hi"}, "Hi", ""),
        ([{"type": "output_text", "text": "Hi"}, "!"], "Hi!", ""),
        ([{"type": "thinking", "thinking": "Hm"}], "", "Hm"),
        ([{"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}], "", "Hm"),
        ([{"type": "reference", "reference_ids": [1]}, None, [1]], "", ""),
        ([{"type": ["x"], "text": 5}], "", ""),
    ],
)
def test_content_is_text_and_thinking(content: Any, text: str, thinking: str) -> None:
    """Strings, numbers and parts, with thinking parts apart."""
    assert read_content({"content": content}) == (text, thinking)


def test_a_refusal_is_text() -> None:
    """The model's no is its answer."""
    assert read_content({"content": None, "refusal": "No."}) == ("No.", "")


def test_reasoning_is_read_from_one_field() -> None:
    """The first field with words is used, and from then on no other."""
    piece = {"reasoning": "Hm", "reasoning_content": "", "reasoning_details": [{"text": "Hm"}]}
    assert read_reasoning(piece, "") == ("reasoning", "Hm")
    assert read_reasoning(piece, "reasoning_content") == ("reasoning_content", "")
    assert read_reasoning({}, "") == ("", "")
