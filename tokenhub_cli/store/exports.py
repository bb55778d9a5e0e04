"""Kept conversations as text for other programs and for people.

    md      the active line as Markdown, questions under their own headings
    json    everything that is kept, all branches included; `"v": 1`
    jsonl   one object a line, `{"messages": [...]}`, the shape of OpenAI's fine-tuning files
    html    one page that needs nothing else and runs nothing (`store/export_html.py`)

Pure: values in, text out.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from tokenhub_cli.chat.conversation import Answer, AnswerStatus, Conversation, Turn
from tokenhub_cli.chat.message import ImagePart, Message, Role
from tokenhub_cli.store.ids import read_time
from tokenhub_cli.store.rows import clean_text


def build_markdown(conversation: Conversation, *, show_reasoning: bool = False) -> str:
    """Return the conversation as Markdown, on request with what the models thought."""
    parts = [f"# {conversation.title or conversation.id}", describe(conversation)]
    if conversation.system:
        parts.append(f"## System\n\n{conversation.system}")
    for turn in conversation.turns:
        parts.append(f"## Question\n\n{turn.question.text}")
        parts += [f"- attached: `{name_picture(image)}`" for image in turn.question.images]
        if show_reasoning and turn.answer is not None and turn.answer.reasoning:
            parts.append(f"## Reasoning\n\n{turn.answer.reasoning.strip()}")
        if turn.answer is not None:
            parts.append(f"## Answer{note_status(turn.answer)}\n\n{turn.answer.text}")
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def build_json(conversation: Conversation, turns: Iterable[Turn]) -> dict[str, Any]:
    """Return everything kept of a conversation.

    Args:
        conversation: Its active line.
        turns: The turns of all its branches.
    """
    return {
        "v": 1,
        "id": conversation.id,
        "title": conversation.title,
        "system": conversation.system,
        "created_at": format_time(conversation.id),
        "tip": conversation.tip,
        "turns": [_build_turn(turn) for turn in turns],
    }


def build_jsonl(conversation: Conversation) -> str:
    """Return one line: the messages of the active line as they were sent, and the last answer."""
    messages = [
        {"role": message.role.value, "content": _build_content(message)}
        for message in conversation.build_messages()
    ]
    last = conversation.turns[-1].answer if conversation.turns else None
    if last is not None and last.text:
        messages.append({"role": Role.ASSISTANT.value, "content": str(last.text)})
    return json.dumps({"messages": messages}, ensure_ascii=False)


def describe(conversation: Conversation) -> str:
    """Return when the conversation began, which models answered, and its id, on one line."""
    models = dict.fromkeys(turn.model for turn in conversation.turns if turn.model)
    return " · ".join([format_time(conversation.id), *models, conversation.id])


def format_time(identifier: str) -> str:
    """Return the time in an id as local time: `2026-11-22 21:30`."""
    import time

    return time.strftime("%Y-%m-%d %H:%M", time.localtime(read_time(identifier)))


def note_status(answer: Answer) -> str:
    """Return ` (incomplete)` and the like, or nothing for a complete answer."""
    return "" if answer.status is AnswerStatus.COMPLETE else f" ({answer.status.value})"


def name_picture(image: ImagePart) -> str:
    """Return what the user called a picture."""
    return image.source or image.url or image.media_type or "image"


def iterate_lines(conversations: Iterable[Conversation], form: str) -> Iterator[str]:
    """Yield the text of an export of many conversations in `md` or `jsonl`, piece by piece."""
    separator = ""
    for conversation in conversations:
        if form == "jsonl":
            yield build_jsonl(conversation) + "\n"
        else:
            yield separator + build_markdown(conversation)
            separator = "\n---\n\n"


def iterate_json(kept: Iterable[tuple[Conversation, tuple[Turn, ...]]]) -> Iterator[str]:
    """Yield a JSON list of conversations, each with the turns of all its branches."""
    separator = "["
    for conversation, turns in kept:
        yield separator + json.dumps(build_json(conversation, turns), ensure_ascii=False, indent=2)
        separator = ",\n"
    yield "]\n" if separator != "[" else "[]\n"


def _build_turn(turn: Turn) -> dict[str, Any]:
    return {
        "id": turn.id,
        "parent": turn.parent,
        "created_at": format_time(turn.id),
        "model": turn.model,
        "options": dict(turn.options),
        "question": turn.question.text,
        "attachments": [_build_fields(image) for image in turn.question.images],
        "answer": None if turn.answer is None else _build_answer(turn.answer),
    }


def _build_answer(answer: Answer) -> dict[str, Any]:
    return {
        "text": clean_text(str(answer.text)),
        "reasoning": clean_text(answer.reasoning),
        "model": answer.model,
        "status": answer.status.value,
        "finish_reason": answer.finish_reason,
        "attempts": answer.attempts,
        "usage": None if answer.usage is None else _build_fields(answer.usage),
        "timings": _build_fields(answer.timings),
        "interruptions": [_build_fields(interruption) for interruption in answer.interruptions],
        "tool_calls": [_build_fields(call) for call in answer.tool_calls],
    }


def _build_fields(value: Any) -> dict[str, Any]:
    """Return a slotted value's fields by name."""
    return {name: getattr(value, name) for name in value.__slots__}


def _build_content(message: Message) -> str | list[dict[str, Any]]:
    if message.role is not Role.USER or not message.images:
        return message.text
    parts: list[dict[str, Any]] = [{"type": "text", "text": message.text}]
    for image in message.images:
        url = image.url or image.source  # the bytes of a local file are not kept
        parts.append({"type": "image_url", "image_url": {"url": url}})
    return parts
