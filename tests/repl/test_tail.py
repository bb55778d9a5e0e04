"""The end of a conversation, shown when it is opened."""

from tokenhub_cli.chat.conversation import Answer, AnswerStatus, Conversation, Turn
from tokenhub_cli.chat.message import Role, build_message
from tokenhub_cli.repl.tail import format_tail


def build(question: str, answer: Answer | None) -> Conversation:
    return Conversation("abc", title="Talk").append(
        Turn("t", build_message(Role.USER, question), answer)
    )


def test_the_last_question_and_the_end_of_its_answer_are_shown() -> None:
    """Long ones are shortened, and it says by how much."""
    text = "\n".join(str(number) for number in range(100))
    lines = format_tail(build("a\nb\nc\nd\ne\nf", Answer(text, AnswerStatus.COMPLETE)))
    assert lines[0] == "Talk · 1 question · abc"
    assert lines[2:8] == ["> a", "> b", "> c", "> d", "> … 2 more lines", ""]
    assert lines[8:] == ["… 88 lines above", *map(str, range(88, 100))]


def test_a_cut_answer_is_marked() -> None:
    """With the command that finishes it."""
    lines = format_tail(build("a", Answer("some", AnswerStatus.CANCELLED)))
    assert lines[-1] == "(cancelled; `/continue` asks for the rest)"
    assert format_tail(build("a", None))[-1] == "(not answered; `/retry` asks again)"


def test_an_empty_conversation_has_its_name_alone() -> None:
    """As after everything was taken back."""
    assert format_tail(Conversation("abc")) == ["abc · 0 questions · abc"]
