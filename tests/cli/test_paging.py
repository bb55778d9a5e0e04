"""Long output on a terminal, through the pager of the user's choice."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.store.values import build_conversation
from tests.support.program import Program
from tokenhub_cli.store.conversations import open_history

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
KEPT = 12


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program with a dozen kept conversations."""
    program = Program(tmp_path / "home")
    with open_history(program.home / "history.db") as history:
        for number in range(KEPT):
            conversation = build_conversation(number, turns=1)
            history.save_turn(conversation, conversation.turns[-1])
    return program


def start(program: Program, pager: str, rows: int = 10) -> Any:
    """Start `history list` on a terminal."""
    import pexpect  # type: ignore[import-untyped]

    environ = {**os.environ, **program.environ, "TERM": "xterm-256color", "PAGER": pager}
    return pexpect.spawn(
        sys.executable,
        ["-m", "tokenhub_cli", "history", "list", "--color", "never"],
        env=environ,
        dimensions=(rows, 80),
        encoding="utf-8",
        timeout=20,
    )


def run(program: Program, pager: str, rows: int = 10) -> list[str]:
    """Return the lines that a person sees, and expect success."""
    import pexpect

    child = start(program, pager, rows)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    return str(child.before).splitlines()


def test_what_is_longer_than_the_screen_is_paged(program: Program) -> None:
    """The variable is a command for the shell, and `less` is asked to take colours."""
    shown = run(program, 'sed "s/^/$LESS: /"')
    assert len(shown) == 1 + KEPT
    assert all(line.startswith("FRX: ") for line in shown)


@pytest.mark.parametrize("pager", ["", "  "])
def test_without_a_pager_all_is_written(program: Program, pager: str) -> None:
    """The terminal's scrollback holds it."""
    assert len(run(program, pager)) == 1 + KEPT


def test_what_fits_is_not_paged(program: Program) -> None:
    """With a row to spare for the shell's prompt."""
    assert not run(program, "sed s/^/paged:/", rows=KEPT + 2)[0].startswith("paged:")
    assert run(program, "sed s/^/paged:/", rows=KEPT + 1)[0].startswith("paged:")


def test_a_pager_that_is_left_early_is_no_failure(program: Program) -> None:
    """Who has seen enough need not read to the end."""
    assert len(run(program, "head -n 1")) == 1


def test_a_pager_that_is_not_there_hides_nothing(program: Program) -> None:
    """The shell says so, and the text is written all the same."""
    shown = run(program, "no-such-pager")
    assert "no-such-pager" in shown[0]
    assert len(shown) == 2 + KEPT


def test_ctrl_c_belongs_to_the_pager(program: Program) -> None:
    """The program waits for it, and the terminal is never left to both."""
    import pexpect

    pager = "trap 'kill $!; echo stopped; cat; exit' INT; echo ready; sleep 20 & wait"
    child = start(program, pager)
    child.expect("ready")
    child.sendintr()
    child.expect("stopped")
    child.expect(pexpect.EOF)
    child.close()
    assert str(child.before).count("gpt-4o") == KEPT
    assert child.exitstatus == 0


def test_a_pipe_is_not_paged(program: Program) -> None:
    """Programs get what they asked for."""
    done = program.run("history", "list", environ={"PAGER": "sed s/^/paged:/"})
    assert len(done.stdout.splitlines()) == KEPT
    assert "paged:" not in done.stdout
