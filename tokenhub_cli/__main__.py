"""The entry: an instant `--version`, and errors as one line, a hint and an exit code.

`--version` imports no third-party module. Everything else goes through `cli/app.py`. On the way out
the interpreter's own teardown (18 to 45 ms) is skipped: what matters was flushed and closed before.
"""

import io
import os
import sys

from tokenhub_cli import __version__

DEBUG_FLAG = "--debug"


def main() -> int:
    """Run the program on `sys.argv`; leave the process with its exit code."""
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        sys.stdout.write(f"tokenhub {__version__}\n")
        return 0
    _settle_streams()
    os._exit(_flush(run(arguments)))


def run(arguments: list[str]) -> int:
    """Run the program on `arguments`; report errors on stderr and return the exit code.

    Args:
        arguments: The words after the program's name. `--debug`, anywhere before `--`, shows the
            traceback of an error, without local variables.
    """
    arguments, is_debugging = _take_debug_flag(arguments)
    try:
        from tokenhub_cli.cli.app import run_command

        return run_command(arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader closed the pipe: it has what it wanted
        return 0
    except Exception as error:  # noqa: BLE001 - the one place where every error becomes a message
        return _report(error, is_debugging=is_debugging)


def _take_debug_flag(arguments: list[str]) -> tuple[list[str], bool]:
    end = arguments.index("--") if "--" in arguments else len(arguments)
    head = [word for word in arguments[:end] if word != DEBUG_FLAG]
    return head + arguments[end:], len(head) != end


def _report(error: Exception, *, is_debugging: bool) -> int:
    from tokenhub_cli.errors import ExitCode, TokenHubError
    from tokenhub_cli.render.notices import format_error

    if not isinstance(error, TokenHubError):
        if is_debugging:
            _write_traceback(error)
        error = TokenHubError(
            f"unexpected failure: {type(error).__name__}: {error}",
            hint="run the same command with `--debug` and report what it shows",
        )
    elif is_debugging:
        _write_traceback(error)
    sys.stderr.write(format_error(error))
    return int(error.exit_code or ExitCode.UNEXPECTED)


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
    """Flush both streams; a reader that went away is no failure.

    Returns:
        `code`, or 1 where output was lost for another reason than a closed pipe.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            continue
        except OSError as error:
            if code == 0:
                os.write(2, f"error: the output could not be written: {error.strerror}\n".encode())
                code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
