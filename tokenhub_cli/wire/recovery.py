"""What to do after an attempt that did not finish the answer: retry, resume or give up.

One pure decision; time and chance are arguments. This table is what the code does.

Before any text (reasoning and half-built tool calls count as nothing: they come again):

    failure                                   retries         wait, full jitter, doubled each time
    connection lost before a byte, on a       1, at once      none; even with --max-retries 0
      connection that was used before
    rate limit (429)                          --max-retries   Retry-After, or 0 to 2 s
    connect, timeout, cut, 408, 409, 5xx      --max-retries   Retry-After, or 0 to 0.5 s
    unknown host name, not the protocol       1               0 to 0.5 s: mistyped, or the wrong URL
    certificate, no HTTP server, key, quota,  0
      refused request, unknown model,
      anything else
    any, with Retry-After over 120 s          0               the hint names the wait

After some text:

    what happened                             what we do
    a rung was refused (400, 422)             the next rung, at once; not counted as a round
    cut, timeout, 408, 409, 429, 5xx,         resume by the same rung. The first time in 0 to 0.5 s,
      unreachable, not the protocol,          then after 1 to 2, 3 to 6, 9 to 18 s, or as
      certificate (a train's login page),     Retry-After says
      unknown model by a 5xx (no channel)
    came, but could not be joined             next rung, in 0 to 0.5 s; the same one if it is the
                                              last, if it has joined before, or, the first time, if
                                              what came begins as a continuation does (then the
                                              model only chose another word)
    came and fitted, but was not certain      the same rung with one more word held, in 0 to 0.5 s
    ended by [DONE] without finish_reason     one attempt to go on; if that brings no new character,
                                              or the fifth such end in a row came, the answer stays
                                              unverified, which is no error
    key, quota, refused otherwise, resuming   give up: incomplete
      switched off, no rung left, four
      rounds without a new character

Full jitter spreads clients best (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog,
2015). The cap of 20 s matters only to a user who asked for more than five retries: it lets ten of
them bridge a restart of a minute or two, and is still a wait that a person sits through. Rounds
after text have a floor as well: there are four, and a tunnel or a restarting gateway takes seconds.

There is no endless loop: before text each attempt raises `idle_rounds`, which is bounded; after
text it does too, but for refused rungs (each refused once) and for attempts that brought new text.
A model that has something to add each time, behind a gateway that never sends a `finish_reason`, is
stopped as well.
"""

from copy import copy
from dataclasses import dataclass

from tokenhub_cli.errors import (
    GatewayError,
    IncompleteAnswerError,
    NameResolutionError,
    NotHttpError,
    ProtocolError,
    RateLimitError,
    RefusedRequestError,
    TlsError,
    TokenHubError,
    UnknownModelError,
    UnreachableError,
)
from tokenhub_cli.wire.strategy import Strategy

DEFAULT_MAX_RETRIES = 4
ROUNDS_WITHOUT_PROGRESS = 4
UNVERIFIED_ENDS = 5  # in a row, with new text before each
LONGEST_RETRY_AFTER_S = 120.0
LONGEST_BACKOFF_S = 20.0
FIRST_BACKOFF_S = 0.5
FIRST_RATE_LIMIT_BACKOFF_S = 2.0
FIRST_ROUND_BACKOFF_S = 2.0  # after a round without a new character; three times as long each time
REFUSING_STATUSES = (400, 422)
HTTP_SERVER_ERROR = 500

_NEVER, _ONCE, _AS_ALLOWED = 0, 1, 2

# Failure -> how often to retry before text, first backoff; the first row that fits.
_BEFORE_TEXT: tuple[tuple[type[TokenHubError], int, float], ...] = (
    (TlsError, _NEVER, 0.0),
    (NotHttpError, _NEVER, 0.0),
    (NameResolutionError, _ONCE, FIRST_BACKOFF_S),
    (ProtocolError, _ONCE, FIRST_BACKOFF_S),
    (RateLimitError, _AS_ALLOWED, FIRST_RATE_LIMIT_BACKOFF_S),
    (UnreachableError, _AS_ALLOWED, FIRST_BACKOFF_S),
    (TokenHubError, _NEVER, 0.0),
)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the user allows.

    `fixed` is the one rung to use, from the profile's `resume`; None means the ladder. `keeps` is
    whether what came of an answer is kept, so that a later command can finish it.
    """

    max_retries: int = DEFAULT_MAX_RETRIES
    resume: bool = True
    fixed: Strategy | None = None
    keeps: bool = True

    def suggest_resuming(self, purpose: str) -> str:
        """Return the hint for an answer that is not whole: `purpose` is what resuming it does."""
        if self.keeps:
            return f"`tokenhub resume` {purpose}"
        return "ask again: this answer is not kept (`tokenhub help resuming`)"


@dataclass(frozen=True, slots=True)
class Situation:
    """An attempt that did not finish the answer, and what went before.

    Attributes:
        failure: What ended the attempt; None if it ended in order, but unverified or not joined.
        characters: Text of the answer so far, over all attempts.
        idle_rounds: Attempts in a row, this one included, that brought no new character of text.
            Refused rungs are not counted. So 1 after a first attempt that brought nothing, and 0
            after any attempt that brought text.
        strategy: The rung that the attempt resumed by; None if it asked afresh.
        refused: The rungs known to be refused, this attempt's not necessarily included.
        words: How many words the attempt's seam held (`plan_seam`).
        unjoined: Its continuation came, but the seam refused it.
        doubtful: The same, though a reading fitted (`SeamJoiner.doubtful`).
        continues: The same, though it began as a continuation does (`SeamJoiner.continues`).
        proven: This gateway has joined by `strategy` before.
        unverified: How often in a row text ended with `[DONE]` but without a `finish_reason`, in
            this attempt or in earlier ones, the last since which no new character has come.
        stale_connection: The connection had been used before and was lost before any byte.
    """

    failure: TokenHubError | None
    characters: int = 0
    idle_rounds: int = 1
    strategy: Strategy | None = None
    refused: frozenset[Strategy] = frozenset()
    words: int = 1
    unjoined: bool = False
    doubtful: bool = False
    continues: bool = False
    proven: bool = False
    unverified: int = 0
    stale_connection: bool = False


@dataclass(frozen=True, slots=True)
class Retry:
    """Ask afresh in `wait_s` seconds."""

    wait_s: float


@dataclass(frozen=True, slots=True)
class Resume:
    """Ask for the rest in `wait_s` seconds, by `strategy`, holding `words` words."""

    wait_s: float
    strategy: Strategy
    words: int = 1


@dataclass(frozen=True, slots=True)
class GiveUp:
    """End with `error`; None if the answer is merely unverified."""

    error: TokenHubError | None


Decision = Retry | Resume | GiveUp


def decide_recovery(situation: Situation, policy: Policy, jitter: float) -> Decision:
    """Return what to do next, as the module's table says.

    Args:
        situation: What happened.
        policy: What the user allows.
        jitter: Chance, at least 0 and less than 1.
    """
    if situation.characters:
        return _decide_after_text(situation, policy, jitter)
    return _decide_before_text(situation, policy, jitter)


def _decide_before_text(situation: Situation, policy: Policy, jitter: float) -> Decision:
    failure = situation.failure or ProtocolError(
        "the gateway ended the stream without an answer",
        hint="`tokenhub doctor` shows what the gateway does",
    )
    idle = max(situation.idle_rounds, 1)
    if situation.stale_connection and idle == 1:
        return Retry(0.0)
    retries, first = next(rule[1:] for rule in _BEFORE_TEXT if isinstance(failure, rule[0]))
    if idle > (policy.max_retries if retries == _AS_ALLOWED else min(retries, policy.max_retries)):
        return GiveUp(failure)
    asked = _read_retry_after(failure)
    if asked > LONGEST_RETRY_AFTER_S:
        patient = copy(failure)
        patient.hint = f"the gateway asks to wait {asked:.0f} s; ask again after that"
        return GiveUp(patient)
    return Retry(asked or jitter * min(first * 2 ** min(idle - 1, 20), LONGEST_BACKOFF_S))


def _decide_after_text(situation: Situation, policy: Policy, jitter: float) -> Decision:
    failure = situation.failure
    refused = situation.refused
    rung_refused = situation.strategy is not None and refuses_rung(failure)
    if rung_refused and situation.strategy:
        refused |= {situation.strategy}
    strategy = _choose_rung(situation, refused, policy)
    passing = rung_refused or failure is None or _may_pass(failure)
    asked = _read_retry_after(failure)
    if (
        not policy.resume
        or strategy is None
        or not passing
        or asked > LONGEST_RETRY_AFTER_S
        or situation.unverified >= UNVERIFIED_ENDS
        or situation.idle_rounds >= (1 if situation.unverified else ROUNDS_WITHOUT_PROGRESS)
    ):
        return GiveUp(None if situation.unverified else _build_incomplete(situation, asked, policy))
    words = situation.words + 1 if situation.unjoined and situation.doubtful else 1
    if rung_refused or (situation.stale_connection and situation.idle_rounds <= 1):
        return Resume(0.0, strategy, words)
    if situation.unjoined or not situation.idle_rounds:
        return Resume(asked or jitter * FIRST_BACKOFF_S, strategy, words)
    longest = min(FIRST_ROUND_BACKOFF_S * 3 ** (situation.idle_rounds - 1), LONGEST_BACKOFF_S)
    return Resume(asked or longest * (1 + jitter) / 2, strategy, words)


def refuses_rung(failure: TokenHubError | None) -> bool:
    """Return whether a failed attempt to resume refused the way of asking, and not the request."""
    return (
        isinstance(failure, RefusedRequestError)
        and not isinstance(failure, UnknownModelError)
        and failure.status in (*REFUSING_STATUSES, None)
    )


def _may_pass(failure: TokenHubError) -> bool:
    """Tell whether a failure after text may pass by itself."""
    if isinstance(failure, UnknownModelError):  # it had answered just before
        return (failure.status or 0) >= HTTP_SERVER_ERROR
    return isinstance(failure, RateLimitError | UnreachableError)


def _choose_rung(
    situation: Situation, refused: frozenset[Strategy], policy: Policy
) -> Strategy | None:
    """Return the rung to resume by, or None if there is none."""
    ladder = [policy.fixed] if policy.fixed else list(Strategy)
    left = [rung for rung in ladder if rung not in refused]
    if not left or situation.strategy not in left:
        return left[0] if left else None
    goes_on = situation.continues and situation.idle_rounds <= 1
    works = situation.doubtful or situation.proven or goes_on
    moves_on = situation.unjoined and not works
    below = left[left.index(situation.strategy) + 1 :]
    return below[0] if moves_on and below else situation.strategy


def _read_retry_after(failure: TokenHubError | None) -> float:
    """Return the seconds that the gateway asked for, 0 if none."""
    asked = failure.retry_after if isinstance(failure, GatewayError) else None
    return max(asked or 0.0, 0.0)


def _build_incomplete(situation: Situation, asked: float, policy: Policy) -> IncompleteAnswerError:
    if situation.failure is not None:
        reason = situation.failure.message
    else:
        reason = "the gateway's continuation could not be joined to it with certainty"
    later = f", {asked:.0f} s from now" if asked > LONGEST_RETRY_AFTER_S else ""
    return IncompleteAnswerError(
        f"the answer is incomplete: {reason}",
        hint=policy.suggest_resuming(f"asks for the rest{later}"),
    )
