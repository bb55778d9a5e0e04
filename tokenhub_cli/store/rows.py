"""Values of `chat/` to plain data and back: what a row of history or a spool's header holds.

The plain shapes follow the chat completions protocol where it has one. Pictures are kept by where
they came from, type, size and hash, never by their bytes.
"""

import json
from collections.abc import Mapping
from typing import Any

from tokenhub_cli.chat.conversation import (
    Answer,
    AnswerStatus,
    Conversation,
    Interruption,
    Timings,
    ToolCall,
    Turn,
)
from tokenhub_cli.chat.message import ImagePart, Message, Part, Role, TextPart, build_message
from tokenhub_cli.chat.usage import Usage
from tokenhub_cli.errors import StoreError

# The columns of a turn that hold its answer, in the order of `encode_answer`.
ANSWER_COLUMNS = (
    "status",
    "answer",
    "pieces",
    "answer_model",
    "reasoning",
    "finish_reason",
    "tool_calls",
    "interruptions",
    "attempts",
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "cached_tokens",
    "estimated",
    "billed_attempts",
    "first_token_s",
    "total_s",
    "tokens_per_s",
)
TITLE_LENGTH = 72
# Answers that can be gone on with; as in the index `turns_cut_off`, or SQLite would not use that.
CUT_OFF = "status IN ('incomplete', 'cancelled', 'unverified', 'length')"
TURN_COLUMNS = ("id", "parent", "model", "options", "question", "attachments")


class DamagedRowError(StoreError):
    """A row that cannot have been written by this program; its file is damaged."""


def clean_text(text: str) -> str:
    """Return `text` with halves of surrogate pairs, which UTF-8 cannot hold, replaced by U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def build_title(conversation: Conversation, turn: Turn) -> str:
    """Return a title: the beginning of the conversation's first question, on one line."""
    first = conversation.turns[0] if conversation.turns else turn
    question = first.question.words or first.question.text
    words = " ".join(clean_text(question[: TITLE_LENGTH * 8]).split())
    if len(words) <= TITLE_LENGTH:
        return words
    cut = words[: TITLE_LENGTH - 1]
    at_word = cut.rpartition(" ")[0]
    return (at_word if len(at_word) > TITLE_LENGTH // 2 else cut) + "…"


def encode_message(message: Message) -> Any:
    """Return a message as plain data: its words, or a list of parts if it is not words alone."""
    match message:
        case Message(Role.USER, (TextPart(text, ()),)):
            return text
    return {"role": str(message.role), "parts": [_encode_part(part) for part in message.parts]}


def decode_message(data: Any) -> Message:
    """Return the message that `encode_message` wrote."""
    if isinstance(data, str):
        return build_message(Role.USER, data)
    return Message(Role(data["role"]), tuple(_decode_part(part) for part in data["parts"]))


def encode_turn(turn: Turn) -> tuple[Any, ...]:
    """Return the values of `TURN_COLUMNS`.

    The column `question` holds the words, to be searched; `attachments` holds the whole message as
    JSON where it is more than words.
    """
    plain = encode_message(turn.question)
    return (
        turn.id,
        turn.parent,
        turn.model,
        _dump(dict(turn.options)) if turn.options else "",
        clean_text(turn.question.text),
        "" if isinstance(plain, str) else _dump(plain),
    )


def decode_turn(row: Mapping[str, Any], rest: str = "") -> Turn:
    """Return the turn, with its answer if it has one, of a row with all columns.

    Args:
        row: The row.
        rest: What follows the first piece of a long answer.

    Raises:
        DamagedRowError: The row holds what was never written.
    """
    try:
        return _decode_turn(row, rest)
    except (ValueError, TypeError, KeyError) as error:
        raise DamagedRowError("a turn in history is damaged") from error


def _decode_turn(row: Mapping[str, Any], rest: str) -> Turn:
    attachments: str = row["attachments"]
    return Turn(
        id=row["id"],
        parent=row["parent"],
        model=row["model"],
        options=json.loads(row["options"]) if row["options"] else {},
        question=decode_message(json.loads(attachments) if attachments else row["question"]),
        answer=_decode_answer(row, rest),
    )


def encode_answer(answer: Answer, first_piece: str, pieces: int) -> tuple[Any, ...]:
    """Return the values of `ANSWER_COLUMNS`; `pieces` is how many follow the first one."""
    usage, timings = answer.usage, answer.timings
    counts: tuple[int | None, ...] = (None,) * 6
    if usage is not None:
        counts = (
            usage.prompt_tokens,
            usage.completion_tokens,
            usage.total_tokens,
            usage.cached_tokens,
            int(usage.estimated),
            usage.attempts,
        )
    return (
        answer.status.value,
        first_piece,
        pieces,
        answer.model,
        clean_text(answer.reasoning),
        answer.finish_reason,
        _dump_all(answer.tool_calls),
        _dump_all(answer.interruptions),
        answer.attempts,
        *counts,
        timings.first_token_s,
        timings.total_s,
        timings.tokens_per_s,
    )


def _decode_answer(row: Mapping[str, Any], rest: str) -> Answer | None:
    if not row["status"]:
        return None
    usage = None
    if row["total_tokens"] is not None:
        usage = Usage(
            prompt_tokens=row["prompt_tokens"],
            completion_tokens=row["completion_tokens"],
            total_tokens=row["total_tokens"],
            cached_tokens=row["cached_tokens"],
            estimated=bool(row["estimated"]),
            attempts=row["billed_attempts"],
        )
    return Answer(
        text=row["answer"] + rest,
        status=AnswerStatus(row["status"]),
        model=row["answer_model"],
        reasoning=row["reasoning"],
        finish_reason=row["finish_reason"],
        tool_calls=tuple(ToolCall(*values) for values in _load_all(row["tool_calls"])),
        usage=usage,
        timings=Timings(row["first_token_s"], row["total_s"], row["tokens_per_s"]),
        interruptions=tuple(Interruption(*values) for values in _load_all(row["interruptions"])),
        attempts=row["attempts"],
    )


def _encode_part(part: Part) -> dict[str, Any]:
    match part:
        case TextPart(text, ()):
            return {"type": "text", "text": clean_text(text)}
        case TextPart(text, files):
            return {
                "type": "text",
                "text": clean_text(text),
                "files": [clean_text(path) for path in files],
                "typed": len(clean_text(part.words)),
            }
        case ImagePart():
            return {
                "type": "image",
                "url": "" if part.url.startswith("data:") else part.url,
                "source": part.source,
                "media_type": part.media_type,
                "size": part.size,
                "sha256": part.sha256,
            }


def _decode_part(data: dict[str, Any]) -> Part:
    if data["type"] == "text":
        return TextPart(data["text"], tuple(data.get("files", ())), data.get("typed", 0))
    return ImagePart(**{name: data[name] for name in ImagePart.__slots__})


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _dump_all(values: tuple[Any, ...]) -> str:
    """Return slotted values as a JSON list of lists, or an empty string if there are none."""
    if not values:
        return ""
    return clean_text(
        _dump([[getattr(value, name) for name in value.__slots__] for value in values])
    )


def _load_all(text: str) -> list[list[Any]]:
    return json.loads(text) if text else []
