"""Removing conversations for good, without taking a fork's turns away."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tokenhub_cli.store.pieces import remove_pieces
from tokenhub_cli.store.search_index import index_title, index_turn, is_index_failure

if TYPE_CHECKING:
    import sqlite3

BATCH = 100  # conversations to a transaction, so that nobody waits long


def remove_batch(connection: "sqlite3.Connection", doomed: Sequence[str]) -> None:
    """Remove conversations with their turns, inside the caller's transaction.

    Turns that the line of another conversation begins with go over to that conversation.
    """
    connection.execute("PRAGMA secure_delete = ON")
    for conversation in doomed:
        _hand_over(connection, conversation)
        for row in connection.execute(
            "SELECT number, question, answer FROM turns WHERE conversation = ?", (conversation,)
        ).fetchall():
            index_turn(connection, row["number"], (row["question"], row["answer"]), None)
            remove_pieces(connection, row["number"])
        for row in connection.execute(
            "SELECT number, title FROM conversations WHERE id = ?", (conversation,)
        ).fetchall():
            index_title(connection, row["number"], row["title"], None)
        connection.execute("DELETE FROM turns WHERE conversation = ?", (conversation,))
        connection.execute("DELETE FROM conversations WHERE id = ?", (conversation,))


def compact(connection: "sqlite3.Connection") -> bool:
    """Give the room of what was removed back, and forget its words; outside a transaction.

    Returns:
        Whether that could be done: not while others use the file, nor on a full disk. What was
        removed is gone in either case, its bytes overwritten.
    """
    import sqlite3

    try:
        _merge_index(connection)
        connection.execute("VACUUM")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL):
            return False
        raise
    return True


def _merge_index(connection: "sqlite3.Connection") -> None:
    """Merge the search index's parts, which leaves out the words of what was removed."""
    import sqlite3

    try:
        connection.execute("INSERT INTO search_index (search_index) VALUES ('optimize')")
    except sqlite3.DatabaseError as error:
        if not is_index_failure(error):
            raise


def _hand_over(connection: "sqlite3.Connection", conversation: str) -> None:
    """Give the turns that another conversation stands on to that conversation."""
    heirs = connection.execute(
        """
        SELECT mine.id, child.conversation AS heir FROM turns AS mine
            JOIN turns AS child ON child.parent = mine.id AND child.parent <> ''
            WHERE mine.conversation = :doomed AND child.conversation <> :doomed
        UNION
        SELECT mine.id, conversations.id FROM turns AS mine
            JOIN conversations ON conversations.tip = mine.id
            WHERE mine.conversation = :doomed AND conversations.id <> :doomed
        """,
        {"doomed": conversation},
    ).fetchall()
    for turn, heir in heirs:
        connection.execute(
            """
            WITH RECURSIVE line (id) AS (
                VALUES (:turn)
                UNION
                SELECT turns.parent FROM turns JOIN line USING (id)
                WHERE turns.conversation = :doomed AND turns.parent <> ''
            )
            UPDATE turns SET conversation = :heir
            WHERE conversation = :doomed AND id IN (SELECT id FROM line)
            """,
            {"turn": turn, "heir": heir, "doomed": conversation},
        )
