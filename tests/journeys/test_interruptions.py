"""An answer over real sockets that break in every way: nothing is lost, nothing is doubled."""

import threading
from typing import Any

import pytest

from tests.support.client import JOINED, MODEL, NEVER_JOINED, ask, find_end, open_client
from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.demo.answers import THINKER, pick_answer
from tokenhub_cli.demo.continuation import Continuation
from tokenhub_cli.demo.faults import (
    Bomb,
    Cut,
    Drip,
    End,
    ErrorInside,
    ErrorShape,
    Fails,
    Fault,
    GoesOn,
    Oddity,
    Refuses,
    Stall,
    times,
)
from tokenhub_cli.demo.server import DemoGateway, FaultPlan
from tokenhub_cli.demo.texts import POEM
from tokenhub_cli.wire.events import Ended

pytestmark = pytest.mark.waits  # real pauses between attempts
QUESTION = "Write a poem"


def open_gateway(faults: FaultPlan, way: Continuation = Continuation.EXACT) -> DemoGateway:
    return DemoGateway(tokens_per_second=None, faults=faults, continuation=way)


def ask_gateway(
    gateway: DemoGateway, question: str, *, model: str = MODEL, **options: Any
) -> Ended:
    """Ask as `tokenhub ask` does, real pauses between attempts included; return the end."""
    pause = threading.Event.wait
    with open_client(gateway.base_url, pause=pause, connect_timeout=5.0, **options) as client:
        return find_end(ask(client, question, model=model))


@pytest.mark.parametrize("way", JOINED)
@pytest.mark.parametrize("question", [QUESTION, "Markdown", "Give me a table"])
def test_a_cut_answer_arrives_whole(question: str, way: Continuation) -> None:
    """However the gateway goes on, two cuts leave no trace in the text."""
    whole = pick_answer(question, "gpt-4o").text
    for offset in (500, 1737, 6685):
        with open_gateway((Cut(offset), Cut(2500, end=End.RST)), way) as gateway:
            ended = ask_gateway(gateway, question)
        assert ended.text == whole
        assert ended.status is AnswerStatus.COMPLETE


@pytest.mark.parametrize("way", NEVER_JOINED)
@pytest.mark.parametrize("question", [QUESTION, "Markdown", "Give me a table"])
def test_what_cannot_be_joined_is_not_joined(question: str, way: Continuation) -> None:
    """The answer then ends as incomplete, with the text so far and an error that says so."""
    whole = pick_answer(question, "gpt-4o").text
    with open_gateway((Cut(4211),), way) as gateway:
        ended = ask_gateway(gateway, question)
    assert ended.text
    assert ended.text != whole
    assert whole.startswith(str(ended.text))
    assert ended.status is AnswerStatus.INCOMPLETE
    assert ended.error is not None


@pytest.mark.parametrize(
    "plan",
    [
        times(10, Cut(after_pieces=12)),
        times(10, Cut(after_pieces=12, end=End.RST)),
        times(10, Cut(after_pieces=12, end=End.CLEAN)),
        (Fails(429, 0.1), Cut(4000)),
        (Cut(4000), Fails(429, 0.1), Fails(503), Cut(3000)),
        times(3, Oddity.NO_ANSWER),
        ((Drip(7), Cut(5000)), Drip(1)),
        (Bomb(),),
        (Oddity.ENDLESS_LINE,),
        (Cut(4000), GoesOn(Continuation.SOMETHING_ELSE), Cut(3000)),
        (Cut(4000), Refuses("continue_final_message", 422), Cut(3000, end=End.RST)),
        *((ErrorInside(shape, 20),) for shape in ErrorShape),
    ],
    ids=str,
)
def test_the_answer_survives(plan: FaultPlan) -> None:
    """Drops in each of ten attempts, limits and drops mixed, bombs, errors inside the stream."""
    with open_gateway(plan) as gateway:
        ended = ask_gateway(gateway, QUESTION)
    assert ended.text == POEM
    assert ended.status is AnswerStatus.COMPLETE


@pytest.mark.parametrize("stall", [Stall(60, 4000), Stall(60, 4000, pings=True)])
def test_silence_ends_in_a_new_attempt(stall: Fault) -> None:
    """A stall is given up after the idle timeout, comments or not, and the rest asked for."""
    with open_gateway((stall,)) as gateway:
        ended = ask_gateway(gateway, QUESTION, idle_timeout=0.5)
        assert len(gateway.exchanges) == 2
    assert ended.text == POEM


def test_a_thinker_that_is_cut_twice() -> None:
    """Cut while it thinks, it is asked anew; cut in the answer, it goes on."""
    with open_gateway((Cut(after_pieces=30), Cut(after_pieces=100))) as gateway:
        ended = ask_gateway(gateway, QUESTION, model=THINKER)
    assert ended.text == POEM


def test_a_gateway_that_comes_back() -> None:
    """A server that goes away in mid-answer and is back later costs nothing but the time."""
    with DemoGateway(tokens_per_second=400, first_token_s=0) as gateway:

        def go_away() -> None:
            gateway.wait_for(lambda it: bool(it.exchanges) and it.exchanges[0].pieces_sent > 40)
            gateway.stop()
            back_again.wait(0.5)
            gateway.start()

        back_again = threading.Event()
        thread = threading.Thread(target=go_away)
        thread.start()
        ended = ask_gateway(gateway, QUESTION, chance=0.9)
        thread.join()
    assert ended.text == POEM
    assert ended.status is AnswerStatus.COMPLETE
