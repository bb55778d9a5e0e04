"""What terminals do with lines that a narrower screen cannot hold, and what they say about it."""

import re
from collections.abc import Mapping

# Terminals that break lines anew when they get narrower, by what they say of themselves.
_REFLOWING = ("VTE_VERSION", "KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION", "TMUX")
_REFLOWING_PROGRAMS = frozenset({"iTerm.app", "WezTerm", "vscode", "ghostty", "Apple_Terminal"})
TIMEOUT_S = 0.5
_ANSWER = re.compile(r"(\d+) (\d+)\n")


def reflows(environ: Mapping[str, str]) -> bool:
    """Whether the terminal breaks lines anew that no longer fit."""
    return (
        any(environ.get(name) for name in _REFLOWING)
        or environ.get("TERM_PROGRAM", "") in _REFLOWING_PROGRAMS
        or environ.get("TERM", "").startswith(("foot", "alacritty", "xterm-kitty", "tmux"))
    )


def locate_cursor(environ: Mapping[str, str]) -> tuple[int, int] | None:
    """Return the cursor's column and row, from 0 on, if it can be learned without stdin.

    A terminal would say it (CSI 6n), but through stdin: among what a person types ahead, after a
    time that nobody can bound, and not at all where stdin is a file or a pipe. tmux can be asked
    by its own program, and it must be: other terminals leave lines on the screen as long as there
    is room below them, but tmux pushes as many rows into its history as the lines have grown by.
    """
    pane = environ.get("TMUX_PANE")
    if not (pane and environ.get("TMUX")):
        return None
    import subprocess  # a resize is rare, and most terminals are not tmux

    command = ["tmux", "display-message", "-p", "-t", pane, "#{cursor_x} #{cursor_y}"]
    try:
        done = subprocess.run(  # noqa: S603 - tmux itself, which we run in
            command,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    answer = _ANSWER.fullmatch(done.stdout)
    return (int(answer[1]), int(answer[2])) if answer else None
