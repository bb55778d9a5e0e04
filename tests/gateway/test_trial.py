"""What a gateway really does: one short answer, and the rest of one in each way."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.gateways import ScriptedServer
from tokenhub_cli.chat.usage import Usage
from tokenhub_cli.demo.answers import MODELS
from tokenhub_cli.demo.faults import Fault, Refuses
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.gateway.finding import Verdict
from tokenhub_cli.gateway.transport import Endpoint, Transport
from tokenhub_cli.gateway.trial import (
    Observation,
    judge_answer,
    judge_resuming,
    probe_resuming,
    try_answer,
)

MODEL = MODELS[0]
WHOLE = Observation("yes", "", 1, 0.25, 0.3, "stop", is_done=True, usage=Usage(9, 1, 10))


@contextmanager
def connected(gateway: DemoGateway) -> Iterator[Transport]:
    transport = Transport(Endpoint(gateway.base_url))
    try:
        yield transport
    finally:
        transport.close()


def test_a_whole_answer_is_judged_by_its_end() -> None:
    """Time to the first token, pieces, and the three things that should stand at the end."""
    found = judge_answer(WHOLE)
    assert found.verdict is Verdict.OK
    assert found.words == (
        "first token after 0.25 s, 1 piece; with `finish_reason` `stop`, `[DONE]`, usage"
    )


def test_what_is_missing_at_the_end_is_named() -> None:
    """Only a missing `finish_reason` is worth a warning: nothing else proves a whole answer."""
    bare = judge_answer(Observation("yes", "", 2, 0.25, 0.3))
    assert bare.verdict is Verdict.WARNING
    assert bare.words.endswith("with nothing at its end; without `finish_reason`, `[DONE]`, usage")
    assert "cannot be told from cut ones" in bare.hint
    assert judge_answer(Observation("yes", "", 2, 0.25, 0.3, "stop")).verdict is Verdict.OK


@pytest.mark.parametrize("silence", [[], [30.0]], ids=["cut", "held open"])
def test_what_becomes_of_the_connection_after_done_is_no_matter(silence: list[float]) -> None:
    """Nothing counts after `[DONE]`, also where no `finish_reason` came before it."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    events = b'data: {"choices":[{"delta":{"content":"yes"}}]}\n\ndata: [DONE]\n\n'
    chunk = b"%x\r\n%b\r\n" % (len(events), events)
    with ScriptedServer([head, chunk, *silence]) as server:
        transport = Transport(Endpoint(server.base_url))
        found = try_answer(transport, MODEL)
        transport.close()
    assert found.verdict is Verdict.WARNING
    assert "with `[DONE]`; without `finish_reason`" in found.words


def test_no_text_at_all_is_a_failure() -> None:
    """Unless the gateway says that this was the answer."""
    assert judge_answer(Observation(is_done=True)).verdict is Verdict.FAILED
    assert judge_answer(Observation(finish_reason="length")).verdict is Verdict.OK


def test_one_way_to_resume_is_enough() -> None:
    """None at all is a warning with the setting that spares the attempts."""
    assert judge_resuming({"prefix": "refused (422)", "plain": "joined exactly"}).verdict == "ok"
    found = judge_resuming({"prefix": "refused (422)", "plain": "did not fit"})
    assert found.verdict is Verdict.WARNING
    assert found.words == "prefix: refused (422); plain: did not fit"
    assert found.command == "tokenhub config set resume off"


@pytest.mark.parametrize(
    ("refused", "requests"),
    [
        (["stream_options"], 2),
        (["max_tokens"], 2),
        (["stream_options", "max_tokens"], 3),
        (["max_tokens", "max_completion_tokens"], 3),
    ],
)
def test_a_parameter_of_ours_that_is_refused_is_left_out(refused: list[str], requests: int) -> None:
    """As in a real answer; each is left out or renamed once, so that this ends."""
    every: list[Fault] = [Refuses(name) for name in refused]
    with (
        DemoGateway(key=None, every=every, tokens_per_second=None) as gateway,
        connected(gateway) as transport,
    ):
        found = try_answer(transport, MODEL)
        assert len(gateway.requests) == requests
    both_names = "max_completion_tokens" in refused
    assert found.verdict is (Verdict.FAILED if both_names else Verdict.OK)


def test_an_answer_too_short_to_cut_is_no_proof() -> None:
    """Nothing is asked for then."""
    with (
        DemoGateway(key=None, answers="No.", tokens_per_second=None) as gateway,
        connected(gateway) as transport,
    ):
        assert probe_resuming(transport, MODEL).verdict is Verdict.SKIPPED
        assert len(gateway.requests) == 1


def test_what_was_left_out_once_is_left_out_of_what_follows() -> None:
    """Each way of resuming is judged by itself, not by a parameter that is refused everywhere."""
    answer = "one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve"
    with (
        DemoGateway(
            key=None, answers=answer, every=[Refuses("stream_options")], tokens_per_second=None
        ) as gateway,
        connected(gateway) as transport,
    ):
        found = probe_resuming(transport, MODEL)
        assert len(gateway.requests) == 1 + 1 + 3
    assert found.words.startswith("prefix: joined exactly; plain: joined exactly; anchor: ")
