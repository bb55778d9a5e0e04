"""What a check found: the words of `tokenhub doctor`."""

from dataclasses import dataclass
from enum import StrEnum

from tokenhub_cli.errors import ExitCode, TokenHubError


class Verdict(StrEnum):
    """How a check went; only a failure decides the exit code."""

    OK = "ok"
    INFO = "info"
    SKIPPED = "skipped"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's result.

    `command` is what to run about it, empty where there is nothing to do. `code` is the exit code
    of a failure. `facts` are the same in values, for programs.
    """

    check: str
    verdict: Verdict
    words: str
    hint: str = ""
    command: str = ""
    code: ExitCode = ExitCode.COMPLETE
    facts: tuple[tuple[str, object], ...] = ()


def fail(check: str, error: TokenHubError, command: str = "", *, hint: bool = True) -> Finding:
    """Return the finding that an error means.

    Args:
        check: The check.
        error: What came of it.
        command: What to run about it; by default the first command in the error's hint.
        hint: Whether the error's own hint is shown.
    """
    words = error.hint if hint and "`tokenhub doctor`" not in error.hint else ""
    return Finding(
        check, Verdict.FAILED, error.message, words, command or find_command(words), error.exit_code
    )


def find_command(hint: str) -> str:
    """Return the first command of a hint that can be run as it is, or an empty string."""
    for part in hint.split("`")[1::2]:
        has_gap = any(word.isalpha() and word.isupper() for word in part.split())  # `NAME`, `URL`
        if part.startswith(("tokenhub ", "chmod ", "unset ")) and not has_gap:
            return part
    return ""
