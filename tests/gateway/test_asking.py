"""What is sent for one answer, by what is known of the gateway."""

from pathlib import Path

import pytest

from tests.support.client import MODEL, build_request
from tokenhub_cli.errors import GatewayError, RefusedRequestError
from tokenhub_cli.gateway.asking import Asking
from tokenhub_cli.gateway.quirks import KnownQuirks, QuirkMemory
from tokenhub_cli.wire.strategy import Strategy

ORIGIN = "https://gateway.example"


@pytest.fixture
def memory(tmp_path: Path) -> QuirkMemory:
    """What is known of gateways; nothing yet."""
    return QuirkMemory(tmp_path / "quirks.json")


def ask(memory: QuirkMemory, **options: object) -> Asking:
    quirks = KnownQuirks(memory, ORIGIN, MODEL)
    return Asking(build_request(options=options), quirks, "gateway.example")


def refuse(name: str) -> GatewayError:
    return RefusedRequestError("refused", status=400, refused_parameter=name)


def test_what_was_refused_once_is_not_sent_again(memory: QuirkMemory) -> None:
    """It is left out from then on, of this answer and, remembered, of the next one."""
    asking = ask(memory)
    assert "stream_options" in asking.build_body()
    assert asking.leave_out_refused(refuse("stream_options"))
    assert "stream_options" not in asking.build_body()
    assert "stream_options" not in ask(memory).build_body()
    assert not asking.leave_out_refused(refuse("stream_options"))


def test_two_names_of_one_wish_are_tried_once_each(memory: QuirkMemory) -> None:
    """A gateway that refuses both is not asked for ever."""
    asking = ask(memory, max_tokens=9)
    assert asking.leave_out_refused(refuse("max_tokens"))
    assert asking.build_body()["max_completion_tokens"] == 9
    assert asking.leave_out_refused(refuse("max_completion_tokens"))
    assert not asking.leave_out_refused(refuse("max_tokens"))


@pytest.mark.parametrize("failure", [None, GatewayError("x"), refuse(""), refuse("temperature")])
def test_what_is_the_users_own_is_never_left_out(
    memory: QuirkMemory, failure: GatewayError | None
) -> None:
    """Nor is anything where nothing was refused."""
    asking = ask(memory, temperature=2)
    before = asking.build_body()
    assert not asking.leave_out_refused(failure)
    assert asking.build_body() == before


def test_the_rest_is_asked_for_where_it_is_joined(memory: QuirkMemory) -> None:
    """The body sends back what the seam does not hold."""
    body, seam = ask(memory).build_continuation(Strategy.PLAIN, "one two three", "hm", words=2)
    assert seam.prefix + seam.held == "one two three"
    assert seam.held.split() == ["two", "three"]
    assert body["messages"][-1]["content"] == seam.prefix
    assert body["messages"][-1]["reasoning_content"] == "hm"


def test_a_guess_counts_what_was_sent_and_what_came(memory: QuirkMemory) -> None:
    """Four characters to a token, and marked as a guess."""
    question = len("Write a poem")
    usage = ask(memory).estimate_usage(8, 40)
    assert (usage.prompt_tokens, usage.completion_tokens) == ((question + 8) // 4, 10)
    assert usage.estimated
