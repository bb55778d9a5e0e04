"""`kill -9` in the middle of an answer: what the terminal had shown is on disk."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.program import MARKED_KEY
from tokenhub_cli.demo.server import DemoGateway

ROOT = Path(__file__).parents[2]
ANSWER = "".join(f"w{number:05}{' ' if number % 8 else chr(10) * 2}" for number in range(1, 481))
WORKERS, EACH = 5, 20


@pytest.mark.parametrize("flags", [("--raw",), ()], ids=["plain", "live"])
def test_what_was_shown_is_kept(tmp_path: Path, flags: tuple[str, ...]) -> None:
    """A hundred random moments each, of a plain and of a live rendered answer."""
    with DemoGateway(tokens_per_second=5000, first_token_s=0.0, answers=ANSWER) as gateway:
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
