"""Completion: the scripts are fresh, each is run in its shell, and none starts a program."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from shutil import which

import pytest

from tests.support.program import Program
from tests.support.shells import (
    COMPLETIONS,
    complete_in_bash,
    complete_in_fish,
    complete_in_powershell,
    press_tab,
)
from tokenhub_cli.cli.app import COMMANDS
from tokenhub_cli.cli.completion import FILE_NAMES, build_files
from tokenhub_cli.cli.tree import read_tree
from tokenhub_cli.demo.server import DemoGateway

Complete = Callable[[str, Mapping[str, str]], list[str]]

NAMES = {
    "models/https%3A%2F%2Fx%2Fv1.txt": "gpt-4o\ngpt-4o-mini\nllama3:8b\n$(>pwned)\n",
    "models/http%3A%2F%2Flocalhost.txt": "qwen\n",
    "completion/aliases.txt": "fast\tgpt-4o-mini\n",
    "completion/profiles.txt": "work\thttps://gateway.example/v1\nlocal\n",
    "completion/conversations.txt": "7k2m\tWhy is the sky blue?\n3x9p\tA poem\n",
    "completion/templates.txt": "review\n",
}


def require(shell: str) -> None:
    if sys.platform == "win32" and shell != "pwsh":
        pytest.skip("what is called so on Windows lives in a system of its own")
    if which(shell) is None:
        pytest.skip(f"{shell} is not on the PATH of this machine")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment with names in its cache."""
    write_names(tmp_path / "home" / "cache")
    return {"TOKENHUB_HOME": str(tmp_path / "home"), "HOME": str(tmp_path)}


def write_names(cache: Path) -> None:
    for name, text in NAMES.items():
        (cache / name).parent.mkdir(parents=True, exist_ok=True)
        (cache / name).write_text(text, encoding="utf-8")


def test_the_files_of_the_repository_are_fresh() -> None:
    """`completions/` is what `python -m tokenhub_cli.cli.completion completions` writes."""
    expected = build_files(read_tree())
    stale = [
        name
        for name, text in expected.items()
        if not (COMPLETIONS / name).exists()
        or (COMPLETIONS / name).read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run: python -m tokenhub_cli.cli.completion completions"
    assert {path.name for path in COMPLETIONS.iterdir()} == set(expected)


@pytest.mark.parametrize("shell", FILE_NAMES)
def test_the_command_prints_the_script(tmp_path: Path, shell: str) -> None:
    """What is shipped is what is printed, and no heavy module is loaded to print it."""
    program = Program(tmp_path)
    program.environ["PYTHONPROFILEIMPORTTIME"] = "1"
    done = program.run("completion", shell)
    path = COMPLETIONS / FILE_NAMES[shell]  # type: ignore[index]
    assert done.stdout == path.read_text(encoding="utf-8")
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert loaded & {"typer", "httpx", "rich", "prompt_toolkit", "sqlite3"} == {"typer"}


def test_every_command_and_flag_stands_in_every_script() -> None:
    """The tree is whole: nothing is lost on the way into a script."""
    tree = read_tree()
    assert {node.name for node in tree.children} == set(COMMANDS)
    for name in (*FILE_NAMES.values(), "tokenhub.1"):
        text = (COMPLETIONS / name).read_text(encoding="utf-8").replace("\\-", "-")
        for node in tree.walk():
            assert node.name in text
            for option in node.options:
                flag = option.names[-1]
                assert flag in text or f"-l {flag[2:]}" in text, (name, node.path, flag)


CASES = [
    ("tokenhub keys ", {"set", "list", "check", "remove", "path"}),
    ("tokenhub mod", {"models"}),
    ("tokenhub keys set --no-v", {"--no-verify"}),
    ("tokenhub ask -m gpt", {"gpt-4o", "gpt-4o-mini"}),
    ("tokenhub ask --temperature 0 hello --model q", {"qwen"}),
    ("tokenhub models default f", {"fast"}),
    ("tokenhub ask --profile ", {"work", "local"}),
    ("tokenhub ask --id ", {"7k2m", "3x9p"}),
    ("tokenhub resume 7", {"7k2m"}),
    ("tokenhub history remove 7k2m 3", {"3x9p"}),
    ("tokenhub ask --color ", {"auto", "always", "never"}),
    ("tokenhub config set options.te", {"options.temperature"}),
    ("tokenhub config set model ", set()),
    ("tokenhub config set resume ", {"auto", "prefix", "plain", "anchor", "off"}),
    ("tokenhub config set resume p", {"prefix", "plain"}),
    ("tokenhub config set history ", {"true", "false"}),
    ("tokenhub config set profiles.work.theme l", {"light"}),
    ("tokenhub config set resume auto ", set()),
    ("tokenhub config get resume ", set()),
    ("tokenhub help ex", {"exit-codes"}),
    ("tokenhub help ma", {"man"}),
    ("tokenhub completion f", {"fish"}),
    ("tokenhub ask -o seed 1 --prof", {"--profile"}),
    ("tokenhub ask -o ", set()),
]


@pytest.mark.parametrize(
    ("shell", "complete"),
    [("bash", complete_in_bash), ("fish", complete_in_fish), ("pwsh", complete_in_powershell)],
)
def test_words_are_completed(shell: str, complete: Complete, environ: dict[str, str]) -> None:
    """Commands, flags, fixed values, and names from the small files, with an empty PATH."""
    require(shell)
    for line, expected in CASES:
        if expected or shell != "pwsh":  # which offers files where there is nothing to offer
            assert set(complete(line, environ)) == expected, line


@pytest.mark.waits
@pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a pseudo-terminal")
def test_words_are_completed_in_zsh(environ: dict[str, str]) -> None:
    """The same on a real terminal, Tab pressed; lists carry descriptions."""
    require("zsh")
    for line, expected in (
        ("tokenhub mod", "models"),
        ("tokenhub keys set --no-v", "keys|set|--no-verify"),
        ("tokenhub ask --model=ll", "ask|--model=llama3:8b"),
        ("tokenhub ask -o a b -m q", "ask|-o|a|b|-m|qwen"),
        ("tokenhub history remove 7k2m 3", "history|remove|7k2m|3x9p"),
        ("tokenhub models default fa", "models|default|fast"),
        ("tokenhub ask --color ne", "ask|--color|never"),
        ("tokenhub help ex", "help|exit-codes"),
        ("tokenhub config set resume an", "config|set|resume|anchor"),
        ("tokenhub config set profiles.work.keyless t", "config|set|profiles.work.keyless|true"),
        ("tokenhub config set model t", "config|set|model|t"),
    ):
        words, _ = press_tab("zsh", line, environ)
        assert "|".join(words) == expected
    _, shown = press_tab("zsh", "tokenhub resume ", environ)
    assert "Why is the sky blue?" in shown
    _, shown = press_tab("zsh", "tokenhub keys ", environ)
    assert "Remove the stored key" in shown


def test_bash_completes_what_it_cuts_into_pieces(environ: dict[str, str]) -> None:
    """`=` and `:` break words in bash; only the last piece is given."""
    require("bash")
    assert complete_in_bash("tokenhub ask --model=gpt-4o-m", environ) == ["gpt-4o-mini"]
    assert complete_in_bash("tokenhub ask -m llama3:", environ) == ["8b"]
    assert complete_in_bash("tokenhub ask --color=a", environ) == ["auto", "always"]


@pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a pseudo-terminal")
def test_bash_puts_whole_words_on_the_line(environ: dict[str, str]) -> None:
    """On a real terminal, Tab pressed: what bash cut is whole again."""
    require("bash")
    for line, expected in (
        ("tokenhub ask -m llama3:", "ask|-m|llama3:8b"),
        ("tokenhub ask --model=qw", "ask|--model=qwen"),
    ):
        words, _ = press_tab("bash", line, environ)
        assert "|".join(words) == expected


def test_a_hostile_name_is_never_run(environ: dict[str, str], tmp_path: Path) -> None:
    """A gateway may call its model `$(>pwned)`: it is quoted, not expanded."""
    require("bash")
    offered = complete_in_bash("tokenhub ask -m ", {**environ, "PWD": str(tmp_path)})
    assert r"\$\(\>pwned\)" in offered
    if which("fish"):
        assert "$(>pwned)" in complete_in_fish("tokenhub ask -m ", environ)
    assert not list(tmp_path.rglob("pwned"))
    assert not Path("pwned").exists()


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="XDG is for other systems")
def test_names_are_found_where_xdg_says(tmp_path: Path) -> None:
    """Without TOKENHUB_HOME: XDG_CACHE_HOME if it is absolute, else ~/.cache."""
    require("bash")
    write_names(tmp_path / "xdg" / "tokenhub")
    for environ, count in (
        ({"HOME": "/nowhere", "XDG_CACHE_HOME": str(tmp_path / "xdg")}, 2),
        ({"HOME": str(tmp_path), "XDG_CACHE_HOME": "xdg"}, 0),
    ):
        assert len(complete_in_bash("tokenhub ask --profile ", environ)) == count
        if which("fish"):
            assert len(complete_in_fish("tokenhub ask --profile ", environ)) == count


def test_the_program_writes_what_the_shells_read(tmp_path: Path) -> None:
    """A list of models, an answer and an edit of the configuration are completed afterwards."""
    require("bash")
    program = Program(tmp_path / "home")
    with DemoGateway(models=["m-1", "m-2"], tokens_per_second=None) as gateway:
        program.environ |= {"TOKENHUB_API_KEY": "sk-test", "TOKENHUB_BASE_URL": gateway.base_url}
        program.read("models", "list")
        program.read("ask", "-m", "m-1", "Why is the sky blue?")
    program.read("config", "set", "profiles.mine.model", "m-2")
    environ = {**program.environ, "HOME": str(tmp_path)}
    assert complete_in_bash("tokenhub ask -m ", environ) == ["m-1", "m-2"]
    program.read("ask", "-s", "Answer in rhymes", "--save", "rhymes")
    assert complete_in_bash("tokenhub ask --profile ", environ) == ["mine"]
    assert complete_in_bash("tokenhub ask -t ", environ) == ["rhymes"]
    (conversation,) = complete_in_bash("tokenhub history show ", environ)
    assert conversation in program.read("history", "list")
    program.read("history", "remove", conversation, "--yes")
    assert complete_in_bash("tokenhub history show ", environ) == []
    files = (program.home / "cache" / "completion").iterdir()
    assert "sky" not in "".join(file.read_text(encoding="utf-8") for file in files)
