"""Copies text to the clipboard, by whatever reaches the one that the user looks at.

On this machine a program of the system does it. Over ssh, and where no program is found, the
terminal is asked by an OSC 52 escape sequence (xterm's control sequences, "Manipulate Selection
Data"); whether it obeyed cannot be known, and what `copy_text` returns says so.
"""

import base64
import os
import sys
from collections.abc import Mapping
from typing import TextIO

from tokenhub_cli.errors import TokenHubError

# program and arguments, and the variable without which it has no clipboard to reach
PROGRAMS = (
    ("pbcopy", (), ""),
    ("wl-copy", (), "WAYLAND_DISPLAY"),
    ("xclip", ("-selection", "clipboard"), "DISPLAY"),
    ("xsel", ("--clipboard", "--input"), "DISPLAY"),
    ("clip.exe", (), "WSL_DISTRO_NAME"),
    ("termux-clipboard-set", (), "TERMUX_VERSION"),
)
OSC_52_LIMIT = 100_000  # bytes of base64; terminals cut or drop longer sequences
TIMEOUT_S = 5.0


def copy_text(text: str, environ: Mapping[str, str], terminal: TextIO) -> str:
    """Copy `text` and return the words that say by what.

    Args:
        text: What to copy.
        environ: The environment.
        terminal: Where an escape sequence would go.

    Raises:
        TokenHubError: There is no way to a clipboard.
    """
    is_remote = any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_TTY"))
    if not is_remote:
        command = find_program(environ)
        if command:
            _run(command, text, environ)
            return f"by `{name_program(command)}`"
    sequence = build_osc_52(text, environ)
    if len(sequence) > OSC_52_LIMIT:
        raise TokenHubError(
            f"{len(text):,} characters are too many for the terminal's clipboard",
            hint="`/save FILE` writes the answer to a file",
        )
    if not terminal.isatty() or environ.get("TERM") == "dumb":
        raise TokenHubError("no clipboard was found", hint="`/save FILE`")
    terminal.write(sequence)
    terminal.flush()
    inside = " in tmux (`set-clipboard` must be on)" if environ.get("TMUX") else ""
    return f"by the terminal (OSC 52){inside}; not every terminal obeys"


def find_program(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the command that writes the clipboard of this machine, or nothing."""
    from shutil import which

    if sys.platform == "win32":
        return ("clip.exe",)
    for program, arguments, variable in PROGRAMS:
        if variable and not environ.get(variable):
            continue
        found = which(program, path=environ.get("PATH"))
        if found:
            return (found, *arguments)
    return ()


def build_osc_52(text: str, environ: Mapping[str, str]) -> str:
    """Return the sequence that asks a terminal to copy; inside GNU screen wrapped for it."""
    encoded = base64.b64encode(text.encode("utf-8", "replace")).decode()
    sequence = f"\x1b]52;c;{encoded}\x07"
    if environ.get("TERM", "").startswith("screen") and not environ.get("TMUX"):
        return f"\x1bP{sequence}\x1b\\"
    return sequence


def name_program(command: tuple[str, ...]) -> str:
    """Return a program's name without its directory."""
    return os.path.basename(command[0])  # noqa: PTH119 - pathlib says no more


def _run(command: tuple[str, ...], text: str, environ: Mapping[str, str]) -> None:
    import subprocess

    name = name_program(command)
    encoding = "utf-16-le" if name == "clip.exe" else "utf-8"
    try:
        subprocess.run(  # noqa: S603 - one of PROGRAMS
            command,
            input=text.encode(encoding, "replace"),
            check=True,
            timeout=TIMEOUT_S,
            stdout=subprocess.DEVNULL,  # xclip's child keeps a pipe open for ever
            stderr=subprocess.DEVNULL,
            env=dict(environ),
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise TokenHubError(f"`{name}` could not copy: {error}", hint="`/save FILE`") from None
