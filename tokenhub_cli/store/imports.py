"""Conversations that other programs kept, to be kept here.

Two shapes are read: the `conversations.json` of OpenAI's data export, and the logs database of the
`llm` command (`store/import_llm.py`). Ids are made from the other program's, with the original time
in them, so that importing the same file again adds nothing.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tokenhub_cli.chat.conversation import Answer, AnswerStatus, Conversation, Turn
from tokenhub_cli.chat.message import Role, build_message
from tokenhub_cli.errors import InputError, describe_cause, quote_path
from tokenhub_cli.store.imported import ImportedLine, build_id
from tokenhub_cli.store.rows import TITLE_LENGTH

IMPORT_HINT = "`tokenhub history import --help` names what can be imported"
SQLITE_MAGIC = b"SQLite format 3\0"
LATEST = 253_402_300_799.0  # the end of the year 9999, in seconds since 1970: none has five digits


def read_import(path: Path) -> Iterator[ImportedLine]:
    """Yield the conversations in a file of either shape.

    Raises:
        InputError: The file cannot be read, or has neither shape.
    """
    try:
        with path.open("rb") as file:
            is_database = file.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC
        if is_database:
            from tokenhub_cli.store.import_llm import read_llm_logs

            return read_llm_logs(path)
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise InputError(
            f"`{path}` cannot be read: {describe_cause(error)}",
            hint=f"`ls -l {quote_path(path)}`",
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"`{path}` is neither JSON nor a database", hint=IMPORT_HINT) from error
    if isinstance(data, dict):
        data = data.get("conversations", [data])
    if not isinstance(data, list) or not all(
        isinstance(item, dict) and isinstance(item.get("mapping"), dict) for item in data
    ):
        raise InputError(
            f"`{path}` is not an export of conversations: a list of objects with a `mapping`",
            hint=IMPORT_HINT,
        )
    return decode_openai_export(data)


def decode_openai_export(data: list[dict[str, Any]]) -> Iterator[ImportedLine]:
    """Yield the lines of each conversation of an export, the active one first.

    A conversation is a tree of messages, `mapping`, with `current_node` at the end of the active
    line. Regenerated answers and edited questions become branches. What makes no sense is left out.
    """
    for item in data:
        mapping = {key: node for key, node in item["mapping"].items() if isinstance(node, dict)}
        created_at = _read_time(item.get("create_time"), 0.0)
        updated_at = _read_time(item.get("update_time"), created_at)
        foreign = str(item.get("conversation_id") or item.get("id") or f"openai {created_at}")
        title = " ".join(str(item.get("title") or "").split())[:TITLE_LENGTH]
        empty = Conversation(build_id(foreign, created_at), title=title)
        current = str(item.get("current_node") or "")
        leaves = [key for key, node in mapping.items() if not node.get("children")]
        active = True
        for leaf in sorted(leaves, key=lambda key: key != current):
            line = _build_line(empty, _walk_up(mapping, leaf), created_at)
            if line.turns:
                yield ImportedLine(line, updated_at, active)
                active = False


def _walk_up(mapping: Mapping[str, dict[str, Any]], leaf: str) -> list[dict[str, Any]]:
    """Return the nodes from the root to `leaf`."""
    nodes: dict[str, dict[str, Any]] = {}
    key: Any = leaf
    while isinstance(key, str) and key in mapping and key not in nodes:
        nodes[key] = {**mapping[key], "key": key}
        key = mapping[key].get("parent")
    return list(reversed(nodes.values()))


def _build_line(empty: Conversation, nodes: list[dict[str, Any]], began: float) -> Conversation:
    """Return the turns of one line of messages; tool messages and hidden ones are left out."""
    conversation = empty
    for node in nodes:
        message = node.get("message")
        text = _read_text(message) if isinstance(message, dict) else ""
        if not text or not isinstance(message, dict):
            continue
        role = _read_table(message, "author").get("role")
        began = _read_time(message.get("create_time"), began)
        if role == "system":
            conversation = replace(conversation, system=conversation.system or text)
        elif role == "user":
            question = build_message(Role.USER, text)
            turn = Turn(build_id(f"{empty.id} {node['key']}", began), question)
            conversation = conversation.append(turn)
        elif role == "assistant" and conversation.turns:
            conversation = _add_answer(conversation, node["key"], message, text, began)
    return conversation


def _add_answer(
    conversation: Conversation, key: str, message: dict[str, Any], text: str, time: float
) -> Conversation:
    """Return the conversation with one more message of the assistant's in its last answer."""
    turn = conversation.turns[-1]
    model = str(_read_table(message, "metadata").get("model_slug") or turn.model)
    complete = message.get("status", "finished_successfully") == "finished_successfully"
    status = AnswerStatus.COMPLETE if complete else AnswerStatus.INCOMPLETE
    if turn.answer is not None:
        answer = replace(turn.answer, text=f"{turn.answer.text}\n\n{text}", status=status)
        return conversation.answer_last(answer)
    # Named by its first answer, so that a regenerated one is a branch of its own.
    identifier = build_id(f"{conversation.id} {key}", time)
    turn = replace(turn, id=identifier, model=model, answer=Answer(text, status, model))
    return conversation.retry(turn)


def _read_text(message: dict[str, Any]) -> str:
    content = _read_table(message, "content")
    parts = content.get("parts")
    if content.get("content_type") not in ("text", "multimodal_text") or not isinstance(
        parts, list
    ):
        return ""
    return "\n\n".join(part for part in parts if isinstance(part, str) and part.strip())


def _read_table(message: dict[str, Any], name: str) -> dict[str, Any]:
    value = message.get(name)
    return value if isinstance(value, dict) else {}


def _read_time(value: Any, default: float) -> float:
    """Return a moment in seconds since 1970; one that no calendar has counts as unknown."""
    is_moment = isinstance(value, int | float) and 0 <= value <= LATEST
    return float(value) if is_moment else default
