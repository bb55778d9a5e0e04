"""`kill -9` in the middle of an answer: what the terminal had shown is on disk."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.conversing import Conversing
from tests.support.program import MARKED_KEY
from tokenhub_cli.demo.server import DemoGateway

ROOT = Path(__file__).parents[2]
ANSWER = "".join(f"w{number:05}{' ' if number % 8 else chr(10) * 2}" for number in range(1, 481))
WORKERS, EACH = 5, 20


@pytest.mark.parametrize("flags", [("--raw",), ()], ids=["plain", "live"])
def test_what_was_shown_is_kept(tmp_path: Path, flags: tuple[str, ...]) -> None:
    """A hundred random moments each, of a plain and of a live rendered answer."""
    with DemoGateway(tokens_per_second=2000, first_token_s=0.0, answers=ANSWER) as gateway:
        workers = [
            subprocess.Popen(
                [
                    *(sys.executable, "-m", "tests.journeys.killing", str(tmp_path)),
                    *(gateway.base_url, str(EACH), str(seed), str(len(ANSWER)), *flags),
                ],
                cwd=ROOT,
                env={"TOKENHUB_API_KEY": MARKED_KEY, "PATH": "/usr/bin:/bin", "TERM": "xterm"},
                stdout=subprocess.PIPE,
                text=True,
            )
            for seed in range(WORKERS)
        ]
        outputs = [worker.communicate(timeout=90)[0] for worker in workers]
    found = [outcome for output in outputs for outcome in json.loads(output.splitlines()[-1])]
    assert len(found) == WORKERS * EACH
    assert [outcome for outcome in found if outcome["lost"]] == []
    if "--raw" in flags:
        assert all(outcome["is_exact"] for outcome in found)
    in_the_middle = sum(0 < outcome["shown"] < 480 for outcome in found)
    assert in_the_middle > WORKERS * EACH // 4


@pytest.mark.parametrize("moment", range(6))
def test_a_program_that_was_just_started_loses_nothing(
    environ: dict[str, str], moment: int
) -> None:
    """From its first import on: the next start keeps what the terminal had shown, to the letter."""
    chance = random.Random(moment)  # noqa: S311 - moments, not secrets
    after = chance.randrange(len(ANSWER)) if moment else 0
    with DemoGateway(tokens_per_second=2000, first_token_s=0.0, answers=ANSWER) as gateway:
        arguments = ["ask", "-q", "--raw", "--base-url", gateway.base_url, "Tell me"]
        with Conversing(arguments, environ) as asking:
            asking.wait_for(lambda it: len(it.received) >= after)  # a line's end counts twice
            time.sleep(chance.uniform(0, 0.01 if moment else 0.5))
            asking.interrupt(signal.SIGKILL)
            asking.wait_for_end()
            shown = asking.received.decode(errors="ignore").replace("\r\n", "\n")
    listed = subprocess.run(
        [sys.executable, "-m", "tokenhub_cli", "history", "show", "last", "--answer"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    kept = listed.stdout.removesuffix("\n")
    assert ANSWER.startswith(shown)
    assert kept.startswith(shown.removesuffix("\n")), listed.stderr
    assert ANSWER.startswith(kept)
