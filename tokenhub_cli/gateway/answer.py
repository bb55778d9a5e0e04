"""One answer over however many connections it takes: the loop over attempts.

Runs in the reader thread. Each attempt's events are passed on; what to do after an attempt that
did not finish the answer is decided by `wire/recovery.py`, and a continuation is joined by
`wire/seam.py`. What a gateway turned out not to take is left out from then on
(`gateway/quirks.py`).

An answer is complete only with a `finish_reason`. `[DONE]` alone proves nothing: one attempt to go
on settles it, unless the gateway is known never to send a `finish_reason`.
"""

import threading
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from io import StringIO
from typing import TYPE_CHECKING, Any

from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.chat.usage import Usage, estimate_usage, sum_usage
from tokenhub_cli.errors import (
    GatewayError,
    IncompleteAnswerError,
    RefusedRequestError,
    TokenHubError,
    UnknownModelError,
)
from tokenhub_cli.gateway.attempt import Attempt
from tokenhub_cli.gateway.round import Round
from tokenhub_cli.wire.events import (
    AttemptStarted,
    Decoded,
    DoneMarker,
    Ended,
    Event,
    FailureReported,
    Finished,
    Interrupted,
    ReasoningDelta,
    Resumed,
    Retrying,
    TextDelta,
    ToolCallDelta,
    UsageReported,
)
from tokenhub_cli.wire.recovery import (
    Decision,
    GiveUp,
    Resume,
    Retry,
    Situation,
    decide_recovery,
    refuses_rung,
)
from tokenhub_cli.wire.request import (
    AnswerRequest,
    build_body,
    build_continuation,
    encode_body,
    guess_flavour,
    without_parameter,
)
from tokenhub_cli.wire.seam import SeamJoiner, SeamState, plan_seam
from tokenhub_cli.wire.strategy import Strategy

if TYPE_CHECKING:
    from tokenhub_cli.gateway.client import GatewayClient

# Fields that we add ourselves, or can say in other words: refused, they are silently left out or
# renamed, and that is remembered.
OURS = frozenset({"stream_options", "max_tokens", "max_completion_tokens"})


@dataclass(frozen=True, slots=True)
class Partial:
    """What came of an answer before, to be gone on with.

    `is_shown` is set where it stands on the user's screen already; otherwise it is yielded first.
    """

    text: str
    reasoning: str = ""
    is_shown: bool = False


class AnswerUnderWay:
    """One answer; iterate over `events` once.

    Args:
        client: The connection, the policy and the off switch.
        request: The question.
        partial: What is there already, if anything.
    """

    def __init__(
        self, client: "GatewayClient", request: AnswerRequest, partial: Partial | None
    ) -> None:
        self._client = client
        # The client may get others for its next answer while this one is still being wound up.
        self._transport = client.transport
        self._watchdog = client.watchdog
        self.cancelled = threading.Event()
        self.is_over = False
        self._origin = client.transport.endpoint.origin
        self._quirks = client.memory.recall(self._origin, request.model)
        for name in self._quirks.refused_parameters:
            request = without_parameter(request, name) or request
        self._request = request
        # Appends in place and gives the text out without a copy, however long it is.
        self._text = StringIO()
        self._text.write(partial.text if partial else "")
        self._length = len(partial.text) if partial else 0
        self._reasoning = partial.reasoning if partial else ""
        self._is_shown = partial is not None and partial.is_shown
        self._attempt = 0
        self._idle_rounds = 0
        self._continued = 0
        self._strategy: Strategy | None = None
        self._words = 1
        self._refused = frozenset(map(Strategy, self._quirks.refused_strategies))
        self._unjoined: set[Strategy] = set()
        self._proven: set[Strategy] = set()
        self._is_unverified = False
        self._usages: list[Usage] = []
        self._open: Iterator[list[Decoded]] = iter(())
        self._end: Ended | None = None

    def events(self) -> Iterator[Event]:
        """Yield what happens; the last event is `Ended`."""
        try:
            yield from self._run()
        finally:
            self.is_over = True
            if self._transport is not self._client.transport:
                self._transport.close()

    @property
    def text(self) -> str:
        """What has come so far."""
        return self._text.getvalue()

    def _run(self) -> Iterator[Event]:
        if self._length:
            yield from self._begin_with_partial()
        while self._end is None:
            self._attempt += 1
            yield AttemptStarted(self._attempt)
            outcome = yield from self._run_attempt()
            while self._drop_refused_parameter(outcome.failure):
                outcome = yield from self._run_attempt()
            self._take_stock(outcome)
            if not self.cancelled.is_set():
                self._end = self._find_end(outcome)
                if self._end is None:
                    yield from self._recover(outcome)
            if self.cancelled.is_set() and self._end is None:
                self._end = self._build_end(AnswerStatus.CANCELLED, outcome)
        yield self._end
        self._drain()

    def _begin_with_partial(self) -> Iterator[Event]:
        """Show what is there already, and choose the rung to ask for the rest by."""
        if not self._is_shown:
            yield TextDelta(self._text.getvalue())
        situation = Situation(None, self._length, idle_rounds=0, refused=self._refused)
        match decide_recovery(situation, replace(self._client.policy, resume=True), 0.0):
            case Resume(_, strategy, words):
                self._strategy, self._words = strategy, words
                yield Interrupted(self._length, "it was cut off before")
            case _:
                error = IncompleteAnswerError(
                    "this gateway refused every way of asking for the rest",
                    hint="`tokenhub doctor --forget` forgets that, then `tokenhub resume`",
                )
                self._end = self._build_end(AnswerStatus.INCOMPLETE, Round(), error)

    def _recover(self, outcome: Round) -> Iterator[Event]:
        """Wait as decided before the next attempt, or set the end."""
        decision = self._decide(outcome)
        match decision:
            case Retry(wait_s):
                self._reasoning = ""  # it comes again
                yield Retrying(self._attempt, wait_s, outcome.describe())
            case Resume(wait_s, strategy, words):
                self._strategy, self._words = strategy, words
                yield Interrupted(self._length, outcome.describe(), wait_s)
            case GiveUp(error):
                self._end = self._build_failure(error, outcome)
                return
        self._client.pause(self.cancelled, decision.wait_s)

    def _run_attempt(self) -> Generator[Event, None, Round]:
        """Send one request and pass on what comes."""
        outcome, body = self._prepare()
        attempt = Attempt(
            self._transport,
            encode_body(body),
            self._request.model,
            self._watchdog,
            self.cancelled,
        )
        self._open = attempt.events()
        try:
            for batch in self._open:
                for event in batch:
                    yield from self._take(event, outcome)
                if outcome.is_done or outcome.is_unjoined or self.cancelled.is_set():
                    break
        except GatewayError as error:
            outcome.failure = error
        outcome.is_accepted = attempt.is_accepted
        joiner = outcome.joiner
        if joiner is not None:
            was_joined = joiner.state is SeamState.JOINED
            is_over = bool(outcome.finish_reason) or outcome.is_done
            outcome.is_cut_short = joiner.state is SeamState.UNDECIDED and not is_over
            yield from self._show_joined(
                joiner.finish(bool(outcome.finish_reason)), outcome, was_joined=was_joined
            )
        return outcome

    def _prepare(self) -> tuple[Round, dict[str, Any]]:
        """Return a round and the body of its request."""
        if self._strategy is None:
            return Round(), build_body(self._request)
        seam = plan_seam(self._text.getvalue(), self._words)
        body = build_continuation(
            self._request,
            self._strategy,
            seam.prefix,
            self._reasoning,
            flavour=guess_flavour(self._request.model, self._transport.endpoint.host),
        )
        return Round(SeamJoiner(seam), self._strategy if seam.prefix else None), body

    def _take(self, event: Decoded, outcome: Round) -> Iterator[Event]:
        """Note what an event says, and yield what of it is new to the user."""
        joiner = outcome.joiner
        match event:
            case TextDelta(piece):
                if joiner is None:
                    yield from self._show(piece, outcome)
                else:
                    was_joined = joiner.state is SeamState.JOINED
                    yield from self._show_joined(joiner.feed(piece), outcome, was_joined=was_joined)
            case ReasoningDelta(piece) if joiner is None:  # a resumed model thinks all over again
                self._reasoning += piece
                yield event
            case ToolCallDelta():
                yield event
            case UsageReported(usage):
                outcome.usage = usage
            case Finished(reason):
                outcome.finish_reason = reason
            case DoneMarker():
                outcome.is_done = True
            case FailureReported(error):
                raise error

    def _show(self, text: str, outcome: Round) -> Iterator[Event]:
        if text:
            outcome.characters += len(text)
            self._length += len(text)
            self._text.write(text)
            yield TextDelta(text)

    def _show_joined(self, fresh: str, outcome: Round, *, was_joined: bool) -> Iterator[Event]:
        """Yield what a continuation brought, and before it, once, that it was joined."""
        joiner = outcome.joiner
        if joiner is not None and joiner.state is SeamState.JOINED and not was_joined:
            self._note_join(outcome)
            yield Resumed(outcome.strategy or "afresh", joiner.overlap)
        yield from self._show(fresh, outcome)

    def _note_join(self, outcome: Round) -> None:
        """Remember which rung works here, and which did not."""
        if outcome.strategy is None:
            return
        self._proven.add(outcome.strategy)
        self._learn(
            refused_strategies=self._quirks.refused_strategies
            | {rung.value for rung in self._unjoined - self._proven}
        )

    def _drop_refused_parameter(self, failure: TokenHubError | None) -> bool:
        """Leave out what was refused if it was us who added it; tell whether to ask again."""
        if not isinstance(failure, RefusedRequestError):
            return False
        name = failure.refused_parameter
        changed = without_parameter(self._request, name) if name in OURS else None
        if changed is None or name in self._quirks.refused_parameters:
            return False
        self._request = changed
        self._learn(refused_parameters=self._quirks.refused_parameters | {name})
        return True

    def _take_stock(self, outcome: Round) -> None:
        """Bring what is known of the answer so far up to date with a round's outcome."""
        outcome.settle()
        if outcome.is_accepted:
            self._usages.append(outcome.usage or self._estimate_usage(outcome))
        if outcome.finish_reason:
            self._learn(lacks_finish_reason=False)
        elif outcome.is_unverified and self._is_unverified:
            self._learn(lacks_finish_reason=True)  # twice in good order: it never sends one
        self._is_unverified = outcome.is_unverified or (
            self._is_unverified and not outcome.characters
        )
        rung = outcome.strategy
        if rung is not None and refuses_rung(outcome.failure):
            self._refused |= {rung}
            self._learn(refused_strategies=self._quirks.refused_strategies | {rung.value})
            return  # not a round: nothing was tried
        if rung is not None and outcome.is_unjoined and not outcome.merely_differs:
            self._unjoined.add(rung)
        self._idle_rounds = 0 if outcome.characters else self._idle_rounds + 1

    def _find_end(self, outcome: Round) -> Ended | None:
        """Return the end, if the gateway said that this was it."""
        if outcome.failure is not None:
            return None
        match outcome.ending:
            case AnswerStatus.UNVERIFIED:
                if self._is_unverified and self._quirks.lacks_finish_reason:
                    return self._build_end(AnswerStatus.UNVERIFIED, outcome)
                return None
            case AnswerStatus.LENGTH if self._continued < self._client.max_continue:
                self._continued += 1
                return None
            case status:
                return self._build_end(status, outcome)

    def _decide(self, outcome: Round) -> Decision:
        client = self._client
        continues = outcome.ending is AnswerStatus.LENGTH
        situation = Situation(
            failure=outcome.failure,
            characters=self._length,
            idle_rounds=self._idle_rounds,
            strategy=outcome.strategy,
            refused=self._refused,
            words=self._words,
            unjoined=outcome.is_unjoined,
            doubtful=outcome.is_doubtful,
            continues=outcome.joiner is not None and outcome.joiner.continues,
            proven=outcome.strategy in self._proven,
            unverified=self._is_unverified,
            stale_connection=self._transport.is_stale,
        )
        policy = replace(client.policy, resume=True) if continues else client.policy
        return decide_recovery(situation, policy, client.chance())

    def _build_failure(self, error: TokenHubError | None, outcome: Round) -> Ended:
        if error is None:
            error = IncompleteAnswerError(
                "the gateway did not say that the answer is complete",
                hint="`tokenhub resume` asks for more",
            )
            return self._build_end(AnswerStatus.UNVERIFIED, outcome, error)
        if isinstance(error, UnknownModelError):
            self._client.explain(error, self._request.model)
        status = AnswerStatus.INCOMPLETE if self._length else AnswerStatus.FAILED
        return self._build_end(status, outcome, error)

    def _build_end(
        self, status: AnswerStatus, outcome: Round, error: TokenHubError | None = None
    ) -> Ended:
        return Ended(
            status=status,
            text=self._text.getvalue(),
            reasoning=self._reasoning,
            finish_reason=outcome.finish_reason,
            usage=sum_usage(tuple(self._usages)),
            error=error,
        )

    def _estimate_usage(self, outcome: Round) -> Usage:
        prompt = sum(len(message.text) for message in self._request.messages)
        resumed = self._length - outcome.characters if self._strategy else 0
        return estimate_usage(prompt + resumed, outcome.characters)

    def _learn(self, **changes: Any) -> None:
        quirks = replace(self._quirks, **changes)
        if quirks != self._quirks:
            self._quirks = quirks
            self._client.memory.remember(self._origin, self._request.model, quirks)

    def _drain(self) -> None:
        """Read to the end of the response, so that the connection can be used again."""
        with suppress(GatewayError):
            for _ in self._open:
                pass
