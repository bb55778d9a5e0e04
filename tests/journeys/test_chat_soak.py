"""A long conversation in one run; a thousand turns are in `tests/benchmarks/chat.py`."""

import sys
import time
from pathlib import Path

import pytest

from tests.journeys.conftest import Start
from tests.support.conversing import Conversing
from tokenhub_cli.demo.server import DemoGateway

ANSWER = "A short answer, as they are in a talk. " * 5
WARM = 50
TURNS = 150
CACHES = 1_500_000  # bytes: SQLite's pages, prompt_toolkit's caches, the allocator's slack


def read_memory(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text("ascii")
    return 1024 * int(status.partition("VmRSS:")[2].split()[0])


def ask(chat: Conversing, question: str) -> None:
    """Ask, and wait until the next prompt takes pastes, which it says when it begins."""
    seen = len(chat.received)
    chat.send_line(question)
    until = time.monotonic() + 10
    while chat.received.find(b"\x1b[?2004h", seen) < 0:
        assert time.monotonic() < until
        time.sleep(0.001)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc to read memory from")
def test_memory_grows_by_the_text_it_keeps(start: Start) -> None:
    """Over many turns nothing piles up but what was said, and all of it is sent each time."""
    gateway = DemoGateway(answers=ANSWER, tokens_per_second=None, keeps=1)
    chat = start(gateway)
    before = 0
    for turn in range(TURNS):
        ask(chat, f"question {turn}")
        if turn == WARM:
            before = read_memory(chat.process.pid)
    grown = read_memory(chat.process.pid) - before
    assert len(gateway.requests[-1].body["messages"]) == 2 * TURNS - 1
    assert grown < (TURNS - WARM) * len(ANSWER) + CACHES
