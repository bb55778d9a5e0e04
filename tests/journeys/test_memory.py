"""Memory stays bounded: bombs are given up, a long answer costs its own size and little more."""

import hashlib
import json
import os
import pty
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.program import MARKED_KEY
from tokenhub_cli.demo.faults import Bomb, Comments, Fault, HugeError, Oddity, Verbatim
from tokenhub_cli.demo.server import DemoGateway

STATUS = Path("/proc/self/status")
MEASURED = """
import os, sys
from tokenhub_cli.__main__ import run
code = run(sys.argv[2:])
with open("/proc/self/status") as status, open(sys.argv[1], "w") as report:
    report.write(next(line.split()[1] for line in status if line.startswith("VmHWM")))
os._exit(code)
"""
MIB = 1 << 20
LONG = 200_000_000


def write_words(length: int) -> str:
    """Return prose in which nothing repeats itself, so that it packs badly."""
    chance = random.Random(1)  # noqa: S311 - the same words each time, no secret
    words = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(1, 9))) for _ in range(9000)]
    return " ".join(chance.choices(words, k=length))[: length - 1] + " "


PIECE = write_words(62_500)

pytestmark = pytest.mark.skipif(not STATUS.exists(), reason="only Linux tells a process's peak")


@dataclass(frozen=True, slots=True)
class Measured:
    """How a run ended, how much it wrote, and the most memory it had, in MiB."""

    code: int
    length: int
    digest: str
    errors: str
    peak: float


def measure(home: Path, base_url: str, *flags: str, terminal: bool = False) -> Measured:
    """Run `tokenhub ask` into a pipe, or a terminal, that is read as fast as it is written."""
    report = home / "peak"
    digest, length = hashlib.sha256(), 0
    read_end, write_end = pty.openpty() if terminal else os.pipe()
    with (home / "errors").open("w+") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", MEASURED, report, "ask", "--base-url", base_url, *flags, "Hi"],
            stdout=write_end,
            stderr=errors,
            env={"TOKENHUB_HOME": str(home), "TOKENHUB_API_KEY": MARKED_KEY, "TERM": "xterm"},
        )
        os.close(write_end)
        for data in iterate_output(read_end):
            digest.update(data)
            length += len(data)
        process.wait()
        errors.seek(0)
        said = errors.read()
    assert "Traceback" not in said
    peak = int(report.read_text()) / 1024
    return Measured(process.returncode, length, digest.hexdigest(), said, peak)


def iterate_output(descriptor: int) -> Iterator[bytes]:
    """Yield what is written until the writer is gone; a terminal's line ends as the writer's."""
    with os.fdopen(descriptor, "rb", buffering=0) as output, suppress(OSError):  # a pty's end
        while data := output.read(65536):
            yield data.replace(b"\r", b"")


def frame(text: str, finish: str = "null") -> bytes:
    content = json.dumps(text)
    choice = f'{{"index":0,"delta":{{"content":{content}}},"finish_reason":{finish}}}'
    return f'data: {{"choices":[{choice}]}}\n\n'.encode()


def say(count: int, piece: str) -> Verbatim:
    """Return an answer of so many equal pieces."""
    return Verbatim((frame(piece),) * count + (frame("\n", '"stop"'), b"data: [DONE]\n\n"))


@pytest.mark.parametrize(
    "fault",
    [Oddity.ENDLESS_LINE, Comments(None), Bomb(), HugeError()],
    ids=["line", "comments", "gzip", "error"],
)
def test_a_bomb_is_given_up(tmp_path: Path, fault: Fault) -> None:
    """Whatever a gateway pours out: a clear error, and far below 150 MB."""
    with DemoGateway(tokens_per_second=None, every=(fault,)) as gateway:
        flags = ("--connect-timeout", "0.5", "--first-token-timeout", "1", "--max-retries", "0")
        measured = measure(tmp_path, gateway.base_url, *flags)
    assert measured.code == 6
    assert measured.length == 0
    assert measured.errors.startswith("error: ")
    assert "hint: " in measured.errors
    assert measured.peak < 150e6 / MIB


def test_a_stream_of_many_pieces_costs_no_more_than_one_of_few(tmp_path: Path) -> None:
    """100,000 chunks take less than 5 MB more than 1,000 do."""
    peaks = {}
    for count in (1000, 100_000):
        home = tmp_path / str(count)
        home.mkdir()
        with DemoGateway(tokens_per_second=None, every=(say(count, " sail"),)) as gateway:
            measured = measure(home, gateway.base_url, "--no-save")
        assert (measured.code, measured.length) == (0, count * 5 + 1)
        peaks[count] = measured.peak
    assert peaks[100_000] - peaks[1000] < 5e6 / MIB


@pytest.mark.parametrize("is_saved", [False, True], ids=["not saved", "saved"])
@pytest.mark.parametrize(
    ("terminal", "length"), [(False, LONG), (True, LONG // 4)], ids=["pipe", "terminal"]
)
def test_a_long_answer_costs_its_own_size(
    tmp_path: Path, length: int, *, is_saved: bool, terminal: bool
) -> None:
    """200 MB arrive whole, at the cost of their own size and 30 MB at the most."""
    count = length // len(PIECE)
    whole = hashlib.sha256()
    for _ in range(count):
        whole.update(PIECE.encode())
    whole.update(b"\n")
    flags = ("--raw",) if is_saved else ("--raw", "--no-save")
    with DemoGateway(tokens_per_second=None, faults=(say(count, PIECE),)) as gateway:
        measured = measure(tmp_path, gateway.base_url, *flags, terminal=terminal)
    assert measured.code == 0
    assert measured.digest == whole.hexdigest()
    assert measured.peak * MIB < measured.length + 30e6
