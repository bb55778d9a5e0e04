"""How long history takes to open, list and search, by its size.

Run as `python -m tests.benchmarks.history [CONVERSATIONS …]`; ten turns to a conversation. Each
figure is the best of several runs in a fresh process, in milliseconds beyond what a process takes
that only imports the module (`start`).
"""

import random
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from tests.store.values import COMPLETE, build_turn
from tokenhub_cli.chat.conversation import Conversation
from tokenhub_cli.store.conversations import open_history
from tokenhub_cli.store.turns import write_line

TURNS = 10
RUNS = 7
BATCH = 500

SYLLABLES = "con de re in pro un tion ing er ly ment al an ta le ri no si ver ka mo lu be fi ga do"


def build_vocabulary(size: int) -> list[str]:
    """Return words made of syllables, so that many share their beginnings, as in a language."""
    chance = random.Random(1)  # noqa: S311 - the same words each time, no secret
    syllables = SYLLABLES.split()
    weights = [1 / (rank + 1) for rank in range(len(syllables))]
    words: dict[str, None] = {}
    while len(words) < size:
        words["".join(chance.choices(syllables, weights, k=chance.randrange(1, 6)))] = None
    return list(words)


VOCABULARY = build_vocabulary(50_000)

WORK = {
    "open": "history.database.read(lambda c: c.execute('SELECT 1 FROM facts'))",
    "save": "t = build_turn(2**40, None); history.save_turn(Conversation('n').append(t), t)",
    "last": "history.load_conversation('last')",
    "by id": "history.load_conversation('c0nv00000042')",
    "list 20": "history.list_conversations(Filters(limit=20))",
    "list all": "history.list_conversations()",
    "list by model": "history.list_conversations(Filters(limit=20, model='other'))",
    "list incomplete": "history.list_conversations(Filters(limit=20, incomplete=True))",
    "search rare": "history.search(VOCABULARY[-7])",
    "search two": "history.search(' '.join(VOCABULARY[17:19]))",
    "search in all": "history.search('question')",
    "search prefix": "history.search('pro')",
    "search CJK": "history.search('东京')",
    "statistics": "history.count_usage()",
}

PROBE = """
import sys, time
from pathlib import Path
from tests.benchmarks.history import VOCABULARY
from tests.store.values import build_turn
from tokenhub_cli.chat.conversation import Conversation
from tokenhub_cli.store.conversations import open_history
from tokenhub_cli.store.listing import Filters
start = time.perf_counter()
with open_history(Path(sys.argv[1])) as history:
    {work}
print((time.perf_counter() - start) * 1000)
"""


def fill(path: Path, conversations: int) -> None:
    """Write so many conversations of ten turns, some 120 words to an answer."""
    chance = random.Random(7)  # noqa: S311 - the same texts each time, no secret
    with open_history(path) as history:
        for start in range(0, conversations, BATCH):
            lines = [
                build_line(number, chance)
                for number in range(start, min(start + BATCH, conversations))
            ]

            def write(connection: object, lines: list[Conversation] = lines) -> None:
                for line in lines:
                    write_line(connection, line, line.turns[-1], time.time())  # type: ignore[arg-type]

            history.database.write(write)


def build_line(number: int, chance: random.Random) -> Conversation:
    """Return a conversation of ten turns."""
    conversation = Conversation(f"c0nv{number:08}")
    for index in range(TURNS):
        words = " ".join(
            VOCABULARY[int(chance.paretovariate(0.4)) % len(VOCABULARY)] for _ in range(120)
        )
        if chance.random() < 0.01:
            words += " 今天东京晴。"
        answer = replace(COMPLETE, text=words)
        conversation = conversation.append(build_turn(number * TURNS + index, answer))
    return conversation


def measure(path: Path, work: str) -> float:
    """Return the shortest time of several fresh processes, in milliseconds."""
    code = PROBE.format(work=work)
    runs = [
        subprocess.run(
            [sys.executable, "-c", code, path], capture_output=True, text=True, check=True
        )
        for _ in range(RUNS)
    ]
    return min(float(run.stdout) for run in runs)


def main(sizes: list[int]) -> None:
    """Print one column for each size."""
    with tempfile.TemporaryDirectory() as directory:
        paths = {size: Path(directory) / f"{size}.db" for size in sizes}
        for size, path in paths.items():
            start = time.perf_counter()
            fill(path, size)
            seconds, megabytes = time.perf_counter() - start, path.stat().st_size / 1e6
            print(f"{size} conversations: filled in {seconds:.1f} s, {megabytes:.0f} MB")
        print(f"{'ms':16}" + "".join(f"{size:>10}" for size in sizes))
        for name, work in WORK.items():
            figures = [measure(path, work) for path in paths.values()]
            print(f"{name:16}" + "".join(f"{figure:10.1f}" for figure in figures), flush=True)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [100, 10_000])
