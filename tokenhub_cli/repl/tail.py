"""The end of a conversation, shown when it is opened again."""

from tokenhub_cli.chat.conversation import AnswerStatus, Conversation
from tokenhub_cli.repl.dialogue import CUT

QUESTION_LINES = 4
ANSWER_LINES = 12


def format_tail(conversation: Conversation) -> list[str]:
    """Return lines that tell which conversation this is, and how it ended."""
    count = len(conversation.turns)
    title = conversation.title or conversation.id
    lines = [f"{title} · {count} question{'' if count == 1 else 's'} · {conversation.id}"]
    if not conversation.turns:
        return lines
    last = conversation.turns[-1]
    question = (last.question.words or last.question.text).strip().split("\n")
    lines += ["", *(f"> {line}" for line in question[:QUESTION_LINES])]
    if len(question) > QUESTION_LINES:
        lines.append(f"> … {len(question) - QUESTION_LINES:,} more lines")
    if last.answer is None:
        return [*lines, "", "(not answered; `/retry` asks again)"]
    answer = str(last.answer.text).strip().split("\n")
    lines.append("")
    if len(answer) > ANSWER_LINES:
        lines.append(f"… {len(answer) - ANSWER_LINES:,} lines above")
    lines += answer[-ANSWER_LINES:]
    if last.answer.status in CUT and last.answer.status is not AnswerStatus.UNVERIFIED:
        lines += ["", f"({last.answer.status.value}; `/continue` asks for the rest)"]
    return lines
