"""Kills `tokenhub ask` at random moments in a pseudo-terminal, and looks at what is left.

A program of its own: `python -m tests.journeys.killing HOME BASE_URL COUNT SEED LENGTH FLAG…`.
It runs one answer to warm up, then forks for each moment, so that 200 of them do not pay for 200
starts of Python; what is killed is a process of its own all the same, with its own terminal, files
and connections. Its last line of output is a JSON list with what was found.
"""

import json
import os
import pty
import random
import re
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from tokenhub_cli.__main__ import run
from tokenhub_cli.errors import TokenHubError
from tokenhub_cli.store.conversations import open_history
from tokenhub_cli.store.orphans import decode_spool

WORD = re.compile(r"w\d{5}")


def main() -> None:
    """Kill as often as asked, and report."""
    home, base_url, count, seed, length = sys.argv[1:6]
    command = ["ask", "-q", "--base-url", base_url, *sys.argv[6:], "Tell me"]
    os.environ["TOKENHUB_HOME"] = f"{home}/warm-up-{seed}"
    assert run(command) == 0
    chance = random.Random(int(seed))  # noqa: S311 - moments, not secrets
    found = []
    for number in range(int(count)):
        directory = Path(home) / f"{seed}-{number}"
        moment = chance.randrange(int(length)), chance.uniform(0, 0.01)
        shown = kill_once(command, directory, *moment)
        found.append(look(directory, shown))
    print(f"\n{json.dumps(found)}")  # noqa: T201 - the report


def kill_once(command: list[str], home: Path, after_bytes: int, after_s: float) -> str:
    """Run the program in a terminal and kill it; return what was shown.

    It is killed so many seconds after the terminal got so many bytes.
    """
    process, terminal = pty.fork()
    if process == 0:
        os.environ["TOKENHUB_HOME"] = str(home)
        os._exit(run(command))
    shown = bytearray()
    while len(shown) < after_bytes and (data := read(terminal)):
        shown += data
    time.sleep(after_s)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    while data := read(terminal):
        shown += data
    os.close(terminal)
    return shown.decode(errors="ignore")


def read(terminal: int) -> bytes:
    """Return what the terminal has, or nothing once its other side is closed."""
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""


def look(home: Path, shown: str) -> dict[str, Any]:
    """Return how many words were shown and kept, where, and whether any shown one was not kept."""
    place, text = find_kept(home)
    seen, kept = WORD.findall(shown), WORD.findall(text)
    return {
        "shown": len(set(seen)),
        "kept": len(kept),
        "place": place,
        "lost": sorted(set(seen) - set(kept)),
        "is_exact": "".join(shown.split()) in "".join(text.split()),
    }


def find_kept(home: Path) -> tuple[str, str]:
    """Return where the answer was kept, and its text."""
    for path in home.rglob("*.spool"):
        content = decode_spool(path.read_bytes())
        if content is not None:
            return "spool", content.text
    database = home / "history.db"
    if database.exists():
        with suppress(TokenHubError), open_history(database) as history:
            answer = history.load_conversation("last").turns[-1].answer
            if answer is not None:
                return "history", str(answer.text)
    return "nowhere", ""


if __name__ == "__main__":
    main()
