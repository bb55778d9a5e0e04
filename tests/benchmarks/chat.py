"""What `tokenhub chat` costs: the time to its prompt, stopping an answer, and a thousand turns.

Run by hand: `python tests/benchmarks/chat.py [--runs 15]`. The prompt is compared
with a bare prompt_toolkit prompt, run in turn; no test depends on a time. Run it from the root of a
checkout, where `tests` can be imported.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.support.conversing import Conversing
from tokenhub_cli.demo.server import DemoGateway

BARE = ["-c", "from prompt_toolkit import PromptSession; PromptSession().prompt('> ')"]
SOAKS = ((200, 1_750), (200, 3_000), (40, 160))  # characters of a question and of an answer
COUNTED_FROM = (10, 100, 400)  # turns
CURSOR_REPORT = b"\x1b[1;1R"


def build_environ(home: Path) -> dict[str, str]:
    return {
        "TOKENHUB_HOME": str(home),
        "TOKENHUB_API_KEY": "k",
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "TERM": "xterm-256color",
    }


def time_prompt(arguments: Sequence[str], environ: dict[str, str]) -> float:
    """Return the seconds from the start of Python to a `>` on the terminal."""
    import pty

    master, slave = pty.openpty()
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environ,
        start_new_session=True,
    )
    os.close(slave)
    seen = b""
    while b">" not in seen:
        data = os.read(master, 65536)
        seen += data
        if b"\x1b[6n" in data:
            os.write(master, CURSOR_REPORT)
    taken = time.perf_counter() - began
    process.kill()
    process.wait()
    with suppress(OSError):
        os.close(master)
    return taken


def compare_prompts(environ: dict[str, str], runs: int) -> None:
    chat = ["-m", "tokenhub_cli", "chat", "--base-url", "http://127.0.0.1:9/v1"]
    times: dict[str, list[float]] = {"bare prompt_toolkit": [], "tokenhub chat": []}
    for _ in range(runs):
        times["bare prompt_toolkit"].append(time_prompt(BARE, environ))
        times["tokenhub chat"].append(time_prompt(chat, environ))
    medians = {name: statistics.median(values) for name, values in times.items()}
    for name, median in medians.items():
        ratio = median / medians["bare prompt_toolkit"]
        print(f"{name:24} prompt after {median * 1000:6.1f} ms   {ratio:.2f}")


def measure_stopping(environ: dict[str, str], runs: int) -> None:
    """Print the time from Ctrl-C to the prompt, while an answer streams."""
    taken: list[float] = []
    with DemoGateway(answers="word " * 100_000, tokens_per_second=200) as gateway:
        for _ in range(runs):
            with Conversing(["chat", "--base-url", gateway.base_url], environ) as chat:
                chat.wait_for_prompt()
                chat.send_line("go")
                chat.wait_for("word word")
                began = time.perf_counter()
                chat.send("\x03")
                chat.wait_for_prompt(2)
                taken.append(time.perf_counter() - began)
    print(f"Ctrl-C to the prompt: median {statistics.median(taken) * 1000:.0f} ms, ", end="")
    print(f"worst {max(taken) * 1000:.0f} ms")


def measure_soaks() -> None:
    """Print how memory grows over a thousand turns, beside the text that it keeps (Linux)."""
    from tests.support.soaking import TURNS, soak

    for flags in ((), ("--no-save",)):
        for question, answer in SOAKS:
            growths = soak(question, answer, COUNTED_FROM, flags)
            print(f"questions of {question}, answers of {answer:5,} characters {' '.join(flags)}")
            for number, growth in zip(COUNTED_FROM, growths, strict=True):
                turns = TURNS - number
                grown, text = growth.memory / turns, growth.text / turns
                print(f"  from turn {number:3} on: {grown:5.0f} bytes a turn, text {text:5.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        environ = build_environ(Path(home))
        compare_prompts(environ, chosen.runs)
        measure_stopping(environ, min(chosen.runs, 5))
    measure_soaks()


if __name__ == "__main__":
    main()
