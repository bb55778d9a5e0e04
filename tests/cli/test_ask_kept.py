"""What `tokenhub ask` keeps, goes on with and prepares: `-c`, `--id`, `-n`, `-t`, `--save`."""

import json
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.questioner import ANSWER, Questioner, check_error
from tokenhub_cli.demo.server import DemoGateway


@pytest.fixture
def questioner(tmp_path: Path) -> Iterator[Questioner]:
    """Give the program, a key and a gateway."""
    with Questioner(tmp_path / "home") as program:
        yield program


def list_conversations(questioner: Questioner) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(questioner.read("history", "list", "--json"))[
        "conversations"
    ]
    return listed


def test_a_conversation_goes_on(questioner: Questioner) -> None:
    """`-c` goes on with the newest one, `--id` with a named one; question and answer go along."""
    questioner.ask("-s", "Briefly.", "-m", "gpt-4o-mini", "one")
    questioner.ask("other")
    (other, first) = [row["id"] for row in list_conversations(questioner)]
    assert questioner.ask("-c", "and?").returncode == 0
    said = [(message["role"], message["content"]) for message in questioner.body["messages"]]
    assert said == [("user", "other"), ("assistant", ANSWER), ("user", "and?")]
    assert questioner.ask("--id", first[:-1], "two").returncode == 0
    said = [(message["role"], message["content"]) for message in questioner.body["messages"]]
    assert said == [
        ("system", "Briefly."),
        ("user", "one"),
        ("assistant", ANSWER),
        ("user", "two"),
    ]
    assert questioner.body["model"] == "gpt-4o-mini"
    assert {row["id"] for row in list_conversations(questioner)} == {first, other}


def test_a_flag_changes_a_conversation_that_goes_on(questioner: Questioner) -> None:
    """`-m` and `-s` win over what was kept."""
    questioner.ask("-s", "Briefly.", "-m", "gpt-4o-mini", "one")
    questioner.ask("-c", "-s", "At length.", "-m", "gpt-4o", "two")
    assert questioner.body["model"] == "gpt-4o"
    assert questioner.body["messages"][0] == {"role": "system", "content": "At length."}


def test_nothing_to_go_on_with_is_said(questioner: Questioner) -> None:
    """`-c` without history and an unknown `--id`: exit code 2, and nothing is sent."""
    check_error(questioner.ask("-c", "and?"), 2, "no conversation is kept", hint="`tokenhub ask")
    questioner.ask("one")
    check_error(questioner.ask("--id", "zzzz", "two"), 2, "`zzzz`", hint="`tokenhub history list`")
    assert len(questioner.gateway.requests) == 1


@pytest.mark.parametrize("variables", [{}, {"TOKENHUB_NO_HISTORY": "1"}])
def test_nothing_is_kept_if_so_wanted(questioner: Questioner, variables: dict[str, str]) -> None:
    """`-n` and `TOKENHUB_NO_HISTORY` leave no trace of the question or the answer on disk."""
    flags = [] if variables else ["-n"]
    assert questioner.ask(*flags, "a secret matter", **variables).stdout == ANSWER
    kept = [path for path in questioner.home.rglob("*") if path.is_file()]
    assert not any(b"secret" in path.read_bytes() for path in kept)
    assert not any(b"scatters" in path.read_bytes() for path in kept)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on a file's size")
def test_a_disk_that_fills_in_mid_answer_is_one_notice(tmp_path: Path) -> None:
    """Spool and history meet the same full disk: the answer is whole, and one line says so."""
    answer = "word " * 200_000
    with Questioner(tmp_path, DemoGateway(answers=answer, tokens_per_second=None)) as questioner:
        done = questioner.run_in_shell("ulimit -f 300; tokenhub ask why")
    assert (done.returncode, done.stdout) == (0, answer + "\n")
    (notice,) = done.stderr.splitlines()
    assert notice.startswith("note: the answer is not safe from a crash, and may not be kept: ")


def test_a_question_is_prepared_and_asked(questioner: Questioner) -> None:
    """`--save` keeps prompt and flags and asks nothing; `-t` fills them in, `-p` names values."""
    flags = ["-s", "Answer in $language.", "-m", "gpt-4o-mini", "--temperature", "0.2"]
    done = questioner.ask(*flags, "--save", "review", "Review:\n$stdin", stdin="not read")
    path = questioner.home / "templates" / "review.toml"
    assert done.returncode == 0
    assert done.stdout == ""
    assert done.stderr == f"saved `{path}`; use it with `tokenhub ask -t review`\n"
    assert questioner.gateway.requests == []
    assert tomllib.loads(path.read_text())["options"] == {"temperature": 0.2}
    done = questioner.ask("-t", "review", "-p", "language", "French", stdin="a = $b\n")
    assert done.stdout == ANSWER
    assert questioner.body["messages"] == [
        {"role": "system", "content": "Answer in French."},
        {"role": "user", "content": "Review:\na = $b\n"},
    ]
    assert (questioner.body["model"], questioner.body["temperature"]) == ("gpt-4o-mini", 0.2)


def test_a_flag_wins_over_a_template(questioner: Questioner) -> None:
    """What is typed goes before what was prepared: model, system prompt, options."""
    questioner.ask("-s", "A", "-m", "gpt-4o-mini", "--seed", "1", "--save", "t", "Say $prompt")
    questioner.ask("-t", "t", "-s", "B", "-m", "gpt-4o", "--seed", "2", "hello")
    assert questioner.body["messages"][0]["content"] == "B"
    assert questioner.prompt == "Say hello"
    assert (questioner.body["model"], questioner.body["seed"]) == ("gpt-4o", 2)


def test_a_template_that_cannot_be_filled_in_is_not_sent(questioner: Questioner) -> None:
    """An unknown template, a missing variable, one without a place: exit code 2, a hint."""
    questioner.ask("--save", "t", "Say $what")
    check_error(questioner.ask("-t", "tt"), 2, "`tt`", hint="`tokenhub ask -t t")
    check_error(questioner.ask("-t", "t"), 2, "`what`", hint="-p what")
    check_error(questioner.ask("-t", "t", "-p", "what", "a", "-p", "who", "b"), 2, "`who`")
    check_error(questioner.ask("--save", "../t", "x"), 2, "`../t`")
    assert questioner.gateway.requests == []
