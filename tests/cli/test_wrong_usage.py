"""Words that no command understands: what is said, what is suggested, what is never repeated."""

import pytest

from tokenhub_cli.cli.app import run_command
from tokenhub_cli.cli.wrong_usage import looks_like_key
from tokenhub_cli.errors import UsageError

KEY = "sk-MARKED-0123456789abcdef"


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("aks hello", "there is no command `aks`", "`tokenhub ask hello`"),
        ("Write", "there is no command `Write`", "to ask it: `tokenhub ask Write`"),
        ("--verison", "there is no option `--verison` here", "`tokenhub --version`"),
        ("--bogus", "there is no option `--bogus` here", "`tokenhub --help`"),
        ("--demo hello", "`--demo` belongs to a command", "`tokenhub ask --demo hello`"),
        (
            "--base-url http://x chat",
            "`--base-url` belongs to a command",
            "`tokenhub chat --base-url http://x`",
        ),
        ("what is up", "there is no command `what`", "to ask it: `tokenhub ask what is up`"),
        ("chta", "there is no command `chta`", "`tokenhub chat`"),
        ("-m=x hello", "`-m` belongs to a command", "`tokenhub ask -m=x hello`"),
        (
            "ask --modle x",
            "there is no option `--modle`",
            "did you mean `--model`? `tokenhub ask --help` lists them",
        ),
        ("ask --bogus x", "there is no option `--bogus`", "`tokenhub ask --help`"),
        (
            "ask --temperature hot",
            "invalid value for `--temperature`: `hot` is not a number",
            "`tokenhub ask --help`",
        ),
        (
            "ask --seed 1.5",
            "invalid value for `--seed`: `1.5` is not a whole number",
            "`tokenhub ask --help`",
        ),
        (
            "ask --top-p 2",
            "invalid value for `--top-p`: 2.0 is not in the range 0<=x<=1",
            "`tokenhub ask --help`",
        ),
        (
            "ask --output xml",
            "invalid value for `--output`: `xml` is not one of `text`, `json`, `stream-json`",
            "`tokenhub ask --help`",
        ),
        ("ask -o seed", "option `-o` requires 2 arguments", "`tokenhub ask --help`"),
        ("ask --model", "option `--model` requires an argument", "`tokenhub ask --help`"),
        ("keys", "a subcommand is missing", "`tokenhub keys --help`"),
        ("keys lst", "there is no command `keys lst`", "`tokenhub keys list`"),
        ("keys qqqq", "there is no command `keys qqqq`", "`tokenhub keys --help`"),
        (
            "keys path here now",
            "there is nothing to do with `here now`",
            "`tokenhub keys path --help`",
        ),
        ("config get", "missing argument `NAME`", "`tokenhub config get --help`"),
        ("chat hello", "there is nothing to do with `hello`", "`tokenhub chat --help`"),
    ],
)
def test_a_slip_is_named_and_mended(line: str, message: str, hint: str) -> None:
    """One sentence names the word, and the hint is a command that can be run."""
    with pytest.raises(UsageError) as caught:
        run_command(line.split())
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_a_question_without_ask_is_quoted_in_the_hint() -> None:
    """`tokenhub "Write a poem"` is told how to ask it, quotes and all."""
    with pytest.raises(UsageError) as caught:
        run_command(["Don't write a poem"])
    assert caught.value.hint == """to ask it: `tokenhub ask 'Don'"'"'t write a poem'`"""


@pytest.mark.parametrize(
    "line",
    [
        KEY,
        f"keys {KEY}",
        f"keys list {KEY}",
        f"keys sets {KEY}",
        f"set-key {KEY}",
        f"--api-key {KEY}",
        f"--api-key={KEY} ask hello",
        f"ask --api-key {KEY} hello",
        f"ask --api-key={KEY} hello",
        f"ask --key {KEY} hello",
        f"ask -k {KEY} hello",
        f"ask -k{KEY} hello",
        f"ask --temperature {KEY} hello",
        f"ask --output={KEY} hello",
        f"chat {KEY}",
        "keys 0f3b9c7de1a24586b0c9d8e7f6a5b4c3",
    ],
)
def test_a_key_on_the_command_line_is_not_repeated(line: str) -> None:
    """What looks like a key, or stands where one was meant, appears in no message."""
    with pytest.raises(UsageError) as caught:
        run_command(line.split())
    said = caught.value.message + caught.value.hint
    assert not any(word in said for word in ("MARKED", "0f3b9c7d"))
    if "sets" not in line:
        assert "a key is not taken from the command line" in said
        assert "`tokenhub keys set`" in said


@pytest.mark.parametrize(
    "word", ["ask", "keys", "--model", "skeleton", "gpt-4o-mini", "stream-json", "7k2m", "sk-1"]
)
def test_ordinary_words_are_no_keys(word: str) -> None:
    """Commands, models, options and ids are named in errors."""
    assert not looks_like_key(word)
