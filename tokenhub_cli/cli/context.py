"""What every command begins with: its surroundings, the form of its help, and plain output.

The surroundings are one value, read once at the start of a command and handed down, so that what a
command decides by them can be tried with any. Whoever draws on a terminal (`render/outlet.py`) asks
that stream itself.
"""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

TYPER_OPTIONS: Mapping[str, Any] = {
    "add_completion": False,  # the static scripts in completions/ do not start Python
    "pretty_exceptions_enable": False,  # __main__.py reports errors
    "rich_markup_mode": None,  # rich would cost 80 ms for each --help
    "context_settings": {"help_option_names": ["-h", "--help"]},
}


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of one run.

    `environ` is the environment; the three booleans say whether a stream is a real terminal,
    whatever colour variables claim.
    """

    environ: Mapping[str, str]
    stdin_is_terminal: bool
    stdout_is_terminal: bool
    stderr_is_terminal: bool


def read_context() -> Context:
    """Return the surroundings of this process; a closed stream is no terminal."""
    return Context(
        environ=os.environ,
        stdin_is_terminal=_is_terminal(0),
        stdout_is_terminal=_is_terminal(1),
        stderr_is_terminal=_is_terminal(2),
    )


def _is_terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False


def write_line(text: str) -> None:
    """Write one line to stdout."""
    sys.stdout.write(text + "\n")


def write_json(value: Any) -> None:
    """Write a value to stdout as JSON that people can read too, on a terminal as well."""
    import json

    from tokenhub_cli.render.sanitize import escape_json

    write_line(escape_json(json.dumps(value, ensure_ascii=False, indent=2)))


def write_notice(text: str) -> None:
    """Write a notice to stderr, defused; a stderr that is gone or full costs nobody the answer.

    A terminal breaks a line between words; what has several is laid out already, to be copied.
    """
    from tokenhub_cli.render.outlet import NoticeOutlet
    from tokenhub_cli.render.sanitize import sanitize

    with suppress(OSError):
        outlet = NoticeOutlet(sys.stderr)
        write = outlet.write if "\n" in text else outlet.write_words
        write(sanitize(text) + "\n")


def build_help(summary: str, *examples: str, details: str = "") -> str:
    r"""Return a command's help text: the summary, examples, then the details.

    A line that holds only `\b` tells the help formatter to keep the paragraph's lines as they are.
    """
    parts = [summary]
    if examples:
        parts.append("\b\nExamples:\n" + "\n".join(f"  {example}" for example in examples))
    if details:
        parts.append(details)
    return "\n\n".join(parts)
