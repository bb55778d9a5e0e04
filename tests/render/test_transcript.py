"""A kept conversation on a terminal."""

from dataclasses import replace

from tests.store.values import COMPLETE, build_turn
from tokenhub_cli.chat.conversation import AnswerStatus, Conversation
from tokenhub_cli.render.columns import Screen
from tokenhub_cli.render.transcript import format_transcript

PLAIN = Screen(60, color=False)


def build(text: str, question: str = "Why?") -> Conversation:
    answer = replace(COMPLETE, text=text, status=AnswerStatus.INCOMPLETE)
    return Conversation("c", system="Be brief.", title="Sky").append(
        build_turn(1, answer, question)
    )


def test_questions_and_rendered_answers_come_in_order() -> None:
    """Title, heading, system prompt, question, answer as Markdown, and how it ended."""
    lines = format_transcript(build("Some **bold** words."), "gpt-4o", PLAIN).split("\n")
    assert [line for line in lines if line] == [
        "Sky",
        "gpt-4o",
        "Be brief.",
        "> Why?",
        "Some bold words.",
        "(incomplete)",
    ]


def test_reasoning_is_shown_when_asked_for() -> None:
    """What the model thought stands before its answer, if wanted."""
    shown = format_transcript(build("x"), "gpt-4o", PLAIN, show_reasoning=True)
    assert "Think of the sky." in shown
    assert "Think of the sky." not in format_transcript(build("x"), "gpt-4o", PLAIN)


def test_nothing_kept_can_drive_the_terminal() -> None:
    """Escape sequences in questions, answers and titles are shown; links say where they lead."""
    hostile = "\x1b]52;c;x\x07 [click](https://evil.example)"
    shown = format_transcript(build(hostile, hostile), hostile, Screen(60))
    assert "\x1b]" not in shown
    assert "\x07" not in shown
    assert "https://evil.example" in shown


def test_an_open_question_is_marked() -> None:
    """A turn without an answer says so."""
    conversation = Conversation("c").append(build_turn(1, None))
    assert "(not answered)" in format_transcript(conversation, "", PLAIN)
