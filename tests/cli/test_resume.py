"""`tokenhub resume`, run as a program: an answer that was cut off is finished in another run."""

import json
import sys
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from tests.support.gateways import ScriptedServer
from tests.support.program import MARKED_KEY, Program
from tests.support.questioner import ANSWER, Questioner, check_error
from tokenhub_cli.demo.faults import Cut, Fault, Slow, Stall
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.demo.texts import POEM


def open_poet(home: Path, *faults: Fault) -> Questioner:
    return Questioner(home, DemoGateway(tokens_per_second=None, faults=faults))


def test_the_newest_answer_is_finished_and_printed_whole(tmp_path: Path) -> None:
    """Into a pipe the answer comes from its beginning, byte for byte, and is complete from then."""
    with open_poet(tmp_path, Cut(after_pieces=60)) as questioner:
        done = questioner.ask("--no-resume", "Write a poem")
        check_error(done, 3, hint="`tokenhub resume`")
        part = done.stdout.rstrip("\n")
        assert 0 < len(part) < len(POEM)
        assert POEM.startswith(part)
        done = questioner.run("resume")
        assert (done.returncode, done.stdout) == (0, POEM)
        assert "the prompt is billed again" in done.stderr
        assert questioner.prompt != "Write a poem"
        check_error(questioner.run("resume"), 2, "no incomplete answer", hint="history list`")


def test_an_answer_is_named_by_its_conversation(tmp_path: Path) -> None:
    """`resume ID` finishes that one, with the model and the options it was begun with."""
    with open_poet(tmp_path, Cut(after_pieces=30), Cut(after_pieces=50)) as questioner:
        flags = ["--no-resume", "--json", "-m", "demo-poet", "--seed", "4"]
        first = json.loads(questioner.ask(*flags, "one").stdout)
        questioner.ask("--no-resume", "Write a poem, two")
        done = questioner.run("resume", first["conversation"], "-u")
        assert (done.returncode, done.stdout) == (0, POEM)
        assert (questioner.body["model"], questioner.body["seed"]) == ("demo-poet", 4)
        assert "\ndemo-poet · " in done.stderr
        done = questioner.run("resume", "--json")
        assert json.loads(done.stdout)["text"] == POEM
        check_error(
            questioner.run("resume", first["conversation"]), 2, "is complete", hint="history show"
        )


@pytest.mark.parametrize("reference", ["zzzz", ""])
def test_what_is_not_there_is_not_resumed(tmp_path: Path, reference: str) -> None:
    """No history or no such conversation: exit code 2, and no request."""
    with Questioner(tmp_path) as questioner:
        check_error(questioner.run("resume", *filter(None, [reference])), 2, "kept")
        assert questioner.gateway.requests == []


@pytest.mark.parametrize("reference", [[], ["zzzz"]])
def test_what_there_is_to_resume_is_looked_for_before_a_key(
    tmp_path: Path, reference: list[str]
) -> None:
    """Who has nothing to resume needs no key to be told so."""
    program = Program(tmp_path / "home")
    check_error(program.run("resume", *reference), 2, "kept", hint="`tokenhub history list`")


def test_an_answer_that_another_program_writes_is_left_to_it(tmp_path: Path) -> None:
    """Neither an answer that is still coming nor one that is being finished is asked for twice."""
    stall = Stall(60, after_pieces=20)
    with open_poet(tmp_path, Cut(after_pieces=10), stall, stall) as questioner:
        first = json.loads(questioner.ask("--no-resume", "--json", "Write a poem").stdout)
        for reference in ([], [first["conversation"]]):
            with questioner.start("resume", stdout=PIPE, stderr=PIPE) as finishing:
                assert finishing.stdout is not None
                assert finishing.stdout.read(20)
                before = len(questioner.gateway.requests)
                done = questioner.run("resume", *reference)
                assert len(questioner.gateway.requests) == before
                finishing.terminate()
            check_error(done, 2, "is being written by another tokenhub", hint="history show")


def test_the_thinking_outlives_a_resume_that_is_killed(tmp_path: Path) -> None:
    """A thinking model goes on exactly only if its thinking goes back, the next time as well."""

    def say(**delta: str) -> bytes:
        return b"data: " + json.dumps({"choices": [{"delta": delta}]}).encode() + b"\n\n"

    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
    program = Program(tmp_path / "home")
    with ScriptedServer(
        [head + say(reasoning_content="Hm, the sky.") + say(content="The sky is")],
        [head + say(content=" is blue by day"), 60],
    ) as server:
        program.environ |= {"TOKENHUB_BASE_URL": server.base_url, "TOKENHUB_API_KEY": MARKED_KEY}
        program.run("ask", "--no-resume", "Why is the sky blue?")
        arguments = [sys.executable, "-m", "tokenhub_cli", "resume", "-q"]
        with Popen(arguments, env=program.environ, stdout=PIPE) as finishing:
            assert finishing.stdout is not None
            assert finishing.stdout.read(len("The sky is blue by day")) == b"The sky is blue by day"
            finishing.kill()
    kept = json.loads(program.read("history", "export", "last", "--format", "json"))
    answer = kept[0]["turns"][0]["answer"]
    assert (answer["text"], answer["reasoning"]) == ("The sky is blue by day", "Hm, the sky.")


def test_what_a_resumed_answer_cost_is_the_sum_everywhere(tmp_path: Path) -> None:
    """Footer, JSON and history count the tokens and attempts of all runs, the times of the last."""
    with open_poet(tmp_path, Cut(after_pieces=20), Cut(after_pieces=20)) as questioner:
        questioner.read("config", "set", "resume", "off")
        first = json.loads(questioner.ask("--json", "Write a poem").stdout)
        second = json.loads(questioner.run("resume", "--json").stdout)
        done = questioner.run("resume", "-u")
        assert (done.returncode, done.stdout) == (0, POEM)
        kept = json.loads(questioner.read("history", "export", "last", "--format", "json"))
        (day,) = json.loads(questioner.read("history", "stats", "--json"))["days"]
        (listed,) = json.loads(questioner.read("history", "list", "--json"))["conversations"]
    assert first["usage"]["attempts"] == 1
    assert second["usage"]["attempts"] == second["attempts"] == 2
    assert second["usage"]["total_tokens"] > first["usage"]["total_tokens"]
    usage = kept[0]["turns"][0]["answer"]["usage"]
    assert usage["attempts"] == 3
    assert usage["total_tokens"] > second["usage"]["total_tokens"]
    assert day["total_tokens"] == listed["tokens"] == usage["total_tokens"]
    footer = f"~{usage['prompt_tokens']} tokens in · ~{usage['completion_tokens']} out"
    assert footer in done.stderr
    assert "3 attempts" in done.stderr


def test_the_time_to_the_first_token_is_the_gateways(tmp_path: Path) -> None:
    """What was there already and is shown at once is no token of this run."""
    with open_poet(tmp_path, Cut(after_pieces=20), Slow(0.5)) as questioner:
        questioner.ask("--no-resume", "Write a poem")
        shown = json.loads(questioner.run("resume", "--json").stdout)
    assert shown["timings"]["first_token_s"] >= 0.5


def test_an_answer_cut_by_the_length_limit_goes_on_if_named(tmp_path: Path) -> None:
    """`finish_reason: length` is no accident: it is gone on with by its id, and asked for."""
    with open_poet(tmp_path) as questioner:
        done = questioner.ask("--max-tokens", "20", "--json", "Write a poem")
        assert done.returncode == 3
        shown = json.loads(done.stdout)
        assert shown["status"] == "length"
        done = questioner.run("resume", shown["conversation"], "--max-continue", "99")
        assert (done.returncode, done.stdout) == (0, POEM)


def test_an_answer_that_never_came_is_asked_for_again_if_named(tmp_path: Path) -> None:
    """A question that failed is asked anew."""
    with Questioner(tmp_path) as questioner:
        questioner.gateway.stop()
        done = questioner.ask("--json", "--max-retries", "0", "hi")
        assert done.returncode == 6
        questioner.gateway.start()
        done = questioner.run("resume", json.loads(done.stdout)["conversation"])
        assert (done.returncode, done.stdout) == (0, ANSWER)
        assert questioner.prompt == "hi"
