"""Conversations, turns and answers to store in tests."""

from dataclasses import replace

from tokenhub_cli.chat.conversation import (
    Answer,
    AnswerStatus,
    Conversation,
    Interruption,
    Timings,
    ToolCall,
    Turn,
)
from tokenhub_cli.chat.message import Role, build_message
from tokenhub_cli.chat.usage import Usage

COMPLETE = Answer(
    text="Because of Rayleigh scattering.",
    status=AnswerStatus.COMPLETE,
    model="gpt-4o-2024-08-06",
    reasoning="Think of the sky.",
    finish_reason="stop",
    tool_calls=(ToolCall(0, "call_1", "look_up", '{"word":"sky"}'),),
    usage=Usage(12, 34, 46, 5, estimated=True, attempts=2),
    timings=Timings(0.3, 1.5, 22.6),
    interruptions=(Interruption(11, "connection lost", "prefix", 3),),
    attempts=2,
)


def build_turn(number: int, answer: Answer | None = COMPLETE, question: str = "") -> Turn:
    """Return the turn with the id `turnNUMBER`."""
    return Turn(
        id=f"turn{number:08}",
        question=build_message(Role.USER, question or f"Question {number}: why is the sky blue?"),
        answer=answer,
        model="gpt-4o",
        options={"temperature": 0.2, "stop": ["\n"]},
    )


def build_conversation(number: int, turns: int = 1, first_turn: int = 0) -> Conversation:
    """Return the conversation `convNUMBER` with so many answered turns."""
    conversation = Conversation(id=f"c0nv{number:08}", system="Be brief.")
    for index in range(turns):
        conversation = conversation.append(build_turn(first_turn + number * 1000 + index))
    return conversation


def open_last(conversation: Conversation) -> Conversation:
    """Return the conversation with its last turn not yet answered."""
    last = replace(conversation.turns[-1], answer=None)
    return conversation.retry(last)
