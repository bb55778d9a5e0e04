"""What the embedded gateway says, and that it says it each time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenhub_cli.demo import texts
from tokenhub_cli.demo.answers import MODELS, POET, THINKER, pick_answer
from tokenhub_cli.demo.prose import HOURS, write_prose


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Write a poem", texts.POEM),
        ("hello", texts.HELLO),
        ("Hi there!", texts.HELLO),
        ("Show me a Markdown tour", texts.TOUR),
        ("Give me a table of my day", texts.TABLE),
        ("Write a Python function that wraps text", texts.CODE),
        ("Tell me a long story", write_prose()),
        ("Count to 3", "1\n2\n3\n"),
    ],
)
def test_the_question_picks_the_text(question: str, text: str) -> None:
    """Each prepared text can be had by asking for it in plain words."""
    assert pick_answer(question, "gpt-4o").text == text


def test_other_questions_get_an_honest_line() -> None:
    """Where nothing fits, the answer says that no model answers and what arrived."""
    answer = pick_answer("Why is the sky blue?", "gpt-4o").text
    assert "not a model" in answer
    assert "“Why is the sky blue?”" in answer
    assert "5 words for `gpt-4o`" in answer


def test_a_huge_question_is_quoted_in_part() -> None:
    """A file as a question does not come back whole."""
    answer = pick_answer("blue " * 50_000, "gpt-4o").text
    assert "50000 words" in answer
    assert len(answer) < 500


def test_the_thinker_thinks_first() -> None:
    """The reasoning model differs by its reasoning alone."""
    assert pick_answer("hello", THINKER).reasoning
    assert pick_answer("hello", THINKER).text == pick_answer("hello", "gpt-4o").text
    assert not pick_answer("hello", "gpt-4o").reasoning


def test_the_poet_only_writes_poems() -> None:
    """`demo-poet` answers anything with a poem."""
    assert pick_answer("What is 2 + 2?", POET).text == texts.POEM


def test_the_long_text_is_long() -> None:
    """The walk has a section for each hour and several thousand words."""
    text = write_prose()
    assert len(text.split()) > 3000
    assert text.count("\n\n") == 2 * len(HOURS)


@given(st.text(max_size=60), st.sampled_from(MODELS))
def test_answers_are_deterministic_and_never_empty(question: str, model: str) -> None:
    """The same question has the same answer, so that a cut answer can be gone on with."""
    answer = pick_answer(question, model)
    assert answer == pick_answer(question, model)
    assert answer.text
