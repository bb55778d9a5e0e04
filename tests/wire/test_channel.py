"""A channel is one running text that knows what it has carried."""

import pytest

from tokenhub_cli.wire.channel import Channel, replace_surrogates


def carry(*pieces: str) -> Channel:
    channel = Channel()
    for piece in pieces:
        channel.feed(piece)
    return channel


def test_a_pair_is_joined_and_lone_surrogates_are_replaced() -> None:
    """What comes out can be written as UTF-8."""
    channel = Channel()
    assert channel.feed("a\ud83d") == "a"
    assert channel.is_holding
    assert channel.feed("\ude42b\ude42\ud83dc") == "🙂b\ufffd\ufffdc"
    assert channel.feed("\ud83d") == ""
    assert channel.finish(is_cut=False) == "\ufffd"
    assert channel.finish(is_cut=False) == ""
    assert replace_surrogates("\ud83d\ude42\ud83d") == "🙂\ufffd"


@pytest.mark.parametrize(
    ("pieces", "last", "is_repetition"),
    [
        (["Hel", "lo"], "Hello", True),
        (["Hel", "lo"], "Hellx", False),
        (["Hel", "lo"], "lo", False),
        (["ha"], "ha", False),
        (["1", "1"], "11", False),
        (["A whole answer in one piece."], "A whole answer in one piece.", True),
        ([], "", False),
        (["x" * 5000, "y"], "x" * 5000 + "y", True),
        (["x" * 5000, "y"], "x" * 5000, False),
    ],
)
def test_a_last_piece_that_is_all_again_is_known(
    pieces: list[str], last: str, *, is_repetition: bool
) -> None:
    """A repetition is told from a piece that happens to be equal."""
    assert carry(*pieces).is_repetition(last) is is_repetition


def test_the_rest_of_a_cumulative_text_is_found() -> None:
    """A text that begins with all that came adds what follows."""
    assert carry("Hel").find_rest("Hello") == "lo"
    assert carry("Hel").find_rest("Hel") == ""
    assert carry("Hel").find_rest("He") is None
    assert carry("Hel").find_rest("help me") is None
    assert carry().find_rest("Hi") == "Hi"
