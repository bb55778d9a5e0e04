"""Shells with the completion script loaded, and nothing on their PATH: a started program fails."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from shutil import which

COMPLETIONS = Path(__file__).parents[2] / "completions"
# Nothing starts on Windows without this one.
SYSTEM = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}

BASH = r"""
source "$1"
COMP_LINE=$2 COMP_POINT=${#2}
_tokenhub
printf '%s\n' "${COMPREPLY[@]}"
"""


def complete_in_bash(line: str, environ: Mapping[str, str]) -> list[str]:
    """Return what bash would put in place of the last piece of the line."""
    script = str(COMPLETIONS / "tokenhub.bash")
    return _run(["--norc", "--noprofile", "-c", BASH, "bash", script, line], "bash", environ)


def complete_in_fish(line: str, environ: Mapping[str, str]) -> list[str]:
    """Return what fish offers for the line, without descriptions."""
    script = str(COMPLETIONS / "tokenhub.fish")
    command = "source $argv[1]; complete -C $argv[2]"
    lines = _run(["--no-config", "-c", command, script, line], "fish", environ)
    return [line.partition("\t")[0] for line in lines]


POWERSHELL = r"""
. $env:SCRIPT
$found = [System.Management.Automation.CommandCompletion]::CompleteInput(
    $env:LINE, $env:LINE.Length, $null)
$found.CompletionMatches | ForEach-Object { $_.CompletionText }
"""


def complete_in_powershell(line: str, environ: Mapping[str, str]) -> list[str]:
    """Return what PowerShell offers for the line."""
    script = str(COMPLETIONS / "tokenhub.ps1")
    more = {"SCRIPT": script, "LINE": line}
    return _run(
        ["-NoProfile", "-NonInteractive", "-Command", POWERSHELL], "pwsh", {**environ, **more}
    )


def _run(arguments: list[str], shell: str, environ: Mapping[str, str]) -> list[str]:
    program = which(shell)
    assert program is not None
    done = subprocess.run(
        [program, *arguments],
        env={**SYSTEM, **environ, "PATH": "/nowhere", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    assert done.stderr == ""
    return [line for line in done.stdout.splitlines() if line]


ZSH_SETUP = (
    f"fpath=({COMPLETIONS} $fpath); autoload -Uz compinit; compinit -u -D; "
    "tokenhub() { print -r -- 'wo''rds:'${(j:|:)@}'.'; }; PS1='read''y> '"
)
BASH_SETUP = (
    f"source {COMPLETIONS}/tokenhub.bash; "
    "tokenhub() { local IFS='|'; echo 'wo''rds:'\"$*\".; }; PS1='read''y> '"
)


def press_tab(shell: str, line: str, environ: Mapping[str, str]) -> tuple[list[str], str]:
    """Type the line on a real terminal, press Tab, then Enter.

    Args:
        shell: `bash` or `zsh`.
        line: What is typed.
        environ: The shell's environment.

    Returns:
        The words that tokenhub would have got, and what was shown on the way.
    """
    import pexpect  # type: ignore[import-untyped]

    flags, setup = {
        "bash": (["--norc", "--noprofile", "-i"], BASH_SETUP),
        "zsh": (["-f", "-i"], ZSH_SETUP),
    }[shell]
    child = pexpect.spawn(
        which(shell),
        flags,
        env={**environ, "PATH": "/nowhere", "TERM": "dumb", "LC_ALL": "C.UTF-8"},
        encoding="utf-8",
        timeout=15,
        dimensions=(50, 200),
    )
    try:
        child.sendline(setup)
        child.expect_exact("ready> ")
        child.send(line + "\t")
        child.send("\n")
        child.expect(r"words:(.*)\.\r")
        return str(child.match[1]).split("|"), str(child.before)
    finally:
        child.close(force=True)
