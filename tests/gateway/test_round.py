"""What the end of one attempt means."""

import pytest

from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.errors import ConnectionLostError, GatewayDownError
from tokenhub_cli.gateway.round import Round
from tokenhub_cli.wire.seam import SeamJoiner, plan_seam

CUT = ConnectionLostError("the connection was lost")


def join(text: str, *, finished: bool = True) -> SeamJoiner:
    joiner = SeamJoiner(plan_seam("The spring wind walks along the quay and tries"))
    joiner.feed(text)
    joiner.finish(finished)
    return joiner


def settle(outcome: Round) -> Round:
    outcome.settle()
    return outcome


@pytest.mark.parametrize(
    ("reason", "ending"),
    [
        ("stop", AnswerStatus.COMPLETE),
        ("length", AnswerStatus.LENGTH),
        ("content_filter", AnswerStatus.CONTENT_FILTER),
        ("tool_calls", AnswerStatus.TOOL_CALLS),
        ("", AnswerStatus.UNVERIFIED),
    ],
)
def test_only_a_finish_reason_says_how_it_ended(reason: str, ending: AnswerStatus) -> None:
    """Without one the end is unverified, `[DONE]` or not."""
    assert settle(Round(finish_reason=reason, is_done=True)).ending is ending


def test_what_breaks_after_a_finish_reason_is_no_matter() -> None:
    """The answer was over."""
    outcome = settle(Round(finish_reason="stop", failure=CUT))
    assert outcome.failure is None
    assert outcome.ending is AnswerStatus.COMPLETE


def test_a_finish_reason_that_text_followed_says_nothing_by_itself() -> None:
    """Some say it with every piece: `[DONE]` or silence tells the last one from a cut."""
    outcome = settle(Round(finish_reason="stop", is_disproved=True))
    assert isinstance(outcome.failure, ConnectionLostError)
    outcome = settle(Round(finish_reason="stop", is_disproved=True, failure=CUT))
    assert outcome.failure is CUT
    for done in (True, False):
        outcome = Round(
            finish_reason="stop", is_disproved=True, is_done=done, is_waited_out=not done
        )
        outcome = settle(outcome)
        assert (outcome.failure, outcome.ending) == (None, AnswerStatus.COMPLETE)


def test_a_finish_reason_may_be_a_failure() -> None:
    """`error` is no end of an answer."""
    outcome = settle(Round(finish_reason="error"))
    assert isinstance(outcome.failure, GatewayDownError)
    assert outcome.failure.hint
    assert "`error`" in outcome.describe()


def test_a_body_that_just_ends_is_a_cut() -> None:
    """A proxy whose upstream died ends the body as if it were whole."""
    outcome = settle(Round())
    assert isinstance(outcome.failure, ConnectionLostError)
    assert outcome.failure.hint
    assert not outcome.is_unverified


def test_done_without_a_finish_reason_is_unverified() -> None:
    """Neither a failure nor an end."""
    outcome = settle(Round(is_done=True, has_answer=True))
    assert outcome.failure is None
    assert outcome.is_unverified
    assert outcome.describe() == "the gateway did not say that the answer is complete"


def test_done_without_any_text_is_not_even_that() -> None:
    """Nothing is known then."""
    outcome = settle(Round(is_done=True))
    assert not outcome.is_unverified
    assert outcome.describe() == "the gateway ended the stream without an answer"


def test_a_continuation_that_says_something_else_is_not_joined() -> None:
    """What its finish_reason says is then not said of our answer."""
    outcome = settle(Round(joiner=join("I am sorry, I cannot do that."), finish_reason="stop"))
    assert outcome.is_unjoined
    assert outcome.ending is AnswerStatus.UNVERIFIED
    assert outcome.describe() == "the continuation did not fit"


def test_a_continuation_that_was_cut_is_a_cut() -> None:
    """Broken before its seam was settled: nothing is known of whether it would have fitted."""
    outcome = settle(Round(joiner=join(" tr", finished=False), failure=CUT, is_cut_short=True))
    assert not outcome.is_unjoined
    assert outcome.failure is CUT
    assert outcome.describe() == CUT.message


def test_a_joined_continuation_is_an_end_like_any_other() -> None:
    """Its finish_reason is the answer's."""
    outcome = settle(Round(joiner=join(" tries on every sail;"), finish_reason="length"))
    assert not outcome.is_unjoined
    assert outcome.ending is AnswerStatus.LENGTH
    assert outcome.describe() == "the length limit was reached"
