"""What live Markdown costs, beside rich's Live + Markdown and beside `ask --raw`.

Run by hand: `python tests/benchmarks/render.py` (about three minutes), or with the names of parts:
`growth`, `screens`, `rich`, `process`, `latency`. Ratios of one run are worth quoting,
absolute figures are not.
"""

import io
import json
import os
import pty
import re
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.kinds import KINDS, write_mixed
from tokenhub_cli.chat.conversation import Answer, AnswerStatus
from tokenhub_cli.render.live import LiveSink
from tokenhub_cli.render.outlet import Outlet
from tokenhub_cli.render.presentation import Presentation
from tokenhub_cli.wire.events import TextDelta

TOKEN = 4  # characters
COLUMNS, ROWS = 100, 40


class CountingOutlet(Outlet):
    """A terminal that counts."""

    def __init__(self, columns: int, rows: int) -> None:
        super().__init__(io.StringIO())
        self.is_terminal = True
        self.count = 0
        self.size = columns, rows

    def write(self, text: str) -> None:
        """Count the bytes."""
        self.count += len(text.encode())

    def measure(self) -> tuple[int, int]:
        """Return the size."""
        return self.size


def cut(text: str, length: int = TOKEN) -> Iterator[str]:
    for start in range(0, len(text), length):
        yield text[start : start + length]


def measure_live(
    text: str,
    rate: float,
    *,
    columns: int = COLUMNS,
    rows: int = ROWS,
    length: int = TOKEN,
) -> tuple[float, float]:
    """Return CPU microseconds a token of a length, and bytes to the terminal a byte of text."""
    outlet = CountingOutlet(columns, rows)
    now = 0.0
    options: dict[str, Any] = {"use_color": True, "understands_escapes": True, "environ": {}}
    sink = LiveSink(Presentation(lambda: now, **options), outlet, outlet)
    sink.prepare()
    count = 0
    started = time.process_time()
    for token in cut(text, length):
        sink.show(TextDelta(token))
        sink.tick()
        count += 1
        now = count / rate
    sink.finish(Answer(text, AnswerStatus.COMPLETE), None)
    seconds = time.process_time() - started
    return seconds / count * 1e6, outlet.count / len(text.encode())


def measure_rich(text: str, rate: float) -> tuple[float, float]:
    """Return the same for rich's Live with Markdown, a frame every 50 ms of stream time."""
    from rich.console import Console
    from rich.live import Live
    from rich.markdown import Markdown

    output = io.StringIO()
    console = Console(
        file=output, force_terminal=True, width=COLUMNS, height=ROWS, color_system="256"
    )
    tokens_a_frame = max(int(rate / 20), 1)
    started = time.process_time()
    with Live(console=console, auto_refresh=False, vertical_overflow="visible") as live:
        shown = ""
        for count, token in enumerate(cut(text)):
            shown += token
            if count % tokens_a_frame == 0:
                live.update(Markdown(shown), refresh=True)
        live.update(Markdown(shown), refresh=True)
    seconds = time.process_time() - started
    return seconds / (count + 1) * 1e6, len(output.getvalue().encode()) / len(text.encode())


def show_growth() -> None:
    """CPU and bytes at growing lengths, for every kind of document."""
    sizes = (1_000, 5_000, 20_000, 100_000)
    measure_live(write_mixed(8_000), 100)
    for rate in (100, 1000):
        print(f"\nCPU µs a token (bytes a byte) at {rate} tokens/s, by length in tokens")
        print(f"{'':14}" + "".join(f"{size:>16,}" for size in sizes) + "    20k/5k")
        for kind, write in KINDS.items():
            # Another text each time: coloured lines of code are remembered.
            results = [
                min(measure_live(write(size * TOKEN), rate) for _ in range(2)) for size in sizes
            ]
            cells = "".join(f"{cpu:>9.1f} ({size:4.2f})" for cpu, size in results)
            print(f"{kind:14}{cells}    {results[2][0] / results[1][0]:.2f}")


def show_screens() -> None:
    """Bytes on other screens, with tokens of other lengths, of texts of 1,000 tokens."""
    screens = ((60, 40), (80, 24), (40, 10), (200, 60))
    lengths = (TOKEN, 5 * TOKEN)
    print(f"\nbytes a byte at 100 tokens/s, by screen, of tokens of {lengths} characters")
    print(f"{'':14}" + "".join(f"{columns:>10}x{rows}" for columns, rows in screens))
    for kind, write in KINDS.items():
        text = write(1_000 * TOKEN)
        cells = ""
        for columns, rows in screens:
            counts = [
                measure_live(text, 100, columns=columns, rows=rows, length=length)[1]
                for length in lengths
            ]
            cells += f"{counts[0]:>8.2f}{counts[1]:>5.2f}"
        print(f"{kind:14}{cells}")


def show_rich() -> None:
    """The same text through rich's Live, as far as that ends within a coffee."""
    print("\nbeside rich Live + Markdown, 100 tokens/s: CPU µs a token (bytes a byte)")
    print(f"{'':13}{'ours 1,000':>18}{'rich 1,000':>20}{'times':>8}")
    for kind, write in KINDS.items():
        text = write(1_000 * TOKEN)
        ours, theirs = measure_live(text, 100), measure_rich(text, 100)
        print(
            f"{kind:13}{ours[0]:>11.1f} ({ours[1]:4.1f}){theirs[0]:>12.1f} ({theirs[1]:5.1f})"
            f"{theirs[0] / ours[0]:>8.0f}"
        )
    text = write_mixed(5_000 * TOKEN)
    ours, theirs = measure_live(text, 1000), measure_rich(text, 1000)
    print(f"mixed, 5,000 tokens at 1000/s: {ours[0]:.1f} and {theirs[0]:.1f} µs a token")


class TokenServer:
    """A gateway that streams one text at one rate, and knows when each token left."""

    def __init__(self, text: str, rate: float) -> None:
        self._text = text
        self._rate = rate
        self.sent: list[float] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Wait for the end."""
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        connection, _ = self._socket.accept()
        with connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(65536)
            head, _, body = head.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split()[0])
            while len(body) < length:  # what is unread at the end would reset the connection
                body += connection.recv(65536)
            connection.sendall(
                b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
            )
            started = time.monotonic()
            for number, token in enumerate(cut(self._text)):
                delay = started + number / self._rate - time.monotonic()
                if delay > 0:
                    time.sleep(delay)
                self.sent.append(time.monotonic())
                connection.sendall(frame({"delta": {"content": token}}))
            connection.sendall(frame({"delta": {}, "finish_reason": "stop"}) + b"data: [DONE]\n\n")


def frame(choice: dict[str, Any]) -> bytes:
    event = {"id": "x", "object": "chat.completion.chunk", "choices": [{"index": 0} | choice]}
    return b"data: " + json.dumps(event).encode() + b"\n\n"


def run_ask(text: str, rate: float, *flags: str) -> tuple[float, list[tuple[float, bytes]], Any]:
    """Run `tokenhub ask` in a pseudo-terminal; return CPU s, what came when, and the server."""
    server = TokenServer(text, rate)
    with tempfile.TemporaryDirectory() as home:
        child, master = pty.fork()
        if child == 0:
            os.environ |= {
                "TOKENHUB_HOME": home,
                "TOKENHUB_API_KEY": "benchmark",
                "TOKENHUB_BASE_URL": f"http://127.0.0.1:{server.port}/v1",
                "TERM": "xterm-256color",
                "COLUMNS": str(COLUMNS),
                "LINES": str(ROWS),
            }
            command = [sys.executable, "-m", "tokenhub_cli", "ask", "-n", *flags, "go"]
            os.execv(sys.executable, command)  # noqa: S606 - our own program
        received: list[tuple[float, bytes]] = []
        while True:
            try:
                data = os.read(master, 65536)
            except OSError:
                break
            if not data:
                break
            received.append((time.monotonic(), data))
        _, status, usage = os.wait4(child, 0)
        received.append((time.monotonic(), b""))
        os.close(master)
        server.close()
    if status:
        print(b"".join(data for _, data in received).decode()[-500:])
    return usage.ru_utime + usage.ru_stime, received, server


def show_process() -> None:
    """The whole process against `ask --raw`: CPU, bytes, and how long after the last token."""
    print("\nwhole process, mixed document, beside `ask --raw` (CPU s)")
    print(f"{'tokens':>8}{'rate':>6}{'raw':>8}{'live':>8}{'ratio':>7}{'bytes':>7}{'exit ms':>9}")
    for size, rate in ((1_000, 100), (5_000, 1000), (20_000, 1000)):
        text = write_mixed(size * TOKEN)
        raw, _, _ = run_ask(text, rate, "--raw")
        live, received, server = run_ask(text, rate)
        count = sum(len(data) for _, data in received) / len(text.encode())
        leaving = (received[-1][0] - server.sent[-1]) * 1000
        print(
            f"{size:>8}{rate:>6}{raw:>8.2f}{live:>8.2f}{live / raw:>7.2f}{count:>7.2f}"
            f"{leaving:>9.0f}"
        )


def show_latency() -> None:
    """How long after its token a word is on the screen, for words that occur once."""
    print("\nfrom token to screen, ms: median and 95 %")
    for rate in (20, 100, 1000):
        words = [f"w{number:05d}" for number in range(min(rate * 5, 3000))]
        text = ""
        for number, word in enumerate(words):
            text += ("- **" if number % 40 == 0 else "") + word + ("**" if number % 40 == 5 else "")
            text += "\n\n" if number % 40 == 39 else " "
        _, received, server = run_ask(text, rate)
        delays = find_delays(text, words, received, server.sent)
        ranked = sorted(delays)
        p95 = ranked[int(len(ranked) * 0.95)]
        print(f"{rate:>6}/s {statistics.median(ranked):>7.1f}{p95:>7.1f}  ({len(ranked)} words)")


def find_delays(
    text: str, words: list[str], received: list[tuple[float, bytes]], sent: list[float]
) -> list[float]:
    """Return how many ms after the token that ends it each word was in the terminal's input."""
    seen = ""
    delays: list[float] = []
    waiting = iter(words)
    word = next(waiting)
    for moment, data in received:
        seen += re.sub(r"\x1b(?:\[[0-9;?]*[A-Za-z]|\]8;;[^\x1b]*\x1b\\)", "", data.decode())
        while word in seen:
            seen = seen[seen.index(word) + len(word) :]
            last_token = (text.index(word) + len(word) - 1) // TOKEN
            delays.append((moment - sent[last_token]) * 1000)
            following = next(waiting, None)
            if following is None:
                return delays
            word = following
    return delays


PARTS = {
    "growth": show_growth,
    "screens": show_screens,
    "rich": show_rich,
    "process": show_process,
    "latency": show_latency,
}

if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
