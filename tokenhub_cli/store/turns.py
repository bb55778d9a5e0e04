"""Turns and their lines as rows: the statements behind `store/conversations.py`."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tokenhub_cli.chat.conversation import Answer, AnswerStatus, Conversation, Turn
from tokenhub_cli.errors import UsageError
from tokenhub_cli.store.ids import normalise_prefix, read_time
from tokenhub_cli.store.pieces import cut_text, read_pieces, write_pieces
from tokenhub_cli.store.rows import (
    ANSWER_COLUMNS,
    TURN_COLUMNS,
    build_title,
    clean_text,
    decode_turn,
    encode_answer,
    encode_turn,
)
from tokenhub_cli.store.search_index import index_title, index_turn

if TYPE_CHECKING:
    import sqlite3

    from tokenhub_cli.store.imported import ImportedLine

LAST = "last"
CANDIDATES_SHOWN = 5
WHOLE = frozenset({AnswerStatus.COMPLETE, AnswerStatus.TOOL_CALLS})

# From a turn up to the first of its line; the bound ends a circle that a damaged file may hold.
LINE = """
    WITH RECURSIVE line (id, depth) AS (
        VALUES (?, 0)
        UNION ALL
        SELECT turns.parent, depth + 1 FROM turns JOIN line USING (id)
        WHERE turns.parent <> '' AND depth < 100000
    )
"""

INSERT_TURN = (
    f"INSERT INTO turns (conversation, created_at, {', '.join(TURN_COLUMNS)}) "  # noqa: S608 - constants
    f"VALUES (?, ?, {', '.join('?' * len(TURN_COLUMNS))}) ON CONFLICT (id) DO NOTHING"
)
UPDATE_ANSWER = (
    f"UPDATE turns SET answered_at = ?, {' = ?, '.join(ANSWER_COLUMNS)} = ? WHERE id = ?"  # noqa: S608 - constants
)


def read_line(connection: "sqlite3.Connection", tip: str) -> tuple[Turn, ...]:
    """Return the turns from the first of the line to `tip`, oldest first."""
    rows = connection.execute(
        LINE + "SELECT turns.* FROM line JOIN turns USING (id) ORDER BY depth DESC",  # noqa: S608 - constants
        (tip,),
    )
    return tuple(read_turn(connection, row) for row in rows)


def read_turn(connection: "sqlite3.Connection", row: Any) -> Turn:
    """Return the turn of a row with all columns."""
    return decode_turn(row, read_pieces(connection, row["number"]) if row["pieces"] else "")


def read_branches(connection: "sqlite3.Connection", conversation: Conversation) -> tuple[Turn, ...]:
    """Return the turns born in a conversation, after those that its line begins with elsewhere."""
    rows = connection.execute(
        "SELECT * FROM turns WHERE conversation = ? ORDER BY number", (conversation.id,)
    )
    own = {row["id"]: read_turn(connection, row) for row in rows}
    inherited = [turn for turn in conversation.turns if turn.id not in own]
    return (*inherited, *own.values())


def write_imported(connection: "sqlite3.Connection", line: "ImportedLine") -> int:
    """Write a line with the times that its ids hold; return how many turns were new.

    What is kept already stays as it is.
    """
    conversation = line.conversation
    added = [turn for turn in conversation.turns if not _has_turn(connection, turn.id)]
    for turn in added:
        _write_turn(connection, conversation.id, turn, read_time(turn.id))
    if line.active and added:
        write_line(connection, conversation, conversation.turns[-1], line.updated_at)
        connection.execute(
            "UPDATE conversations SET created_at = ? WHERE id = ?",
            (read_time(conversation.id), conversation.id),
        )
    return len(added)


def write_line(
    connection: "sqlite3.Connection", conversation: Conversation, turn: Turn, now: float
) -> None:
    """Write the line that ends with `turn`, as far as it is not kept yet, and make it active."""
    title = clean_text(conversation.title) or build_title(conversation, turn)
    system, length = clean_text(conversation.system), len(conversation.turns)
    changed = connection.execute(
        "UPDATE conversations SET system = ?, updated_at = ?, tip = ?, length = ? WHERE id = ?",
        (system, now, turn.id, length, conversation.id),
    )
    if changed.rowcount == 0:
        added = connection.execute(
            "INSERT INTO conversations (id, title, system, created_at, updated_at, tip, length) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (conversation.id, title, system, now, now, turn.id, length),
        )
        index_title(connection, added.lastrowid or 0, None, title)
    elif not (turn.parent or conversation.title):
        write_title(connection, find_conversation(connection, conversation.id), title)
    if turn.parent and not _has_turn(connection, turn.parent):
        for missing in conversation.turns:
            if missing.id != turn.id and not _has_turn(connection, missing.id):
                _write_turn(connection, conversation.id, missing, now)
    _write_turn(connection, conversation.id, turn, now)


def _write_turn(
    connection: "sqlite3.Connection", conversation_id: str, turn: Turn, now: float
) -> None:
    added = connection.execute(INSERT_TURN, (conversation_id, now, *encode_turn(turn)))
    if added.rowcount > 0:
        index_turn(connection, added.lastrowid or 0, None, (clean_text(turn.question.text), ""))
    if turn.answer is not None:
        row = connection.execute("SELECT * FROM turns WHERE id = ?", (turn.id,)).fetchone()
        kept = read_turn(connection, row).answer
        # Of two programs that finish one answer at once, the later may have less of it.
        if kept is None or turn.answer.status in WHOLE or not holds_more(kept, turn.answer):
            write_answer(connection, turn.id, turn.answer, now)


def write_title(connection: "sqlite3.Connection", row: Any, title: str) -> None:
    """Give the conversation of that row a title."""
    if title != row["title"]:
        connection.execute("UPDATE conversations SET title = ? WHERE id = ?", (title, row["id"]))
        index_title(connection, row["number"], row["title"], title)


def write_answer(
    connection: "sqlite3.Connection", turn_id: str, answer: Answer, now: float
) -> None:
    """Write the answer to a turn.

    Raises:
        UsageError: No such turn is kept.
    """
    row = connection.execute(
        "SELECT number, conversation, question, answer FROM turns WHERE id = ?", (turn_id,)
    ).fetchone()
    if row is None:
        raise UsageError(f"no turn `{turn_id}` is kept", hint="`tokenhub history list`")
    pieces = cut_text(answer.text)
    first = next(pieces)
    if first != row["answer"]:
        question = row["question"]
        index_turn(connection, row["number"], (question, row["answer"]), (question, first))
    count = write_pieces(connection, row["number"], pieces)
    connection.execute(UPDATE_ANSWER, (now, *encode_answer(answer, first, count), turn_id))
    connection.execute(
        "UPDATE conversations SET updated_at = ? WHERE id = ? AND tip = ?",
        (now, row["conversation"], turn_id),
    )


def _has_turn(connection: "sqlite3.Connection", turn_id: str) -> bool:
    row = connection.execute("SELECT 1 FROM turns WHERE id = ?", (turn_id,)).fetchone()
    return row is not None


def holds_more(answer: Answer, kept: Answer) -> bool:
    """Tell whether an answer has more to it than another one to the same turn, which is kept.

    A whole one has more than a longer one that was cut: they differ, or they would be as long.
    """
    if (answer.status in WHOLE) != (kept.status in WHOLE):
        return answer.status in WHOLE
    if len(answer.text) != len(kept.text):
        return len(answer.text) > len(kept.text)
    return not answer.text and len(answer.reasoning) > len(kept.reasoning)


def join_answers(kept: Answer | None, rescued: Answer) -> Answer:
    """Return a rescued answer with what is known of its earlier attempts."""
    if kept is None:
        return rescued
    return replace(
        rescued,
        usage=kept.usage,
        interruptions=kept.interruptions + rescued.interruptions,
        attempts=kept.attempts + rescued.attempts,
    )


def find_conversation(connection: "sqlite3.Connection", reference: str) -> Any:
    """Return the row of the conversation that a person means.

    Raises:
        UsageError: None fits, or more than one.
    """
    if reference.strip().lower() == LAST:
        row = connection.execute(
            "SELECT * FROM conversations ORDER BY updated_at DESC, id DESC LIMIT 1"
        ).fetchone()
        if row is None:
            raise UsageError(
                "no conversation is kept yet", hint='`tokenhub ask "why is the sky blue?"`'
            )
        return row
    prefix = normalise_prefix(reference)
    rows = connection.execute(
        "SELECT * FROM conversations WHERE id >= ? AND id < ? || '~' ORDER BY id LIMIT ?",
        (prefix, prefix, CANDIDATES_SHOWN + 1),
    ).fetchall()
    if len(rows) == 1 or (rows and rows[0]["id"] == prefix):
        return rows[0]
    if not rows or not prefix:
        raise UsageError(f"no conversation `{reference}` is kept", hint="`tokenhub history list`")
    shown = ", ".join(f"`{row['id']}`" for row in rows[:CANDIDATES_SHOWN])
    more = ", …" if len(rows) > CANDIDATES_SHOWN else ""
    raise UsageError(
        f"`{reference}` fits more than one conversation: {shown}{more}",
        hint="`tokenhub history list`",
    )
