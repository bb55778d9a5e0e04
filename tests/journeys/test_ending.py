"""Ctrl-C, SIGTERM, closed pipes: `ask` ends at once, keeps what came, leaves a sane terminal."""

import signal
import subprocess
import sys
import termios
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.conversing import Conversing
from tokenhub_cli.chat.conversation import Answer, AnswerStatus
from tokenhub_cli.demo.delivery import Outcome
from tokenhub_cli.demo.faults import Cut, Drip, Fails, Fault, Slow, Stall
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.demo.texts import POEM
from tokenhub_cli.store.conversations import open_history

AT_ONCE_S = 1.0  # 0.1 s is promised to the end of the turn; the process's own end comes on top
MOMENTS: dict[str, tuple[tuple[Fault, ...], str]] = {
    "waiting": ((Slow(60),), ""),
    "streaming": ((Drip(40, 0.01),), "spring wind walks"),
    "stalled": ((Stall(60, after_pieces=40),), "as others read"),
    "between attempts": ((Fails(429, retry_after=60),), "Ctrl-C stops"),
}


def find_answer(environ: dict[str, str]) -> Answer:
    """Return the one answer in history."""
    with open_history(Path(environ["TOKENHUB_HOME"]) / "history.db") as history:
        answer = history.load_conversation("last").turns[-1].answer
    assert answer is not None
    return answer


@pytest.mark.parametrize("flags", [("--raw",), ()], ids=["plain", "live"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_ends_an_answer(
    environ: dict[str, str], stack: ExitStack, moment: str, flags: tuple[str, ...]
) -> None:
    """Exit code 130, the partial answer in history as cancelled, the terminal as it was."""
    faults, shown = MOMENTS[moment]
    gateway = stack.enter_context(DemoGateway(tokens_per_second=None, faults=(faults,)))
    arguments = ["ask", "--base-url", gateway.base_url, *flags, "Write a poem"]
    program = stack.enter_context(Conversing(arguments, environ))
    before = termios.tcgetattr(program.terminal)
    assert gateway.wait_for(lambda it: bool(it.exchanges))
    program.wait_for(shown)
    started = time.monotonic()
    program.send("\x03")
    assert program.wait_for_end() == 130
    assert time.monotonic() - started < AT_ONCE_S
    assert termios.tcgetattr(program.terminal) == before
    if moment != "between attempts":
        assert gateway.exchanges[0].wait() is Outcome.HUNG_UP
    assert len(gateway.exchanges) == 1
    answer = find_answer(environ)
    assert answer.status is AnswerStatus.CANCELLED
    assert POEM.startswith(str(answer.text))
    assert " ".join(shown.split()[:2]) in str(answer.text) or "Ctrl-C" in shown
    left = program.text()
    assert "Traceback" not in left
    assert "Ctrl-C stops" not in left  # what was transient is gone
    assert program.screen.cursor.x == 0  # the shell's prompt gets a line of its own
    assert not program.screen.cursor.hidden


@pytest.mark.parametrize("flags", [("--raw",), ()], ids=["plain", "live"])
def test_ctrl_c_throws_nothing_away_that_was_written(
    environ: dict[str, str], stack: ExitStack, flags: tuple[str, ...]
) -> None:
    """What is kept has been shown, also on a terminal that had not read all of it yet."""
    numbers = " ".join(map(str, range(900)))
    gateway = stack.enter_context(DemoGateway(answers=numbers, tokens_per_second=200))
    arguments = ["ask", "--base-url", gateway.base_url, *flags, "Count"]
    program = stack.enter_context(Conversing(arguments, environ))
    program.wait_for("0 1 2 3 4 5")
    with program.held_up():
        time.sleep(0.3)
        program.send("\x03")
        assert program.process.wait(AT_ONCE_S) == 130
    program.wait_for_end()
    answer, _, note = program.text().replace("^C", " ").partition("note: stopped")
    assert note
    assert answer.split() == str(find_answer(environ).text).split()


@pytest.mark.parametrize(
    ("output", "is_kept"),
    [("", True), ("> answer.md", True), ("2> /dev/null", True), ("| cat > answer.md", False)],
)
def test_the_terminal_keeps_what_is_written_while_an_answer_comes(
    environ: dict[str, str], stack: ExitStack, tmp_path: Path, output: str, *, is_kept: bool
) -> None:
    """On stderr as well, unless a pipe's reader may be a pager, which sets the terminal itself.

    A torn escape sequence left the terminal dim.
    """
    gateway = stack.enter_context(DemoGateway(first_token_s=60))
    shell = stack.enter_context(Conversing(None, environ, columns=200))

    def is_keeping() -> bool:
        return bool(termios.tcgetattr(shell.terminal)[3] & termios.NOFLSH)

    shell.wait_for("bash")
    assert not is_keeping()
    command = f"{sys.executable} -m tokenhub_cli ask --base-url {gateway.base_url} hi {output}"
    shell.send_line(f"cd {tmp_path}; {command}")
    assert gateway.wait_for(lambda it: bool(it.exchanges))
    if is_kept:
        shell.wait_for(lambda _: is_keeping())
    else:
        shell.wait_for("waiting 1 s")
        assert not is_keeping()
    shell.send("\x03")
    shell.send_line("echo over")
    shell.wait_for("\nover\n")
    assert not is_keeping()


def test_a_second_ctrl_c_leaves_at_once(environ: dict[str, str]) -> None:
    """Even where the first one cannot end it: stdout is a pipe that nobody reads."""
    faults = (Drip(4000), Stall(60, after_pieces=60_000))
    with DemoGateway(tokens_per_second=None, every=faults) as gateway:
        arguments = ["ask", "-n", "--base-url", gateway.base_url, "Count to 100000"]
        with subprocess.Popen(
            [sys.executable, "-m", "tokenhub_cli", *arguments],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as program:
            assert gateway.wait_for(
                lambda it: any(each.pieces_sent > 1000 for each in it.exchanges)
            )
            program.send_signal(signal.SIGINT)
            program.send_signal(signal.SIGINT)
            started = time.monotonic()
            while program.poll() is None and time.monotonic() - started < AT_ONCE_S:
                program.send_signal(signal.SIGINT)
                time.sleep(0.02)
            assert program.returncode == 130


@pytest.mark.parametrize("flags", [("--raw",), ()], ids=["plain", "live"])
def test_a_second_ctrl_c_leaves_no_countdown(
    environ: dict[str, str], flags: tuple[str, ...]
) -> None:
    """What was transient is gone, however the program was left."""
    with DemoGateway(tokens_per_second=None, every=(Fails(429, retry_after=60),)) as gateway:
        arguments = ["ask", "-n", "--base-url", gateway.base_url, *flags, "Write a poem"]
        with Conversing(arguments, environ) as program:
            before = termios.tcgetattr(program.terminal)
            program.wait_for("Ctrl-C stops")
            program.send("\x03")
            # A signal would overtake the key. Then the program may have ended when the terminal
            # gets to that, and by default throws away what nobody has read yet.
            program.wait_for_echo("^C")
            program.interrupt()
            assert program.wait_for_end() == 130
            assert "Ctrl-C stops" not in program.text()
            assert termios.tcgetattr(program.terminal) == before


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
def test_a_signal_keeps_what_came(
    environ: dict[str, str], stack: ExitStack, number: signal.Signals, code: int
) -> None:
    """Asked to end, it ends like Ctrl-C, with the code that the signal means."""
    faults = (Stall(60, after_pieces=40),)
    gateway = stack.enter_context(DemoGateway(tokens_per_second=None, faults=faults))
    arguments = ["ask", "--base-url", gateway.base_url, "Write a poem"]
    program = stack.enter_context(Conversing(arguments, environ))
    program.wait_for("as others read")
    program.interrupt(number)
    assert program.wait_for_end() == code
    answer = find_answer(environ)
    assert answer.status is AnswerStatus.CANCELLED
    assert "as others read" in str(answer.text)


def test_a_terminal_that_goes_away_keeps_what_came(
    environ: dict[str, str], stack: ExitStack
) -> None:
    """The window is closed in the middle of an answer."""
    faults = (Drip(40, 0.01),)
    gateway = stack.enter_context(DemoGateway(tokens_per_second=None, faults=faults))
    arguments = ["ask", "--base-url", gateway.base_url, "Write a poem"]
    program = stack.enter_context(Conversing(arguments, environ))
    program.wait_for("spring wind walks")
    program.hang_up()
    program.process.wait(8)
    answer = find_answer(environ)
    assert answer.status is AnswerStatus.CANCELLED
    assert "spring wind walks" in str(answer.text)


def test_head_gets_its_line_and_nothing_is_said(environ: dict[str, str]) -> None:
    """`tokenhub ask … | head -1` ends quietly, with code 0, long before the answer would."""
    with DemoGateway(tokens_per_second=2000) as gateway:
        command = (
            f"set -o pipefail; {sys.executable} -m tokenhub_cli ask --base-url {gateway.base_url} "
            "'Count to 100000' | head -1"
        )
        done = subprocess.run(
            ["/bin/bash", "-c", command], env=environ, capture_output=True, timeout=20, check=False
        )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"1\n", b"")


def test_what_is_incomplete_is_said(environ: dict[str, str], stack: ExitStack) -> None:
    """The answer so far, then one error and one hint, and exit code 3."""
    gateway = stack.enter_context(
        DemoGateway(tokens_per_second=None, faults=(Cut(after_pieces=40),))
    )
    arguments = ["ask", "--no-resume", "--base-url", gateway.base_url, "Write a poem"]
    program = stack.enter_context(Conversing(arguments, environ))
    assert program.wait_for_end() == 3
    text = program.text()
    assert "error: the answer is incomplete" in text
    assert "hint: `tokenhub resume`" in text
    assert find_answer(environ).status is AnswerStatus.INCOMPLETE
