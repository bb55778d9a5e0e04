"""Long answers in pieces, so that whatever is done with one costs no more memory than a short one.

SQLite and its search index hold what they are given several times over while they write it. So a
turn's row holds the first piece of its answer, all of it as a rule; rows of `answer_pieces` hold
the rest, and the turn's `pieces` says how many those are. Each is a row of the search index by
itself: what is searched for is found where all of it is within one piece.

Pieces are cut after white space, from the beginning on: of an answer that grew, only the last piece
is written anew.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tokenhub_cli.chat.long_text import Text, read_blocks
from tokenhub_cli.store.rows import clean_text
from tokenhub_cli.store.search_index import index_piece

if TYPE_CHECKING:
    import sqlite3

PIECE_LENGTH = 1 << 15  # characters


def cut_text(text: Text) -> Iterator[str]:
    """Yield a text's pieces, of `PIECE_LENGTH` characters at most; of an empty text one."""
    rest = ""
    for block in read_blocks(text):
        rest += block
        while len(rest) > PIECE_LENGTH:
            end = _find_cut(rest)
            yield clean_text(rest[:end])
            rest = rest[end:]
    yield clean_text(rest)


def read_pieces(connection: "sqlite3.Connection", turn: int) -> str:
    """Return what follows the first piece of an answer; `turn` is the turn's number."""
    rows = connection.execute(
        "SELECT text FROM answer_pieces WHERE turn = ? ORDER BY place", (turn,)
    )
    return "".join(row["text"] for row in rows)


def write_pieces(connection: "sqlite3.Connection", turn: int, pieces: Iterator[str]) -> int:
    """Keep what follows the first piece of an answer in place of what was kept of it before.

    Returns:
        How many pieces those are.
    """
    count = 0
    for count, text in enumerate(pieces, 1):
        kept = connection.execute(
            "SELECT number, text FROM answer_pieces WHERE turn = ? AND place = ?", (turn, count)
        ).fetchone()
        if kept is None:
            added = connection.execute(
                "INSERT INTO answer_pieces (turn, place, text) VALUES (?, ?, ?)",
                (turn, count, text),
            )
            index_piece(connection, added.lastrowid or 0, count, None, text)
        elif kept["text"] != text:
            connection.execute(
                "UPDATE answer_pieces SET text = ? WHERE number = ?", (text, kept["number"])
            )
            index_piece(connection, kept["number"], count, kept["text"], text)
    remove_pieces(connection, turn, after=count)
    return count


def remove_pieces(connection: "sqlite3.Connection", turn: int, after: int = 0) -> None:
    """Remove the pieces of an answer that come after so many of them."""
    rest = connection.execute(
        "SELECT number, place FROM answer_pieces WHERE turn = ? AND place > ?", (turn, after)
    ).fetchall()
    for number, place in rest:
        query = "SELECT text FROM answer_pieces WHERE number = ?"
        (text,) = connection.execute(query, (number,)).fetchone()
        index_piece(connection, number, place, text, None)
        connection.execute("DELETE FROM answer_pieces WHERE number = ?", (number,))


def _find_cut(text: str) -> int:
    """Return where the first piece ends: after white space in its second half, if there is any."""
    half = PIECE_LENGTH // 2
    last = max(text.rfind(white, half, PIECE_LENGTH) for white in (" ", "\n"))
    return last + 1 or PIECE_LENGTH
