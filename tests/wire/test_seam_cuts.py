"""Every answer, cut at every byte, resumed by every kind of gateway."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.support.answers import LONG, SHORT, cut_everywhere
from tests.support.continuations import (
    EXACT,
    HOPELESS,
    KNOWN_PLACE,
    OTHER_PLACE,
    Behaviour,
    Outcome,
    resume,
)
from tokenhub_cli.wire.seam import plan_seam
from tokenhub_cli.wire.strategy import Strategy

ALL = {**EXACT, **KNOWN_PLACE, **OTHER_PLACE, **HOPELESS}


def assert_nothing_lost_or_doubled(outcome: Outcome, answer: str) -> None:
    if outcome.complete:
        assert outcome.text == answer
    else:
        assert answer.startswith(outcome.text)


@pytest.mark.parametrize("answer", SHORT.values(), ids=SHORT)
def test_exact_gateway_always_finishes_the_answer(answer: str) -> None:
    """A gateway that goes on exactly is joined byte for byte, wherever the cut was."""
    for received in cut_everywhere(answer):
        for size in (1, 7, 1000):
            outcome = resume(answer, received, EXACT["exact"], size=size)
            assert (outcome.text, outcome.complete) == (answer, True), received


@pytest.mark.parametrize("behaviour", KNOWN_PLACE.values(), ids=KNOWN_PLACE)
@pytest.mark.parametrize("answer", SHORT.values(), ids=SHORT)
def test_white_space_at_the_seam_costs_nothing(answer: str, behaviour: Behaviour) -> None:
    """White space trimmed, added or changed at the seam loses and doubles no character."""
    for received in cut_everywhere(answer):
        assert_nothing_lost_or_doubled(resume(answer, received, behaviour), answer)


@pytest.mark.parametrize("behaviour", OTHER_PLACE.values(), ids=OTHER_PLACE)
@pytest.mark.parametrize("answer", SHORT.values(), ids=SHORT)
def test_repeated_words_are_never_doubled(answer: str, behaviour: Behaviour) -> None:
    """Repeated words are swallowed or the answer stays incomplete."""
    for received in cut_everywhere(answer):
        assert_nothing_lost_or_doubled(resume(answer, received, behaviour), answer)


@pytest.mark.parametrize("name", HOPELESS)
@pytest.mark.parametrize("kind", SHORT)
def test_what_cannot_be_joined_is_not_joined(kind: str, name: str) -> None:
    """Other words, silence and refusals leave the answer as it was, and incomplete.

    Where so little came that it is asked afresh, an answer that begins with it is one as good.
    """
    for received in cut_everywhere(SHORT[kind]):
        outcome = resume(SHORT[kind], received, HOPELESS[name])
        if (kind, name, received) == ("a letter", "apologises", "I"):
            assert outcome == Outcome(
                "I'm sorry, but I can't continue that message.", complete=True
            )
        else:
            assert outcome == Outcome(received, complete=False)


@pytest.mark.parametrize("name", [*KNOWN_PLACE, *OTHER_PLACE])
def test_certainty_is_the_rule_and_doubt_the_exception(name: str) -> None:
    """In text that does not repeat itself nearly every cut is joined, whatever the gateway does."""
    answers = [SHORT[kind] for kind in ("prose", "markdown", "han", "hangul", "mixed", "emoji")]
    outcomes = [
        resume(answer, received, ALL[name])
        for answer in answers
        for received in cut_everywhere(answer)
    ]
    complete = sum(outcome.complete for outcome in outcomes)
    assert complete >= 0.97 * len(outcomes)


@pytest.mark.parametrize("anchored", [KNOWN_PLACE["trims"], OTHER_PLACE["repeats 3"]])
def test_ladder_ends_at_the_anchor(anchored: Behaviour) -> None:
    """A gateway that refuses one rung and talks by the next is joined by the anchor."""
    answer = SHORT["prose"]
    by_rung = {Strategy.PREFIX: HOPELESS["refuses"], Strategy.PLAIN: HOPELESS["apologises"]}
    for received in cut_everywhere(answer):
        outcome = resume(answer, received, anchored, by_rung=by_rung, cuts=(40, 40, 40))
        assert outcome.complete
        assert outcome.text == answer


@settings(max_examples=400, deadline=None)
@given(
    answer=st.sampled_from([*SHORT.values(), LONG]),
    where=st.floats(0, 1, exclude_max=True),
    name=st.sampled_from(list(ALL)),
    cuts=st.lists(st.integers(0, 120), max_size=12),
    size=st.integers(1, 40),
)
def test_resumed_answers_may_be_cut_again(
    answer: str, where: float, name: str, cuts: list[int], size: int
) -> None:
    """However often the continuation is cut in turn, no character is lost or doubled."""
    received = answer[: 1 + int(where * len(answer))]
    assume(received.strip() and (name not in HOPELESS or plan_seam(received).prefix))
    outcome = resume(answer, received, ALL[name], cuts=tuple(cuts), size=size)
    assert_nothing_lost_or_doubled(outcome, answer)
    assert not (outcome.complete and name in HOPELESS)


@settings(max_examples=600, deadline=None)
@given(
    answer=st.sampled_from(["ab ", "a \n", "aB \n-", "ab哈 ", "哈喜。", "Aab \n\t"]).flatmap(
        lambda letters: st.text(letters, min_size=1, max_size=40)
    ),
    again=st.integers(1, 4),
    where=st.floats(0, 1, exclude_max=True),
    name=st.sampled_from([*EXACT, *KNOWN_PLACE, *OTHER_PLACE]),
    cuts=st.lists(st.integers(0, 15), max_size=4),
)
def test_answers_of_few_letters(
    answer: str, again: int, where: float, name: str, cuts: list[int]
) -> None:
    """Text that repeats itself in every way a few letters can is not eaten or doubled either."""
    answer *= again
    received = answer[: 1 + int(where * len(answer))]
    assume(received.strip())
    outcome = resume(answer, received, ALL[name], cuts=tuple(cuts), size=3)
    assert_nothing_lost_or_doubled(outcome, answer)
