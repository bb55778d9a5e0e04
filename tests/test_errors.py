"""The tree of errors, and what builds their sentences."""

import errno
import os
import re
import shlex
from collections.abc import Iterator

import pytest

from tokenhub_cli import errors
from tokenhub_cli.errors import GatewayError, TokenHubError, describe_cause, quote_path


def walk(base: type[TokenHubError]) -> Iterator[type[TokenHubError]]:
    yield base
    for child in base.__subclasses__():
        yield from walk(child)


def test_the_tree_in_the_docstring_is_the_code() -> None:
    """Each error stands there once, with its exit code; GatewayError, a second base, in words."""
    drawn = re.findall(r"(\w+Error) +(\d+)  ", errors.__doc__ or "")
    ours = {kind for kind in walk(TokenHubError) if kind.__module__ == errors.__name__}
    assert sorted(drawn) == sorted(
        (kind.__name__, str(int(kind.exit_code))) for kind in ours - {GatewayError}
    )


def test_a_cause_ends_a_sentence() -> None:
    """The system's words begin small; an error without any is named by its kind."""
    assert describe_cause(OSError(errno.EACCES, os.strerror(errno.EACCES))) == "permission denied"
    assert describe_cause(TimeoutError()) == "timeouterror"


@pytest.mark.parametrize("path", ["/a/b", "/with space/b", "/it's/b", "/$HOME/`b`"])
def test_a_quoted_path_is_one_word_of_a_command(path: str) -> None:
    """A shell takes it as it is."""
    assert shlex.split(f"ls -l {quote_path(path)}") == ["ls", "-l", path]
