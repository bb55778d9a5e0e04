"""A thousand turns in one run: what `tokenhub chat` comes to when it is left open all day."""

import fcntl
import json
import os
import random
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support.program import MARKED_KEY

if sys.platform != "linux":
    pytest.skip("only Linux has /proc to read memory from", allow_module_level=True)

import pty

WARM = 400  # turns, until caches with a bound are full
TURNS = 600  # more
QUESTION = 200  # characters
ANSWER = 3_000
PHRASES = ("\n\n", "这是一个测试", "`code`", "**bold**")  # every tenth is one of these
PROMPT = b"\x1b[?2004h"  # the prompt takes pastes from now on
WHERE = b"\x1b[6n"
IN_MEMORY = "/dev/shm"  # a thousand turns are written to it: a disk would take half of the time


class Talk:
    """The program in a pseudo-terminal whose screen nobody looks at: an emulated one is slow.

    Args:
        base_url: The gateway's.
        home: Where the program keeps its files.
    """

    def __init__(self, base_url: str, home: Path) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tokenhub_cli", "chat", "--base-url", base_url],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={"TOKENHUB_HOME": str(home), "TOKENHUB_API_KEY": MARKED_KEY, "TERM": "xterm"},
            start_new_session=True,
        )
        os.close(slave)
        self._seen = b""

    def ask(self, question: str) -> None:
        """Paste a question, send it, and wait for the prompt after its answer."""
        os.write(self._master, b"\x1b[200~" + question.replace("\n", " ").encode() + b"\x1b[201~\r")
        self.wait_for_prompt()

    def wait_for_prompt(self) -> None:
        """Wait until the prompt can be typed into."""
        while PROMPT not in self._seen:
            data = os.read(self._master, 1 << 16)
            if WHERE in data:
                os.write(self._master, b"\x1b[1;1R")
            self._seen += data
        self._seen = self._seen.partition(PROMPT)[2]

    def read_memory(self) -> int:
        """Return how many bytes of the program are in memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        return 1024 * int(status.partition("VmRSS:")[2].split()[0])

    def close(self) -> None:
        """End the program."""
        self.process.kill()
        self.process.wait()
        os.close(self._master)


@contextmanager
def start(base_url: str, home: Path) -> Iterator[Talk]:
    talk = Talk(base_url, home)
    try:
        talk.wait_for_prompt()
        yield talk
    finally:
        talk.close()


def write_text(rng: random.Random, words: list[str], length: int) -> str:
    """Return words in random order, which nothing compresses better than it does prose."""
    chosen = [rng.choice(words if rng.random() < 0.9 else PHRASES) for _ in range(length // 4)]
    return " ".join(chosen)[:length].strip()


class PlainGateway(ThreadingHTTPServer):
    """Answers the requests in turn and counts no tokens: the demo's counting takes most of a turn.

    Args:
        answers: The answers.
    """

    def __init__(self, answers: Sequence[str]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.base_url = f"http://127.0.0.1:{self.server_port}/v1"
        self.answers = iter(answers)
        self.last_request = b""
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    """One connection, kept alive as the program keeps it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: PlainGateway

    def do_GET(self) -> None:
        """List one model."""
        self._send(b'{"data": [{"id": "m"}]}')

    def do_POST(self) -> None:
        """Stream the next answer in two pieces."""
        self.server.last_request = self.rfile.read(int(self.headers["Content-Length"]))
        text = next(self.server.answers)
        half = len(text) // 2
        choices = [
            {"index": 0, "delta": {"content": text[:half]}, "finish_reason": None},
            {"index": 0, "delta": {"content": text[half:]}, "finish_reason": "stop"},
        ]
        frames = [f"data: {json.dumps({'choices': [choice]})}\n\n" for choice in choices]
        self._send("".join([*frames, "data: [DONE]\n\n"]).encode())

    def log_message(self, *_words: object) -> None:
        """Say nothing."""

    def _send(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.mark.timeout(300)
def test_memory_grows_by_no_more_than_the_text_it_keeps() -> None:
    """A thousand long turns, all sent with each question; short ones cost more than their text."""
    rng = random.Random(6)  # noqa: S311 - the same words in each run
    letters = "etaoinshrdlucmfwypvbgk"
    words = ["".join(rng.choices(letters, k=rng.randint(2, 9))) for _ in range(3_000)]

    def write(length: int) -> list[str]:
        return [write_text(rng, words, length) for _ in range(WARM + TURNS)]

    questions, answers = write(QUESTION), write(ANSWER)
    gateway = PlainGateway(answers)
    home = TemporaryDirectory(dir=IN_MEMORY)
    with gateway, home, start(gateway.base_url, Path(home.name)) as talk:
        for question in questions[:WARM]:
            talk.ask(question)
        before = talk.read_memory()
        for question in questions[WARM:]:
            talk.ask(question)
        grown = talk.read_memory() - before
    gateway.shutdown()
    messages = json.loads(gateway.last_request)["messages"]
    assert len(messages) == 2 * (WARM + TURNS) - 1
    text = sum(len(text.encode()) for text in questions[WARM:] + answers[WARM:])
    assert grown <= text, f"{grown / TURNS:.0f} bytes a turn for {text / TURNS:.0f} of text"
