"""What terminals do with lines that a narrower screen cannot hold, and what they say about it."""

from collections.abc import Mapping

# Terminals that break lines anew when they get narrower, by what they say of themselves.
_REFLOWING = ("VTE_VERSION", "KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION", "TMUX")
_REFLOWING_PROGRAMS = frozenset({"iTerm.app", "WezTerm", "vscode", "ghostty", "Apple_Terminal"})
_REFLOWING_TERMS = (
    *("foot", "alacritty", "xterm-kitty", "xterm-ghostty", "wezterm"),
    *("screen", "tmux"),  # GNU screen does it as tmux does (seen in 4.9), but tells nobody where
)
TIMEOUT_S = 0.5
TMUX_DELAY_S, DELAY_S = 0.3, 0.15
NOWHERE = (-1, -1)


def reflows(environ: Mapping[str, str]) -> bool:
    """Whether the terminal breaks lines anew that no longer fit."""
    return (
        any(environ.get(name) for name in _REFLOWING)
        or environ.get("TERM_PROGRAM", "") in _REFLOWING_PROGRAMS
        or environ.get("LC_TERMINAL") == "iTerm2"  # ssh takes it along, as it does the others' TERM
        or environ.get("TERM", "").startswith(_REFLOWING_TERMS)
    )


def find_delay(environ: Mapping[str, str]) -> float:
    """Return how long a size must have stood before it is the terminal's, in seconds.

    tmux tells of the first of several at once and of the others up to 250 ms after it has broken
    the lines anew (`resize_timer` in its server-client.c): while an edge is dragged, nobody knows
    where what is written then would stand. Others tell of each at once, but what was written for
    one size they may read only after they have taken the next.
    """
    if environ.get("TMUX"):
        return TMUX_DELAY_S
    return DELAY_S if reflows(environ) else 0.0


def locate_cursor(environ: Mapping[str, str], columns: int, rows: int) -> tuple[int, int] | None:
    """Return the cursor's column and row, from 0 on, if it can be learned without stdin.

    A terminal would say it (CSI 6n), but through stdin: among what a person types ahead, after a
    time that nobody can bound, and not at all where stdin is a file or a pipe. tmux can be asked
    by its own program, and it must be: other terminals leave lines on the screen as long as there
    is room below them, but tmux pushes as many rows into its history as the lines have grown by.

    Args:
        environ: The environment.
        columns: The width that the screen is taken to have.
        rows: Its height.

    Returns:
        The place; `NOWHERE` if tmux gives no answer, or has another size by now; None if there is
        nobody to ask.
    """
    if not _is_in_tmux(environ):
        return None
    wanted = "#{pane_width} #{pane_height} #{cursor_x} #{cursor_y}"
    match _ask_for_numbers(environ, wanted):
        case (width, height, column, row) if (width, height) == (columns, rows):
            return column, row
        case _:
            return NOWHERE


def measure_screen(environ: Mapping[str, str]) -> tuple[int, int] | None:
    """Return the screen's columns and rows of which we may not have been told yet, as above."""
    match _ask_for_numbers(environ, "#{pane_width} #{pane_height}"):
        case (columns, rows):
            return columns, rows
        case _:
            return None


def read_scrollback(environ: Mapping[str, str], rows: int) -> str:
    """Return the last rows that went off the screen, if they can be learned as the cursor can."""
    return _ask_tmux(environ, "capture-pane", "-S", str(-rows), "-E", "-1")


def read_below(environ: Mapping[str, str]) -> list[str]:
    """Return the rows below the cursor's, to the last that holds anything, likewise.

    After it has broken lines anew tmux may have put the cursor too high, if characters of two
    columns stand on the screen (seen in 3.3a; `grid_unwrap_position` in its grid.c).
    """
    row, _, screen = _ask_tmux(
        environ, "display-message", "#{cursor_y}", *(";", "capture-pane"), *_aim(environ)
    ).partition("\n")
    return screen.rstrip().split("\n")[int(row) + 1 :] if row.isdecimal() else []


def _is_in_tmux(environ: Mapping[str, str]) -> bool:
    return bool(environ.get("TMUX") and environ.get("TMUX_PANE"))


def _ask_for_numbers(environ: Mapping[str, str], wanted: str) -> tuple[int, ...]:
    numbers = _ask_tmux(environ, "display-message", wanted).split()
    return tuple(map(int, numbers)) if all(map(str.isdecimal, numbers)) else ()


def _aim(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the options of a command of tmux that prints something of our pane."""
    return "-p", "-t", environ.get("TMUX_PANE", "")


def _ask_tmux(environ: Mapping[str, str], command: str, *arguments: str) -> str:
    if not _is_in_tmux(environ):
        return ""
    import subprocess  # a resize is rare, and most terminals are not tmux

    try:
        done = subprocess.run(  # noqa: S603 - tmux itself, which we run in
            ["tmux", command, *_aim(environ), *arguments],  # noqa: S607 - as a person would
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout
