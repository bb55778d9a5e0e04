"""The logs database of the `llm` command (https://llm.datasette.io), read only.

Since version 0.36 a log is a `turns` row, its words in `turn_search`, its place in a tree of
`messages`. Older logs are `responses` rows of `conversations`. A database may hold both.
"""

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tokenhub_cli.chat.conversation import Answer, AnswerStatus, Conversation, Timings, Turn
from tokenhub_cli.chat.message import Role, build_message
from tokenhub_cli.chat.usage import Usage
from tokenhub_cli.errors import InputError
from tokenhub_cli.store.connection import connect
from tokenhub_cli.store.imported import ImportedLine, build_id
from tokenhub_cli.store.rows import TITLE_LENGTH

if TYPE_CHECKING:
    import sqlite3

LOGS_HINT = "`llm logs path` prints where they are"
TURNS = """
    SELECT turns.id, thread_id AS conversation, threads.name, turns.model, options_json,
        turn_search.prompt, turn_search.response, NULL AS reasoning, input_tokens, output_tokens,
        duration_ms, turns.datetime_utc,
        (WITH RECURSIVE up (hash) AS (
            VALUES (turns.parent_message_hash) UNION VALUES (turns.tip_message_hash) UNION
            SELECT parent_hash FROM messages JOIN up USING (hash) WHERE parent_hash IS NOT NULL)
        SELECT text FROM up JOIN messages USING (hash) JOIN parts ON message_hash = hash
        WHERE role = 'system' AND text IS NOT NULL LIMIT 1) AS system
    FROM turns JOIN turn_search ON turn_search.turn_id = turns.id
    LEFT JOIN threads ON threads.id = thread_id
"""
RESPONSES = """
    SELECT responses.id, conversation_id AS conversation, conversations.name, responses.model,
        options_json, prompt, response, {reasoning} AS reasoning, {input} AS input_tokens,
        {output} AS output_tokens, duration_ms, datetime_utc, system
    FROM responses LEFT JOIN conversations ON conversations.id = conversation_id
"""


def read_llm_logs(path: Path) -> Iterator[ImportedLine]:
    """Yield the conversations of a logs database, each as one line.

    Raises:
        InputError: It is another kind of database, or damaged.
    """
    import sqlite3

    try:
        with contextlib.closing(connect(path)) as connection:
            rows = list(_read_rows(connection))
    except sqlite3.Error as error:
        raise InputError(
            f"`{path}` cannot be read as a logs database: {error}", hint=LOGS_HINT
        ) from error
    if not rows:
        raise InputError(f"`{path}` holds no logs of `llm`", hint=LOGS_HINT)
    conversations: dict[str, list[sqlite3.Row]] = {}
    for row in sorted(rows, key=lambda row: str(row["datetime_utc"] or "")):
        conversations.setdefault(row["conversation"] or row["id"], []).append(row)
    return (_build_line(foreign, rows) for foreign, rows in conversations.items())


def _read_rows(connection: "sqlite3.Connection") -> "Iterator[sqlite3.Row]":
    """Yield the logs of both shapes, each once."""
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    seen: set[str] = set()
    if {"turns", "turn_search", "messages", "parts", "threads"} <= tables:
        for row in connection.execute(TURNS):
            seen.add(row["id"])
            yield row
    if {"responses", "conversations"} <= tables:
        columns = {row["name"] for row in connection.execute("PRAGMA table_info(responses)")}

        def choose(name: str) -> str:
            return name if name in columns else "NULL"

        query = RESPONSES.format(
            reasoning=choose("reasoning"),
            input=choose("input_tokens"),
            output=choose("output_tokens"),
        )
        yield from (row for row in connection.execute(query) if row["id"] not in seen)


def _build_line(foreign: str, rows: "list[sqlite3.Row]") -> ImportedLine:
    began = _parse_time(rows[0]["datetime_utc"])
    system = next(filter(None, (_read_text(row["system"]) for row in rows)), "")
    title = " ".join(_read_text(rows[0]["name"]).split())[:TITLE_LENGTH]
    conversation = Conversation(build_id(f"llm {foreign}", began), system=system, title=title)
    for row in rows:
        conversation = conversation.append(_build_turn(row))
    return ImportedLine(conversation, _parse_time(rows[-1]["datetime_utc"]))


def _build_turn(row: "sqlite3.Row") -> Turn:
    usage = None
    if row["input_tokens"] is not None or row["output_tokens"] is not None:
        prompt, completion = _read_number(row["input_tokens"]), _read_number(row["output_tokens"])
        usage = Usage(prompt, completion, prompt + completion)
    model = _read_text(row["model"])
    answer = Answer(
        text=_read_text(row["response"]),
        status=AnswerStatus.COMPLETE,
        model=model,
        reasoning=_read_text(row["reasoning"]),
        usage=usage,
        timings=Timings(total_s=_read_number(row["duration_ms"]) / 1000),
    )
    return Turn(
        id=build_id(f"llm {row['id']}", _parse_time(row["datetime_utc"])),
        question=build_message(Role.USER, _read_text(row["prompt"])),
        answer=answer,
        model=model,
        options=_parse_options(_read_text(row["options_json"])),
    )


def _read_text(value: object) -> str:
    """Return a column's text; SQLite keeps any kind of value in any column."""
    return value if isinstance(value, str) else ""


def _read_number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _parse_options(text: str) -> dict[str, Any]:
    try:
        options = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(options, dict):
        return {}
    return {name: value for name, value in options.items() if value is not None}


def _parse_time(value: object) -> float:
    """Return seconds since 1970 of a time such as `2026-11-22T21:30:00.123456`, in UTC."""
    try:
        moment = datetime.fromisoformat(_read_text(value))
    except ValueError:
        return 0.0
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
