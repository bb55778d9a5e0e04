"""What a command finds around it, and what it says of itself."""

import os

import pytest

from tokenhub_cli.cli.context import build_help, read_context, write_line, write_notice


def test_the_surroundings_are_read_from_the_descriptors(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal is what the system says is one; a closed stream is none."""
    answers = {0: True, 1: False}

    def ask(descriptor: int) -> bool:
        if descriptor not in answers:
            raise OSError
        return answers[descriptor]

    monkeypatch.setattr(os, "isatty", ask)
    monkeypatch.setenv("TOKENHUB_MODEL", "m")
    context = read_context()
    assert (context.stdin_is_terminal, context.stdout_is_terminal) == (True, False)
    assert not context.stderr_is_terminal
    assert context.environ["TOKENHUB_MODEL"] == "m"


def test_lines_go_where_they_belong(capsys: pytest.CaptureFixture[str]) -> None:
    """Results to stdout, notices to stderr, a newline each."""
    write_line("result")
    write_notice("notice")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("result\n", "notice\n")


def test_help_has_examples_before_details() -> None:
    """The examples keep their lines."""
    assert build_help("Do.", "a", "b", details="More.") == (
        "Do.\n\n\b\nExamples:\n  a\n  b\n\nMore."
    )
    assert build_help("Do.") == "Do."
