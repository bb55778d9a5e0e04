"""Kills a writer of history at random moments and looks at what is left.

Run as `python -m tests.store.crashing DIRECTORY ROUNDS SEED`. Each round forks a child that writes
until it is killed. The child tells through a pipe what it is about to do and what has been
acknowledged to it; it is killed a few milliseconds after a random one of the first things told, so
that a busy machine, too, gets as far as a removal. Afterwards the file must be sound and agree.
"""

import os
import random
import select
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.store.values import COMPLETE, build_conversation, open_last
from tokenhub_cli.store.connection import connect, create_private_file
from tokenhub_cli.store.conversations import open_history
from tokenhub_cli.store.migrations import MIGRATIONS, Migration, migrate, read_version
from tokenhub_cli.store.removal import remove_batch

LONGEST_LIFE = 0.025  # seconds
TOLD = (1, 1, 1, 3, 5)  # a removal is the fifth thing told; with the third a step was taken
STEPS = 200
ROWS = 40

Tell = Callable[[str], None]


def save_for_ever(path: Path, first: int, tell: Tell) -> None:
    """Ask and answer, one conversation after the other."""
    with open_history(path) as history:
        for number in range(first, first + 100_000):
            asked = open_last(build_conversation(number))
            history.save_turn(asked, asked.turns[-1])
            tell(f"saved {asked.tip}")
            history.save_answer(asked.tip, COMPLETE)
            tell(f"answered {asked.tip}")


def remove_for_ever(path: Path, first: int, tell: Tell) -> None:
    """Save three conversations and remove one of them, with and without giving the room back."""
    with open_history(path) as history:
        for number in range(first, first + 100_000, 3):
            for conversation in [build_conversation(number + index, turns=2) for index in range(3)]:
                history.save_turn(conversation, conversation.turns[-1])
                tell(f"kept {conversation.id}")
            doomed = build_conversation(number).id
            tell(f"removing {doomed}")
            if number % 2:
                history.remove([doomed])
            else:
                history.database.write(lambda c, doomed=doomed: remove_batch(c, [doomed]))  # type: ignore[misc]
            tell(f"removed {doomed}")


def migrate_for_long(path: Path, tell: Tell) -> None:
    """Take many steps, each of which rewrites every row."""

    def take_step(connection: sqlite3.Connection) -> None:
        rewrite(connection)
        tell("rewritten")

    tell("begun")
    with closing(connect(path)) as connection:
        migrate(connection, path, [*MIGRATIONS, *[Migration(take_step, destructive=True)] * STEPS])


def rewrite(connection: sqlite3.Connection) -> None:
    """Put one more mark on every question, row by row."""
    for number in range(1, ROWS + 1):
        connection.execute(
            "UPDATE turns SET question = question || '+' WHERE number = ?", (number,)
        )


def kill_soon(work: Callable[[Tell], None], chance: random.Random) -> list[str]:
    """Run `work` in a child, kill it, and return what it told."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            work(lambda line: _write_line(writing, line))
        finally:
            os._exit(1)
    os.close(writing)
    # Else also while the file is being opened.
    told = _read_lines(reading, chance.choice(TOLD)) if chance.random() < 0.7 else b""
    time.sleep(chance.random() * LONGEST_LIFE)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        return (told + pipe.read()).decode().splitlines()


def _read_lines(descriptor: int, count: int) -> bytes:
    """Return what a pipe holds once so many lines have come, or none has for ten seconds."""
    read = b""
    while read.count(b"\n") < count and select.select([descriptor], [], [], 10)[0]:
        data = os.read(descriptor, 65_536)
        if not data:
            break
        read += data
    return read


def _write_line(descriptor: int, line: str) -> None:
    os.write(descriptor, f"{line}\n".encode())


def check_sound(path: Path) -> None:
    """Fail unless the file is sound, its index included."""
    with closing(connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def check_history(path: Path, told: list[str]) -> None:
    """Fail unless everything that was acknowledged is there, and nothing that was removed."""
    with open_history(path) as history:
        history.database.write(lambda _: None)  # makes the file, if the kill came before that
        history.search("question scattering")
        assert history.notices == []
    check_sound(path)
    facts = [line.split() for line in told]
    removing = {identifier for word, identifier in facts if word == "removing"}
    with closing(connect(path)) as connection:
        turns = dict(connection.execute("SELECT id, status FROM turns").fetchall())
        conversations = {row[0] for row in connection.execute("SELECT id FROM conversations")}
        owners = connection.execute(
            "SELECT conversation, count(*) FROM turns GROUP BY 1"
        ).fetchall()
    for word, identifier in facts:
        if word == "saved":
            assert identifier in turns, identifier
        elif word == "answered":
            assert turns[identifier] == "complete", identifier
        elif word == "kept":
            assert identifier in conversations or identifier in removing, identifier
        elif word == "removed":
            assert identifier not in conversations, identifier
    assert {owner for owner, _ in owners} == conversations


def check_migrated(path: Path) -> int:
    """Fail unless every row has the marks of exactly the steps taken; return their number."""
    check_sound(path)
    with closing(connect(path)) as connection:
        taken = read_version(connection) - len(MIGRATIONS)
        for (question,) in connection.execute("SELECT question FROM turns"):
            assert question.count("+") == taken
    for copy in path.parent.glob(f"{path.stem}.before-*.db"):
        check_sound(copy)
        with closing(connect(copy)) as connection:
            assert connection.execute("SELECT count(*) FROM turns").fetchone()[0] == ROWS
    return taken


def main(directory: Path, rounds: int, seed: int) -> None:
    """Kill `rounds` times and print how much was under way."""
    chance = random.Random(seed)  # noqa: S311 - repeatable moments, no secret
    told: list[str] = []  # about the one file that all saving rounds share
    removed = steps = 0
    for number in range(rounds):
        if number % 4 < 2:
            path, first = directory / "saved.db", number * 100_000
            told += kill_soon(lambda tell: save_for_ever(path, first, tell), chance)  # noqa: B023 - called at once
            check_history(path, told)
        elif number % 4 == 2:
            path, first = directory / f"removed{number}.db", number * 100_000
            lines = kill_soon(lambda tell: remove_for_ever(path, first, tell), chance)  # noqa: B023 - called at once
            check_history(path, lines)
            removed += sum(line.startswith("removed") for line in lines)
        else:
            path = directory / f"migrated{number}.db"
            create_private_file(path)
            with open_history(path) as history:
                conversation = build_conversation(1, turns=ROWS)
                history.save_turn(conversation, conversation.turns[-1])
            kill_soon(lambda tell: migrate_for_long(path, tell), chance)  # noqa: B023 - called at once
            steps += check_migrated(path)
    saved = sum(line.startswith("saved") for line in told)
    print(rounds, saved, removed, steps)  # noqa: T201 - read by the test


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
