"""Words to the conversations they were said in, the best first, each with a marked excerpt."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tokenhub_cli.store.search_index import (
    FIRST_PIECE_ROW,
    UNSPACED,
    is_index_failure,
    split_words,
)

if TYPE_CHECKING:
    import sqlite3

# Ranking reads every hit, so a word that is in everything is ranked among its newest hits only.
RANKED_HITS = 1500
# A hit in a title counts most; then what was asked, then what was answered.
WEIGHTS = "8.0, 2.0, 1.0"
EXCERPT_LENGTH = 160
PREFIX_LENGTH = 3  # a word at least so long also finds longer words that begin with it


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an excerpt; `hit` where it is what was searched for."""

    text: str
    hit: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A conversation that holds the words, and its best place.

    `place` is `title`, `question` or `answer`; `turn` is that turn's id, or empty for a title.
    `hits` counts the turns that fit. `updated_at` is in seconds since 1970.
    """

    conversation: str
    title: str
    updated_at: float
    turn: str
    place: str
    excerpt: tuple[Piece, ...]
    hits: int = 1


def parse_words(query: str) -> tuple[str, ...]:
    """Return the words of a query; what stands in double quotes is one phrase.

    A quote that is not closed reaches to the end.
    """
    found = re.findall(r'"([^"]*)(?:"|$)|([^\s"]+)', query)
    return tuple(words for phrase, word in found if (words := (phrase or word).strip()))


def find_words(connection: "sqlite3.Connection", words: tuple[str, ...], limit: int) -> list[Found]:
    """Return up to `limit` conversations in which all `words` occur in one turn or in the title.

    Of a long answer each piece counts by itself (`store/pieces.py`), the first with the question.
    """
    import sqlite3

    if not words:
        return []
    try:
        hits = _rank_hits(connection, words)
    except sqlite3.DatabaseError as error:
        if not is_index_failure(error):
            raise
        hits = _scan_hits(connection, words)
    return _group_hits(connection, hits, words, limit)


def build_match(words: Iterable[str]) -> str:
    """Return the FTS5 query for turns that hold all words."""
    terms: list[str] = []
    for word in words:
        phrase = split_words(word).strip().replace('"', '""')
        open_ended = " " not in phrase and len(phrase) >= PREFIX_LENGTH
        terms.append(f'"{phrase}"*' if open_ended else f'"{phrase}"')
    return " AND ".join(terms)


def build_excerpt(text: str, words: tuple[str, ...]) -> tuple[Piece, ...]:
    """Return the part of `text` around the first hit, on one line, its hits marked."""
    pattern = re.compile("|".join(_build_pattern(word) for word in words))
    folded = fold(text)
    first = pattern.search(folded)
    if first is None:
        return (
            Piece(_on_one_line(text[:EXCERPT_LENGTH]) + ("…" if text[EXCERPT_LENGTH:] else "")),
        )
    start = _find_start(text, max(first.start() - EXCERPT_LENGTH // 3, 0))
    end = min(start + EXCERPT_LENGTH, len(text))
    pieces = [Piece("…")] if start else []
    position = start
    for match in pattern.finditer(folded, start):
        if match.start() >= end:
            break
        pieces.append(Piece(_on_one_line(text[position : match.start()])))
        pieces.append(Piece(_on_one_line(text[match.start() : match.end()]), hit=True))
        position = match.end()
    pieces.append(Piece(_on_one_line(text[position : max(end, position)])))
    if max(end, position) < len(text):
        pieces.append(Piece("…"))
    return tuple(piece for piece in pieces if piece.text)


def fold(text: str) -> str:
    """Return `text` without case and accents, each character in its old place."""
    if text.isascii():
        return text.lower()
    return "".join(map(_fold_character, text))


def _fold_character(character: str) -> str:
    plain = unicodedata.normalize("NFD", character)[0].lower()
    return plain if len(plain) == 1 else character


def _build_pattern(word: str) -> str:
    """Return a pattern for folded text: from a word's beginning, the parts of a word apart."""
    parts = re.findall(r"\w+", fold(word)) or [re.escape(fold(word))]
    pattern = r"[\W_]+".join(parts)
    if re.search(UNSPACED, word):
        return pattern
    return rf"(?<![^\W_]){pattern}" + (r"\w*" if len(word) >= PREFIX_LENGTH else r"(?!\w)")


def _find_start(text: str, position: int) -> int:
    """Return the beginning of the next word, if one begins soon."""
    if position == 0:
        return 0
    space = re.compile(r"\s").search(text, position, position + 20)
    return space.end() if space else position


def _on_one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _rank_hits(connection: "sqlite3.Connection", words: tuple[str, ...]) -> list[int]:
    """Return row numbers of the index, the best first."""
    match = build_match(words)
    hits: list[tuple[float, int]] = []
    for condition in (
        "rowid < 0",
        f"rowid BETWEEN 1 AND {FIRST_PIECE_ROW}",
        f"rowid > {FIRST_PIECE_ROW}",
    ):
        hits += connection.execute(
            f"SELECT bm25(search_index, {WEIGHTS}), rowid FROM search_index "  # noqa: S608 - literals
            f"WHERE search_index MATCH ? AND {condition} ORDER BY rowid DESC LIMIT {RANKED_HITS}",
            (match,),
        ).fetchall()
    # Of equally good hits the newest comes first.
    hits.sort(key=lambda hit: (hit[0], -abs(hit[1])))
    return [row for _, row in hits]


def _scan_hits(connection: "sqlite3.Connection", words: tuple[str, ...]) -> list[int]:
    """Return what `_rank_hits` returns, the newest first, by reading everything."""
    patterns = ["%" + re.sub(r"([%_\\])", r"\\\1", word) + "%" for word in words]
    titles = " AND ".join([r"title LIKE ? ESCAPE '\'"] * len(words))
    turns = " AND ".join([r"question || char(10) || answer LIKE ? ESCAPE '\'"] * len(words))
    pieces = " AND ".join([r"text LIKE ? ESCAPE '\'"] * len(words))
    rows = connection.execute(
        f"SELECT -number, updated_at FROM conversations WHERE {titles} "  # noqa: S608 - literals
        f"UNION ALL SELECT number, created_at FROM turns WHERE {turns} "
        f"UNION ALL SELECT {FIRST_PIECE_ROW} + answer_pieces.number, created_at "
        f"FROM answer_pieces JOIN turns ON turns.number = turn WHERE {pieces} "
        f"ORDER BY 2 DESC LIMIT {RANKED_HITS}",
        patterns * 3,
    )
    return [row[0] for row in rows]


def _group_hits(
    connection: "sqlite3.Connection", hits: list[int], words: tuple[str, ...], limit: int
) -> list[Found]:
    """Return the conversations of ranked hits, each once, with its best hit."""
    best: dict[str, int] = {}
    turns: dict[str, set[str]] = {}
    for hit in hits:
        row = _select(connection, hit, ("id, ''", "conversation, id", "conversation, id"))
        if row is None:
            continue
        conversation, turn = row
        fitting = turns.setdefault(conversation, set())
        if len(best) < limit or conversation in best:
            # What was said tells more than a title, which is in sight anyway.
            if turn and not fitting:
                best[conversation] = hit
            best.setdefault(conversation, hit)
        if turn:
            fitting.add(turn)
    return [
        _describe(connection, conversation, hit, words, len(turns[conversation]))
        for conversation, hit in best.items()
    ]


def _describe(
    connection: "sqlite3.Connection",
    conversation: str,
    hit: int,
    words: tuple[str, ...],
    hits: int,
) -> Found:
    row = connection.execute(
        "SELECT title, updated_at FROM conversations WHERE id = ?", (conversation,)
    ).fetchone()
    title = row["title"] if row else ""
    place, turn, excerpt = "title", "", build_excerpt(title, words)
    if hit > 0:
        turn, asked, answered = _select(
            connection, hit, ("", "id, question, answer", "id, '', text")
        )
        question, answer = build_excerpt(asked, words), build_excerpt(answered, words)
        in_question = sum(piece.hit for piece in question)
        place, excerpt = ("answer", answer)
        if in_question and in_question >= sum(piece.hit for piece in answer):
            place, excerpt = ("question", question)
    updated_at = row["updated_at"] if row else 0.0
    return Found(conversation, title, updated_at, turn, place, excerpt, max(hits, 1))


def _select(connection: "sqlite3.Connection", hit: int, columns: tuple[str, str, str]) -> Any:
    """Return columns of what a row of the index stands for: a title, a turn, a further piece."""
    title, turn, piece = columns
    if hit < 0:
        chosen, place, number = title, "conversations WHERE number", -hit
    elif hit <= FIRST_PIECE_ROW:
        chosen, place, number = turn, "turns WHERE number", hit
    else:
        chosen, number = piece, hit - FIRST_PIECE_ROW
        place = "answer_pieces JOIN turns ON turns.number = turn WHERE answer_pieces.number"
    query = f"SELECT {chosen} FROM {place} = ?"  # noqa: S608 - literals
    return connection.execute(query, (number,)).fetchone()
