"""`tokenhub demo`, run as a program."""

import json
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.support.gateways import post_messages, request
from tokenhub_cli.cli.demo import format_invitation
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.demo.texts import POEM


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run `demo serve` and give the process and its port; kill what is left of it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tokenhub_cli", "demo", "serve", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    with process:
        try:
            assert process.stdout is not None
            base_url = process.stdout.readline().strip()
            assert base_url.startswith("http://127.0.0.1:")
            yield process, int(base_url.removesuffix("/v1").rpartition(":")[2])
        finally:
            process.kill()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `demo` with arguments that end at once."""
    command = [sys.executable, "-m", "tokenhub_cli", "demo", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for one process on Windows")
def test_serve_runs_until_it_is_interrupted() -> None:
    """The base URL is all of stdout; stderr has lines to copy and a line for each request."""
    with serving("--rate", "0", "--key", "sk-fake", "--model", "m1") as (process, port):
        assert post_messages(port, "Write a poem", model="m1", key="sk-fake").text == POEM
        assert post_messages(port, "Write a poem", model="m1", key="sk-other").status == 401
        process.send_signal(signal.SIGINT)
        output, notices = process.communicate(timeout=10)
    assert process.returncode == 0
    assert output == ""
    assert f"tokenhub ask --base-url http://127.0.0.1:{port}/v1" in notices
    assert "POST /v1/chat/completions m1: 200" in notices


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for one process on Windows")
@pytest.mark.parametrize("delay_ms", [0, 0.5, 1, 1.5, 2, 3])
def test_an_interrupt_right_after_the_url_ends_it_in_good_order(delay_ms: float) -> None:
    """Even in the middle of a request and of what it says itself, which it says to its end."""

    def ask(port: int) -> None:
        with suppress(OSError):  # the gateway may be gone
            post_messages(port, "Write a poem")

    with serving("--rate", "0") as (process, port):
        asking = threading.Thread(target=ask, args=(port,))
        asking.start()
        time.sleep(delay_ms / 1000)
        process.send_signal(signal.SIGINT)
        _, notices = process.communicate(timeout=4)
        asking.join()
    assert process.returncode == 0
    assert "Traceback" not in notices
    assert f'OpenAI(base_url="http://127.0.0.1:{port}/v1", api_key="demo")\n' in notices


def test_serve_takes_faults_in_order() -> None:
    """Each `--fault` is for the next request."""
    with serving("--fault", "503", "--fault", "cut:3p:rst", "-q") as (_, port):
        assert post_messages(port, "hello").status == 503
        assert post_messages(port, "hello").broken
        assert not post_messages(port, "hello").broken


@pytest.mark.waits
def test_the_tour_brings_an_answer_over_two_cuts(tmp_path: Path) -> None:
    """The poem is whole on stdout; stderr tells of two cuts; nothing is kept."""
    environment = {**os.environ, "TOKENHUB_HOME": str(tmp_path), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "tokenhub_cli", "demo"]
    result = subprocess.run(
        command, capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    assert result.stdout == POEM
    assert "The connection was cut twice, and the gateway was asked 3 times" in result.stderr
    assert "tokenhub demo serve" in result.stderr
    assert result.returncode == 0
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_serve_without_a_key() -> None:
    """`--keyless` asks for none."""
    with serving("--keyless") as (_, port):
        assert request(port, "GET", "/v1/models", key=None).status == 200


def test_a_taken_port_is_named() -> None:
    """The error names the address, the hint is a command that works."""
    with DemoGateway() as gateway:
        result = run("serve", "--port", str(gateway.port))
    assert result.returncode == 2
    assert f"`127.0.0.1:{gateway.port}`" in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_cannot_be_is_wrong_usage(port: str) -> None:
    """Nothing listens, and the error names the flag."""
    result = run("serve", f"--port={port}")
    assert result.returncode == 2
    assert "invalid value for `--port`" in result.stderr


def test_a_wrong_fault_is_named() -> None:
    """A spec that means nothing ends the command before it listens."""
    result = run("serve", "--fault", "gently")
    assert result.returncode == 2
    assert "`gently`" in result.stderr
    assert result.stdout == ""


def test_the_invitation_can_be_copied_whatever_the_names() -> None:
    """A model's name or a key with quotes and spaces in it breaks neither command nor JSON."""
    model, key = 'it\'s "mine" now', 'a "key"\'s'
    lines = format_invitation("http://127.0.0.1:1/v1", key, model).splitlines()
    (asking,) = [line for line in lines if "tokenhub ask" in line]
    words = shlex.split(asking)
    assert words[0] == f"TOKENHUB_API_KEY={key}"
    assert words[words.index("-m") + 1] == model
    start = next(index for index, line in enumerate(lines) if "curl" in line)
    words = shlex.split("\n".join(lines[start : start + 3]))
    assert f"Authorization: Bearer {key}" in words
    assert json.loads(words[-1])["model"] == model
    assert f"api_key={json.dumps(key)}" in lines[-1]
