"""What is left of history when its writer is killed."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROUNDS = 100


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither fork nor kill -9")
def test_a_hundred_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """After `kill -9` during saves, removals and migrations the file is sound and agrees."""
    driver = subprocess.run(
        [sys.executable, "-m", "tests.store.crashing", tmp_path, str(ROUNDS), "20261122"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert driver.stderr == ""
    rounds, saved, removed, steps = map(int, driver.stdout.split())
    assert rounds == ROUNDS
    assert min(saved, removed, steps) > 0, "nothing was under way when the kills came"
