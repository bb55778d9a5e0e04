"""Long output for a person: through `$PAGER`, where that is set and the terminal is too low.

As in `man` (POSIX.1-2024) the variable is a command for the shell. Without it nothing is paged: the
terminal's own scrollback holds everything.
"""

import sys

from tokenhub_cli.cli.context import Context

LESS_OPTIONS = "FRX"  # as git has it: end where all fits, take colours, leave the text on screen
CANNOT_RUN = (126, 127)  # POSIX.1-2024, Shell Command Language, 2.8.2


def find_pager(context: Context) -> str:
    """Return the command that long output goes through, or an empty string."""
    return context.environ.get("PAGER", "").strip() if context.stdout_is_terminal else ""


def write_paged(text: str, context: Context) -> None:
    """Write text to stdout; on a terminal that is too low for it, through the pager.

    Args:
        text: Lines, each ended by a newline, sanitised if stdout is a terminal.
        context: The surroundings.
    """
    pager = find_pager(context)
    if not pager or _fits(text) or not _run_pager(pager, text, context):
        sys.stdout.write(text)


def _fits(text: str) -> bool:
    from tokenhub_cli.render.outlet import Outlet

    _, rows = Outlet(sys.stdout).measure()
    return text.count("\n") < rows  # the shell's prompt takes the last row


def _run_pager(pager: str, text: str, context: Context) -> bool:
    """Show the text in the pager until its reader leaves it; return whether it could be run."""
    import signal
    import subprocess

    from tokenhub_cli.render.outlet import encode_text

    environ = {"LESS": LESS_OPTIONS, **context.environ}
    # Ctrl-C belongs to the pager. A handler, unlike SIG_IGN, is not inherited by it.
    previous = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        process = subprocess.Popen(  # noqa: S602 - the shell is what the variable is made for
            pager, shell=True, stdin=subprocess.PIPE, env=environ
        )
        process.communicate(encode_text(text, sys.stdout.encoding))
    except OSError:  # there is no shell
        return False
    finally:
        signal.signal(signal.SIGINT, previous)
    return process.returncode not in CANNOT_RUN
