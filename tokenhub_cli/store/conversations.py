"""The history of conversations: saved as they happen, found again by id, prefix or `last`.

A turn is stored when its question is sent and again when its answer is there. Turns are a tree;
`Conversation` is one line through it, and the line that was used last is a conversation's active
one. Everything is idempotent: saving the same turn twice changes nothing.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tokenhub_cli.chat.conversation import Answer, Conversation, Turn
from tokenhub_cli.chat.turns import Turns
from tokenhub_cli.store.database import Database
from tokenhub_cli.store.rows import CUT_OFF, clean_text
from tokenhub_cli.store.turns import (
    find_conversation,
    holds_more,
    join_answers,
    read_branches,
    read_line,
    read_turn,
    write_answer,
    write_imported,
    write_line,
    write_title,
)

if TYPE_CHECKING:
    import sqlite3

    from tokenhub_cli.store.imported import ImportedLine
    from tokenhub_cli.store.listing import ConversationSummary, Filters
    from tokenhub_cli.store.orphans import SpooledAnswer
    from tokenhub_cli.store.search import Found
    from tokenhub_cli.store.statistics import DayUsage

IMPORT_BATCH = 50  # lines to a transaction, so that nobody waits long


class History:
    """Kept conversations; made by `open_history`. For one thread at a time.

    Every method may raise `StoreError`: the file cannot be used, or others kept it busy for too
    long. `notices` are sentences to be shown to the user once.
    """

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self.database = database
        self._clock = clock

    @property
    def notices(self) -> list[str]:
        """What the user should know about the file itself."""
        return self.database.notices

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    def save_turn(self, conversation: Conversation, turn: Turn) -> None:
        """Keep a turn, with its answer if it has one, and make its line the active one.

        Args:
            conversation: The line that the turn is the last of. Earlier turns that are not kept
                yet (a store that failed, `--no-save`) are kept too.
            turn: As appended to the conversation, its parent set.
        """
        now = self._clock()
        self.database.write(lambda connection: write_line(connection, conversation, turn, now))

    def save_answer(self, turn_id: str, answer: Answer) -> None:
        """Keep the answer to a turn that was saved before.

        Raises:
            UsageError: No such turn is kept, or not any more.
        """
        now = self._clock()
        self.database.write(lambda connection: write_answer(connection, turn_id, answer, now))

    def save_tip(self, conversation: Conversation) -> None:
        """Make the line of `conversation` the active one: after an undo."""
        self.database.write(
            lambda connection: connection.execute(
                "UPDATE conversations SET tip = ?, length = ?, system = ?, updated_at = ? "
                "WHERE id = ?",
                (
                    conversation.tip,
                    len(conversation.turns),
                    clean_text(conversation.system),
                    self._clock(),
                    conversation.id,
                ),
            )
        )

    def keep_orphan(self, spooled: "SpooledAnswer") -> bool:
        """Keep what a process that has ended left behind; return whether there was more in it.

        An answer that history already holds at least as much of is left as it is.
        """
        conversation = spooled.header.build_conversation()
        turn = conversation.turns[-1]
        answer = spooled.build_answer()
        now = self._clock()

        def keep(connection: "sqlite3.Connection") -> bool:
            row = connection.execute("SELECT * FROM turns WHERE id = ?", (turn.id,)).fetchone()
            kept = read_turn(connection, row).answer if row is not None else None
            if kept is not None and not holds_more(answer, kept):
                return False
            if row is None:
                write_line(connection, conversation, turn, now)
            write_answer(connection, turn.id, join_answers(kept, answer), now)
            return True

        return self.database.write(keep)

    def load_conversation(self, reference: str, tip: str = "") -> Conversation:
        """Return one line of a conversation.

        Args:
            reference: An id, a prefix that fits one conversation, or `last`.
            tip: The last turn of the line; the active line's if empty.

        Raises:
            UsageError: No conversation fits, or more than one.
        """

        def load(connection: "sqlite3.Connection") -> Conversation:
            row = find_conversation(connection, reference)
            return Conversation(
                id=row["id"],
                system=row["system"],
                title=row["title"],
                turns=Turns(read_line(connection, tip or row["tip"])),
            )

        return self.database.read(load)

    def newest_incomplete(self) -> Conversation | None:
        """Return the active line that ends with the newest answer that was cut off, or None.

        An answer that the conversation went on without, or that was retried, is not looked for.
        """

        def find(connection: "sqlite3.Connection") -> Conversation | None:
            row = connection.execute(
                "SELECT conversations.* FROM turns "  # noqa: S608 - a constant
                "JOIN conversations ON conversations.tip = turns.id "
                f"WHERE {CUT_OFF} "
                "ORDER BY turns.created_at DESC, turns.number DESC LIMIT 1"
            ).fetchone()
            if row is None:
                return None
            turns = read_line(connection, row["tip"])
            return Conversation(row["id"], row["system"], row["title"], Turns(turns))

        return self.database.read(find)

    def list_conversations(self, filters: "Filters | None" = None) -> "list[ConversationSummary]":
        """Return conversations, the newest first."""
        from tokenhub_cli.store.listing import Filters, select_summaries

        chosen = filters or Filters()
        return self.database.read(lambda connection: select_summaries(connection, chosen))

    def rename(self, reference: str, title: str) -> str:
        """Give a conversation another title; return its id.

        Raises:
            UsageError: No conversation fits, or more than one.
        """

        def rename(connection: "sqlite3.Connection") -> str:
            row = find_conversation(connection, reference)
            write_title(connection, row, clean_text(title))
            return str(row["id"])

        return self.database.write(rename)

    def remove(self, identifiers: Sequence[str]) -> None:
        """Remove conversations, whole ids given, for good; their room is given back.

        Turns that a fork stands on stay with the fork. If the process is ended on the way, each
        conversation is either there or not.
        """
        from tokenhub_cli.store.removal import BATCH, compact, remove_batch

        for start in range(0, len(identifiers), BATCH):
            batch = identifiers[start : start + BATCH]
            self.database.write(lambda connection, batch=batch: remove_batch(connection, batch))  # type: ignore[misc]
        if identifiers and not self.database.read(compact):
            self.notices.append("the room of what was removed could not be given back yet")

    def search(self, query: str, limit: int = 20) -> "list[Found]":
        """Return conversations that hold all words of `query`, the best first.

        What stands in double quotes is one phrase.
        """
        from tokenhub_cli.store.search import find_words, parse_words
        from tokenhub_cli.store.search_index import is_fresh, rebuild_index

        words = parse_words(query)
        if not self.database.read(is_fresh):
            self.database.write(rebuild_index)
        return self.database.read(lambda connection: find_words(connection, words, limit))

    def load_branches(self, conversation: Conversation) -> tuple[Turn, ...]:
        """Return the turns of all branches of a conversation, in the order they were kept."""

        def load(connection: "sqlite3.Connection") -> tuple[Turn, ...]:
            return read_branches(connection, conversation)

        return self.database.read(load)

    def count_usage(self, since: float = 0.0) -> "list[DayUsage]":
        """Return the sums of each day and model from `since` (seconds since 1970)."""
        from tokenhub_cli.store.statistics import sum_days

        return self.database.read(lambda connection: sum_days(connection, since))

    def save_imported(self, lines: "Iterable[ImportedLine]") -> tuple[int, int]:
        """Keep other programs' conversations; return how many of them, and of turns, are new."""
        from itertools import islice

        added: dict[str, int] = {}
        waiting = iter(lines)
        while batch := list(islice(waiting, IMPORT_BATCH)):
            counts = self.database.write(
                lambda connection, batch=batch: [write_imported(connection, line) for line in batch]  # type: ignore[misc]
            )
            for line, count in zip(batch, counts, strict=True):
                added[line.conversation.id] = added.get(line.conversation.id, 0) + count
        return sum(count > 0 for count in added.values()), sum(added.values())

    def find_id(self, reference: str) -> str:
        """Return the id that a prefix or `last` stands for.

        Raises:
            UsageError: No conversation fits, or more than one.
        """
        row = self.database.read(lambda connection: find_conversation(connection, reference))
        return str(row["id"])


def open_history(path: Path, clock: Callable[[], float] = time.time) -> History:
    """Return the history in the file `path`.

    Cheap: the file is made, opened or brought to the newest shape at the first use.

    Args:
        path: The file, in the data directory.
        clock: Seconds since 1970.
    """
    return History(Database(path), clock)
