"""How `tokenhub ask` ends: each row of the table of exit codes, with the words that go with it."""

import signal
import subprocess
from pathlib import Path

import pytest

from tests.support.gateways import find_free_port
from tests.support.questioner import ANSWER, Questioner, check_error
from tokenhub_cli.demo.answers import PreparedAnswer
from tokenhub_cli.demo.faults import Cut, Fails, Fault, Html, Oddity
from tokenhub_cli.demo.server import DemoGateway

LONG = "word " * 200


def open_failing(home: Path, *faults: Fault, key: str | None = None) -> Questioner:
    return Questioner(
        home, DemoGateway(answers=LONG, tokens_per_second=None, every=faults, key=key)
    )


@pytest.mark.parametrize(
    ("fault", "code", "words", "hint"),
    [
        (Fails(401), 4, "the gateway refused the key (401)", "`unset TOKENHUB_API_KEY`"),
        (Fails(403), 4, "(403)", "`unset TOKENHUB_API_KEY`"),
        (Oddity.ECHOES_KEY, 4, "the gateway refused the key", "`unset TOKENHUB_API_KEY`"),
        (Fails(402), 5, "quota or balance is used up (402)", "`tokenhub keys set`"),
        (Fails(429, quota=True), 5, "quota or balance is used up (429)", "`tokenhub keys set`"),
        (Fails(429), 5, "the gateway is limiting requests (429)", "--max-retries"),
        (Fails(500), 6, "the gateway failed (500)", "`tokenhub doctor`"),
        (Fails(503), 6, "the gateway failed (503)", "`tokenhub doctor`"),
        (Html(), 6, "(502)", "`tokenhub doctor`"),
        (Html(200), 6, "a web page", "`tokenhub config set base_url URL`"),
        (Oddity.EMPTY, 6, "an empty answer", "`tokenhub doctor`"),
        (Oddity.NO_ANSWER, 6, "lost", "`tokenhub doctor`"),
        (Fails(400), 8, "the gateway refused the request (400)", "`tokenhub"),
        (Fails(404), 8, "no such address (404)", "`tokenhub config set base_url URL`"),
        (Fails(413), 8, "too large", "`tokenhub models list`"),
        (Fails(422), 8, "(422)", "`tokenhub"),
    ],
    ids=str,
)
def test_what_the_gateway_says_becomes_a_code(
    tmp_path: Path, fault: Fault, code: int, words: str, hint: str
) -> None:
    """Refusals, limits, failures: nothing on stdout, one error, a hint and the row's code."""
    with open_failing(tmp_path, fault) as questioner:
        done = questioner.ask("--max-retries", "0", "hi")
        check_error(done, code, words, hint=hint)
        assert done.stdout == ""
        assert "MARKED" not in done.stderr


@pytest.mark.parametrize("status", [401, 403])
def test_a_gateway_that_got_no_key_wants_one(tmp_path: Path, status: int) -> None:
    """What was not sent cannot have been refused."""
    with open_failing(tmp_path, Fails(status)) as questioner:
        del questioner.environ["TOKENHUB_API_KEY"]
        done = questioner.ask("hi")
        words = f"the gateway wants a key ({status})"
        check_error(done, 4, words, hint="`tokenhub keys set` stores one")


def test_an_answer_that_is_whole_is_a_success(tmp_path: Path) -> None:
    """Exit code 0, and not a word on stderr."""
    with Questioner(tmp_path) as questioner:
        done = questioner.ask("hi")
    assert (done.returncode, done.stdout, done.stderr) == (0, ANSWER, "")


@pytest.mark.parametrize("reason", ["length", "content_filter"])
def test_an_answer_that_was_stopped_is_incomplete(tmp_path: Path, reason: str) -> None:
    """The length limit and the content filter: the text, a note, exit code 3."""
    answer = PreparedAnswer("so far", finish_reason=reason)
    gateway = DemoGateway(answers=lambda _question, _model: answer, tokens_per_second=None)
    with Questioner(tmp_path, gateway) as questioner:
        done = questioner.ask("hi")
        assert (done.returncode, done.stdout) == (3, "so far\n")
        assert done.stderr.startswith("note: the ")
        assert reason.partition("_")[0] in done.stderr
        assert done.stderr.count("\n") == 1
        done = questioner.ask("-q", "hi")
        assert (done.returncode, done.stderr) == (3, "")


def test_an_answer_that_was_cut_for_good_is_incomplete(tmp_path: Path) -> None:
    """What came is on stdout with its newline; exit code 3; the hint is `tokenhub resume`."""
    with open_failing(tmp_path, Cut(after_pieces=20)) as questioner:
        done = questioner.ask("--no-resume", "hi")
        check_error(done, 3, hint="`tokenhub resume`")
    assert done.stdout == LONG[: len(done.stdout) - 1] + "\n"
    assert done.stdout.count("word") == 20


def test_what_is_not_kept_is_not_to_be_resumed(tmp_path: Path) -> None:
    """`tokenhub resume` would finish another answer, an older one, and bill it."""
    with open_failing(tmp_path, Cut(after_pieces=20)) as questioner:
        check_error(questioner.ask("--no-resume", "-n", "hi"), 3, hint="ask again: this answer")
        done = questioner.ask("--no-resume", "hi", TOKENHUB_NO_HISTORY="1")
        check_error(done, 3, hint="`tokenhub help resuming`")


def test_no_key_is_a_matter_of_the_key(tmp_path: Path) -> None:
    """Where a key is needed and none is found, nothing is sent: exit code 4 and `keys set`."""
    with Questioner(tmp_path) as questioner:
        environ = {"TOKENHUB_API_KEY": "", "TOKENHUB_BASE_URL": "https://gateway.invalid/v1"}
        check_error(
            questioner.ask("hi", **environ),
            4,
            "no key for `https://gateway.invalid`",
            hint="`tokenhub keys set`",
        )


def test_a_gateway_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    """A refused connection is tried again as often as allowed, then exit code 6."""
    with Questioner(tmp_path) as questioner:
        url = f"http://127.0.0.1:{find_free_port()}/v1"
        done = questioner.ask("--base-url", url, "--max-retries", "1", "hi")
        check_error(done, 6, f"no connection to `{url}`", hint="`tokenhub doctor`")
        assert done.stderr.count("note: no answer yet") == 1


def test_a_wrong_setting_is_a_matter_of_configuration(tmp_path: Path) -> None:
    """A broken file, an unknown setting, an unknown profile: exit code 7."""
    with Questioner(tmp_path) as questioner:
        check_error(questioner.ask("--profile", "nope", "hi"), 7, "`nope`")
        questioner.home.mkdir(exist_ok=True)
        questioner.config_file.write_text("modle = 'x'\n")
        check_error(questioner.ask("hi"), 7, "`modle`", hint="did you mean `model`?")
        assert questioner.gateway.requests == []


def test_an_unknown_model_is_refused_with_near_names(tmp_path: Path) -> None:
    """Exit code 8, and the models that may have been meant."""
    with Questioner(tmp_path) as questioner:
        check_error(questioner.ask("-m", "gpt-4p", "hi"), 8, "`gpt-4p`", hint="gpt-4o")


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_the_answer_and_keeps_what_came(
    tmp_path: Path, number: int, code: int
) -> None:
    """Ctrl-C is 130; what had come is on stdout, whole lines, and in history."""
    with Questioner(tmp_path, DemoGateway(answers=LONG, tokens_per_second=50)) as questioner:
        child = questioner.start(
            *("ask", "hi"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,  # `communicate` would not get what a buffer had read ahead
        )
        assert child.stdout is not None
        first = child.stdout.read(5)
        child.send_signal(number)
        rest, notices = child.communicate(timeout=20)
        output = (first + rest).decode()
        assert child.returncode == code
        assert LONG.startswith(output.rstrip("\n"))
        assert notices == b"note: stopped; the answer is incomplete\n"
        kept = questioner.read("history", "show", "last")
        assert output.strip() in kept
