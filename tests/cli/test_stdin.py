"""Standard input as a prompt, as a program gets it."""

import os
import subprocess
import threading
from pathlib import Path

import pytest

from tests.support.questioner import ANSWER, Questioner, check_error
from tokenhub_cli.cli.context import Context
from tokenhub_cli.cli.stdin import join_prompt, read_prompt
from tokenhub_cli.errors import InputError

TERMINAL = Context({}, stdin_is_terminal=True, stdout_is_terminal=True, stderr_is_terminal=True)


@pytest.mark.parametrize(
    ("typed", "piped", "prompt"),
    [
        ("why", "", "why"),
        ("", "a\n", "a\n"),
        ("why", "a\n", "why\n\na\n"),
        ("why", " \n", "why"),
        ("  ", "a", "a"),
    ],
)
def test_words_and_pipe_are_joined_by_a_blank_line(typed: str, piped: str, prompt: str) -> None:
    """What was piped comes after what was typed; what is blank is left out."""
    assert join_prompt(typed, piped) == prompt


@pytest.mark.parametrize(
    ("words", "stdin", "prompt"),
    [
        (["Why", "is  it", "blue?"], "", "Why is  it blue?"),
        (["Review", "this"], "a = 1\n", "Review this\n\na = 1\n"),
        ([], "  indented\n", "  indented\n"),
        (["-"], "piped", "piped"),
        (["Sum up:", "-"], "piped", "Sum up:\n\npiped"),
        (["-", "Sum up"], "piped", "Sum up\n\npiped"),
        (["3", "-", "2"], "", "3 - 2"),
        (["--", "-x"], "", "-x"),
        ([], "\ufeffwith a mark", "with a mark"),
        ([], "å\r\n\u2028ß", "å\r\n\u2028ß"),
    ],
)
def test_the_prompt_is_made_of_words_and_pipe(
    tmp_path: Path, words: list[str], stdin: str, prompt: str
) -> None:
    """Words are joined by spaces, the pipe follows, `-` at an end is the pipe; nothing is lost."""
    with Questioner(tmp_path) as questioner:
        assert questioner.ask(*words, stdin=stdin).returncode == 0
        assert questioner.prompt == prompt


@pytest.mark.parametrize(
    ("stdin", "words", "hint"),
    [
        (b"", "is empty", '`echo "Why is the sky blue?" | tokenhub ask`'),
        (b" \n\t\n", "is empty", "| tokenhub ask`"),
        (b"\x89PNG\r\n\x1a\n\0\0", "is not UTF-8 text: byte 0x89 at offset 0", "`--attach`"),
        (b"PK\0\0", "is not text: it has a zero byte at offset 2", "`--attach`"),
        ("hi".encode("utf-16"), "byte 0xff at offset 0", "`iconv -f UTF-16 -t UTF-8`"),
        ("é".encode("latin-1"), "byte 0xe9 at offset 0", "`iconv -f ENCODING -t UTF-8`"),
        (b"a" * (16 * 1024 * 1024 + 1), "is larger than 16 MiB", "`head -c 1000000 FILE"),
    ],
)
def test_what_is_no_text_is_refused_before_anything_is_sent(
    tmp_path: Path, stdin: bytes, words: str, hint: str
) -> None:
    """Empty, binary, UTF-16, another encoding or too much: one error, and no request."""
    with Questioner(tmp_path) as questioner:
        check_error(questioner.ask(stdin=stdin), 2, "standard input", words, hint=hint)
        assert questioner.gateway.requests == []


def test_the_null_device_and_a_file_are_read_at_once(tmp_path: Path) -> None:
    """`</dev/null` is empty, and a file is taken as it is; neither gets a notice."""
    question = tmp_path / "question.txt"
    question.write_text("from a file\n")
    with Questioner(tmp_path / "home") as questioner:
        for opened, prompt in ((Path(os.devnull), "why"), (question, "why\n\nfrom a file\n")):
            with opened.open("rb") as stdin:
                child = questioner.start(
                    "ask", "why", stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE
                )
                output, notices = child.communicate(timeout=20)
            assert (child.returncode, output.decode(), notices) == (0, ANSWER, b"")
            assert questioner.prompt == prompt


@pytest.mark.waits
def test_a_silent_pipe_gets_a_notice_after_two_seconds(tmp_path: Path) -> None:
    """With a prompt given, an open pipe that says nothing is named on stderr, once."""
    with Questioner(tmp_path) as questioner:
        child = questioner.start(
            "ask",
            "why",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert child.stderr is not None
        line = child.stderr.readline()
        assert line == b"note: waiting for standard input; `</dev/null` says that there is none\n"
        assert questioner.gateway.requests == []
        output, notices = child.communicate(b"late", timeout=20)
    assert (child.returncode, output.decode(), notices) == (0, ANSWER, b"")
    assert questioner.prompt == "why\n\nlate"


@pytest.mark.waits
def test_a_notice_is_for_those_who_want_one(tmp_path: Path) -> None:
    """`-q` keeps the notice back."""
    with Questioner(tmp_path) as questioner:
        child = questioner.start(
            "ask",
            "-q",
            "why",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        threading.Event().wait(2.6)  # the silence itself is what is tried
        _, notices = child.communicate(timeout=20)
    assert (child.returncode, notices) == (0, b"")


def test_a_terminal_is_never_read() -> None:
    """On a terminal `-` has nothing to read, and no words are an error with an example."""
    with pytest.raises(InputError, match="standard input is a terminal"):
        read_prompt(["why", "-"], TERMINAL)
    with pytest.raises(InputError, match="there is nothing to ask"):
        read_prompt([" "], TERMINAL)
    assert read_prompt(["3", "-", "2"], TERMINAL) == ("3 - 2", "")
    assert read_prompt([], TERMINAL, may_be_empty=True) == ("", "")
