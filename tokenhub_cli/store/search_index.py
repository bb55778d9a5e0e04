"""The full-text index of titles, questions and answers, kept up to date with every write.

The index (SQLite's FTS5, https://www.sqlite.org/fts5.html) holds no text of its own: it is made
from the other tables and can be made again at any time. A turn's row has the turn's number; a
conversation's row, its title, has the negative of the conversation's number; a further piece of a
long answer has the piece's number, counted from `FIRST_PIECE_ROW`. Of an answer longer than any
book the pieces after `LAST_INDEXED` are left out: nobody is to wait for them when it ends.

FTS5 splits words at spaces and signs. Scripts that write without spaces get one around each
character, in the index and in the words searched for, and a word of several characters is searched
for as a phrase.

Beginnings of three characters are indexed too: an eighth more room, and a search for `con` in a
hundred thousand turns takes 5 ms instead of 400.

An index that cannot be kept up to date (an SQLite without FTS5) is marked as stale and made anew by
the next search that can.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

# Raised when `split_words` or the table's shape changes: older indexes are then made anew.
INDEX_VERSION = "3"
STALE = "stale"
FIRST_PIECE_ROW = 1 << 40
LAST_INDEXED = 128  # four million characters
PENDING_BYTES = 64 * 1024  # of words collected in memory, a mebibyte if we did not say

# Thai to Myanmar, Khmer, kana, ideographs, Hangul, and the ideographs outside the first plane.
# Compiled at the first text that is not ASCII: that takes 2 ms.
UNSPACED = (
    "[\u0e00-\u109f\u1780-\u17ff\u3005-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f"
    "\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff]"
)


def split_words(text: str) -> str:
    """Return `text` with spaces around each character of a script that writes without them."""
    return text if text.isascii() else re.sub(UNSPACED, r" \g<0> ", text)


def create_index(connection: "sqlite3.Connection") -> bool:
    """Make an empty index; return whether this SQLite can."""
    import sqlite3

    try:
        connection.execute("DROP TABLE IF EXISTS search_index")
        connection.execute(
            "CREATE VIRTUAL TABLE search_index USING fts5 (title, question, answer, content = '', "
            "tokenize = 'unicode61 remove_diacritics 2', prefix = '3')"
        )
        connection.execute(
            "INSERT INTO search_index (search_index, rank) VALUES ('hashsize', ?)", (PENDING_BYTES,)
        )
    except sqlite3.OperationalError:
        mark_index(connection, STALE)
        return False
    mark_index(connection, INDEX_VERSION)
    return True


def mark_index(connection: "sqlite3.Connection", state: str) -> None:
    """Record the index's state: `INDEX_VERSION` or `STALE`."""
    connection.execute("INSERT OR REPLACE INTO facts (name, value) VALUES ('search', ?)", (state,))


def is_fresh(connection: "sqlite3.Connection") -> bool:
    """Tell whether the index is up to date, so that it must be kept so."""
    row = connection.execute("SELECT value FROM facts WHERE name = 'search'").fetchone()
    return row is not None and row[0] == INDEX_VERSION


def rebuild_index(connection: "sqlite3.Connection") -> bool:
    """Make the index anew from all that is kept; return whether this SQLite can."""
    if not create_index(connection):
        return False
    connection.create_function("split_words", 1, split_words, deterministic=True)
    connection.execute(
        "INSERT INTO search_index (rowid, question, answer) "
        "SELECT number, split_words(question), split_words(answer) FROM turns ORDER BY number"
    )
    connection.execute(
        "INSERT INTO search_index (rowid, answer) "
        "SELECT ? + number, split_words(text) FROM answer_pieces WHERE place <= ? ORDER BY number",
        (FIRST_PIECE_ROW, LAST_INDEXED),
    )
    connection.execute(
        "INSERT INTO search_index (rowid, title) "
        "SELECT -number, split_words(title) FROM conversations"
    )
    return True


def index_title(
    connection: "sqlite3.Connection", number: int, old: str | None, new: str | None
) -> None:
    """Put a conversation's title in the index in place of the `old` one; None is none."""
    _change(connection, -number, old and (old, "", ""), new and (new, "", ""))


def index_turn(
    connection: "sqlite3.Connection",
    number: int,
    old: tuple[str, str] | None,
    new: tuple[str, str] | None,
) -> None:
    """Put a turn's question and answer in the index in place of the `old` ones; None is none."""
    _change(connection, number, old and ("", *old), new and ("", *new))


def index_piece(
    connection: "sqlite3.Connection", number: int, place: int, old: str | None, new: str | None
) -> None:
    """Put a further piece of an answer in the index in place of the `old` one; None is none.

    Args:
        connection: The connection.
        number: The piece's number.
        place: Its place in the answer; the first further piece has place 1.
        old: Its text so far.
        new: Its text from now on.
    """
    if place <= LAST_INDEXED:
        row = FIRST_PIECE_ROW + number
        _change(connection, row, old and ("", "", old), new and ("", "", new))


def _change(
    connection: "sqlite3.Connection",
    row: int,
    old: tuple[str, str, str] | str | None,
    new: tuple[str, str, str] | str | None,
) -> None:
    """Replace one row. FTS5 must be told what an index without text is to forget."""
    import sqlite3

    if not is_fresh(connection):
        return
    try:
        if old:
            connection.execute(
                "INSERT INTO search_index (search_index, rowid, title, question, answer) "
                "VALUES ('delete', ?, ?, ?, ?)",
                (row, *map(split_words, old)),
            )
        if new:
            connection.execute(
                "INSERT INTO search_index (rowid, title, question, answer) VALUES (?, ?, ?, ?)",
                (row, *map(split_words, new)),
            )
    except sqlite3.DatabaseError as error:
        if not is_index_failure(error):
            raise
        mark_index(connection, STALE)


def is_index_failure(error: "sqlite3.Error") -> bool:
    """Tell whether the index alone has failed: there is no FTS5 here, or the index is broken.

    Neither may keep an answer from being kept.
    """
    import sqlite3

    if isinstance(error, sqlite3.IntegrityError):  # only a broken index contradicts itself
        return True
    if error.sqlite_errorcode == sqlite3.SQLITE_CORRUPT_VTAB:
        return True
    return isinstance(error, sqlite3.OperationalError) and "no such " in str(error)
