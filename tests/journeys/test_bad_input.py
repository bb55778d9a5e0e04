"""Whatever is wrong: one `error:` line, one `hint:` that helps, its exit code, nothing lost."""

import os
from pathlib import Path

import pytest

from tests.support.program import MARKED_KEY, Program
from tokenhub_cli.demo.faults import Fails, Fault, Html, HugeError, Oddity, Redirects
from tokenhub_cli.demo.server import DemoGateway

NOBODY = "http://127.0.0.1:1/v1"  # where, without being root, nobody can listen
QUICK = ("--max-retries", "0", "--connect-timeout", "3")


@pytest.fixture
def program(tmp_path: Path, environ: dict[str, str]) -> Program:
    """The program, with the home of this test."""
    program = Program(tmp_path / "home")
    program.environ |= environ
    return program


def check(program: Program, code: int, *words: str, **more: object) -> str:
    """Run `tokenhub`; check the shape of its failure; return what it said on stderr."""
    done = program.run(*words, **more)  # type: ignore[arg-type]
    said = done.stderr
    assert done.returncode == code, said
    assert done.stdout == ""
    assert "Traceback" not in said
    errors = [line for line in said.splitlines() if line.startswith("error: ")]
    hints = [line for line in said.splitlines() if line.startswith("hint: ")]
    assert (len(errors), len(hints)) == (1, 1), said
    assert MARKED_KEY not in said
    assert all(character.isprintable() or character == "\n" for character in said)
    return said


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (Fails(401), 4, "key"),
        (Oddity.ECHOES_KEY, 4, "key"),
        (Fails(403), 4, "403"),
        (Fails(400), 8, "400"),
        (Fails(429), 5, "429"),
        (Fails(402), 5, "402"),
        (Fails(500), 6, "500"),
        (Html(), 6, "502"),
        (Html(200), 6, "web page"),
        (HugeError(), 6, "500"),
        (Oddity.EMPTY, 6, "empty"),
        (Redirects("http://127.0.0.1:9/v1"), 6, "redirects"),
        (Oddity.ENDLESS_LINE, 6, "MiB"),
    ],
    ids=repr,
)
def test_what_a_gateway_answers(program: Program, fault: Fault, code: int, words: str) -> None:
    """Each refusal and each nonsense has its words and its exit code."""
    with DemoGateway(tokens_per_second=None, every=(fault,)) as gateway:
        said = check(program, code, "ask", "--base-url", gateway.base_url, *QUICK, "Hi")
    assert words in said


def test_an_unknown_model(program: Program) -> None:
    """The model is named, and the hint lists what there is."""
    with DemoGateway(tokens_per_second=None) as gateway:
        said = check(program, 8, "ask", "--base-url", gateway.base_url, "-m", "gpt-4p", "Hi")
    assert "`gpt-4p`" in said


@pytest.mark.parametrize(
    ("base_url", "code", "words"),
    [
        (NOBODY, 6, "connection refused"),
        ("https://nowhere.invalid/v1", 6, "`nowhere.invalid` could not be resolved"),
        ("http://nowhere.invalid/v1", 4, "unencrypted"),
        ("gateway.example/v1", 2, "`https://`"),
        ("ftp://gateway.example/v1", 2, "`https://`"),
        ("", 2, "`--base-url`"),
    ],
)
def test_an_address_that_is_none(program: Program, base_url: str, code: int, words: str) -> None:
    """Not a URL, unknown, not there, or unsafe for a key."""
    assert words in check(program, code, "ask", "--base-url", base_url, *QUICK, "Hi")


@pytest.mark.parametrize("key", ["sk-with\nnewline", "sk-with space", "schlüssel", "sk-\x1b[31m"])
def test_a_key_that_no_header_may_hold(program: Program, key: str) -> None:
    """Found before anything is sent, and never repeated."""
    said = check(program, 4, "ask", "--base-url", NOBODY, "Hi", environ={"TOKENHUB_API_KEY": key})
    assert key not in said
    assert "newline" not in said


def test_no_key(program: Program) -> None:
    """The hint is the command that sets one."""
    del program.environ["TOKENHUB_API_KEY"]
    said = check(program, 4, "ask", "--base-url", "https://gateway.example/v1", "Hi")
    assert "tokenhub keys set" in said


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('model = "gpt', "line 1"),
        ("[profiles.x\n", "line 1"),
        ('modle = "x"', "did you mean"),
        ("idle_timeout = 'soon'", "idle_timeout"),
    ],
)
def test_a_broken_configuration(program: Program, content: str, words: str) -> None:
    """File, line, setting: what to look at is named."""
    program.config_file.parent.mkdir(parents=True, exist_ok=True)
    program.config_file.write_text(content)
    said = check(program, 7, "ask", "--base-url", NOBODY, "Hi")
    assert words in said.lower()
    assert "config.toml" in said


@pytest.mark.parametrize(
    ("stdin", "words"), [(b"", "empty"), (b" \n\n", "empty"), (b"\x00\xff\xfe\x00" * 50, "text")]
)
def test_standard_input_that_is_no_question(program: Program, stdin: bytes, words: str) -> None:
    """Empty, blank or binary: said before anything is sent."""
    assert words in check(program, 2, "ask", "--base-url", NOBODY, "-", stdin=stdin).lower()


def test_a_directory_for_a_file(program: Program, tmp_path: Path) -> None:
    """`-f` wants a text file."""
    said = check(program, 2, "ask", "--base-url", NOBODY, "-f", str(tmp_path), "Hi")
    assert "directory" in said


def test_an_unknown_option(program: Program) -> None:
    """Usage is exit code 2."""
    done = program.run("ask", "--colour", "Hi")
    assert done.returncode == 2
    assert "--colour" in done.stderr
    assert "--color" in done.stderr


def test_the_working_directory_decides_nothing(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files of a cloned repository set neither a key nor a base URL."""
    del program.environ["TOKENHUB_API_KEY"]
    trap = f'base_url = "{NOBODY}"\nkey = "{MARKED_KEY}"\n'
    for name in ("config.toml", "tokenhub.toml", ".tokenhub.toml", "pyproject.toml"):
        (tmp_path / name).write_text(trap)
    env = f"TOKENHUB_API_KEY={MARKED_KEY}\nTOKENHUB_BASE_URL={NOBODY}\n"
    (tmp_path / ".env").write_text(env)
    program.environ["PYTHONPATH"] = os.getcwd()  # noqa: PTH109 - where the package is
    monkeypatch.chdir(tmp_path)
    assert program.run("config", "get", "base_url").stdout == "https://ai-tokenhub.com/v1\n"
    check(program, 4, "ask", "Hi")
