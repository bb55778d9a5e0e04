"""A thousand turns of `tokenhub chat`, and the memory that they take (Linux)."""

import fcntl
import json
import os
import pty
import random
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.program import MARKED_KEY

TURNS = 1_000
PHRASES = ("\n\n", "这是一个测试", "`code`", "**bold**")  # every tenth word is one of these
PROMPT = b"\x1b[?2004h"  # the prompt takes pastes from now on
WHERE = b"\x1b[6n"
IN_MEMORY = "/dev/shm"  # a thousand turns are written to it: a disk would take half of the time


@dataclass(frozen=True, slots=True)
class Growth:
    """How many bytes memory has grown by from a turn to the last one, and the text of these."""

    memory: int
    text: int


class Talk:
    """The program in a pseudo-terminal whose screen nobody looks at: an emulated one is slow.

    Args:
        base_url: The gateway's.
        home: Where the program keeps its files.
        flags: More arguments of `chat`.
    """

    def __init__(self, base_url: str, home: Path, flags: Sequence[str] = ()) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tokenhub_cli", "chat", "--base-url", base_url, *flags],
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
def start(base_url: str, home: Path, flags: Sequence[str] = ()) -> Iterator[Talk]:
    talk = Talk(base_url, home, flags)
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


def soak(
    question: int, answer: int, counted_from: Sequence[int], flags: Sequence[str] = ()
) -> list[Growth]:
    """Hold a conversation of a thousand turns; return the growth from each of some turns on.

    Args:
        question: How many characters each question has.
        answer: How many characters each answer has.
        counted_from: The turns after which memory is measured, besides the last.
        flags: More arguments of `chat`.

    Raises:
        AssertionError: The last request did not hold the whole conversation.
    """
    rng = random.Random(6)  # noqa: S311 - the same words in each run
    letters = "etaoinshrdlucmfwypvbgk"
    words = ["".join(rng.choices(letters, k=rng.randint(2, 9))) for _ in range(3_000)]
    questions, answers = (
        [write_text(rng, words, length) for _ in range(TURNS)] for length in (question, answer)
    )
    gateway = PlainGateway(answers)
    home = TemporaryDirectory(dir=IN_MEMORY)
    measured: dict[int, int] = {}
    with gateway, home, start(gateway.base_url, Path(home.name), flags) as talk:
        for number, text in enumerate(questions, 1):
            talk.ask(text)
            if number in (*counted_from, TURNS):
                measured[number] = talk.read_memory()
    gateway.shutdown()
    sent = [message["content"] for message in json.loads(gateway.last_request)["messages"]]
    asked = [text.replace("\n", " ") for text in questions]
    assert sent[::2] == asked
    assert sent[1::2] == answers[:-1]
    return [
        Growth(
            measured[TURNS] - measured[number],
            sum(len(text.encode()) for text in questions[number:] + answers[number:]),
        )
        for number in counted_from
    ]
