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
from typing import Any

from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.chat.long_text import Text
from tokenhub_cli.errors import (
    GatewayError,
    IncompleteAnswerError,
    TokenHubError,
    UnknownModelError,
)
from tokenhub_cli.gateway.asking import Asking
from tokenhub_cli.gateway.attempt import Attempt
from tokenhub_cli.gateway.growing import GrowingText
from tokenhub_cli.gateway.ladder import Ladder
from tokenhub_cli.gateway.quirks import KnownQuirks, QuirkMemory
from tokenhub_cli.gateway.round import Round
from tokenhub_cli.gateway.stock import Stock
from tokenhub_cli.gateway.terms import Terms
from tokenhub_cli.gateway.transport import Transport
from tokenhub_cli.gateway.watchdog import Watchdog
from tokenhub_cli.wire.encoding import EncodedBody
from tokenhub_cli.wire.events import (
    AttemptStarted,
    Decoded,
    DoneMarker,
    Ended,
    Event,
    FailureReported,
    Finished,
    Interrupted,
    Noted,
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
from tokenhub_cli.wire.request import AnswerRequest
from tokenhub_cli.wire.seam import SeamJoiner, SeamState


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
        transport: The connection.
        watchdog: Its deadlines.
        memory: What is known of the gateway's ways.
        terms: What the user allows, chance and patience.
        request: The question.
        partial: What is there already, if anything.
    """

    def __init__(
        self,
        transport: Transport,
        watchdog: Watchdog,
        memory: QuirkMemory,
        terms: Terms,
        request: AnswerRequest,
        partial: Partial | None = None,
    ) -> None:
        self._transport = transport
        self._watchdog = watchdog
        self._terms = terms
        self._emit: Callable[[Event], None] = _ignore
        self.cancelled = threading.Event()
        self.is_over = False
        self._is_left = False
        endpoint = transport.endpoint
        self._quirks = KnownQuirks(memory, endpoint.origin, request.model)
        self._ladder = Ladder(self._quirks)
        self._asking = Asking(request, self._quirks, endpoint.host)
        self._stock = Stock(self._quirks, self._ladder, self._asking)
        self._text = GrowingText(partial.text if partial else "")
        self._reasoning = partial.reasoning if partial else ""
        self._is_shown = partial is not None and partial.is_shown
        self._attempt = 0
        self._continued = 0
        self._end: Ended | None = None

    @property
    def text(self) -> Text:
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
            if self._is_left:
                self._transport.close()

    def leave(self) -> None:
        """Stop, and close the connection in the end: the next answer has another one."""
        self._is_left = True
        self.cancelled.set()

    def _ask(self) -> None:
        if self._text.length:
            self._begin_with_partial()
        while self._end is None:
            self._attempt += 1
            self._emit(AttemptStarted(self._attempt))
            outcome = self._run_attempt()
            while self._may_ask_again_silently(outcome):
                outcome = self._run_attempt()
            if self._end is None:
                self._conclude(outcome)
            if self._end is None:
                self._recover(outcome)

    def _may_ask_again_silently(self, outcome: Round) -> bool:
        """Leave out what was refused, unless something came already: it would come twice."""
        is_open = self._end is None and not outcome.has_begun
        return is_open and self._asking.leave_out_refused(outcome.failure)

    def _begin_with_partial(self) -> None:
        """Show what is there already, and choose the rung to ask for the rest by."""
        if not self._is_shown:
            self._emit(TextDelta(str(self.text)))
        situation = Situation(None, self._text.length, idle_rounds=0, refused=self._ladder.refused)
        match decide_recovery(situation, replace(self._terms.policy, resume=True), 0.0):
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
        self._terms.pause(self.cancelled, decision.wait_s)
        if self.cancelled.is_set():
            self._finish(AnswerStatus.CANCELLED, outcome)

    def _run_attempt(self) -> Round:
        """Send one request and pass on what comes; the end may be found on the way."""
        outcome, body = self._prepare()
        attempt = Attempt(
            self._transport,
            EncodedBody(body),
            self._asking.request.model,
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
        outcome.is_accepted, outcome.is_waited_out = attempt.is_accepted, attempt.is_waited_out
        return outcome

    def _prepare(self) -> tuple[Round, dict[str, Any]]:
        """Return a round and the body of its request."""
        strategy = self._ladder.strategy
        if strategy is None:
            return Round(), self._asking.build_body()
        body, seam = self._asking.build_continuation(
            strategy, str(self.text), self._reasoning, words=self._ladder.words
        )
        return Round(SeamJoiner(seam), strategy if seam.prefix else None), body

    def _take(self, event: Decoded, outcome: Round) -> None:
        """Note what an event says, and emit what of it is new to the user."""
        outcome.has_answer |= isinstance(event, TextDelta | ToolCallDelta)
        outcome.has_begun |= outcome.has_answer or isinstance(event, ReasoningDelta)
        match event:
            case TextDelta(piece):
                outcome.is_disproved |= bool(outcome.finish_reason)
                self._show(outcome.joiner.feed(piece) if outcome.joiner else piece, outcome)
            case ReasoningDelta(piece):
                if outcome.joiner is None:  # a resumed model thinks all over again
                    self._reasoning += piece
                    self._emit(event)
            case ToolCallDelta():
                self._emit(event)
            case UsageReported(usage):
                outcome.usage = usage
            case Finished(reason):
                outcome.finish_reason, outcome.is_disproved = reason, False
            case DoneMarker():
                outcome.is_done = True
            case FailureReported(error):
                raise error

    def _show(self, fresh: str, outcome: Round) -> None:
        """Emit what an attempt brought, and before it, once, that it was joined."""
        joiner = outcome.joiner
        if joiner is not None and joiner.state is SeamState.JOINED and not outcome.is_joined:
            outcome.is_joined = True
            self._ladder.note_join(outcome)
            self._emit(Resumed(outcome.strategy or "afresh", joiner.overlap))
        if fresh:
            outcome.characters += len(fresh)
            self._text.append(fresh)
            self._emit(TextDelta(fresh))

    def _conclude(self, outcome: Round) -> None:
        """Take stock of an attempt that is over, once, and end if the gateway said this was it."""
        if outcome.is_concluded:
            return
        outcome.is_concluded = True
        joiner = outcome.joiner
        if joiner is not None:
            is_over = outcome.is_finished or outcome.is_done
            outcome.is_cut_short = joiner.state is SeamState.UNDECIDED and not is_over
            self._show(joiner.finish(outcome.is_finished), outcome)
        self._stock.take(outcome, self._text.length)
        if self.cancelled.is_set():
            self._finish(AnswerStatus.CANCELLED, outcome)
        elif (status := self._find_end(outcome)) is not None:
            self._finish(status, outcome)

    def _find_end(self, outcome: Round) -> AnswerStatus | None:
        """Return how the answer ended, or None if it has not."""
        if outcome.failure is not None:
            return None
        match outcome.ending:
            case AnswerStatus.UNVERIFIED:
                is_known = self._stock.is_unverified and self._quirks.now.lacks_finish_reason
                return AnswerStatus.UNVERIFIED if is_known else None
            case AnswerStatus.LENGTH if self._text.length and self._may_continue:
                self._continued += 1
                return None
            case status:
                return status

    @property
    def _may_continue(self) -> bool:
        return self._continued < self._terms.max_continue

    def _decide(self, outcome: Round) -> Decision:
        continues = outcome.ending is AnswerStatus.LENGTH
        situation = Situation(
            failure=outcome.failure,
            characters=self._text.length,
            idle_rounds=self._stock.idle_rounds,
            strategy=outcome.strategy,
            refused=self._ladder.refused,
            words=self._ladder.words,
            unjoined=outcome.is_unjoined,
            doubtful=outcome.is_doubtful,
            continues=outcome.joiner is not None and outcome.joiner.continues,
            proven=self._ladder.has_proven(outcome.strategy),
            unverified=self._stock.unverified_ends,
            stale_connection=self._transport.is_stale,
        )
        policy = self._terms.policy
        policy = replace(policy, resume=True) if continues else policy
        return decide_recovery(situation, policy, self._terms.chance())

    def _give_up(self, error: TokenHubError | None, outcome: Round) -> None:
        status = AnswerStatus.INCOMPLETE if self._text.length else AnswerStatus.FAILED
        if isinstance(error, UnknownModelError):
            self._terms.explain(error, self._asking.request.model)
        if error is None:
            status = AnswerStatus.UNVERIFIED
            error = IncompleteAnswerError(
                "the gateway did not say that the answer is complete",
                hint=self._terms.policy.suggest_resuming("asks for more"),
            )
        self._finish(status, outcome, error)

    def _finish(
        self, status: AnswerStatus, outcome: Round, error: TokenHubError | None = None
    ) -> None:
        if status is AnswerStatus.COMPLETE and not (self._text.length or outcome.has_answer):
            thought = "nothing but thinking" if self._reasoning else "no text"
            self._emit(Noted(f"the gateway calls the answer complete, but sent {thought}"))
        self._end = Ended(
            status=status,
            text=self.text,
            reasoning=self._reasoning,
            finish_reason=outcome.finish_reason,
            usage=self._stock.usage,
            error=error,
        )
        self._emit(self._end)


def _ignore(_event: Event) -> None:
    """Take an event before there is anyone to take it."""
