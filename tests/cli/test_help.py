"""`tokenhub help`: every topic is true to the code, and light to print."""

import re
from pathlib import Path
from shutil import which
from subprocess import run

import pytest

import tokenhub_cli
from tests.support.program import Program
from tokenhub_cli.cli.app import COMMANDS
from tokenhub_cli.cli.topics import MEANINGS, TOPICS, VARIABLES
from tokenhub_cli.errors import ExitCode
from tokenhub_cli.settings.schema import SETTINGS

SOURCES = Path(tokenhub_cli.__file__).parent
WIDEST = 88


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program with an empty home."""
    return Program(tmp_path / "home")


@pytest.mark.parametrize("topic", TOPICS)
def test_each_topic_is_printed_without_heavy_modules(program: Program, topic: str) -> None:
    """Plain text that fits a terminal; neither httpx nor rich is loaded for it."""
    program.environ["PYTHONPROFILEIMPORTTIME"] = "1"
    done = program.run("help", topic)
    assert done.returncode == 0
    assert done.stdout.strip() == TOPICS[topic][1]().strip()
    assert max(map(len, done.stdout.splitlines())) <= WIDEST
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert loaded & {"typer", "httpx", "rich", "prompt_toolkit", "sqlite3"} == {"typer"}


def test_every_exit_code_is_explained() -> None:
    """The table is that of errors.py, each number once."""
    assert list(MEANINGS) == list(ExitCode)
    text = TOPICS["exit-codes"][1]()
    assert [int(number) for number in re.findall(r"^ +(\d+)  ", text, re.MULTILINE)] == list(
        map(int, ExitCode)
    )


def test_exit_code_one_is_explained_where_nothing_failed() -> None:
    """A search that finds nothing and a no to a question have it too, as with `grep`."""
    meaning = MEANINGS[ExitCode.UNEXPECTED]
    assert meaning.startswith("unexpected failure")
    assert "found nothing" in meaning
    assert "answered with no" in meaning


def test_privacy_says_what_is_done_with_the_key_of_another_vendor(program: Program) -> None:
    """It is neither used nor sent; that it is there is looked at, and the topic says that too."""
    program.environ |= {"OPENAI_API_KEY": "sk-other", "TOKENHUB_BASE_URL": "https://192.0.2.1/v1"}
    done = program.run("ask", "hello")
    assert done.returncode == ExitCode.CREDENTIAL
    assert "`OPENAI_API_KEY` is set" in done.stderr
    text = " ".join(program.read("help", "privacy").split())
    assert "never read" not in text
    assert "`OPENAI_API_KEY` is neither used nor sent" in text
    assert "Only whether it is set is looked at" in text


def test_every_variable_of_ours_is_explained() -> None:
    """What the sources read and what the topic lists is the same."""
    sources = "".join(path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.py"))
    read = set(re.findall(r"\bTOKENHUB_[A-Z_]+\b", sources))
    assert {name for name in VARIABLES if name.startswith("TOKENHUB_")} == read


def test_every_setting_is_explained() -> None:
    """The list is the schema's, with its help and choices."""
    text = TOPICS["config"][1]()
    for setting in SETTINGS.values():
        assert f"  {setting.name}\n      {setting.help}" in text
        assert all(choice in text for choice in setting.choices)


def test_without_a_topic_all_are_listed(program: Program) -> None:
    """Commands first, then topics."""
    shown = program.read("help")
    assert all(f"  {name} " in shown for name in (*COMMANDS, *TOPICS))


def test_help_of_a_command_is_its_own(program: Program) -> None:
    """`help keys set` is `keys set --help`."""
    assert program.read("help", "keys", "set") == program.read("keys", "set", "--help")


def test_an_unknown_topic_names_the_nearest(program: Program) -> None:
    """Exit 2, and a command that can be run."""
    done = program.run("help", "exitcodes")
    assert done.returncode == 2
    assert "hint: `tokenhub help exit-codes`" in done.stderr


def test_the_manual_is_printed_and_correct(program: Program) -> None:
    """Every command and topic has its place, and man has nothing to complain about."""
    page = program.read("help", "man")
    for name in COMMANDS:
        assert f".SS tokenhub {name}" in page
    for name in TOPICS:
        assert f".SH {name.upper().replace('-', ' ')}" in page
    if which("man") is None:
        pytest.skip("man is not on the PATH of this machine")
    done = run(
        ["man", "--warnings", "-l", "-"], input=page, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "tokenhub keys set" in done.stdout


def test_every_command_that_a_topic_names_exists() -> None:
    """Also the flags: a text that advises what is not there is worse than none."""
    from tokenhub_cli.cli.tree import read_tree

    nodes = {" ".join(node.path): node for node in read_tree().walk()}
    flags = {name for node in nodes.values() for option in node.options for name in option.names}
    for name, (_, build_text) in TOPICS.items():
        text = build_text()
        for words in re.findall(r"tokenhub ((?:[a-z]+ ?){1,2})", text):
            first, *rest = words.split()
            assert first in COMMANDS, (name, words)
            if rest and nodes[first].children:
                assert f"{first} {rest[0]}" in nodes, (name, words)
        assert set(re.findall(r"(?<![\w-])--[a-z-]+", text)) <= flags, name


def test_pipes_get_utf_8_whatever_the_locale_says(program: Program) -> None:
    """Line feeds and UTF-8, where Python by itself would fail on the first such character."""
    program.environ["PYTHONIOENCODING"] = "ascii"
    program.read("config", "set", "system", "模型 …")
    assert program.read("config", "get", "system") == "模型 …"
