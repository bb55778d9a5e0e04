"""`tokenhub history`, run as a program."""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.values import COMPLETE, build_conversation, build_turn
from tests.support.program import Program
from tokenhub_cli.chat.conversation import Answer, AnswerStatus, Conversation
from tokenhub_cli.store.conversations import open_history
from tokenhub_cli.store.spool import build_header, open_spool

HOSTILE = "\x1b[2J\x1b]0;title\x07\x9b5m\u202e\u200b\x7f\U000e0041"
CUT = Answer(f"Trains brake {HOSTILE}by", AnswerStatus.INCOMPLETE)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program with two kept conversations, the newer one cut off."""
    program = Program(tmp_path / "home")
    with open_history(program.home / "history.db") as history:
        first = build_conversation(1, turns=2)
        second = Conversation("7ra1n0000000").append(build_turn(7, CUT, "How do trains brake?"))
        for conversation in (first, second):
            for turn in conversation.turns:
                history.save_turn(conversation, turn)
    return program


def run_in_terminal(program: Program, *arguments: str) -> str:
    import pexpect  # type: ignore[import-untyped]

    child = pexpect.spawn(
        sys.executable,
        ["-m", "tokenhub_cli", "history", *arguments],
        env={**os.environ, **program.environ, "TERM": "xterm-256color"},
        dimensions=(24, 60),
        encoding="utf-8",
    )
    child.expect(pexpect.EOF, timeout=30)
    child.close()
    return str(child.before)


def test_list_is_a_line_each_in_a_pipe(program: Program) -> None:
    """The newest first: id, time, title, model, turns, tokens, status."""
    newest, oldest = (line.split("\t") for line in program.read("history", "list").splitlines())
    assert newest[0] == "7ra1n0000000"
    assert newest[2:] == ["How do trains brake?", "gpt-4o", "1", "0", "incomplete"]
    assert oldest[3:] == ["gpt-4o", "2", "92", "complete"]


def test_list_can_be_narrowed_and_is_json_on_request(program: Program) -> None:
    """By number, model, time and incompleteness."""

    def list_ids(*flags: str) -> list[str]:
        told = json.loads(program.read("history", "list", "--json", *flags))
        assert told["v"] == 1
        return [entry["id"] for entry in told["conversations"]]

    assert list_ids() == ["7ra1n0000000", "c0nv00000001"]
    assert list_ids("-n", "1") == ["7ra1n0000000"]
    assert list_ids("--incomplete", "--since", "1h") == ["7ra1n0000000"]
    assert list_ids("--model", "other") == []


def test_show_into_a_pipe_is_markdown(program: Program) -> None:
    """The conversation as it came; `--answer` gives the last answer alone."""
    shown = program.read("history", "show", "7ra")
    assert shown.startswith("# How do trains brake?\n\n")
    assert f"## Answer (incomplete)\n\n{CUT.text}" in shown
    assert program.read("history", "show", "c0nv", "--answer") == COMPLETE.text
    told = json.loads(program.read("history", "show", "last", "--json"))
    assert told["turns"][0]["answer"]["status"] == "incomplete"


def test_show_tells_what_the_model_thought_on_request(program: Program) -> None:
    """Into a pipe as well, where no one else would say it."""
    with open_history(program.home / "history.db") as history:
        answer = replace(COMPLETE, reasoning="Wheels, so friction.")
        conversation = Conversation("9h1nk0000000").append(build_turn(9, answer))
        history.save_turn(conversation, conversation.turns[-1])
    assert "## Reasoning\n\nWheels, so friction." in program.read("history", "show", "--reasoning")
    assert "Wheels" not in program.read("history", "show")


def test_search_finds_and_marks(program: Program) -> None:
    """Excerpts with the hit marked; exit code 1 where nothing is found."""
    line = program.read("history", "search", "rayl").split("\t")
    assert line[0] == "c0nv00000001"
    assert line[2:] == ["answer", "Because of **Rayleigh** scattering."]
    told = json.loads(program.read("history", "search", "train", "brake", "--json"))
    assert [hit["conversation"] for hit in told["found"]] == ["7ra1n0000000"]
    done = program.run("history", "search", "nowhere")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "nothing was found\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
def test_export_writes_what_can_be_read(program: Program, tmp_path: Path) -> None:
    """Every format, one conversation or all, to stdout or a private file."""
    assert len(json.loads(program.read("history", "export", "--all", "-f", "json"))) == 2
    lines = program.read("history", "export", "--all", "-f", "jsonl").splitlines()
    assert [json.loads(line)["messages"][0]["role"] for line in lines] == ["system", "user"]
    target = tmp_path / "page.html"
    program.read("history", "export", "last", "-f", "html", "-o", str(target))
    assert target.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert target.stat().st_mode & 0o077 == 0
    assert program.run("history", "export", "last", "-f", "pdf").returncode == 2
    assert program.run("history", "export").returncode == 2
    assert program.run("history", "export", "last", "--all").returncode == 2


def test_remove_asks_and_without_a_terminal_needs_yes(program: Program) -> None:
    """Nothing is removed unasked; `--yes` removes and says how much."""
    refused = program.run("history", "remove", "--all")
    assert refused.returncode == 2
    assert "`tokenhub history remove --all --yes`" in refused.stderr
    kept = program.run("history", "remove", "--older-than", "1h", "--yes")
    assert kept.stderr == "there is nothing to remove\n"
    assert program.run("history", "remove", "7ra", "-y").stderr == "removed 1 conversation\n"
    assert program.read("history", "list").startswith("c0nv00000001\t")
    assert "removed 1 " in program.run("history", "remove", "--all", "--yes").stderr
    assert program.read("history", "list") == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_a_no_removes_nothing_and_is_told_by_the_exit_code(program: Program) -> None:
    """As is a search that finds nothing: a script can tell both from what succeeded."""
    import pexpect

    child = pexpect.spawn(
        sys.executable,
        ["-m", "tokenhub_cli", "history", "remove", "--all"],
        env={**os.environ, **program.environ},
        encoding="utf-8",
    )
    child.expect_exact("Remove 2 conversations for good? [y/N] ", timeout=30)
    child.sendline("n")
    child.expect(pexpect.EOF, timeout=30)
    child.close()
    assert child.exitstatus == 1
    assert len(program.read("history", "list").splitlines()) == 2
    assert program.run("history", "search", "zeppelin").returncode == 1


def test_rename_and_stats(program: Program) -> None:
    """A title can be given; turns, tokens and cost are counted."""
    program.read("history", "rename", "last", "Trains,", "braking")
    assert "\tTrains, braking\t" in program.read("history", "list")
    assert program.read("history", "stats").split("\t")[1:] == ["gpt-4o", "3", "24", "68", "92", ""]
    program.read("config", "set", "models.gpt-4o.prices.prompt", "1000000")
    program.read("config", "set", "models.gpt-4o.prices.completion", "0")
    (day,) = json.loads(program.read("history", "stats", "--json"))["days"]
    assert (day["cost"], day["unreported"]) == (24.0, 1)


def test_stats_count_a_model_that_no_one_can_ask_for(program: Program) -> None:
    """What another program called its model may break our rules for names; it has no price."""
    with open_history(program.home / "history.db") as history:
        turn = replace(build_turn(8), model="a\x1b[31m\nb")
        history.save_turn(Conversation("0dd000000000").append(turn), turn)
    assert "\ta b\t1\t" in program.read("history", "stats")


def test_import_says_how_much_was_new(program: Program, tmp_path: Path) -> None:
    """An export of OpenAI's is read; a file of another kind is an error."""
    content = {"content_type": "text", "parts": ["Hi"]}
    message = {"author": {"role": "user"}, "content": content}
    node = {"parent": None, "children": list[str](), "message": message}
    export = [{"title": "Hello", "create_time": 1.7e9, "mapping": {"a": node}}]
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps(export), encoding="utf-8")
    done = program.run("history", "import", str(path))
    assert done.stderr == "imported 1 turn of 1 conversation\n"
    assert "\tHello\t" in program.read("history", "list")
    path.write_text("?")
    assert program.run("history", "import", str(path)).returncode == 2


def test_an_answer_whose_program_was_killed_is_found(program: Program) -> None:
    """Any history command keeps orphans, and says so once."""
    asked = Conversation("0rphan000000").append(build_turn(8, None, "Who am I?"))
    header = build_header(asked, started_at=1.0, base_url="http://localhost/v1")
    spool = open_spool(program.home / "spool", header)
    spool.append("Nobody")
    spool.close(keep=True)
    done = program.run("history", "list", "--incomplete")
    assert done.stderr.startswith("note: an answer was cut off when its program ended; it is kept")
    assert "`tokenhub resume 0rphan000000`" in done.stderr
    assert done.stdout.startswith("0rphan000000\t")
    assert program.run("history", "list").stderr == ""
    assert list((program.home / "spool").iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_on_a_terminal_there_are_tables_and_rendered_answers(program: Program) -> None:
    """A table with a heading that fits; answers rendered; nothing that drives the terminal."""
    table = run_in_terminal(program, "list", "--color", "never").splitlines()
    assert table[0].split() == ["id", "age", "title", "model", "status"]
    assert all(len(line) <= 60 for line in table)
    shown = run_in_terminal(program, "show", "last")
    assert "\x1b[2J" not in shown
    assert "Trains brake" in shown
    assert "█" in run_in_terminal(program, "stats")
    assert "\x1b[1;7m" in run_in_terminal(program, "search", "trains")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
@pytest.mark.parametrize(
    "command",
    [
        *("list --json", "search trains --json", "show last --color never", "show last --json"),
        *("show last --raw", "show last --answer", "export last", "export --all -f json"),
        *("export last -f jsonl", "export last -f html"),
    ],
)
def test_nothing_kept_drives_the_terminal_whatever_shows_it(program: Program, command: str) -> None:
    """Neither what is read by people nor what is written for programs."""
    program.read("history", "rename", "last", "Trains " + HOSTILE)
    shown = run_in_terminal(program, *command.split())
    assert "Trains" in shown
    assert set(shown).isdisjoint(set(HOSTILE) - set("[2J]0;title5m"))


def test_json_in_a_pipe_says_what_was_kept(program: Program) -> None:
    """What is escaped in it is read as it was."""
    told = json.loads(program.read("history", "show", "last", "--json"))
    assert told["turns"][0]["answer"]["text"] == CUT.text
    exported = program.read("history", "export", "last", "-f", "json")
    assert json.loads(exported)[0]["turns"][0]["answer"]["text"] == CUT.text
    assert HOSTILE in program.read("history", "export", "last")


def test_a_reference_that_fits_nothing_is_an_error(program: Program) -> None:
    """The error names the reference and the hint a command."""
    done = program.run("history", "show", "nothing")
    assert done.returncode == 2
    assert done.stderr == (
        "error: no conversation `nothing` is kept\n\nhint: `tokenhub history list`\n"
    )


@pytest.mark.parametrize(
    ("arguments", "choices"),
    [
        (("list", "--color", "red"), "`auto`, `always`, `never`"),
        (("export", "last", "--format", "pdf"), "`md`, `json`, `jsonl`, `html`"),
    ],
)
def test_a_word_that_is_no_choice_is_refused(
    program: Program, arguments: tuple[str, ...], choices: str
) -> None:
    """The error names the choices, as that of `ask` does."""
    done = program.run("history", *arguments)
    assert done.returncode == 2
    assert f"is not one of {choices}" in done.stderr


def test_a_history_from_the_future_is_refused(program: Program) -> None:
    """A file of a later version is an error of the store, exit code 1."""
    with open_history(program.home / "history.db") as history:
        history.database.read(lambda c: c.execute("PRAGMA user_version = 99"))
    done = program.run("history", "list")
    assert done.returncode == 1
    assert "later version" in done.stderr


def test_branches_are_in_the_json_export(program: Program) -> None:
    """A retried turn is exported beside the one it replaced."""
    with open_history(program.home / "history.db") as history:
        found = history.load_conversation("c0nv")
        retried = found.retry(replace(build_turn(99), model="other"))
        history.save_turn(retried, retried.turns[-1])
    (exported,) = json.loads(program.read("history", "export", "c0nv", "-f", "json"))
    assert len(exported["turns"]) == 3
    assert exported["tip"] == "turn00000099"
