"""Which rung is tried, and what is remembered of each."""

from pathlib import Path

import pytest

from tokenhub_cli.errors import GatewayDownError, RefusedRequestError
from tokenhub_cli.gateway.ladder import Ladder
from tokenhub_cli.gateway.quirks import KnownQuirks, QuirkMemory
from tokenhub_cli.gateway.round import Round
from tokenhub_cli.wire.recovery import Resume
from tokenhub_cli.wire.seam import SeamJoiner, plan_seam
from tokenhub_cli.wire.strategy import Strategy

REFUSAL = RefusedRequestError("no", status=422)
ORIGIN, MODEL = "https://gateway.example:443", "gpt-4o"


@pytest.fixture
def memory(tmp_path: Path) -> QuirkMemory:
    """What outlives a run."""
    return QuirkMemory(tmp_path / "quirks.json")


def open_ladder(memory: QuirkMemory) -> Ladder:
    return Ladder(KnownQuirks(memory, ORIGIN, MODEL))


def recall(memory: QuirkMemory) -> frozenset[str]:
    return memory.recall(ORIGIN, MODEL).refused_strategies


def misfit(strategy: Strategy, text: str = "I am sorry, that I cannot do.") -> Round:
    joiner = SeamJoiner(plan_seam("The spring wind walks along the quay and tries"))
    joiner.feed(text)
    joiner.finish(finished=True)
    return Round(joiner, strategy, finish_reason="stop")


def test_nothing_is_resumed_at_first(memory: QuirkMemory) -> None:
    """A rung is stepped on when that was decided."""
    assert open_ladder(memory).strategy is None
    ladder = open_ladder(memory)
    ladder.step(Resume(0.0, Strategy.PLAIN, words=3))
    assert (ladder.strategy, ladder.words) == (Strategy.PLAIN, 3)


def test_a_refused_rung_is_remembered_once_another_was_taken(memory: QuirkMemory) -> None:
    """For this answer at once; for the next run when it was the rung, and not the conversation."""
    ladder = open_ladder(memory)
    for rung in Strategy:
        refusal = Round(strategy=rung, failure=RefusedRequestError("too long", status=400))
        assert ladder.note_refusal(refusal)
    assert ladder.refused == set(Strategy)
    assert open_ladder(memory).refused == set()
    ladder = open_ladder(memory)
    assert ladder.note_refusal(Round(strategy=Strategy.PREFIX, failure=REFUSAL))
    ladder.note_acceptance(Round(strategy=Strategy.PLAIN))
    ladder.note_acceptance(Round(is_accepted=True))
    assert open_ladder(memory).refused == set()
    ladder.note_acceptance(Round(strategy=Strategy.PLAIN, is_accepted=True))
    assert open_ladder(memory).refused == {Strategy.PREFIX}


@pytest.mark.parametrize(
    "outcome",
    [
        Round(failure=RefusedRequestError("no", status=400)),
        Round(strategy=Strategy.PREFIX, failure=GatewayDownError("503", status=503)),
        Round(strategy=Strategy.PREFIX),
    ],
    ids=["asked afresh", "gateway down", "no failure"],
)
def test_other_failures_are_no_refusals(memory: QuirkMemory, outcome: Round) -> None:
    """Only a 400 or 422 to a request that asked to go on speaks against its rung."""
    assert not open_ladder(memory).note_refusal(outcome)
    assert recall(memory) == frozenset()


def test_a_misfit_is_held_against_a_rung_once_another_has_joined(memory: QuirkMemory) -> None:
    """Until then it may have been bad luck."""
    ladder = open_ladder(memory)
    ladder.note_misfit(misfit(Strategy.PREFIX))
    assert recall(memory) == frozenset()
    ladder.note_join(Round(strategy=Strategy.ANCHOR))
    assert recall(memory) == {"prefix"}
    assert ladder.has_proven(Strategy.ANCHOR)
    assert not ladder.has_proven(Strategy.PREFIX)


def test_a_rung_that_has_joined_is_never_given_up(memory: QuirkMemory) -> None:
    """A misfit after a join is bad luck for certain."""
    ladder = open_ladder(memory)
    ladder.note_join(Round(strategy=Strategy.PREFIX))
    ladder.note_misfit(misfit(Strategy.PREFIX))
    ladder.note_join(Round(strategy=Strategy.ANCHOR))
    assert recall(memory) == frozenset()


def test_another_word_is_no_misfit(memory: QuirkMemory) -> None:
    """What goes on as a continuation does, in another word, speaks for the rung."""
    ladder = open_ladder(memory)
    ladder.note_misfit(misfit(Strategy.PREFIX, " sets out to sea"))
    ladder.note_join(Round(strategy=Strategy.ANCHOR))
    assert recall(memory) == frozenset()


def test_asking_afresh_proves_no_rung(memory: QuirkMemory) -> None:
    """So little had come that the question was asked again."""
    ladder = open_ladder(memory)
    ladder.note_join(Round())
    assert not ladder.has_proven(None)
