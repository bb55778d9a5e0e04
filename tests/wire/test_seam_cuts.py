"""Every answer, cut at every byte, resumed by every kind of gateway."""

# ruff: noqa: RUF001 - these are the punctuation marks that Chinese text is written with

from itertools import filterfalse

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.support.answers import LONG, SHORT, cut_everywhere, is_single_letter
from tests.support.continuations import (
    EXACT,
    HOPELESS,
    KNOWN_PLACE,
    OTHER_PLACE,
    Behaviour,
    Outcome,
    resume,
)
from tokenhub_cli.wire.strategy import Strategy

ALL = {**EXACT, **KNOWN_PLACE, **OTHER_PLACE, **HOPELESS}

# Answers, and messages that are none but may begin likewise.
OPENINGS = (
    "I can see three ways to do it.",
    "I'm glad you asked. The sky is blue.",
    "The requirements are these.",
    "Sorry to hear that. Rest a while.",
    "Sure! Here's a poem about rain.",
    "As an example, take a cat.",
    "Certainly. Let us begin.",
    "List them:\n- one\n- two\n> three\n1. four\n{",
    "很抱歉听到这个消息。请休息。",
    "以下有三个想法：一、二、三。",
    "はい、空は青いです。",
    "죄송한 마음입니다.",
)
OTHER_MESSAGES = (
    "I'm sorry, but I can't continue that message.",
    "I can't continue that message.",
    "The requested continuation is not available.",
    "Sorry, I can't help with that.",
    "Sure! Here is the rest:",
    "As an AI language model, I cannot continue.",
    "Certainly! Here is the continuation.",
    "- I cannot continue.",
    "> error",
    "1. Continue",
    '{"error": "overloaded"}',
    "很抱歉，我无法继续该消息。",
    "以下是剩余的内容：",
    "はい、続けます。",
    "죄송하지만 계속할 수 없습니다.",
)


def assert_nothing_lost_or_doubled(outcome: Outcome, answer: str) -> None:
    if outcome.complete:
        assert outcome.text == answer
    else:
        assert answer.startswith(outcome.text)


@pytest.mark.parametrize("answer", SHORT.values(), ids=SHORT)
def test_exact_gateway_always_finishes_the_answer(answer: str) -> None:
    """A gateway that goes on exactly is joined byte for byte, wherever the cut was.

    All but a single letter: by that nothing can be proven.
    """
    for received in cut_everywhere(answer):
        for size in (1, 7, 1000):
            outcome = resume(answer, received, EXACT["exact"], size=size)
            if is_single_letter(received) and received != answer:
                assert outcome == Outcome(received, complete=False)
            else:
                assert outcome == Outcome(answer, complete=True), received


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
    """Other words, silence and refusals leave the answer as it was, and incomplete."""
    for received in cut_everywhere(SHORT[kind]):
        assert resume(SHORT[kind], received, HOPELESS[name]) == Outcome(received, complete=False)


@pytest.mark.parametrize("other", OTHER_MESSAGES)
@pytest.mark.parametrize("opening", OPENINGS)
def test_two_messages_are_never_mixed(opening: str, other: str) -> None:
    """An answer that begins as apologies do is not ended by one, nor a single letter by any.

    Only a message that begins with all that was shown is taken, and then all of it: asked for
    afresh, it is as good an answer as the one that was cut off.
    """
    for received in cut_everywhere(opening):
        outcome = resume(opening, received, lambda *_: other)
        if other.startswith(received) and not is_single_letter(received):
            assert outcome in {Outcome(other, complete=True), Outcome(received, complete=False)}
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
    for received in filterfalse(is_single_letter, cut_everywhere(answer)):
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
    assume(received.strip())
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
