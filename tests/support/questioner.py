"""Runs `tokenhub ask` as a program against an embedded gateway, and looks at what was sent."""

import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.program import MARKED_KEY, Program
from tokenhub_cli.demo.server import DemoGateway

ANSWER = "Because air scatters short waves more.\n"


class Questioner(Program):
    """The program with a key and a gateway; a context manager that closes the gateway.

    Args:
        home: The program's home directory.
        gateway: Whom it asks; by default one that is quick and always says `ANSWER`.
    """

    def __init__(self, home: Path, gateway: DemoGateway | None = None) -> None:
        super().__init__(home)
        self.gateway = gateway or DemoGateway(answers=ANSWER, tokens_per_second=None)
        self.environ |= {
            "TOKENHUB_BASE_URL": self.gateway.base_url,
            "TOKENHUB_API_KEY": MARKED_KEY,
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.gateway.close()

    def ask(
        self, *arguments: str, stdin: str | bytes = "", **environ: str
    ) -> subprocess.CompletedProcess[str]:
        """Run `tokenhub ask` to its end; keywords are variables of the environment."""
        return self.run("ask", *arguments, stdin=stdin, environ=environ)

    def start(self, *arguments: str, **streams: Any) -> subprocess.Popen[bytes]:
        """Start a command with streams of one's own."""
        return subprocess.Popen(
            [sys.executable, "-m", "tokenhub_cli", *arguments], env=self.environ, **streams
        )

    def run_in_shell(self, line: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a line of `bash`, in which `tokenhub` is the program, with pipefail."""
        function = f'tokenhub() {{ "{sys.executable}" -m tokenhub_cli "$@"; }}; set -o pipefail; '
        done = subprocess.run(
            ["bash", "-c", function + line],
            env={**self.environ, **more},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        self.outputs += [done.stdout, done.stderr]
        return done

    @property
    def body(self) -> dict[str, Any]:
        """The body of the last request."""
        body = self.gateway.requests[-1].body
        assert isinstance(body, dict)
        return body

    @property
    def prompt(self) -> Any:
        """The last message of the last request."""
        return self.body["messages"][-1]["content"]


def read_errors(notices: str) -> list[str]:
    """Return the lines of stderr that begin with `error:`."""
    return [line for line in notices.splitlines() if line.startswith("error:")]


def check_error(
    done: subprocess.CompletedProcess[str], code: int, *words: str, hint: str = ""
) -> None:
    """Check that a run ended with one error line, one hint line and an exit code.

    Args:
        done: The run.
        code: The exit code it must have.
        words: What the error line must hold.
        hint: What the hint must hold.
    """
    assert done.returncode == code, done.stderr
    (line,) = read_errors(done.stderr)
    for word in words:
        assert word in line, line
    (advice,) = (text for text in done.stderr.splitlines() if text.startswith("hint:"))
    assert hint in advice, advice
    assert "Traceback" not in done.stderr
