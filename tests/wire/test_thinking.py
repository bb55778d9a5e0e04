"""Thinking written into the content is told from the answer."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tokenhub_cli.wire.thinking import ThinkSplitter


def split(pieces: list[str]) -> tuple[str, str]:
    splitter = ThinkSplitter()
    parts = [splitter.feed(piece) for piece in pieces] + [splitter.finish()]
    return "".join(part[0] for part in parts), "".join(part[1] for part in parts)


@pytest.mark.parametrize(
    ("text", "reasoning", "answer"),
    [
        ("Hi", "", "Hi"),
        ("  Hi", "", "  Hi"),
        ("", "", ""),
        ("\n<think>\nHm\n</think>\n\nHi\n", "Hm\n", "Hi\n"),
        ("<think></think>Hi", "", "Hi"),
        ("<think>\n\n</think>\n\nHi", "", "Hi"),
        ("<think>Hm", "Hm", ""),
        ("<think>a</thin b < </", "a</thin b < </", ""),
        ("<think>a</think>b<think>c</think>", "a", "b<think>c</think>"),
        ("<thi", "", "<thi"),
        ("<thinking>a", "", "<thinking>a"),
        ("a<think>b</think>", "", "a<think>b</think>"),
        ("<think>a</think>", "a", ""),
    ],
)
def test_only_the_start_of_the_content_is_thinking(text: str, reasoning: str, answer: str) -> None:
    """The tags count at the very start, whole or a character at a time."""
    assert split([text]) == (reasoning, answer)
    assert split(list(text)) == (reasoning, answer)


@settings(max_examples=200, deadline=None, database=None)
@given(st.lists(st.sampled_from(["<think>", "</think>", "<", "/", "think", ">", "a", "\n"])))
def test_cuts_change_nothing(pieces: list[str]) -> None:
    """However the content is cut, the same words are thinking."""
    assert split(pieces) == split(["".join(pieces)])
