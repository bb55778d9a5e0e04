"""A broken connection never costs a word: each kind of break, with each way of going on."""

import threading
from pathlib import Path

import pytest

from tests.support.client import (
    JOINED,
    NEVER_JOINED,
    Waits,
    ask,
    count_kinds,
    find_end,
    open_client,
)
from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.demo.continuation import Continuation
from tokenhub_cli.demo.faults import Cut, Drip, End, Fails, Fault, Oddity, Stall, times
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.demo.texts import CODE, POEM, TABLE
from tokenhub_cli.gateway.answer import Partial
from tokenhub_cli.gateway.quirks import QuirkMemory
from tokenhub_cli.wire.events import Interrupted, Resumed
from tokenhub_cli.wire.recovery import Policy

IDLE_S = 0.15
BREAKS: dict[str, tuple[Fault, ...]] = {
    "FIN": (Cut(after_pieces=40),),
    "FIN in mid-frame": (Cut(3001),),
    "RST": (Cut(after_pieces=40, end=End.RST),),
    "body ends as if whole": (Cut(after_pieces=40, end=End.CLEAN),),
    "stall": (Stall(30, after_pieces=40),),
    "pings without data": (Stall(30, after_pieces=40, pings=True),),
    "drip, then FIN": (Drip(7), Cut(after_pieces=40)),
    "drip, then RST": (Drip(1), Cut(2000, end=End.RST)),
}


@pytest.mark.parametrize("way", JOINED)
@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_answer_arrives_whole(name: str, way: Continuation) -> None:
    """Wherever the connection breaks, and however the gateway goes on, no character is missing."""
    with (
        DemoGateway(tokens_per_second=None, faults=(BREAKS[name],), continuation=way) as gateway,
        open_client(gateway.base_url, idle_timeout=IDLE_S) as client,
    ):
        events = ask(client)
    ended = find_end(events)
    assert ended.status is AnswerStatus.COMPLETE
    assert ended.text == POEM
    assert ended.error is None
    assert ended.usage is not None
    assert ended.usage.attempts >= 2
    retries, interruptions, joined = count_kinds(events)
    if "RST" in name:  # a reset may take back what the system had not handed over yet
        assert retries or (interruptions and joined)
    else:
        assert (retries, joined) == (0, 1)
        assert interruptions >= 1


@pytest.mark.parametrize("way", NEVER_JOINED)
@pytest.mark.parametrize("end", End)
def test_what_cannot_be_joined_is_not_joined(end: End, way: Continuation) -> None:
    """A gateway that goes on in other words costs the rest, and never a character of what came."""
    with (
        DemoGateway(
            tokens_per_second=None, faults=(Cut(after_pieces=40, end=end),), continuation=way
        ) as gateway,
        open_client(gateway.base_url) as client,
    ):
        ended = find_end(ask(client))
    if ended.status is AnswerStatus.COMPLETE:
        assert ended.text == POEM
    else:
        assert ended.status is AnswerStatus.INCOMPLETE
        assert POEM.startswith(str(ended.text))
        assert ended.error is not None
        assert ended.error.exit_code == 3
        assert "tokenhub resume" in ended.error.hint


@pytest.mark.parametrize("end", [End.FIN, End.CLEAN])
@pytest.mark.parametrize("text", [POEM, CODE, TABLE * 3], ids=["poem", "code", "table"])
def test_a_drop_in_each_of_ten_attempts(text: str, end: End) -> None:
    """Ten drops in a row, each after some text, and the answer is whole."""
    faults = times(10, Cut(after_pieces=24 if "---" in text else 12, end=end))
    with (
        DemoGateway(tokens_per_second=None, answers=text, faults=faults) as gateway,
        open_client(gateway.base_url) as client,
    ):
        events = ask(client)
        assert len(gateway.exchanges) == 11
    ended = find_end(events)
    assert (ended.status, ended.text) == (AnswerStatus.COMPLETE, text)
    assert ended.usage is not None
    assert ended.usage.attempts == 11
    assert count_kinds(events) == (0, 10, 10)


def test_a_reset_in_each_of_ten_attempts() -> None:
    """The same with resets, which may take text back that was on its way."""
    faults = times(10, Drip(50, 0.0005), Cut(after_pieces=12, end=End.RST))
    with (
        DemoGateway(tokens_per_second=None, faults=faults) as gateway,
        open_client(gateway.base_url, policy=Policy(max_retries=10)) as client,
    ):
        ended = find_end(ask(client))
    assert (ended.status, ended.text) == (AnswerStatus.COMPLETE, POEM)


def test_the_sum_of_usage_counts_every_attempt() -> None:
    """What a resumed answer cost is the sum over its attempts; a cut one is estimated."""
    with (
        DemoGateway(tokens_per_second=None, faults=(Cut(after_pieces=40),)) as gateway,
        open_client(gateway.base_url) as client,
    ):
        whole = find_end(ask(client)).usage
        plain = find_end(ask(client)).usage
    assert whole is not None
    assert plain is not None
    assert (plain.attempts, plain.estimated) == (1, False)
    assert (whole.attempts, whole.estimated) == (2, True)
    assert whole.prompt_tokens > 2 * plain.prompt_tokens  # the partial answer went back
    assert whole.total_tokens == whole.prompt_tokens + whole.completion_tokens


def test_a_gateway_that_is_gone_for_a_while_is_waited_for() -> None:
    """The server dies in mid-answer and comes back after the second refused connection."""
    pauses: list[float] = []
    with DemoGateway(tokens_per_second=None, faults=(Stall(30, after_pieces=40),)) as gateway:

        def kill() -> None:
            gateway.wait_for(lambda it: any(exchange.pieces_sent for exchange in it.exchanges))
            gateway.stop()

        def pause(_switch: threading.Event, seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 3:
                gateway.start()

        with open_client(gateway.base_url, pause=pause, chance=0.5) as client:
            killer = threading.Thread(target=kill)
            killer.start()
            ended = find_end(ask(client))
            killer.join()
    assert (ended.status, ended.text) == (AnswerStatus.COMPLETE, POEM)
    assert sum(pauses) > 3  # a gateway that is back after three seconds is met again


def test_a_rate_limit_then_a_drop_then_the_rest() -> None:
    """429, a cut in mid-answer, 503 and another 429 on the way back: the answer is whole."""
    faults = (Fails(429, retry_after=2), Cut(3000), Fails(503), Fails(429, retry_after=7))
    waits = Waits()
    with (
        DemoGateway(tokens_per_second=None, faults=faults) as gateway,
        open_client(gateway.base_url, pause=waits) as client,
    ):
        events = ask(client)
    ended = find_end(events)
    assert (ended.status, ended.text) == (AnswerStatus.COMPLETE, POEM)
    assert waits.seconds == [2, 0, 1, 7]
    assert count_kinds(events) == (1, 3, 1)


def test_the_ladder_is_climbed_down_once(tmp_path: Path) -> None:
    """Rungs that are refused are not tried again, not even by the next run."""
    memory = tmp_path / "quirks.json"
    with DemoGateway(
        tokens_per_second=None,
        faults=times(9, Cut(after_pieces=30)),
        continuation=Continuation.REFUSES,
    ) as gateway:
        counts = []
        for _ in range(2):
            before = len(gateway.exchanges)
            with open_client(gateway.base_url, memory_file=memory) as client:
                ended = find_end(ask(client, "What is Markdown?"))
            assert ended.status is AnswerStatus.COMPLETE
            counts.append(len(gateway.exchanges) - before)
        origin = f"http://127.0.0.1:{gateway.port}"
        refused = QuirkMemory(memory).recall(origin, "gpt-4o").refused_strategies
    assert refused == {"prefix", "plain"}
    assert counts[0] > counts[1]


def test_a_cut_while_thinking_is_a_plain_retry() -> None:
    """Nothing of the answer had come, so it is asked afresh, and nothing is said twice."""
    with (
        DemoGateway(tokens_per_second=None, faults=(Cut(after_pieces=9),)) as gateway,
        open_client(gateway.base_url) as client,
    ):
        events = ask(client, model="demo-thinker")
    ended = find_end(events)
    assert (ended.status, ended.text) == (AnswerStatus.COMPLETE, POEM)
    assert count_kinds(events) == (1, 0, 0)
    assert ended.reasoning.count("I will take the first.") == 1


def test_resuming_can_be_switched_off() -> None:
    """`--no-resume`: the text is kept, the answer is incomplete, and nothing more is asked."""
    with (
        DemoGateway(tokens_per_second=None, faults=(Cut(after_pieces=40),)) as gateway,
        open_client(gateway.base_url, policy=Policy(resume=False)) as client,
    ):
        ended = find_end(ask(client))
        assert len(gateway.exchanges) == 1
    assert ended.status is AnswerStatus.INCOMPLETE
    assert POEM.startswith(str(ended.text))
    assert ended.text


@pytest.mark.parametrize("is_shown", [True, False])
def test_an_answer_of_an_earlier_run_is_gone_on_with(is_shown: bool) -> None:  # noqa: FBT001 - a case
    """What came before is shown first, unless it stands on the screen, and then the rest."""
    with (
        DemoGateway(tokens_per_second=None) as gateway,
        open_client(gateway.base_url) as client,
    ):
        events = ask(client, partial=Partial(POEM[:101], is_shown=is_shown))
    ended = events[-1]
    assert getattr(ended, "text", "") == POEM
    assert getattr(ended, "status", None) is AnswerStatus.COMPLETE
    if not is_shown:
        find_end(events)
    assert any(isinstance(event, Interrupted) and event.offset == 101 for event in events)
    assert any(isinstance(event, Resumed) and event.strategy == "prefix" for event in events)


def test_a_partial_answer_survives_a_gateway_that_is_gone() -> None:
    """Resuming against nobody ends as incomplete, with the text that was there."""
    with DemoGateway(tokens_per_second=None) as gateway:
        gateway.stop()
        with open_client(gateway.base_url) as client:
            ended = find_end(ask(client, partial=Partial(POEM[:101])))
    assert (ended.status, ended.text) == (AnswerStatus.INCOMPLETE, POEM[:101])


def test_dialects_do_not_matter_to_a_seam() -> None:
    """Escaped surrogate pairs, CRLF and one byte at a time, cut in mid-pair: the same text."""
    text = "One 🌱, a family 👨‍👩‍👧‍👦, a thumb 👍🏽, a flag 🇯🇵. " * 6
    faults = times(6, Oddity.ASCII, Oddity.CRLF, Drip(1), Cut(2222))
    with (
        DemoGateway(tokens_per_second=None, answers=text, faults=faults) as gateway,
        open_client(gateway.base_url) as client,
    ):
        ended = find_end(ask(client))
    assert ended.text == text
    assert ended.status is AnswerStatus.COMPLETE
