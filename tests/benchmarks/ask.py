"""What `tokenhub ask` costs, beside a plain ten-line script that streams the answer.

Run by hand: `python tests/benchmarks/ask.py [--runs 15]`. Both programs are run in turn against one
server in this process, so that a noisy machine is noisy for both; medians and their ratios are
printed. No test depends on a time.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

PLAIN = """
import json, sys
import httpx
with httpx.Client() as client:
    body = {"model": "m", "messages": [{"role": "user", "content": "hello"}], "stream": True}
    headers = {"Authorization": "Bearer k"}
    with client.stream("POST", sys.argv[1] + "/chat/completions", json=body, headers=headers) as r:
        for line in r.iter_lines():
            if line.startswith("data: ") and line != "data: [DONE]":
                for choice in json.loads(line[6:])["choices"]:
                    print(choice["delta"].get("content") or "", end="", flush=True)
"""
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
PIECE = " word"
CHUNK = {
    "id": "chatcmpl-abc",
    "object": "chat.completion.chunk",
    "created": 1_700_000_000,
    "model": "m",
    "choices": [{"index": 0, "delta": {"content": PIECE}, "finish_reason": None}],
}


def frame(data: str) -> bytes:
    event = f"data: {data}\n\n".encode()
    return b"%x\r\n%b\r\n" % (len(event), event)


TOKEN = frame(json.dumps(CHUNK, separators=(",", ":")))
FINISH = frame(json.dumps({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}))
END = FINISH + frame("[DONE]") + b"0\r\n\r\n"


class Server:
    """Answers each connection's one request: `chunks` tokens, `pace` seconds apart."""

    def __init__(self) -> None:
        self.chunks = 1
        self.pace = 0.0
        self.arrived_at = 0.0
        self.ended_at = 0.0
        self.sent_at: list[float] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            data = connection.recv(65536)
            if not data:
                return
            request += data
        self.arrived_at = time.monotonic()
        self.sent_at = []
        connection.sendall(HEAD)
        if self.pace:
            for _ in range(self.chunks):
                time.sleep(self.pace)
                self.sent_at.append(time.monotonic())
                connection.sendall(TOKEN)
        else:
            for start in range(0, self.chunks, 1000):
                connection.sendall(TOKEN * min(1000, self.chunks - start))
        self.ended_at = time.monotonic()
        connection.sendall(END)
        connection.settimeout(5)
        while connection.recv(65536):
            pass


class Run:
    """One run of a program: when it began and ended, what it used, and when its output came."""

    def __init__(self, command: Sequence[str], environ: dict[str, str], *, pieces: bool) -> None:
        self.read_at: list[float] = []
        self.began_at = time.monotonic()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environ,
        )
        assert process.stdout is not None
        while data := os.read(process.stdout.fileno(), 1 << 16):
            if pieces:
                self.read_at += [time.monotonic()] * (len(data) // len(PIECE))
        _, status, usage = os.wait4(process.pid, 0)
        self.ended_at = time.monotonic()
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        assert process.returncode == 0, f"{command} failed"
        self.cpu_s = usage.ru_utime + usage.ru_stime
        self.memory_kib = usage.ru_maxrss  # no less than this process's own when it forked


Measure = Callable[[Run, Server], float]


def measure(
    programs: Sequence[Sequence[str]],
    figure: Measure,
    runs: int,
    server: Server,
    environ: dict[str, str],
    *,
    pieces: bool = False,
) -> list[float]:
    """Return each program's median figure; the programs take turns."""
    figures: list[list[float]] = [[] for _ in programs]
    for run in range(runs + 1):
        for index, program in enumerate(programs):
            done = Run(program, environ, pieces=pieces)
            if run:  # the first run warms the caches
                figures[index].append(figure(done, server))
    return [statistics.median(values) for values in figures]


def report(name: str, values: Sequence[float], unit: str, bar: str) -> None:
    ratio = values[0] / values[1] if values[1] else float("nan")
    print(f"{name:44} {values[0]:10.3f} {values[1]:10.3f} {unit:5} {ratio:7.2f}x   {bar}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    server = Server()
    with tempfile.TemporaryDirectory() as home:
        environ = {
            "TOKENHUB_HOME": home,
            "TOKENHUB_API_KEY": "k",
            "PATH": os.environ["PATH"],
        }
        program = str(Path(sys.executable).parent / "tokenhub")
        ask = [program, "ask", "--base-url", server.base_url, "-m", "m", "hello"]
        plain_file = Path(home) / "plain.py"
        plain_file.write_text(PLAIN, "utf-8")
        plain = [sys.executable, str(plain_file), server.base_url]
        bare = [sys.executable, "-I", "-S", "-c", "pass"]

        print(f"{'':44} {'tokenhub':>10} {'plain':>10}")
        sent = measure(
            [ask, plain], lambda r, s: 1e3 * (s.arrived_at - r.began_at), runs, server, environ
        )
        report("process start to request on the wire", sent, "ms", "bar 1.15")
        whole: Measure = lambda r, _: 1e3 * (r.ended_at - r.began_at)  # noqa: E731 - said once
        report(
            "--version, against python -I -S -c pass",
            measure([[program, "--version"], bare], whole, runs, server, environ),
            "ms",
            "bar 2.6",
        )
        report(
            "--help, against python -I -S -c pass",
            measure([[program, "--help"], bare], whole, runs, server, environ),
            "ms",
            "bar 10",
        )

        server.chunks, server.pace = 2, 0.2  # the gateway thinks, as real ones do
        exits = measure(
            [ask, plain], lambda r, s: 1e3 * (r.ended_at - s.ended_at), runs, server, environ
        )
        report("last token to exit", exits, "ms", "bar 10 ms")

        server.pace = 0.0
        base = [ask, plain]
        server.chunks = 1000
        small = measure(base, lambda r, _: r.cpu_s, 3, server, environ)
        memory = measure(base, lambda r, _: r.memory_kib / 1024, 3, server, environ)
        report("resident at most, 1,000 chunks", memory, "MiB", "bar 32 MiB")
        server.chunks = 100_000
        large = measure(base, lambda r, _: r.cpu_s, 3, server, environ)
        each = [1e6 * (big - little) / 99_000 for big, little in zip(large, small, strict=True)]
        report("CPU per chunk at full speed", each, "us", "bar 0.8")
        memory = measure(base, lambda r, _: r.memory_kib / 1024, 3, server, environ)
        report("resident at most, 100,000 chunks", memory, "MiB", "at most 5 MiB more")

        server.chunks, server.pace = 300, 0.005
        delays = measure(
            base,
            lambda r, s: (
                1e6
                * statistics.median(
                    read - sent for read, sent in zip(r.read_at, s.sent_at, strict=True)
                )
            ),
            runs,
            server,
            environ,
            pieces=True,
        )
        report("delay of a piece, median", delays, "us", "bar 1.25")


if __name__ == "__main__":
    main()
