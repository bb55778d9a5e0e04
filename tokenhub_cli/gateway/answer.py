"""One answer over however many connections it takes: the loop over attempts.

Runs in the reader thread. Each attempt's events are passed on; what to do after an attempt that
did not finish the answer is decided by `wire/recovery.py`, and a continuation is joined by
`wire/seam.py`. What a gateway turned out not to take is left out from then on
(`gateway/quirks.py`).

An answer is complete only with a `finish_reason`. `[DONE]` alone proves nothing: one attempt to go
on settles it, unless the gateway is known never to send a `finish_reason`.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
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
from tokenhub_cli.gateway.growing import GrowingText
from tokenhub_cli.gateway.ladder import Ladder
from tokenhub_cli.gateway.quirks import KnownQuirks
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

if TYPE_CHECKING:
    from tokenhub_cli.gateway.client import GatewayClient

# Fields that we add ourselves, or can say in other words: refused, they are silently left out or
# renamed, and that is remembered.
OURS = frozenset({"stream_options", "max_tokens", "max_completion_tokens"})


@dataclass(frozen=True, slots=True)
class Partial:
    """What came of an answer before, to be gone on with.

    `is_shown` is set where it stands on the user's screen already; otherwise it is emitted first.
    """

    text: str
    reasoning: str = ""
    is_shown: bool = False


class AnswerUnderWay:
    """One answer; `run` it once.

    Args:
        client: The connection, the policy and the off switch.
        request: The question.
        partial: What is there already, if anything.
    """

    def __init__(
        self,
        client: "GatewayClient",
        request: AnswerRequest,
        partial: Partial | None = None,
    ) -> None:
        self._client = client
        # The client may get others for its next answer while this one is still being wound up.
        self._transport = client.transport
        self._watchdog = client.watchdog
        self._emit: Callable[[Event], None] = _ignore
        self.cancelled = threading.Event()
        self.is_over = False
        origin = client.transport.endpoint.origin
        self._quirks = KnownQuirks(client.memory, origin, request.model)
        self._ladder = Ladder(self._quirks)
        for name in self._quirks.now.refused_parameters:
            request = without_parameter(request, name) or request
        self._request = request
        self._text = GrowingText(partial.text if partial else "")
        self._reasoning = partial.reasoning if partial else ""
        self._is_shown = partial is not None and partial.is_shown
        self._attempt = 0
        self._idle_rounds = 0
        self._continued = 0
        self._is_unverified = False
        self._usages: list[Usage] = []
        self._end: Ended | None = None

    @property
    def text(self) -> str:
        """All that came so far; may be read from another thread."""
        return self._text.read()

    def run(self, emit: Callable[[Event], None]) -> None:
        """Ask until the answer has ended.

        After the end the rest of the response is read, for at most a second, so that the connection
        can be used again.

        Args:
            emit: Called for everything that happens, in this thread; the last event is `Ended`.
        """
        self._emit = emit
        try:
            self._ask()
        finally:
            self.is_over = True
            self._emit = _ignore  # no circle with the reader: all that was sent hangs on this
            if self._transport is not self._client.transport:
                self._transport.close()

    def _ask(self) -> None:
        if self._text.length:
            self._begin_with_partial()
        while self._end is None:
            self._attempt += 1
            self._emit(AttemptStarted(self._attempt))
            outcome = self._run_attempt()
            while self._end is None and self._drop_refused_parameter(outcome.failure):
                outcome = self._run_attempt()
            if self._end is None:
                self._conclude(outcome)
            if self._end is None:
                self._recover(outcome)

    def _begin_with_partial(self) -> None:
        """Show what is there already, and choose the rung to ask for the rest by."""
        if not self._is_shown:
            self._emit(TextDelta(self.text))
        situation = Situation(None, self._text.length, idle_rounds=0, refused=self._ladder.refused)
        match decide_recovery(situation, replace(self._client.policy, resume=True), 0.0):
            case Resume() as decision:
                self._ladder.step(decision)
                self._emit(Interrupted(self._text.length, "in an earlier run"))
            case _:
                error = IncompleteAnswerError(
                    "this gateway refused every way of asking for the rest",
                    hint="`tokenhub doctor --forget` forgets that, then `tokenhub resume`",
                )
                self._finish(AnswerStatus.INCOMPLETE, Round(), error)

    def _recover(self, outcome: Round) -> None:
        """Wait as decided before the next attempt, or end."""
        decision = self._decide(outcome)
        match decision:
            case Retry(wait_s):
                self._reasoning = ""  # it comes again
                self._emit(Retrying(self._attempt, wait_s, outcome.describe()))
            case Resume(wait_s):
                self._ladder.step(decision)
                self._emit(Interrupted(self._text.length, outcome.describe(), wait_s))
            case GiveUp(error):
                self._give_up(error, outcome)
                return
        self._client.pause(self.cancelled, decision.wait_s)
        if self.cancelled.is_set():
            self._finish(AnswerStatus.CANCELLED, outcome)

    def _run_attempt(self) -> Round:
        """Send one request and pass on what comes; the end may be found on the way."""
        outcome, body = self._prepare()
        attempt = Attempt(
            self._transport,
            encode_body(body),
            self._request.model,
            self._watchdog,
            self.cancelled,
            lacks_done=self._quirks.now.lacks_done,
        )

        def take(batch: list[Decoded]) -> bool:
            for event in batch:
                self._take(event, outcome)
            outcome.is_accepted = True
            if outcome.is_done:
                self._conclude(outcome)
                return self._end is not None  # then the rest of the body may be read
            return not (outcome.is_unjoined or self.cancelled.is_set())

        try:
            attempt.run(take)
        except GatewayError as error:
            outcome.failure = error
        outcome.is_accepted = attempt.is_accepted
        return outcome

    def _prepare(self) -> tuple[Round, dict[str, Any]]:
        """Return a round and the body of its request."""
        strategy = self._ladder.strategy
        if strategy is None:
            return Round(), build_body(self._request)
        seam = plan_seam(self.text, self._ladder.words)
        body = build_continuation(
            self._request,
            strategy,
            seam.prefix,
            self._reasoning,
            flavour=guess_flavour(self._request.model, self._transport.endpoint.host),
        )
        return Round(SeamJoiner(seam), strategy if seam.prefix else None), body

    def _take(self, event: Decoded, outcome: Round) -> None:
        """Note what an event says, and emit what of it is new to the user."""
        match event:
            case TextDelta(piece):
                joiner = outcome.joiner
                if joiner is None:
                    self._show(piece, outcome)
                else:
                    was_joined = joiner.state is SeamState.JOINED
                    self._show_joined(joiner.feed(piece), outcome, was_joined=was_joined)
            case ReasoningDelta(piece):
                if outcome.joiner is None:  # a resumed model thinks all over again
                    self._reasoning += piece
                    self._emit(event)
            case ToolCallDelta():
                self._emit(event)
            case UsageReported(usage):
                outcome.usage = usage
            case Finished(reason):
                outcome.finish_reason = reason
            case DoneMarker():
                outcome.is_done = True
            case FailureReported(error):
                raise error

    def _show(self, text: str, outcome: Round) -> None:
        if text:
            outcome.characters += len(text)
            self._text.append(text)
            self._emit(TextDelta(text))

    def _show_joined(self, fresh: str, outcome: Round, *, was_joined: bool) -> None:
        """Emit what a continuation brought, and before it, once, that it was joined."""
        joiner = outcome.joiner
        if joiner is not None and joiner.state is SeamState.JOINED and not was_joined:
            self._ladder.note_join(outcome)
            self._emit(Resumed(outcome.strategy or "afresh", joiner.overlap))
        self._show(fresh, outcome)

    def _drop_refused_parameter(self, failure: TokenHubError | None) -> bool:
        """Leave out what was refused if it was us who added it; tell whether to ask again."""
        if not isinstance(failure, RefusedRequestError):
            return False
        name = failure.refused_parameter
        changed = without_parameter(self._request, name) if name in OURS else None
        if changed is None or name in self._quirks.now.refused_parameters:
            return False
        self._request = changed
        self._quirks.learn(refused_parameters=self._quirks.now.refused_parameters | {name})
        return True

    def _conclude(self, outcome: Round) -> None:
        """Take stock of an attempt that is over, once, and end if the gateway said this was it."""
        if outcome.is_concluded:
            return
        outcome.is_concluded = True
        joiner = outcome.joiner
        if joiner is not None:
            was_joined = joiner.state is SeamState.JOINED
            is_over = bool(outcome.finish_reason) or outcome.is_done
            outcome.is_cut_short = joiner.state is SeamState.UNDECIDED and not is_over
            fresh = joiner.finish(bool(outcome.finish_reason))
            self._show_joined(fresh, outcome, was_joined=was_joined)
        self._take_stock(outcome)
        if self.cancelled.is_set():
            self._finish(AnswerStatus.CANCELLED, outcome)
        elif (status := self._find_end(outcome)) is not None:
            self._finish(status, outcome)

    def _take_stock(self, outcome: Round) -> None:
        """Bring what is known of the answer so far up to date with a round's outcome."""
        outcome.settle()
        if outcome.is_accepted:
            self._usages.append(outcome.usage or self._estimate_usage(outcome))
        if outcome.finish_reason:
            lacks_done = self._request.stream and not outcome.is_done
            self._quirks.learn(lacks_finish_reason=False, lacks_done=lacks_done)
        elif outcome.is_unverified and self._is_unverified:
            self._quirks.learn(lacks_finish_reason=True)  # twice in good order: it never sends one
        # The end of a continuation that was not joined says nothing of our answer.
        self._is_unverified = (outcome.is_unverified and not outcome.is_unjoined) or (
            self._is_unverified and not outcome.characters
        )
        if self._ladder.note_refusal(outcome):
            return  # not a round: nothing was tried
        self._ladder.note_misfit(outcome)
        self._idle_rounds = 0 if outcome.characters else self._idle_rounds + 1

    def _find_end(self, outcome: Round) -> AnswerStatus | None:
        """Return how the answer ended, or None if it has not."""
        if outcome.failure is not None:
            return None
        match outcome.ending:
            case AnswerStatus.UNVERIFIED:
                is_known = self._is_unverified and self._quirks.now.lacks_finish_reason
                return AnswerStatus.UNVERIFIED if is_known else None
            case AnswerStatus.LENGTH if self._text.length and self._may_continue:
                self._continued += 1
                return None
            case status:
                return status

    @property
    def _may_continue(self) -> bool:
        return self._continued < self._client.max_continue

    def _decide(self, outcome: Round) -> Decision:
        client = self._client
        continues = outcome.ending is AnswerStatus.LENGTH
        situation = Situation(
            failure=outcome.failure,
            characters=self._text.length,
            idle_rounds=self._idle_rounds,
            strategy=outcome.strategy,
            refused=self._ladder.refused,
            words=self._ladder.words,
            unjoined=outcome.is_unjoined,
            doubtful=outcome.is_doubtful,
            continues=outcome.joiner is not None and outcome.joiner.continues,
            proven=self._ladder.has_proven(outcome.strategy),
            unverified=self._is_unverified,
            stale_connection=self._transport.is_stale,
        )
        policy = replace(client.policy, resume=True) if continues else client.policy
        return decide_recovery(situation, policy, client.chance())

    def _give_up(self, error: TokenHubError | None, outcome: Round) -> None:
        status = AnswerStatus.INCOMPLETE if self._text.length else AnswerStatus.FAILED
        if isinstance(error, UnknownModelError):
            self._client.explain(error, self._request.model)
        if error is None:
            status = AnswerStatus.UNVERIFIED
            error = IncompleteAnswerError(
                "the gateway did not say that the answer is complete",
                hint="`tokenhub resume` asks for more",
            )
        self._finish(status, outcome, error)

    def _finish(
        self, status: AnswerStatus, outcome: Round, error: TokenHubError | None = None
    ) -> None:
        self._end = Ended(
            status=status,
            text=self.text,
            reasoning=self._reasoning,
            finish_reason=outcome.finish_reason,
            usage=sum_usage(tuple(self._usages)),
            error=error,
        )
        self._emit(self._end)

    def _estimate_usage(self, outcome: Round) -> Usage:
        prompt = sum(len(message.text) for message in self._request.messages)
        resumed = self._text.length - outcome.characters if self._ladder.strategy else 0
        return estimate_usage(prompt + resumed, outcome.characters)


def _ignore(_event: Event) -> None:
    """Take an event before there is anyone to take it."""
