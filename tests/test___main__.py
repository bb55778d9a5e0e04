"""The entry: version, errors as a line, a hint and a code, streams that are closed or full."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.questioner import ANSWER, Questioner, check_error, read_errors
from tokenhub_cli import __main__, __version__
from tokenhub_cli.demo.faults import Oddity
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.errors import ConfigurationError, ExitCode

Fail = Callable[[BaseException], None]
ON_POSIX = pytest.mark.skipif(os.name != "posix", reason="the shell closes and fills streams")


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Fail:
    """Give a function that makes every command raise an error."""

    def fail_with(error: BaseException) -> None:
        def fail(_arguments: list[str]) -> int:
            secret = "a local variable"  # noqa: F841 - what a traceback must not show
            raise error

        monkeypatch.setattr("tokenhub_cli.cli.app.run_command", fail)

    return fail_with


# Ctrl-C in a callback of a weak reference, as the import system has one at the end of each import.
LOSE_AN_INTERRUPT = """
import signal, sys, weakref
from tokenhub_cli import __main__
class Lock: pass
def run(arguments):
    lock = Lock()
    noted = weakref.ref(lock, lambda _: signal.raise_signal(signal.SIGINT))
    del lock
    print("went on")
    return 0
__main__.run = run
__main__.main()
"""
# The same before the first command is looked at.
INTERRUPT_EARLY = """
import signal, sys
from tokenhub_cli import __main__
__main__._settle_streams = lambda: signal.raise_signal(signal.SIGINT)
__main__.main()
"""


@pytest.mark.parametrize("code", [LOSE_AN_INTERRUPT, INTERRUPT_EARLY], ids=["lost", "early"])
def test_ctrl_c_is_never_lost_and_never_noisy(code: str) -> None:
    """Wherever in the program it comes: exit code 130, no word."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def test_the_entry_imports_next_to_nothing() -> None:
    """A Ctrl-C while it is imported would be a traceback: nothing but what Python has loaded."""
    code = "import sys; before = set(sys.modules); import tokenhub_cli.__main__; "
    code += "print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['tokenhub_cli', 'tokenhub_cli.__main__']\n"


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version_is_one_line(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--version` and `-V` print the name and the version."""
    assert __main__.run([flag]) == 0
    assert capsys.readouterr().out == f"tokenhub {__version__}\n"


@pytest.mark.parametrize(
    ("error", "code", "shown"),
    [
        (ConfigurationError("`x` is odd", hint="`y`"), 7, "error: `x` is odd\n\nhint: `y`\n"),
        (KeyboardInterrupt(), 130, ""),
        (BrokenPipeError(32, "Broken pipe"), 0, ""),
        (OSError(28, "No space left on device"), 1, "error: the output cannot be written: "),
        (OSError(13, "denied", "a.txt"), 1, "error: unexpected failure: PermissionError: "),
        (ZeroDivisionError("division"), 1, "error: unexpected failure: ZeroDivisionError: "),
    ],
)
def test_each_error_has_its_words_and_code(
    failing: Fail,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    shown: str,
) -> None:
    """What a command raises becomes a line, a hint and an exit code, and no traceback."""
    failing(error)
    assert __main__.run(["ask"]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(shown)
    assert bool(said.err) is bool(shown)
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    "error", [ConfigurationError("`x` is odd"), ZeroDivisionError("by \x1b[2J")]
)
def test_debug_shows_where_it_failed_and_no_values(
    failing: Fail, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    """`--debug` adds a traceback, without local variables and without what drives a terminal."""
    failing(error)
    assert __main__.run(["ask", "--debug"]) == (7 if "odd" in str(error) else 1)
    said = capsys.readouterr().err
    assert said.startswith("Traceback (most recent call last):\n")
    assert "in fail" in said
    assert "'a local variable'" not in said
    assert "\x1b" not in said
    assert len(read_errors(said)) == 1


def test_debug_is_a_word_of_the_prompt_after_two_dashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """`--debug` is ours anywhere before `--`, and the command's after it."""
    seen: list[list[str]] = []

    def note(arguments: list[str]) -> int:
        seen.append(arguments)
        return 0

    monkeypatch.setattr("tokenhub_cli.cli.app.run_command", note)
    assert __main__.run(["--debug", "ask", "--debug", "--", "what", "is", "--debug"]) == 0
    assert seen == [["ask", "--", "what", "is", "--debug"]]


def test_the_exit_codes_are_the_documented_ones() -> None:
    """No others; `test_errors.py` has the code of each error."""
    assert {int(code) for code in ExitCode} == {0, 1, 2, 3, 4, 5, 6, 7, 8, 130}


@ON_POSIX
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", ["--version", "--help", "ask hello"])
def test_a_full_disk_is_one_error_line(tmp_path: Path, arguments: str, unbuffered: str) -> None:
    """`> /dev/full` ends with exit code 1, one line and its hint, not with a traceback."""
    with Questioner(tmp_path) as questioner:
        done = questioner.run_in_shell(
            f"tokenhub {arguments} </dev/null >/dev/full", PYTHONUNBUFFERED=unbuffered
        )
    check_error(done, 1, "cannot be written: no space left on device", hint="`df -h`")
    assert len(done.stderr.splitlines()) == 3


@ON_POSIX
@pytest.mark.parametrize("flags", ["", "-u", "--no-stream", "-x", "--json", "--output stream-json"])
def test_a_disk_that_fills_under_the_answer_is_one_error_line(tmp_path: Path, flags: str) -> None:
    """Whether the first byte or one in the middle of a line is not taken: code 1, and it is said.

    A limit on the size of files stands for the disk.
    """
    answer = "```\n" + "word " * 20_000 + "\n```\n"
    with Questioner(tmp_path, DemoGateway(answers=answer, tokens_per_second=None)) as questioner:
        done = questioner.run_in_shell(
            f"ulimit -f 8; tokenhub ask -n {flags} hello </dev/null >{tmp_path}/answer",
            PYTHONDONTWRITEBYTECODE="1",  # Python 3.11 would leave half a module in its cache
        )
    check_error(done, 1, "the output cannot be written: file too large")
    written = (tmp_path / "answer").read_bytes()
    assert len(written) == 8 * 1024


@ON_POSIX
@pytest.mark.parametrize("arguments", ["--version", "ask hello"])
def test_a_closed_stdout_is_an_error(tmp_path: Path, arguments: str) -> None:
    """`>&-` loses the answer: exit code 1 and a hint; nothing else gets the stream's number."""
    with Questioner(tmp_path) as questioner:
        done = questioner.run_in_shell(f"tokenhub {arguments} </dev/null >&-")
    check_error(done, 1, "cannot be written: bad file descriptor", hint="> answer.md`")
    assert len(done.stderr.splitlines()) == 3


@ON_POSIX
def test_a_closed_stderr_keeps_no_answer_back(tmp_path: Path) -> None:
    """`2>&-` swallows notices and errors, and the answer and the codes are the same."""
    with Questioner(tmp_path) as questioner:
        done = questioner.run_in_shell("tokenhub ask hello </dev/null 2>&-; tokenhub nonsense 2>&-")
    assert done.returncode == 2
    assert done.stdout == "Because air scatters short waves more.\n"
    assert done.stderr == ""


@ON_POSIX
def test_a_closed_stdin_is_an_empty_one(tmp_path: Path) -> None:
    """`<&-` with a prompt asks it; without one there is nothing to ask."""
    with Questioner(tmp_path) as questioner:
        done = questioner.run_in_shell("tokenhub ask hello <&-")
        assert (done.returncode, done.stderr) == (0, "")
        check_error(questioner.run_in_shell("tokenhub ask <&-"), 2, "standard input is empty")


@ON_POSIX
@pytest.mark.parametrize("arguments", ["--version", "--help", "ask hello", "help exit-codes"])
def test_a_reader_that_leaves_is_no_failure(tmp_path: Path, arguments: str) -> None:
    """`| true` ends with exit code 0, quietly."""
    with Questioner(tmp_path) as questioner:
        done = questioner.run_in_shell(f"tokenhub {arguments} </dev/null | true")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_module_runs_as_the_program(tmp_path: Path) -> None:
    """`python -m tokenhub_cli` is the program."""
    with Questioner(tmp_path) as questioner:
        assert questioner.read("--version") == f"tokenhub {__version__}"


@ON_POSIX
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("stderr", ["2>/dev/full", "2> >(exec <&- >&-)"])
def test_a_stderr_that_takes_nothing_keeps_no_answer_back(tmp_path: Path, stderr: str) -> None:
    """A full disk or a gone reader behind stderr loses notices; answer and codes are the same."""
    with Questioner(tmp_path, DemoGateway(every=(Oddity.NO_ANSWER,))) as questioner:
        done = questioner.run_in_shell(f"tokenhub ask --max-retries 1 hello </dev/null {stderr}")
        assert (done.returncode, done.stdout) == (6, "")
    with Questioner(tmp_path) as questioner:
        done = questioner.run_in_shell(
            f"tokenhub --debug ask -f /nothing hello </dev/null {stderr}"
        )
        assert (done.returncode, done.stdout) == (2, "")
        done = questioner.run_in_shell(f"sleep 0.1; tokenhub ask -u hello </dev/null {stderr}")
    assert (done.returncode, done.stdout) == (0, ANSWER)
