"""What a command finds around it, and what it says of itself."""

import os
import sys

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


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_a_notice_is_defused_and_broken_between_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a model named cannot drive the terminal; lines that are laid out stay as they are."""
    from tests.support.terminal import open_terminal

    with open_terminal(20, 10) as terminal:
        monkeypatch.setattr(sys, "stderr", terminal.stream)
        write_notice("`last` is now called \x9b2J\u202e")
        write_notice("  curl -N --header 'a b'\n")
        assert terminal.read_all()[:3] == ["`last` is now", "called", "<U+009B>2J<U+202E>"]
        assert b"  curl -N --header 'a b'" in terminal.received


def test_help_has_examples_before_details() -> None:
    """The examples keep their lines."""
    assert build_help("Do.", "a", "b", details="More.") == (
        "Do.\n\n\b\nExamples:\n  a\n  b\n\nMore."
    )
    assert build_help("Do.") == "Do."
