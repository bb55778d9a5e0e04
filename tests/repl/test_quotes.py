"""Texts between triple quotes, and slashes."""

import pytest

from tokenhub_cli.repl.quotes import is_command, is_quote_open, strip_quotes


@pytest.mark.parametrize(
    ("text", "is_open", "stripped"),
    [
        ('"""', True, '"""'),
        ('"""a', True, '"""a'),
        ('"""a\nb"""', False, "a\nb"),
        ('"""\na\n"""', False, "a"),
        ('""""""', False, ""),
        ('say """a"""', False, 'say """a"""'),
    ],
)
def test_quotes_open_and_close(text: str, is_open: bool, stripped: str) -> None:  # noqa: FBT001 - a row of the table
    """They count at the beginning and the end of the text alone."""
    assert is_quote_open(text) is is_open
    assert strip_quotes(text) == stripped


def test_one_slash_is_a_command_two_are_text() -> None:
    """`//` sends a literal slash."""
    assert is_command("/help")
    assert not is_command("//help")
    assert not is_command("help")
