"""Conversations at a glance."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tokenhub_cli.store.rows import CUT_OFF

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Filters:
    """Which conversations to list; times in seconds since 1970, `limit` 0 for all."""

    limit: int = 0
    since: float = 0.0
    before: float = 0.0
    model: str = ""
    incomplete: bool = False


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """One conversation; `turns` counts its active line, `tokens` all its branches.

    `model` and `status` are those of the last turn; an empty status means not answered yet.
    """

    id: str
    title: str
    model: str
    turns: int
    tokens: int
    status: str
    created_at: float
    updated_at: float


def select_summaries(
    connection: "sqlite3.Connection", filters: Filters
) -> list[ConversationSummary]:
    """Return the conversations that pass `filters`, the newest first."""
    conditions, values = ["1"], list[object]()
    if filters.since:
        conditions.append("conversations.updated_at >= ?")
        values.append(filters.since)
    if filters.before:
        conditions.append("conversations.updated_at < ?")
        values.append(filters.before)
    if filters.model:
        conditions.append(
            "EXISTS (SELECT 1 FROM turns WHERE conversation = conversations.id AND model = ?)"
        )
        values.append(filters.model)
    if filters.incomplete:
        conditions.append(f"tip.{CUT_OFF}")
    rows = connection.execute(
        f"""
        SELECT conversations.id, title, tip.model, length AS turns,
            (SELECT total(total_tokens) FROM turns WHERE conversation = conversations.id) AS tokens,
            tip.status, conversations.created_at, updated_at
        FROM conversations LEFT JOIN turns AS tip ON tip.id = conversations.tip
        WHERE {" AND ".join(conditions)}
        ORDER BY updated_at DESC, conversations.id DESC LIMIT ?
        """,  # noqa: S608 - the conditions are the literals above
        (*values, filters.limit or -1),
    )
    return [
        ConversationSummary(
            id=row["id"],
            title=row["title"],
            model=row["model"] or "",
            turns=row["turns"],
            tokens=int(row["tokens"]),
            status=row["status"] or "",
            created_at=row["created_at"],
            updated_at=row["updated_at"],
        )
        for row in rows
    ]
