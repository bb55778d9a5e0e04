"""The table of `wire/recovery.py`, row by row, and that no walk through it is endless."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenhub_cli.errors import (
    ConfigurationError,
    ConnectError,
    ConnectionLostError,
    ExitCode,
    GatewayDownError,
    IncompleteAnswerError,
    NameResolutionError,
    NotHttpError,
    ProtocolError,
    QuotaError,
    RateLimitError,
    RefusedKeyError,
    RefusedRequestError,
    TimedOutError,
    TlsError,
    TokenHubError,
    UnknownModelError,
)
from tokenhub_cli.wire.recovery import (
    LONGEST_BACKOFF_S,
    ROUNDS_WITHOUT_PROGRESS,
    Decision,
    GiveUp,
    Policy,
    Resume,
    Retry,
    Situation,
    decide_recovery,
)
from tokenhub_cli.wire.strategy import Strategy

CUT = ConnectionLostError("cut")
REFUSED = RefusedRequestError("refused", status=400)
PASSING = [ConnectError("x"), TimedOutError("x"), CUT, GatewayDownError("x"), RateLimitError("x")]
LASTING = [
    RefusedKeyError("x"),
    QuotaError("x"),
    REFUSED,
    UnknownModelError("x", status=404),
    TlsError("x"),
    NotHttpError("x"),
    ConfigurationError("x"),
]
ANY_FAILURE = [*PASSING, *LASTING, NameResolutionError("x"), ProtocolError("x")]


def describe(error: TokenHubError) -> str:
    return type(error).__name__


def decide(situation: Situation, jitter: float = 0.5, **policy: Any) -> Decision:
    return decide_recovery(situation, Policy(**policy), jitter)


@pytest.mark.parametrize("failure", PASSING, ids=describe)
def test_passing_failures_before_text_are_retried_as_often_as_allowed(
    failure: TokenHubError,
) -> None:
    """Before text, what passes by itself is retried up to the limit, then raised as it is."""
    for idle in (1, 2, 3):
        assert isinstance(decide(Situation(failure, idle_rounds=idle), max_retries=3), Retry)
    assert decide(Situation(failure, idle_rounds=4), max_retries=3) == GiveUp(failure)
    assert decide(Situation(failure, idle_rounds=1), max_retries=0) == GiveUp(failure)


@pytest.mark.parametrize("failure", LASTING, ids=describe)
def test_lasting_failures_before_text_are_never_retried(failure: TokenHubError) -> None:
    """Keys, quotas, certificates and refused requests do not pass by themselves."""
    assert decide(Situation(failure)) == GiveUp(failure)


@pytest.mark.parametrize("failure", [NameResolutionError("x"), ProtocolError("x")], ids=describe)
def test_probable_mistakes_are_retried_once(failure: TokenHubError) -> None:
    """A mistyped host name fails fast, yet one hiccup of the resolver does no harm."""
    assert isinstance(decide(Situation(failure, idle_rounds=1)), Retry)
    assert decide(Situation(failure, idle_rounds=2)) == GiveUp(failure)
    assert decide(Situation(failure, idle_rounds=1), max_retries=0) == GiveUp(failure)


@pytest.mark.parametrize("idle", range(1, 40))
def test_backoff_doubles_under_a_cap_with_full_jitter(idle: int) -> None:
    """The wait lies anywhere between nothing and the doubled, capped backoff."""
    situation = Situation(CUT, idle_rounds=idle)
    top = min(0.5 * 2 ** (idle - 1), LONGEST_BACKOFF_S)
    assert decide(situation, 0.0, max_retries=99) == Retry(0.0)
    assert decide(situation, 0.5, max_retries=99) == Retry(top / 2)


@pytest.mark.parametrize("characters", [0, 10])
def test_retry_after_is_honoured_up_to_two_minutes(characters: int) -> None:
    """The gateway's own wait is kept exactly; one of over two minutes ends with the wait named."""
    situation = Situation(RateLimitError("slow down", retry_after=120), characters)
    decision = decide(situation)
    assert isinstance(decision, Retry | Resume)
    assert decision.wait_s == 120
    failure = RateLimitError("slow down", retry_after=121.0)
    decision = decide(Situation(failure, characters))
    assert isinstance(decision, GiveUp)
    assert decision.error is not None
    assert "121 s" in decision.error.hint
    assert failure.hint == ""


@pytest.mark.parametrize("max_retries", [0, 4])
def test_stale_connection_is_replaced_at_once(max_retries: int) -> None:
    """A reused connection that was lost before any byte costs no wait, once."""
    assert decide(Situation(CUT, stale_connection=True), max_retries=max_retries) == Retry(0.0)
    again = decide(Situation(CUT, idle_rounds=2, stale_connection=True), max_retries=max_retries)
    assert again == (Retry(0.5) if max_retries else GiveUp(CUT))
    later = Situation(CUT, 9, 1, strategy=Strategy.PLAIN, stale_connection=True)
    assert decide(later) == Resume(0.0, Strategy.PLAIN)


def test_empty_stream_is_retried_once() -> None:
    """A stream that ends in order without any text is no answer."""
    assert isinstance(decide(Situation(None, unverified=1)), Retry)
    decision = decide(Situation(None, idle_rounds=2, unverified=1))
    assert isinstance(decision, GiveUp)
    assert isinstance(decision.error, ProtocolError)


@pytest.mark.parametrize(
    "failure", [*PASSING, TlsError("x"), NameResolutionError("x"), ProtocolError("x")], ids=describe
)
def test_failures_after_text_are_resumed(failure: TokenHubError) -> None:
    """After text the rest is asked for, whatever cut the answer, four idle rounds long."""
    decision = decide(Situation(failure, 5, 0))
    assert decision == Resume(0.25, Strategy.PREFIX)
    for idle, least, most in ((1, 1, 2), (2, 3, 6), (3, 9, 18)):
        for jitter in (0.0, 0.99):
            decision = decide(Situation(failure, 5, idle, Strategy.PLAIN), jitter)
            assert isinstance(decision, Resume)
            assert decision.strategy is Strategy.PLAIN
            assert least <= decision.wait_s <= most
    decision = decide(Situation(failure, 5, 4, Strategy.PLAIN))
    assert isinstance(decision, GiveUp)
    assert isinstance(decision.error, IncompleteAnswerError)
    assert decision.error.exit_code is ExitCode.INCOMPLETE
    assert decision.error.message.endswith(failure.message)
    assert "`tokenhub resume`" in decision.error.hint


@pytest.mark.parametrize("failure", LASTING[:4], ids=describe)
def test_lasting_failures_after_text_leave_it_incomplete(failure: TokenHubError) -> None:
    """A key that is refused, or a quota that runs out in mid-answer, ends it as incomplete."""
    decision = decide(Situation(failure, 5, 1))
    assert isinstance(decision, GiveUp)
    assert isinstance(decision.error, IncompleteAnswerError)


def test_model_that_had_answered_is_not_unknown_for_good() -> None:
    """`503 no available channel` after text passes by itself."""
    failure = UnknownModelError("no channel", status=503)
    assert isinstance(decide(Situation(failure, 5, 1, Strategy.PLAIN)), Resume)


def test_refused_rungs_lead_down_the_ladder_at_once() -> None:
    """400 or 422 on a resume moves on without a wait; below the last rung is the end."""
    refused = RefusedRequestError("no", status=422)
    decision = decide(Situation(refused, 5, 0, Strategy.PREFIX))
    assert decision == Resume(0.0, Strategy.PLAIN)
    down = frozenset({Strategy.PREFIX})
    assert decide(Situation(REFUSED, 5, 3, Strategy.PLAIN, down)) == Resume(0.0, Strategy.ANCHOR)
    decision = decide(Situation(REFUSED, 5, 0, Strategy.ANCHOR, down | {Strategy.PLAIN}))
    assert isinstance(decision, GiveUp)
    too_large = RefusedRequestError("too large", status=413)
    unknown = UnknownModelError("gone", status=400)
    for failure in (too_large, unknown):
        assert isinstance(decide(Situation(failure, 5, 0, Strategy.PREFIX)), GiveUp)


def test_known_refusals_are_not_tried_again() -> None:
    """A rung that this gateway is remembered to refuse is left out from the start."""
    situation = Situation(CUT, 5, 0, refused=frozenset({Strategy.PREFIX, Strategy.PLAIN}))
    assert decide(situation) == Resume(0.25, Strategy.ANCHOR)


def test_fixed_rung_is_the_only_one() -> None:
    """A profile that fixes the rung never leaves it, and ends where it is refused."""
    assert decide(Situation(CUT, 5, 0), fixed=Strategy.PLAIN) == Resume(0.25, Strategy.PLAIN)
    unjoined = Situation(None, 5, 1, Strategy.PLAIN, unjoined=True)
    assert decide(unjoined, fixed=Strategy.PLAIN) == Resume(0.25, Strategy.PLAIN)
    assert isinstance(
        decide(Situation(REFUSED, 5, 0, Strategy.PLAIN), fixed=Strategy.PLAIN), GiveUp
    )


def test_unjoined_continuations_move_on_unless_the_rung_is_known_to_work() -> None:
    """A gateway that cannot be joined by one rung may be by the next; bad luck is no reason."""
    assert decide(Situation(None, 5, 1, Strategy.PREFIX, unjoined=True)) == Resume(
        0.25, Strategy.PLAIN
    )
    assert decide(Situation(None, 5, 1, Strategy.PREFIX, unjoined=True, proven=True)) == Resume(
        0.25, Strategy.PREFIX
    )
    for idle, rung in ((1, Strategy.PREFIX), (2, Strategy.PLAIN)):
        situation = Situation(None, 5, idle, Strategy.PREFIX, unjoined=True, continues=True)
        assert decide(situation) == Resume(0.25, rung)
    assert decide(Situation(None, 5, 1, Strategy.ANCHOR, unjoined=True)) == Resume(
        0.25, Strategy.ANCHOR
    )
    decision = decide(Situation(None, 5, 4, Strategy.ANCHOR, unjoined=True))
    assert isinstance(decision, GiveUp)
    assert decision.error is not None
    assert "could not be joined" in decision.error.message


def test_doubtful_continuation_is_asked_for_with_more_words_held() -> None:
    """Where a reading fitted but was not certain, one more word may tell."""
    situation = Situation(None, 5, 1, Strategy.PREFIX, words=2, unjoined=True, doubtful=True)
    assert decide(situation) == Resume(0.25, Strategy.PREFIX, words=3)


def test_unverified_end_gets_one_attempt_to_go_on() -> None:
    """`[DONE]` without a `finish_reason` is settled by one round, or stays unverified."""
    assert decide(Situation(None, 5, 0, unverified=1)) == Resume(0.25, Strategy.PREFIX)
    refused = Situation(REFUSED, 5, 0, Strategy.PREFIX, unverified=1)
    assert decide(refused) == Resume(0.0, Strategy.PLAIN)
    for failure in (None, CUT, RefusedKeyError("x")):
        situation = Situation(failure, 5, 1, Strategy.PREFIX, unverified=1)
        assert decide(situation) == GiveUp(None)
    assert decide(Situation(None, 5, 0, unverified=1), resume=False) == GiveUp(None)


def test_unverified_ends_are_bounded_though_each_brings_text() -> None:
    """A model may always have something to add; the fifth end in a row is left as it is."""
    assert decide(Situation(None, 50, 0, unverified=4)) == Resume(0.25, Strategy.PREFIX)
    assert decide(Situation(None, 50, 0, unverified=5)) == GiveUp(None)


def test_resuming_switched_off_ends_a_cut_answer_as_incomplete() -> None:
    """`--no-resume` keeps the text and says that it is not whole."""
    decision = decide(Situation(CUT, 5, 0), resume=False)
    assert isinstance(decision, GiveUp)
    assert isinstance(decision.error, IncompleteAnswerError)
    assert isinstance(decide(Situation(CUT), resume=False), Retry)


@given(
    data=st.data(),
    max_retries=st.integers(0, 6),
    fixed=st.sampled_from([None, *Strategy]),
    fresh=st.integers(0, 5),
)
def test_no_walk_is_endless(
    data: st.DataObject, max_retries: int, fixed: Strategy | None, fresh: int
) -> None:
    """Whatever fails however often, the attempts end, bounded by the rounds that brought text."""
    policy = Policy(max_retries, fixed=fixed)
    characters = idle = attempts = 0
    strategy: Strategy | None = None
    refused: frozenset[Strategy] = frozenset()
    unverified = 0
    words, brought = 1, 0
    while True:
        attempts += 1
        bound = (max_retries + 2) + (brought + 1) * ROUNDS_WITHOUT_PROGRESS + brought
        assert attempts <= bound + len(Strategy)
        failure = data.draw(st.sampled_from([None, *ANY_FAILURE]))
        if brought < fresh and data.draw(st.booleans()):
            brought, characters, idle, unverified = brought + 1, characters + 1, 0, 0
        elif not (failure is REFUSED and strategy):
            idle += 1
        unverified += failure is None
        situation = Situation(
            failure,
            characters,
            idle,
            strategy,
            refused,
            words,
            unjoined=data.draw(st.booleans()),
            doubtful=data.draw(st.booleans()),
            continues=data.draw(st.booleans()),
            proven=data.draw(st.booleans()),
            unverified=unverified,
            stale_connection=data.draw(st.booleans()),
        )
        if failure is REFUSED and strategy:
            refused |= {strategy}
        match decide_recovery(situation, policy, data.draw(st.floats(0, 1, exclude_max=True))):
            case GiveUp():
                return
            case Retry(wait_s):
                assert characters == 0
                assert 0 <= wait_s <= LONGEST_BACKOFF_S
                strategy = None
            case Resume(wait_s, rung, held):
                assert characters
                assert rung not in refused
                assert 0 <= wait_s <= LONGEST_BACKOFF_S
                strategy, words = rung, held
