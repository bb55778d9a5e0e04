"""What a gateway really does: one short answer, and the rest of one, asked for in each way.

A trial is one request at a time, without retries, so that what is reported is what happened.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tokenhub_cli.chat.message import Role, build_message
from tokenhub_cli.chat.usage import Usage
from tokenhub_cli.errors import ExitCode, GatewayError, RefusedRequestError
from tokenhub_cli.gateway.asking import Asking
from tokenhub_cli.gateway.attempt import Attempt
from tokenhub_cli.gateway.finding import Finding, Verdict, fail
from tokenhub_cli.gateway.quirks import KnownQuirks, QuirkMemory
from tokenhub_cli.gateway.transport import Transport
from tokenhub_cli.gateway.watchdog import Watchdog
from tokenhub_cli.wire.encoding import EncodedBody
from tokenhub_cli.wire.events import (
    Decoded,
    DoneMarker,
    FailureReported,
    Finished,
    ReasoningDelta,
    TextDelta,
    UsageReported,
)
from tokenhub_cli.wire.request import AnswerRequest
from tokenhub_cli.wire.seam import SeamJoiner, SeamState
from tokenhub_cli.wire.strategy import Strategy

SHORT_QUESTION = "Reply with the word: yes"
SHORT_ANSWER_TOKENS = 2
LONG_QUESTION = "Count from one to forty in English words, separated by commas."
LONG_ANSWER_TOKENS = 60
SHORTEST_TO_CUT = 24
TICK_S = 0.1


@dataclass(slots=True)
class Observation:
    """What came back for one request; times in seconds from its start."""

    text: str = ""
    reasoning: str = ""
    pieces: int = 0
    first_token_s: float | None = None
    total_s: float = 0.0
    finish_reason: str = ""
    is_done: bool = False
    usage: Usage | None = None


def try_answer(transport: Transport, model: str) -> Finding:
    """Ask for an answer of two tokens and judge what comes; it is billed like any other."""
    asking = _ask(transport, model, SHORT_QUESTION, SHORT_ANSWER_TOKENS)
    try:
        return judge_answer(observe(transport, asking))
    except GatewayError as error:
        return fail("answer", error)


def judge_answer(seen: Observation) -> Finding:
    """Judge a short answer: did text come, piece by piece, and did the stream end as it should?"""
    if seen.first_token_s is None and not seen.finish_reason:
        return Finding(
            "answer",
            Verdict.FAILED,
            "the gateway answered with no text",
            "another model may do better: `tokenhub models list`",
            "tokenhub models list",
            ExitCode.UNREACHABLE,
        )
    first = f"first token after {seen.first_token_s:.2f} s" if seen.first_token_s else "no text"
    ending = f"`finish_reason` `{seen.finish_reason}`" if seen.finish_reason else ""
    present = [ending, "`[DONE]`" if seen.is_done else "", "usage" if seen.usage else ""]
    missing = [
        name
        for name, came in (
            ("`finish_reason`", seen.finish_reason),
            ("`[DONE]`", seen.is_done),
            ("usage", seen.usage),
        )
        if not came
    ]
    words = f"{first}, {seen.pieces} piece{'' if seen.pieces == 1 else 's'}; with "
    words += ", ".join(filter(None, present)) or "nothing at its end"
    hint = ""
    if missing:
        words += f"; without {', '.join(missing)}"
    if not seen.finish_reason:
        hint = "whole answers cannot be told from cut ones here; each is checked by one request"
    facts: tuple[tuple[str, object], ...] = (
        ("first_token_s", seen.first_token_s and round(seen.first_token_s, 3)),
        ("total_s", round(seen.total_s, 3)),
        ("pieces", seen.pieces),
        ("finish_reason", seen.finish_reason),
        ("done", seen.is_done),
        ("usage", seen.usage is not None),
    )
    verdict = Verdict.OK if seen.finish_reason else Verdict.WARNING
    return Finding("answer", verdict, words, hint, facts=facts)


def probe_resuming(transport: Transport, model: str) -> Finding:
    """Cut an answer in two and ask for the rest in each way; four requests, about 200 tokens."""
    asking = _ask(transport, model, LONG_QUESTION, LONG_ANSWER_TOKENS)
    try:
        seen = observe(transport, asking)
    except GatewayError as error:
        return fail("resuming", error)
    if len(seen.text) < SHORTEST_TO_CUT:
        words = "the model said too little to be cut; another model may say more"
        return Finding("resuming", Verdict.SKIPPED, words)
    half = seen.text[: len(seen.text) // 2]
    outcomes = {
        strategy.value: _try_strategy(transport, asking, strategy, half, seen.reasoning)
        for strategy in Strategy
    }
    return judge_resuming(outcomes)


def judge_resuming(outcomes: dict[str, str]) -> Finding:
    """Judge what came of each way to ask for the rest; `joined` is success."""
    words = "; ".join(f"{name}: {outcome}" for name, outcome in outcomes.items())
    works = [name for name, outcome in outcomes.items() if outcome.startswith("joined")]
    facts = tuple(outcomes.items())
    if works:
        return Finding("resuming", Verdict.OK, words, facts=facts)
    return Finding(
        "resuming",
        Verdict.WARNING,
        words,
        "cut answers stay incomplete here; this spares the attempts: "
        "`tokenhub config set resume off`",
        "tokenhub config set resume off",
        facts=facts,
    )


def observe(transport: Transport, asking: Asking) -> Observation:
    """Ask once and note what comes; a parameter of ours that is refused is left out.

    Raises:
        GatewayError: The request failed, or the stream broke.
    """
    while True:
        try:
            return _observe(transport, asking.request.model, asking.build_body())
        except RefusedRequestError as error:
            if not asking.leave_out_refused(error):
                raise


def _observe(transport: Transport, model: str, body: dict[str, Any]) -> Observation:
    seen = Observation()
    begun = time.monotonic()
    texts: list[str] = []
    thoughts: list[str] = []

    def take(batch: list[Decoded]) -> bool:
        for event in batch:
            match event:
                case TextDelta(piece) | ReasoningDelta(piece):
                    seen.pieces += 1
                    if seen.first_token_s is None:
                        seen.first_token_s = time.monotonic() - begun
                    (texts if isinstance(event, TextDelta) else thoughts).append(piece)
                case Finished(reason):
                    seen.finish_reason = reason
                case UsageReported(usage):
                    seen.usage = usage
                case DoneMarker():
                    seen.is_done = True
                case FailureReported(error):
                    raise error
        return True

    with _watched(transport) as watchdog:
        Attempt(transport, EncodedBody(body), model, watchdog).run(take)
    seen.text, seen.reasoning = "".join(texts), "".join(thoughts)
    seen.total_s = time.monotonic() - begun
    return seen


def _try_strategy(
    transport: Transport, asking: Asking, strategy: Strategy, half: str, reasoning: str
) -> str:
    """Ask for the rest of `half` in one way and say in a few words what came."""
    body, seam = asking.build_continuation(strategy, half, reasoning)
    try:
        seen = _observe(transport, asking.request.model, body)
    except RefusedRequestError as error:
        return f"refused ({error.status})" if error.status else "refused"
    except GatewayError as error:
        return error.message
    joiner = SeamJoiner(seam)
    joiner.feed(seen.text)
    joiner.finish(finished=bool(seen.finish_reason))
    if joiner.state is not SeamState.JOINED:
        return "did not fit"
    repeated = joiner.overlap - len(seam.held)
    return f"joined, {repeated} characters repeated" if repeated > 0 else "joined exactly"


def _ask(transport: Transport, model: str, question: str, tokens: int) -> Asking:
    """Return how to ask a gateway of which nothing is known: what is reported is what happens."""
    request = AnswerRequest(model, (build_message(Role.USER, question),), {"max_tokens": tokens})
    endpoint = transport.endpoint
    quirks = KnownQuirks(QuirkMemory(None), endpoint.origin, model)
    return Asking(request, quirks, endpoint.host)


@contextmanager
def _watched(transport: Transport) -> Iterator[Watchdog]:
    """Give a watchdog whose deadlines a thread keeps meanwhile."""
    watchdog = Watchdog(time.monotonic, transport.abort, transport.has_arrived)
    over = threading.Event()

    def keep() -> None:
        while not over.wait(TICK_S):
            watchdog.check()

    thread = threading.Thread(target=keep, daemon=True)
    thread.start()
    try:
        yield watchdog
    finally:
        over.set()
        thread.join()
