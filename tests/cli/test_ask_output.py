"""What `tokenhub ask` writes where: stdout is the answer and nothing else, byte for byte."""

import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.questioner import Questioner
from tokenhub_cli.demo.answers import THINKER, PreparedAnswer
from tokenhub_cli.demo.delivery import Outcome
from tokenhub_cli.demo.faults import Cut, Fails, Oddity
from tokenhub_cli.demo.server import DemoGateway

ODD = "# T\r\n\n\x1b[31mred\x1b[0m\t\u200b\u202eabc\u2028é\U0001f600\0\x07 end"


def open_questioner(home: Path, answers: str | PreparedAnswer, **gateway: object) -> Questioner:
    said = answers if isinstance(answers, str) else lambda _question, _model: answers
    return Questioner(home, DemoGateway(answers=said, tokens_per_second=None, **gateway))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "written"),
    [(ODD, ODD + "\n"), ("a\n", "a\n"), ("a\n\n", "a\n\n"), (" ", " \n"), ("a", "a\n")],
)
@pytest.mark.parametrize("color", ["auto", "always"])
def test_a_pipe_gets_the_text_exactly(tmp_path: Path, said: str, written: str, color: str) -> None:
    """Every byte of the model's, control characters too, and a last newline only if it lacks."""
    with open_questioner(tmp_path, said) as questioner:
        child = questioner.start(
            "ask",
            f"--color={color}",
            "hi",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        output, notices = child.communicate(timeout=20)
    assert (child.returncode, output, notices) == (0, written.encode(), b"")


@pytest.mark.parametrize("environ", [{"FORCE_COLOR": "1"}, {"NO_COLOR": "1"}, {"TERM": "xterm"}])
def test_no_variable_colours_a_pipe(tmp_path: Path, environ: dict[str, str]) -> None:
    """Neither `FORCE_COLOR` nor a terminal's name brings an escape code into a pipe."""
    with open_questioner(tmp_path, "# Head\n\n**bold** `code`", faults=(Fails(503),)) as questioner:
        done = questioner.ask("-u", "--color", "always", "hi", **environ)
    assert done.returncode == 0
    assert "\x1b" not in done.stdout + done.stderr
    assert done.stdout == "# Head\n\n**bold** `code`\n"


def test_each_piece_is_written_when_it_arrives(tmp_path: Path) -> None:
    """The first words can be read while the gateway still holds back the others."""
    gateway = DemoGateway(answers="one two three four five six", tokens_per_second=5)
    with Questioner(tmp_path, gateway) as questioner:
        child = questioner.start(
            "ask", "hi", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert child.stdout is not None
        descriptor = child.stdout.fileno()
        pieces = []
        while piece := os.read(descriptor, 1000):
            pieces.append((time.monotonic(), piece))
        child.communicate(timeout=20)
    assert b"".join(piece for _, piece in pieces) == b"one two three four five six\n"
    assert len(pieces) >= 5
    assert pieces[-1][0] - pieces[0][0] > 0.5


def test_head_ends_the_program_quietly(tmp_path: Path) -> None:
    """`| head -1` has its line; the program stops asking, and ends with exit code 0."""
    answers = "".join(f"line {number}\n" for number in range(20_000))
    with open_questioner(tmp_path, answers) as questioner:
        done = questioner.run_in_shell("tokenhub ask hi </dev/null | head -1")
        assert (done.returncode, done.stdout, done.stderr) == (0, "line 0\n", "")
        assert questioner.gateway.exchanges[0].wait() is Outcome.HUNG_UP


def test_json_is_one_object_at_the_end(tmp_path: Path) -> None:
    """`--output json` and `--json` carry version, status, text, usage, timings and ids."""
    answer = PreparedAnswer("é ok", reasoning="hm")
    with open_questioner(tmp_path, answer) as questioner:
        first = questioner.ask("--json", "hi")
        second = questioner.ask("--output", "json", "-R", "hi")
    shown = json.loads(first.stdout)
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.count("\n") == 1
    assert set(shown) == {
        "v",
        "event",
        "status",
        "finish_reason",
        "timings",
        "text",
        "reasoning",
        "model",
        "base_url",
        "conversation",
        "attempts",
        "usage",
    }
    assert (shown["v"], shown["event"], shown["status"]) == (1, "end", "complete")
    assert (shown["text"], shown["reasoning"]) == ("é ok", "hm")
    assert set(shown["timings"]) == {"first_token_s", "total_s", "tokens_per_s"}
    assert set(json.loads(second.stdout)) == set(shown) - {"reasoning"}


def test_stream_json_is_an_object_a_line_as_it_happens(tmp_path: Path) -> None:
    """Start, reasoning, text, the retry and the cut on the way, usage and end, each with its v."""
    answer = PreparedAnswer("one two three four five six seven", reasoning="hm")
    with open_questioner(tmp_path, answer, faults=(Fails(503), Cut(after_pieces=5))) as questioner:
        done = questioner.ask("--output", "stream-json", "hi")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert all(event["v"] == 1 for event in events)
    assert "".join(event["text"] for event in events if event["event"] == "text") == answer.text
    names = list(dict.fromkeys(event["event"] for event in events))
    assert names == [
        "start",
        "retry",
        "reasoning",
        "text",
        "interrupted",
        "resumed",
        "usage",
        "end",
    ]
    by_name = {event["event"]: event for event in events}
    assert set(by_name["start"]) == {
        "v",
        "event",
        "model",
        "base_url",
        "conversation",
        "attempt",
    }
    assert set(by_name["retry"]) == {"v", "event", "attempt", "wait_s", "reason"}
    assert set(by_name["interrupted"]) == {"v", "event", "offset", "reason"}
    assert set(by_name["resumed"]) == {"v", "event", "strategy", "overlap"}
    assert by_name["usage"]["attempts"] == 2
    assert by_name["end"]["status"] == "complete"


@pytest.mark.parametrize("output", ["json", "stream-json"])
def test_a_failure_is_an_object_too(tmp_path: Path, output: str) -> None:
    """The end names status and error; stderr has the same words, and the code is the error's."""
    with open_questioner(tmp_path, "x", faults=(Fails(400),)) as questioner:
        done = questioner.ask("--output", output, "hi")
    end = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == end["error"]["exit_code"] == 8
    assert end["status"] == "failed"
    assert f"error: {end['error']['message']}" in done.stderr


CODE = "Try:\n\n```py\nfirst\n```\nor\n~~~\nlast\n~~~\n"


@pytest.mark.parametrize(
    ("flag", "written"), [("-x", "first\n"), ("--extract", "first\n"), ("--extract-last", "last\n")]
)
def test_a_code_block_can_be_had_alone(tmp_path: Path, flag: str, written: str) -> None:
    """`-x` prints the first fenced block, `--extract-last` the last, and nothing else."""
    with open_questioner(tmp_path, CODE) as questioner:
        done = questioner.ask(flag, "hi")
    assert (done.returncode, done.stdout, done.stderr) == (0, written, "")


def test_an_answer_without_code_extracts_nothing(tmp_path: Path) -> None:
    """Stdout stays empty, and a note says why."""
    with open_questioner(tmp_path, "no code") as questioner:
        done = questioner.ask("-x", "hi")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "note: the answer holds no fenced code block; nothing was extracted\n"


def test_usage_and_details_are_told_on_request(tmp_path: Path) -> None:
    """`-u` adds one line on stderr; `-v` adds status and request id to an error."""
    with open_questioner(tmp_path, "x", faults=(None, Fails(400))) as questioner:
        done = questioner.ask("-u", "hi")
        assert done.stdout == "x\n"
        assert done.stderr.startswith("gpt-4o · ")
        assert done.stderr.count("\n") == 1
        done = questioner.ask("-v", "hi")
    assert "\nstatus: 400\n" in done.stderr
    assert "\nrequest id: demo-" in done.stderr


def test_quiet_keeps_notices_back_and_not_errors(tmp_path: Path) -> None:
    """A retry is told on stderr, with `-q` it is not; an error always is."""
    faults = (Fails(503), None, Fails(503), None, Fails(400))
    with open_questioner(tmp_path, "x", faults=faults) as questioner:
        assert "note: no answer yet: " in questioner.ask("hi").stderr
        assert questioner.ask("-q", "hi").stderr == ""
        assert questioner.ask("-q", "hi").stderr.startswith("error: ")


def test_reasoning_never_reaches_a_pipe(tmp_path: Path) -> None:
    """With `-R` and without, stdout has the answer alone, and so has stderr nothing of it."""
    with Questioner(tmp_path, DemoGateway(answers="x", tokens_per_second=None)) as questioner:
        for flags in ([], ["-R"]):
            done = questioner.ask("-m", THINKER, *flags, "hi")
            assert (done.stdout, done.stderr) == ("x\n", "")


def test_a_gateway_with_odd_habits_changes_no_byte(tmp_path: Path) -> None:
    """CRLF framing, escaped characters, junk and no `[DONE]`: the same bytes."""
    faults = (
        (Oddity.CRLF, Oddity.ASCII, Oddity.JUNK),
        (Oddity.NO_SPACE, Oddity.NO_DONE),
        Oddity.UNSTREAMED,
    )
    with open_questioner(tmp_path, "é\U0001f600 ok", faults=faults) as questioner:
        for _ in faults:
            assert questioner.ask("hi").stdout == "é\U0001f600 ok\n"
