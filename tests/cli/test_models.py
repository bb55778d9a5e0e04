"""`tokenhub models`, run as a program against the embedded gateway."""

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gateways import find_free_port
from tests.support.program import MARKED_KEY, Program
from tokenhub_cli.demo.faults import Fails
from tokenhub_cli.demo.server import DemoGateway

NAMES = ["fast-1", "gpt-4o", "gpt-4o-mini"]


@pytest.fixture
def gateway() -> Iterator[DemoGateway]:
    """A gateway with three models."""
    with DemoGateway(models=NAMES, key=MARKED_KEY, tokens_per_second=None) as opened:
        yield opened


@pytest.fixture
def program(tmp_path: Path, gateway: DemoGateway) -> Program:
    """The program, set up for that gateway."""
    found = Program(tmp_path / "home")
    found.environ |= {"TOKENHUB_BASE_URL": gateway.base_url, "TOKENHUB_API_KEY": MARKED_KEY}
    return found


def find_kept(program: Program) -> Path:
    (kept,) = (program.home / "cache" / "models").iterdir()
    return kept


def test_in_a_pipe_there_is_one_name_a_line_and_nothing_else(program: Program) -> None:
    """What `grep` and `fzf` want."""
    done = program.run("models", "list")
    assert done.stdout.splitlines() == NAMES
    assert done.stderr == ""
    assert "MARKED" not in "".join(program.outputs)


def test_the_list_is_kept_and_asked_for_again_on_demand(
    program: Program, gateway: DemoGateway
) -> None:
    """A second list asks nobody; `--refresh` does, and so does a list that is a day old."""
    for arguments, asked in (([], 1), ([], 1), (["--refresh"], 2)):
        program.read("models", "list", *arguments)
        assert len(gateway.requests) == asked
    hour_ago = time.time() - 3700
    os.utime(find_kept(program), (hour_ago, hour_ago))
    assert 3700 <= json.loads(program.read("models", "list", "--json"))["age_s"] < 3800
    assert len(gateway.requests) == 2
    os.utime(find_kept(program), (1.0, 1.0))
    program.read("models", "list")
    assert len(gateway.requests) == 3


def test_an_old_list_is_better_than_none(program: Program) -> None:
    """Where the gateway is down the kept list is shown with a note, and `--refresh` fails."""
    with DemoGateway(models=NAMES, model_faults=[None, Fails(503), Fails(503)]) as failing:
        program.environ["TOKENHUB_BASE_URL"] = failing.base_url
        program.read("models", "list")
        os.utime(find_kept(program), (1.0, 1.0))
        done = program.run("models", "list")
        assert program.run("models", "list", "--refresh").returncode == 6
    assert done.stdout.splitlines() == NAMES
    assert "days ago is shown: the gateway failed (503)" in done.stderr


def test_a_gateway_that_is_down_and_was_never_asked_is_an_error(program: Program) -> None:
    """There is nothing to show."""
    program.environ["TOKENHUB_BASE_URL"] = f"http://127.0.0.1:{find_free_port()}/v1"
    assert program.run("models", "list").returncode == 6


@pytest.mark.parametrize(
    ("words", "expected"),
    [(["MINI"], ["gpt-4o-mini"]), (["gpt", "mini"], ["gpt-4o-mini"]), (["quick"], ["fast-1"])],
)
def test_every_filter_word_must_occur_in_a_name_or_alias(
    program: Program, words: list[str], expected: list[str]
) -> None:
    """Case does not matter; an alias counts as a name of its model."""
    program.read("config", "set", "models.quick.model", "fast-1")
    assert program.read("models", "list", *words).splitlines() == expected


def test_a_filter_that_matches_nothing_says_so(program: Program) -> None:
    """Stdout stays empty, stderr names what is near."""
    done = program.run("models", "list", "gpt4o")
    assert (done.returncode, done.stdout) == (0, "")
    assert "none of 3 models matches `gpt4o`; near it: `gpt-4o`" in done.stderr


def test_json_tells_aliases_options_and_which_is_in_force(program: Program) -> None:
    """What the configuration file says of a model stands beside its name."""
    program.read("config", "set", "models.quick.model", "fast-1")
    program.read("config", "set", "models.fast-1.options.temperature", "0.5")
    program.read("config", "set", "models.fast-1.prices.prompt", "2")
    document = json.loads(program.read("models", "list", "--json"))
    assert (document["v"], document["model"], document["age_s"]) == (1, "gpt-4o", 0)
    by_name = {entry.pop("name"): entry for entry in document["models"]}
    assert list(by_name) == NAMES
    assert by_name["fast-1"] == {
        "in_force": False,
        "aliases": ["quick"],
        "options": {"temperature": 0.5},
        "prices": {"prompt": 2},
    }
    assert by_name["gpt-4o"]["in_force"]


def test_the_default_is_written_shown_and_checked(program: Program) -> None:
    """A name on offer becomes the setting; without a name the one in force is printed."""
    assert program.read("models", "default") == "gpt-4o"
    done = program.run("models", "default", "fast-1")
    assert (done.returncode, done.stderr) == (0, "`model` is `fast-1` now\n")
    assert program.read("models", "default") == "fast-1"
    assert program.read("config", "get", "model") == "fast-1"


def test_a_default_that_is_not_on_offer_is_refused_with_the_nearest(
    program: Program, gateway: DemoGateway
) -> None:
    """Exit 8 and a command to run; nothing is written, unless `--no-verify` says so."""
    done = program.run("models", "default", "gpt4o-mini")
    assert done.returncode == 8
    assert "hint: `tokenhub models default gpt-4o-mini`" in done.stderr
    assert not program.config_file.exists()
    assert len(gateway.requests) == 1
    assert program.run("models", "default", "gpt4o-mini").returncode == 8
    assert len(gateway.requests) == 2, "a kept list may be out of date"
    assert program.run("models", "default", "new-model", "--no-verify").returncode == 0


def test_an_alias_may_be_the_default(program: Program) -> None:
    """It is written as it was typed, and resolved when it is used."""
    program.read("config", "set", "models.quick.model", "fast-1")
    assert program.run("models", "default", "quick").returncode == 0
    assert program.read("models", "default") == "fast-1"
    assert 'model = "quick"' in program.config_file.read_text()


def test_the_default_of_the_profile_in_force_is_written_there(program: Program) -> None:
    """Written at the top it would have no effect."""
    base_url = program.environ.pop("TOKENHUB_BASE_URL")
    program.read("config", "set", "profiles.my-own.base_url", base_url)
    done = program.run("models", "default", "fast-1", "--profile", "my-own")
    assert "`profiles.my-own.model` is `fast-1` now" in done.stderr
    assert program.read("models", "default") == "gpt-4o"
    assert program.read("models", "default", "--profile", "my-own") == "fast-1"


def test_a_gateway_that_cannot_be_asked_is_no_reason_to_refuse(program: Program) -> None:
    """The default is written with a note that nobody looked."""
    with DemoGateway(model_faults=[Fails(503)]) as failing:
        program.environ["TOKENHUB_BASE_URL"] = failing.base_url
        done = program.run("models", "default", "anything")
    assert done.returncode == 0
    assert "nobody looked" in done.stderr
    assert program.read("models", "default") == "anything"
    assert "MARKED" not in "".join(program.outputs)


@pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a pseudo-terminal")
def test_on_a_terminal_there_is_a_table_with_the_age(program: Program) -> None:
    """Columns that would be empty are left out."""
    import pexpect  # type: ignore[import-untyped]

    shown = str(
        pexpect.run(
            f"{sys.executable} -m tokenhub_cli models list",
            env={**program.environ, "TERM": "xterm", "NO_COLOR": "1"},
            encoding="utf-8",
            timeout=20,
        )
    )
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert lines[:4] == ["MODEL", "fast-1", "gpt-4o default", "gpt-4o-mini"]
    assert lines[4].startswith("3 models of `http://127.0.0.1:")
    assert "\x1b" not in shown


def test_a_wrong_model_in_a_question_brings_the_near_ones(
    program: Program, gateway: DemoGateway
) -> None:
    """From the kept list; without one the gateway is asked once, and its list is kept."""
    for expected_requests in (2, 3):
        done = program.run("ask", "-m", "gpt4o-mini", "Hello")
        assert done.returncode == 8
        assert "does not offer the model `gpt4o-mini`" in done.stderr
        assert "hint: did you mean `gpt-4o-mini`" in done.stderr
        assert len(gateway.requests) == expected_requests
    assert "gpt-4o-mini" in find_kept(program).read_text()


def test_a_wrong_model_that_is_near_nothing_keeps_the_general_hint(program: Program) -> None:
    """Where the list helps nobody, the command that prints it does."""
    done = program.run("ask", "-m", "xyzzy", "Hello")
    assert done.returncode == 8
    assert "hint: `tokenhub models list`" in done.stderr
