"""Turns of every kind, for tests of what holds them."""

from tokenhub_cli.chat.conversation import (
    Answer,
    AnswerStatus,
    Conversation,
    Interruption,
    Timings,
    ToolCall,
    Turn,
)
from tokenhub_cli.chat.message import ImagePart, Message, Role, TextPart, build_message
from tokenhub_cli.chat.usage import Usage

PICTURE = ImagePart("data:image/png;base64,AAECAw==", "a.png", "image/png", 4, "5f")


def build_turn(number: int) -> Turn:
    """Return one of eight kinds of turns, told apart from all others by its words."""
    words = f'{number}: "早" \\ \x00\n\ud800 ' * (1 + number % 5)
    two = Message(Role.USER, (TextPart(words), TextPart("two"), PICTURE))
    answers = (
        Answer(words, AnswerStatus.COMPLETE, "gpt-4o", "Hm.", "stop", usage=Usage(1, 2, 3)),
        Answer(f"{number} 春天来了", AnswerStatus.LENGTH, timings=Timings(0.1, 2.5, 80.0)),
        None,
        Answer("", AnswerStatus.TOOL_CALLS, tool_calls=(ToolCall(0, "c", "f", "{}"),)),
    )
    return Turn(
        id=f"t{number}",
        question=two if number % 8 > 3 else build_message(Role.USER, f"Why {number}?"),
        answer=answers[number % 4],
        model="gpt-4o",
        options={"temperature": 0.2, "stop": ["\n"]} if number % 2 else {},
    )


def build_cut(number: int) -> Answer:
    """Return an answer that was interrupted."""
    cut = Interruption(3, "reset", "plain", 2)
    return Answer(f"cut {number}", AnswerStatus.INCOMPLETE, interruptions=(cut,), attempts=2)


def build_conversation(count: int) -> Conversation:
    """Return a conversation of so many turns."""
    conversation = Conversation("c", "Be brief.")
    for number in range(count):
        conversation = conversation.append(build_turn(number))
    return conversation
