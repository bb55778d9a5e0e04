"""The entry: an instant `--version`, and errors as one line, a hint and an exit code.

`--version` imports no third-party module. Everything else goes through `cli/app.py`. On the way out
the interpreter's own teardown (18 to 45 ms) is skipped: what matters was flushed and closed before.

Ctrl-C ends the program at any moment, quietly. So nothing is imported up here that would take time,
and an interrupt that Python loses is heeded all the same.
"""

import io
import os
import sys

from tokenhub_cli import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sys import UnraisableHookArgs
    from typing import NoReturn

    from tokenhub_cli.errors import TokenHubError

DEBUG_FLAG = "--debug"
INTERRUPTED = 130  # as in `errors.py`, which is not loaded yet


def main() -> "NoReturn":
    """Run the program on `sys.argv`; leave the process with its exit code."""
    try:
        sys.unraisablehook = _heed_lost_interrupt
        _open_closed_streams()
        _settle_streams()
        code = _flush(run(sys.argv[1:]))
    except KeyboardInterrupt:
        code = INTERRUPTED
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Run the program on `arguments`; report errors on stderr and return the exit code.

    Args:
        arguments: The words after the program's name. `--debug`, anywhere before `--`, shows the
            traceback of an error, without local variables.
    """
    arguments, is_debugging = _take_debug_flag(arguments)
    try:
        if arguments in (["--version"], ["-V"]):
            sys.stdout.write(f"tokenhub {__version__}\n")
            return 0
        from tokenhub_cli.cli.app import run_command

        return run_command(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader closed the pipe: it has what it wanted
        return 0
    except Exception as error:  # noqa: BLE001 - the one place where every error becomes a message
        return _report(error, is_debugging=is_debugging)


def _heed_lost_interrupt(unraisable: "UnraisableHookArgs") -> None:
    """Leave at once where a Ctrl-C hit code that nothing can be raised from.

    The import system has such code (a callback at the end of each import), and many imports come
    before the first answer: Python would write a traceback, and go on as if nothing had happened.
    """
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        os._exit(INTERRUPTED)
    sys.__unraisablehook__(unraisable)


def _open_closed_streams() -> None:
    """Give each standard stream that was closed (`>&-`) a file that behaves like a closed one.

    Otherwise the next file or socket would get its number, and the answer would be written there.
    The null device is opened so that what is read is empty, and what is written to stdout fails
    (as it does for every other program); stderr swallows what nobody wants to hear.
    """
    if None not in (sys.stdin, sys.stdout, sys.stderr):
        return
    for number, mode in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)  # takes the lowest number that is free: this one
    sys.stdin = sys.stdin or os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)


def _take_debug_flag(arguments: list[str]) -> tuple[list[str], bool]:
    end = arguments.index("--") if "--" in arguments else len(arguments)
    head = [word for word in arguments[:end] if word != DEBUG_FLAG]
    return head + arguments[end:], len(head) != end


def _report(error: Exception, *, is_debugging: bool) -> int:
    from contextlib import suppress

    from tokenhub_cli.errors import TokenHubError
    from tokenhub_cli.render.notices import format_error
    from tokenhub_cli.render.outlet import Outlet

    explained = error if isinstance(error, TokenHubError) else _explain(error)
    with suppress(OSError):  # a stderr that takes nothing: the exit code says it too
        if is_debugging:
            _write_traceback(error)
        Outlet(sys.stderr).write_words(format_error(explained))
    return int(explained.exit_code)


def _explain(error: Exception) -> "TokenHubError":
    """Return our error for one that nobody expected, but for a standard stream that fails."""
    from tokenhub_cli.errors import OutputError, TokenHubError

    # Files are named by their errors, and sockets have errors of their own by now.
    if isinstance(error, OSError) and error.strerror and error.filename is None:
        return OutputError(error)
    return TokenHubError(
        f"unexpected failure: {type(error).__name__}: {error}",
        hint="run the same command with `--debug` and report what it shows",
    )


def _write_traceback(error: Exception) -> None:
    import traceback

    from tokenhub_cli.render.sanitize import sanitize

    sys.stderr.write(sanitize("".join(traceback.format_exception(error))))


def _settle_streams() -> None:
    r"""Let pipes and files get UTF-8 with `\n` on every system, whatever the locale says.

    A terminal keeps its encoding; what it cannot show becomes a replacement character.
    """
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):  # a program without streams, on Windows
            continue
        if stream.isatty():
            stream.reconfigure(errors="replace")
        else:
            stream.reconfigure(encoding="utf-8", errors="replace", newline="\n")


def _flush(code: int) -> int:
    """Flush both streams; a reader that went away is no failure, nor is a stderr that is full.

    Returns:
        `code`, or 1 where output was lost for another reason than a closed pipe.
    """
    from contextlib import suppress

    with suppress(OSError):
        sys.stderr.flush()
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return code
    except OSError as error:
        if code:
            return code
        from tokenhub_cli.errors import OutputError

        return _report(OutputError(error), is_debugging=False)
    return code


if __name__ == "__main__":
    main()
