"""Standard input as a prompt: whole, as UTF-8 text, within a limit.

Never read when it is a terminal, where a person would wait for an answer and the program for more
words. A pipe that stays silent while a prompt was already given (an `ssh` or `cron` without
`</dev/null`) gets a notice after two seconds instead of a silent wait.
"""

import os
import stat
import threading

from tokenhub_cli.attachments import LIMIT_BYTES, decode_text
from tokenhub_cli.cli.context import Context, write_notice
from tokenhub_cli.errors import InputError, describe_cause

SILENCE_S = 2.0
SILENCE_NOTICE = "note: waiting for standard input; `</dev/null` says that there is none"
PIECE_BYTES = 64 * 1024
STDIN = 0


def read_prompt(
    words: list[str],
    context: Context,
    *,
    reads_stdin: bool = True,
    may_be_empty: bool = False,
    quiet: bool = False,
) -> tuple[str, str]:
    """Return what was typed, the words joined by spaces, and what standard input brings.

    Args:
        words: The command line's words; a `-` at either end means standard input, and in the
            middle (`what is 3 - 2`) it is a dash.
        context: The surroundings.
        reads_stdin: Whether standard input is text for the prompt; a picture may come there.
        may_be_empty: Whether something else (a file, a template) asks already.
        quiet: Give no notice of a silent pipe.

    Raises:
        InputError: There is no prompt, or standard input is not usable text.
    """
    is_named = "-" in (words[:1] + words[-1:])
    typed = " ".join(_strip_dashes(words))
    piped = ""
    if is_named and context.stdin_is_terminal:
        raise InputError("standard input is a terminal", hint="`tokenhub ask - <FILE`")
    if reads_stdin and not context.stdin_is_terminal:
        has_prompt = may_be_empty or bool(typed.strip())
        piped = read_stdin(gives_notice=has_prompt and not quiet)
    if not (may_be_empty or typed.strip() or piped.strip()):
        raise _empty_error(context)
    return typed, piped


def join_prompt(typed: str, piped: str) -> str:
    """Return both as one prompt: what was typed, a blank line, what was piped."""
    return "\n\n".join(part for part in (typed, piped) if part.strip())


def read_stdin(*, gives_notice: bool) -> str:
    """Return all of standard input as text.

    Args:
        gives_notice: Say so on stderr when a pipe stays silent.

    Raises:
        InputError: It is not UTF-8 text, or too large.
    """
    return decode_text(_read_all(gives_notice=gives_notice), "standard input")


def _strip_dashes(words: list[str]) -> list[str]:
    """Return the words without a `-` at either end."""
    start = 1 if words[:1] == ["-"] else 0
    end = len(words) - 1 if words[start:] and words[-1] == "-" else len(words)
    return words[start:end]


def _empty_error(context: Context) -> InputError:
    if context.stdin_is_terminal:
        return InputError("there is nothing to ask", hint='`tokenhub ask "Why is the sky blue?"`')
    return InputError(
        "standard input is empty", hint='`echo "Why is the sky blue?" | tokenhub ask`'
    )


def _read_all(*, gives_notice: bool) -> bytes:
    try:
        mode = os.fstat(STDIN).st_mode
    except OSError:
        return b""  # closed: there is no standard input
    if not gives_notice or not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        return _read_pieces(None)
    notice = threading.Timer(SILENCE_S, write_notice, (SILENCE_NOTICE,))
    notice.daemon = True
    notice.start()
    try:
        return _read_pieces(notice)
    finally:
        notice.cancel()


def _read_pieces(notice: threading.Timer | None) -> bytes:
    pieces = bytearray()
    while True:
        try:
            piece = os.read(STDIN, PIECE_BYTES)
        except OSError as error:
            raise InputError(
                f"standard input cannot be read: {describe_cause(error)}",
                hint="`tokenhub ask <FILE`",
            ) from None
        if not piece:
            return bytes(pieces)
        if notice is not None:
            notice.cancel()
        pieces += piece
        if len(pieces) > LIMIT_BYTES:
            raise InputError(
                f"standard input is larger than {LIMIT_BYTES >> 20} MiB",
                hint="send a part of it: `head -c 1000000 FILE | tokenhub ask`",
            )
