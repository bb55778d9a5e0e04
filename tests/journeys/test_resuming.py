"""`tokenhub resume`: an answer whose program was killed is finished, whole, by the next one."""

import signal
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.conversing import Conversing
from tests.support.program import Program
from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.demo.answers import THINKER
from tokenhub_cli.demo.faults import Cut, Fails, Stall, times
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.demo.texts import POEM
from tokenhub_cli.store.conversations import open_history


@pytest.fixture
def program(tmp_path: Path, environ: dict[str, str]) -> Program:
    """The program, with the home of this test."""
    program = Program(tmp_path / "home")
    program.environ |= environ
    return program


def kill_in_the_middle(environ: dict[str, str], gateway: DemoGateway, *flags: str) -> str:
    """Start an answer in a terminal, kill it; return what the terminal had shown."""
    arguments = ["ask", "--raw", "--base-url", gateway.base_url, *flags, "Write a poem"]
    with Conversing(arguments, environ) as asking:
        asking.wait_for("as others read")
        asking.interrupt(signal.SIGKILL)
        asking.wait_for_end()
        return asking.text()


def test_an_answer_is_finished_after_kill_9(program: Program, environ: dict[str, str]) -> None:
    """Into a pipe: the whole answer from its beginning; the notice about the orphan comes once."""
    faults = (Stall(60, after_pieces=40),)
    with DemoGateway(tokens_per_second=None, faults=faults) as gateway:
        shown = kill_in_the_middle(environ, gateway)
        assert POEM.startswith(shown)
        done = program.run("resume", "--base-url", gateway.base_url)
        assert (done.returncode, done.stdout) == (0, POEM)
        assert done.stderr.count("program ended") == 1
        last = gateway.requests[-1].body
        assert isinstance(last, dict)
        assert last["messages"][-1]["role"] == "assistant"
        assert POEM.startswith(last["messages"][-1]["content"])
        again = program.run("resume", "--base-url", gateway.base_url)
        assert again.returncode == 2
        assert again.stderr.startswith("error: ")
        assert "program ended" not in again.stderr
    exported = program.read("history", "show", "last")
    assert "and cannot leave till night." in exported


def test_thinking_that_began_anew_is_kept_once(program: Program, environ: dict[str, str]) -> None:
    """Cut in its thinking, asked again, killed: what came before the cut is not kept as well."""
    faults = (Cut(after_pieces=30), Stall(60, after_pieces=60))
    with DemoGateway(tokens_per_second=None, faults=faults) as gateway:
        arguments = ["ask", "--base-url", gateway.base_url, "-m", THINKER, "Write a poem"]
        with Conversing(arguments, environ) as asking:
            asking.wait_for("I will take the first")
            asking.interrupt(signal.SIGKILL)
            asking.wait_for_end()
        program.read("history", "list")
    with open_history(program.home / "history.db") as history:
        answer = history.load_conversation("last").turns[-1].answer
    assert answer is not None
    assert answer.reasoning.endswith("I will take the first")
    assert answer.reasoning.count("The question is short") == 1


def test_any_start_finds_the_orphan_and_says_so_once(
    program: Program, environ: dict[str, str]
) -> None:
    """The next question is answered as ever; the one after says nothing more."""
    faults = (Stall(60, after_pieces=40),)
    with DemoGateway(tokens_per_second=None, faults=faults) as gateway:
        kill_in_the_middle(environ, gateway)
        first = program.run("ask", "--base-url", gateway.base_url, "Hello")
        second = program.run("ask", "--base-url", gateway.base_url, "Hello")
        assert (first.returncode, second.returncode) == (0, 0)
        assert first.stderr.count("tokenhub resume") == 1
        assert second.stderr == ""
        done = program.run("resume", "--base-url", gateway.base_url)
        assert (done.returncode, done.stdout) == (0, POEM)
    assert list((program.home / "spool").iterdir()) == []


def test_a_running_answer_is_no_orphan(
    program: Program, environ: dict[str, str], stack: ExitStack
) -> None:
    """Two processes at a time never touch each other's spool."""
    faults = (Stall(60, after_pieces=40),)
    gateway = stack.enter_context(DemoGateway(tokens_per_second=None, faults=faults))
    arguments = ["ask", "--raw", "--base-url", gateway.base_url, "Write a poem"]
    running = stack.enter_context(Conversing(arguments, environ))
    running.wait_for("as others read")
    done = program.run("ask", "--base-url", gateway.base_url, "Hello")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list((program.home / "spool").iterdir())) == 1
    running.interrupt()
    assert running.wait_for_end() == 130


def test_a_resume_that_fails_keeps_what_there_is(program: Program) -> None:
    """Cut, refused, gone: the text stays, exit code 3, and a later resume finishes it."""
    faults = (Cut(after_pieces=40), *times(2, Fails(401)))
    with DemoGateway(tokens_per_second=None, faults=faults) as gateway:
        asked = program.run("ask", "--no-resume", "--base-url", gateway.base_url, "Write a poem")
        assert asked.returncode == 3
        assert POEM.startswith(asked.stdout.rstrip("\n"))
        refused = program.run("resume", "--base-url", gateway.base_url)
        assert refused.returncode in {3, 4}
        assert refused.stdout == asked.stdout
        refused = program.run("resume", "--base-url", gateway.base_url)
        assert refused.stdout == asked.stdout
        done = program.run("resume", "--base-url", gateway.base_url)
        assert (done.returncode, done.stdout) == (0, POEM)


def test_the_interruption_and_the_usage_of_all_runs_are_kept(program: Program) -> None:
    """History knows of the cut, and what all attempts cost together."""
    with DemoGateway(tokens_per_second=None, faults=(Cut(after_pieces=40),)) as gateway:
        program.run("ask", "--no-resume", "--base-url", gateway.base_url, "Write a poem")
        done = program.run("resume", "--json", "--base-url", gateway.base_url)
    assert done.returncode == 0
    with open_history(program.home / "history.db") as history:
        answer = history.load_conversation("last").turns[-1].answer
    assert answer is not None
    assert (answer.status, answer.text) == (AnswerStatus.COMPLETE, POEM)
    assert answer.attempts == 2
    assert answer.usage is not None
    assert (answer.usage.attempts, answer.usage.estimated) == (2, True)
    assert [cut.strategy for cut in answer.interruptions] == ["prefix"]


def test_a_home_that_cannot_be_written_stops_nothing(program: Program) -> None:
    """Neither history nor spool can be kept: said once each, the whole answer, exit code 0."""
    (program.home / "history.db").mkdir(parents=True)
    (program.home / "spool").write_text("in the way")
    with DemoGateway(tokens_per_second=None) as gateway:
        done = program.run("ask", "--base-url", gateway.base_url, "Write a poem")
    assert (done.returncode, done.stdout) == (0, POEM)
    assert "Traceback" not in done.stderr
    assert 1 <= done.stderr.count("note: ") <= 2


def test_nothing_to_resume_is_said(program: Program) -> None:
    """One error, one hint, exit code 2."""
    done = program.run("resume", "--base-url", "http://127.0.0.1:9/v1")
    assert done.returncode == 2
    assert done.stderr.startswith("error: no incomplete answer is kept\n\nhint: ")
