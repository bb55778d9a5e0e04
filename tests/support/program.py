"""Runs `tokenhub` as a program of its own, with files of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

MARKED_KEY = "sk-MARKED-0123456789abcdef"


class Program:
    """The program, its home directory and its environment; each output is kept for searching."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ = {
            # nothing starts on Windows without this one
            **{name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ},
            "TOKENHUB_HOME": str(home),
            "PATH": "/usr/bin:/bin",
            "PYTHONUTF8": "1",
            "PYTHONWARNINGS": "error",
        }
        self.outputs: list[str] = []

    @property
    def config_file(self) -> Path:
        """Where its settings are."""
        return self.home / "config.toml"

    @property
    def credentials_file(self) -> Path:
        """Where its keys are."""
        return self.home / "keys" / "credentials.json"

    def run(
        self, *arguments: str, stdin: str | bytes = "", environ: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        data = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [sys.executable, "-m", "tokenhub_cli", *arguments],
            input=data,
            capture_output=True,
            env={**self.environ, **(environ or {})},
            timeout=30,
            check=False,
        )
        output, notices = done.stdout.decode(), done.stderr.decode()
        self.outputs += [output, notices]
        return subprocess.CompletedProcess(arguments, done.returncode, output, notices)

    def read(self, *arguments: str) -> str:
        """Return what a command that succeeds prints, without its last newline."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.removesuffix("\n")
