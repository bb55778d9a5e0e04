"""What the rounds of one answer amount to."""

import pytest

from tests.support.client import MODEL, build_request
from tokenhub_cli.chat.usage import Usage
from tokenhub_cli.errors import ConnectionLostError, RefusedRequestError
from tokenhub_cli.gateway.asking import Asking
from tokenhub_cli.gateway.ladder import Ladder
from tokenhub_cli.gateway.quirks import KnownQuirks, QuirkMemory
from tokenhub_cli.gateway.round import Round
from tokenhub_cli.gateway.stock import Stock
from tokenhub_cli.wire.strategy import Strategy


@pytest.fixture
def quirks() -> KnownQuirks:
    """What is known of the gateway; nothing yet."""
    return KnownQuirks(QuirkMemory(None), "https://gateway.example", MODEL)


@pytest.fixture
def stock(quirks: KnownQuirks) -> Stock:
    """The stock of an answer that was not asked for yet."""
    asking = Asking(build_request(), quirks, "gateway.example")
    return Stock(quirks, Ladder(quirks), asking)


def test_usage_is_summed_and_guessed_where_none_was_reported(stock: Stock) -> None:
    """A request that was not accepted costs nothing."""
    seen = []
    for outcome, length in (
        (Round(failure=ConnectionLostError("x")), 0),
        (Round(is_accepted=True, usage=Usage(3, 5, 8), characters=20), 20),
        (Round(is_accepted=True, characters=40), 60),
    ):
        stock.take(outcome, length)
        seen.append(stock.usage)
    prompt = len("Write a poem") // 4
    guessed = Usage(3 + prompt, 5 + 10, 8 + prompt + 10, estimated=True, attempts=2)
    assert seen == [None, Usage(3, 5, 8), guessed]


def test_rounds_without_a_new_character_are_counted(stock: Stock) -> None:
    """Any new character begins anew; a rung that was refused was no round."""
    seen = []
    for outcome in (
        Round(failure=ConnectionLostError("x")),
        Round(failure=ConnectionLostError("x")),
        Round(strategy=Strategy.PREFIX, failure=RefusedRequestError("x", status=400)),
        Round(characters=1, failure=ConnectionLostError("x")),
    ):
        stock.take(outcome, 9)
        seen.append(stock.idle_rounds)
    assert seen == [1, 2, 2, 0]


def test_a_gateway_is_learned_by_how_its_streams_end(stock: Stock, quirks: KnownQuirks) -> None:
    """`[DONE]` alone leaves the end unverified; twice in a row it is the gateway's way."""
    seen = []
    for outcome in (
        Round(is_done=True, has_answer=True, characters=9),
        Round(is_done=True, has_answer=True),
        Round(finish_reason="stop", has_answer=True, characters=3),
    ):
        stock.take(outcome, 9)
        seen.append((stock.is_unverified, quirks.now.lacks_finish_reason, quirks.now.lacks_done))
    assert seen == [(True, False, False), (True, True, False), (False, False, True)]


def test_an_end_that_was_false_is_no_habit(stock: Stock, quirks: KnownQuirks) -> None:
    """`[DONE]`, more text, `[DONE]`: the first was false, so nothing is known of the second."""
    seen = []
    for characters in (9, 8, 7, 0):
        stock.take(Round(is_done=True, has_answer=True, characters=characters), 9)
        seen.append((stock.unverified_ends, quirks.now.lacks_finish_reason))
    assert seen == [(1, False), (2, False), (3, False), (3, True)]
