"""While nothing comes: a notice, a countdown, never a word of it in the answer."""

import subprocess
import sys
from contextlib import ExitStack

import pytest

from tests.support.conversing import Conversing
from tokenhub_cli.demo.faults import Cut, Fails, Slow, Stall
from tokenhub_cli.demo.server import DemoGateway, FaultPlan
from tokenhub_cli.demo.texts import POEM

pytestmark = pytest.mark.waits


def start_piped(
    environ: dict[str, str], gateway: DemoGateway, *flags: str
) -> subprocess.Popen[bytes]:
    """Start `ask` with stdout and stderr in pipes of their own."""
    arguments = ["ask", "--base-url", gateway.base_url, *flags, "Write a poem"]
    return subprocess.Popen(
        [sys.executable, "-m", "tokenhub_cli", *arguments],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_silence_is_said_after_ten_seconds(environ: dict[str, str], stack: ExitStack) -> None:
    """On a terminal in a line that vanishes, else in one plain line; stdout has the answer alone.

    On the same screen as the answer too, in the middle of it.
    """
    faults: FaultPlan = (Slow(11.2), Stall(11.2, after_pieces=40), Slow(11.2))
    gateway = stack.enter_context(DemoGateway(tokens_per_second=None, faults=faults))
    arguments = ["ask", "--raw", "--base-url", gateway.base_url, "Write a poem"]
    before = stack.enter_context(Conversing(arguments, environ))
    assert gateway.wait_for(lambda it: len(it.exchanges) == 1)
    within = stack.enter_context(Conversing(arguments, environ))
    assert gateway.wait_for(lambda it: len(it.exchanges) == 2)
    piped = stack.enter_context(start_piped(environ, gateway))
    for program in (before, within):
        program.wait_for("; Ctrl-C stops", timeout_s=20)
        assert "waiting 1" in program.text()
    for program in (before, within):
        assert program.wait_for_end() == 0
        assert program.lines() == POEM.rstrip("\n").split("\n")
    answer, notices = piped.communicate(timeout=20)
    assert piped.returncode == 0
    assert answer.decode() == POEM
    assert notices.decode().splitlines() == ["note: waiting for the gateway for 10 s"]


@pytest.mark.parametrize("flags", [("--raw",), ()], ids=["plain", "live"])
def test_a_countdown_vanishes(
    environ: dict[str, str], stack: ExitStack, flags: tuple[str, ...]
) -> None:
    """A 429 is counted down on the terminal; afterwards one note is left, and the answer."""
    faults = (Fails(429, retry_after=1.3),)
    gateway = stack.enter_context(DemoGateway(tokens_per_second=None, faults=faults))
    arguments = ["ask", *flags, "--base-url", gateway.base_url, "Write a poem"]
    program = stack.enter_context(Conversing(arguments, environ))
    program.wait_for("s; Ctrl-C stops")
    assert program.wait_for_end() == 0
    text = program.text()
    assert "Ctrl-C stops" not in text
    assert text.count("429") == 1
    assert "and cannot leave" in text


def test_a_retry_and_a_resume_are_plain_lines_in_a_pipe(environ: dict[str, str]) -> None:
    """Stderr gets a line for each; stdout the answer, exactly."""
    faults = (Fails(429, retry_after=0.2), Cut(after_pieces=40))
    with DemoGateway(tokens_per_second=None, faults=faults) as gateway:
        answer, notices = start_piped(environ, gateway).communicate(timeout=20)
    assert answer.decode() == POEM
    lines = notices.decode().splitlines()
    assert all(line.startswith("note: ") for line in lines)
    assert "429" in lines[0]
    assert "cut off after" in lines[1]
    assert "\x1b" not in notices.decode()


def test_a_stall_is_noticed_in_a_pipe(environ: dict[str, str]) -> None:
    """Where the reading thread writes by itself, the deadlines are kept all the same."""
    faults = (Slow(60), Stall(60, after_pieces=40), Stall(60, after_pieces=40, pings=True))
    flags = ("--connect-timeout", "0.2", "--first-token-timeout", "0.3", "--idle-timeout", "0.3")
    with DemoGateway(tokens_per_second=None, faults=faults) as gateway:
        answer, notices = start_piped(environ, gateway, *flags).communicate(timeout=10)
    assert answer.decode() == POEM
    assert notices.decode().count("no piece of the answer came for 0.3 s") == 2


def test_quiet_says_nothing(environ: dict[str, str]) -> None:
    """`-q`: what went well in the end was no matter."""
    faults = (Fails(429, retry_after=0.2), Cut(after_pieces=40))
    with DemoGateway(tokens_per_second=None, faults=faults) as gateway:
        answer, notices = start_piped(environ, gateway, "-q").communicate(timeout=20)
    assert (answer.decode(), notices) == (POEM, b"")
