"""`tokenhub doctor`, run as a program against gateways in every state."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.gateways import find_free_port
from tests.support.program import MARKED_KEY, Program
from tests.support.relays import Relay, make_certificate
from tokenhub_cli.cli.doctor import COMMAND_WHEN_WELL, conclude, judge_models
from tokenhub_cli.demo.continuation import Continuation
from tokenhub_cli.demo.faults import Fails, Oddity, Stall
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.errors import ExitCode
from tokenhub_cli.gateway.finding import Finding, Verdict

CHECKS = [
    *("versions", "directories", "files", "terminal", "config", "key"),
    *("proxy", "dns", "tcp", "tls", "models", "clock", "answer", "resuming"),
]


@pytest.fixture
def gateway() -> Iterator[DemoGateway]:
    """A gateway in good health."""
    with DemoGateway(key=MARKED_KEY, tokens_per_second=None) as opened:
        yield opened


@pytest.fixture
def program(tmp_path: Path, gateway: DemoGateway) -> Iterator[Program]:
    """The program with a stored key; afterwards no output may hold it."""
    found = Program(tmp_path / "home")
    found.environ |= {"TOKENHUB_BASE_URL": gateway.base_url, "HOME": str(tmp_path)}
    assert found.run("keys", "set", "--no-verify", stdin=MARKED_KEY).returncode == 0
    yield found
    assert "MARKED" not in "".join(found.outputs)


def examine(program: Program, *arguments: str) -> tuple[dict[str, dict[str, Any]], Any]:
    """Return the last finding of each check by name, and the whole document."""
    done = program.run("doctor", "--json", *arguments)
    document = json.loads(done.stdout)
    assert document["exit_code"] == done.returncode
    assert done.stderr == ""
    return {finding["check"]: finding for finding in document["findings"]}, document


def test_a_healthy_gateway_passes_every_check(program: Program, gateway: DemoGateway) -> None:
    """In the order of the journey, with an answer of two tokens and the way to a question."""
    found, document = examine(program)
    assert list(found) == CHECKS
    verdicts = {finding["verdict"] for finding in document["findings"]}
    assert verdicts == {"ok", "skipped"}
    assert document["exit_code"] == 0
    assert document["next"] == COMMAND_WHEN_WELL
    facts = found["answer"]["facts"]
    assert (facts["finish_reason"], facts["done"], facts["usage"]) == ("length", True, True)
    assert facts["first_token_s"] < 5
    assert found["key"]["words"].startswith("sha256:")
    (request,) = [request for request in gateway.requests if request.method == "POST"]
    assert request.body["max_tokens"] == 2


def test_nothing_is_spent_on_request(program: Program, gateway: DemoGateway) -> None:
    """`--no-spend` asks for the models alone."""
    found, _ = examine(program, "--no-spend")
    assert found["answer"]["verdict"] == "skipped"
    assert [request.method for request in gateway.requests] == ["GET"]


def test_a_report_holds_neither_keys_nor_the_home_directory(
    program: Program, tmp_path: Path
) -> None:
    """Nor the values of headers, nor a proxy's password."""
    program.read("config", "set", "headers.X-Team", "marked-header-value")
    program.environ |= {
        "TOKENHUB_BASE_URL": "https://gateway.example/v1",
        "TOKENHUB_API_KEY": MARKED_KEY,
        "HTTPS_PROXY": f"http://user:{MARKED_KEY}@127.0.0.1:{find_free_port()}",
    }
    found, document = examine(program)
    text = json.dumps(document)
    assert str(tmp_path) not in text
    assert "~/home" in text
    assert "marked-header" not in text
    assert found["proxy"]["verdict"] == "info"
    assert "user" not in found["proxy"]["words"]
    assert found["models"]["verdict"] == "failed"
    assert document["exit_code"] == 6


def test_a_missing_key_is_the_first_thing_to_mend(program: Program) -> None:
    """Exit 4, the gateway is not bothered, and the command stores a key."""
    program.run("keys", "remove")
    program.environ["TOKENHUB_BASE_URL"] = "https://nowhere.invalid/v1"
    found, document = examine(program)
    assert found["key"]["verdict"] == "failed"
    assert (document["exit_code"], document["next"]) == (4, "tokenhub keys set")


def test_a_refused_key_leads_to_another(program: Program, gateway: DemoGateway) -> None:
    """For the same gateway, if a flag named it; a variable that holds it comes first."""
    stored = program.run(
        *("keys", "set", "--no-verify", "--base-url", gateway.base_url), stdin="sk-other-MARKED"
    )
    assert stored.returncode == 0
    program.environ["TOKENHUB_API_KEY"] = "sk-another-MARKED"
    assert examine(program)[1]["next"] == "unset TOKENHUB_API_KEY"
    del program.environ["TOKENHUB_API_KEY"]
    found, document = examine(program, "--base-url", gateway.base_url)
    assert found["models"]["verdict"] == "failed"
    assert found["answer"]["verdict"] == "skipped"
    assert document["exit_code"] == 4
    assert document["next"] == f"tokenhub keys set --base-url {gateway.base_url}"


def test_a_broken_configuration_ends_the_checkup(program: Program) -> None:
    """Exit 7; the editor is what helps."""
    program.config_file.write_text("max_retries = 'many'\n")
    found, document = examine(program)
    assert list(found)[-2:] == ["config", "gateway"]
    assert (document["exit_code"], document["next"]) == (7, "tokenhub config edit")


def test_an_unknown_code_theme_is_a_warning(program: Program) -> None:
    """Answers come all the same; the next command puts the nearest one in its place."""
    program.config_file.write_text("[profiles.work]\ncode_theme = 'monokay'\n")
    found, document = examine(program)
    assert found["config"]["verdict"] == "warning"
    assert f"`profiles.work.code_theme` in `{program.config_file}`".replace(
        program.environ["HOME"], "~"
    ) in str(found["config"]["words"])
    command = "tokenhub config set profiles.work.code_theme monokai"
    assert (document["exit_code"], document["next"]) == (0, command)


@pytest.mark.parametrize(
    ("base_url", "check"),
    [("http://nowhere.invalid/v1", "dns"), ("http://127.0.0.1:{port}/v1", "tcp")],
)
def test_the_step_that_fails_is_named(program: Program, base_url: str, check: str) -> None:
    """What comes before it is fine, what comes after it is left out; exit 6."""
    program.read("config", "set", "keyless", "true")
    program.environ["TOKENHUB_BASE_URL"] = base_url.format(port=find_free_port())
    program.read("config", "set", "base_url", program.environ.pop("TOKENHUB_BASE_URL"))
    found, document = examine(program)
    failed = [name for name, finding in found.items() if finding["verdict"] == "failed"]
    assert failed == [check]
    assert found["answer"]["verdict"] == "skipped"
    assert (document["exit_code"], document["next"]) == (6, "tokenhub config get base_url")


@pytest.mark.parametrize(
    ("variable", "value", "check", "command"),
    [
        ("SSL_CERT_FILE", "/nowhere/company-ca.pem", "tls", "unset SSL_CERT_FILE"),
        ("HTTPS_PROXY", "http://proxy:PORT", "models", "unset HTTPS_PROXY"),
    ],
)
def test_a_variable_that_spoils_the_connection_is_a_finding(
    program: Program,
    gateway: DemoGateway,
    tmp_path: Path,
    variable: str,
    value: str,
    check: str,
    command: str,
) -> None:
    """What was found before it is told all the same; exit 7."""
    with Relay(gateway.port, tls=make_certificate(tmp_path).context) as relay:
        # A name, for no proxy leads to this machine's own.
        base_url = relay.base_url if check == "tls" else "https://gateway.example/v1"
        program.environ |= {"TOKENHUB_BASE_URL": base_url, "TOKENHUB_API_KEY": MARKED_KEY}
        program.environ[variable] = value
        found, document = examine(program)
    assert found["config"]["verdict"] == "ok"
    assert found[check]["verdict"] == "failed"
    assert found["answer"]["verdict"] == "skipped"
    assert (document["exit_code"], document["next"]) == (7, command)


def test_an_untrusted_certificate_brings_the_company_hint(
    program: Program, gateway: DemoGateway, tmp_path: Path
) -> None:
    """The variable that helps is named, and helps."""
    certificate = make_certificate(tmp_path)
    with Relay(gateway.port, tls=certificate.context) as relay:
        program.environ |= {"TOKENHUB_BASE_URL": relay.base_url, "TOKENHUB_API_KEY": MARKED_KEY}
        found, document = examine(program)
        assert found["tls"]["verdict"] == "failed"
        assert "not trusted" in found["tls"]["words"]
        assert document["exit_code"] == 6
        assert document["next"].startswith("export SSL_CERT_FILE=")
        program.environ["SSL_CERT_FILE"] = str(certificate.file)
        found, document = examine(program)
    assert found["tls"]["verdict"] == "warning", "it is valid for two days only"
    assert "certificate by gateway.example, valid for 2 days" in found["tls"]["words"]
    assert found["answer"]["verdict"] == "ok"
    assert document["exit_code"] == 0


def test_a_model_that_is_not_on_offer_leads_to_the_nearest(program: Program) -> None:
    """The list warns, the answer fails, and the command chooses what was probably meant."""
    program.environ["TOKENHUB_MODEL"] = "gpt4o-mini"
    found, document = examine(program)
    assert found["models"]["verdict"] == "warning"
    assert found["answer"]["verdict"] == "failed"
    assert document["exit_code"] == 8
    assert document["next"] == "tokenhub models default gpt-4o-mini"


@pytest.mark.parametrize(
    ("fault", "verdict", "words", "code"),
    [
        (Oddity("no_finish"), "warning", "without `finish_reason`", 0),
        (Oddity("no_done"), "ok", "without `[DONE]`", 0),
        (Oddity("unstreamed"), "ok", "1 piece", 0),
        (Fails(429, quota=True), "failed", "quota", 5),
        (Fails(503), "failed", "503", 6),
    ],
)
def test_what_the_gateway_does_with_an_answer_is_told(
    tmp_path: Path, fault: Any, verdict: str, words: str, code: int
) -> None:
    """Each end of a stream, and each refusal, by the words and the exit code that it means."""
    program = Program(tmp_path / "home")
    with DemoGateway(key=None, faults=[fault], tokens_per_second=None) as gateway:
        program.environ["TOKENHUB_BASE_URL"] = gateway.base_url
        found, document = examine(program)
    assert found["answer"]["verdict"] == verdict
    assert words in found["answer"]["words"]
    assert document["exit_code"] == code


def test_a_gateway_that_stays_silent_is_given_up(tmp_path: Path) -> None:
    """After the time that the settings allow, comments or not."""
    program = Program(tmp_path / "home")
    stall = Stall(30.0, 0, pings=True)
    with DemoGateway(key=None, faults=[stall], tokens_per_second=None) as gateway:
        program.environ["TOKENHUB_BASE_URL"] = gateway.base_url
        program.read("config", "set", "first_token_timeout", "0.3")
        found, document = examine(program)
    assert found["answer"]["verdict"] == "failed"
    assert "no first piece of the answer within 0.3 s" in found["answer"]["words"]
    assert document["exit_code"] == 6


@pytest.mark.parametrize(
    ("way", "verdict", "words"),
    [
        (Continuation.EXACT, "ok", "prefix: joined exactly; plain: joined exactly; anchor: joined"),
        (Continuation.REFUSES_FLAGS, "ok", "prefix: refused (422); plain: joined exactly"),
        (Continuation.SOMETHING_ELSE, "warning", "prefix: did not fit; plain: did not fit"),
    ],
)
def test_the_probe_tries_each_way_of_resuming(
    tmp_path: Path, way: Continuation, verdict: str, words: str
) -> None:
    """Four requests: an answer, and the rest of it in three ways."""
    program = Program(tmp_path / "home")
    with DemoGateway(key=None, continuation=way, tokens_per_second=None) as gateway:
        program.environ["TOKENHUB_BASE_URL"] = gateway.base_url
        found, document = examine(program, "--probe")
        asked = [request for request in gateway.requests if request.method == "POST"]
    assert found["resuming"]["verdict"] == verdict
    assert found["resuming"]["words"].startswith(words)
    assert len(asked) == 5
    if verdict == "warning":
        assert document["next"] == "tokenhub config set resume off"


def test_what_was_learned_is_forgotten_on_request(program: Program) -> None:
    """The memory of gateways' ways is a file that `--forget` removes."""
    learned = program.home / "quirks.json"
    learned.write_text('{"v": 1, "entries": {}}')
    assert "learned anew" in program.run("doctor", "--forget").stderr
    assert not learned.exists()
    assert "nothing to forget" in program.run("doctor", "--forget").stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no mode bits")
def test_files_that_others_may_read_are_named(program: Program) -> None:
    """A warning with the command that makes them private, before the key is looked for."""
    program.credentials_file.chmod(0o644)
    done = program.run("doctor", "--no-spend", "--json")
    rows = json.loads(done.stdout)["findings"]
    assert [row["verdict"] for row in rows if row["check"] == "files"] == ["warning"]
    assert json.loads(done.stdout)["next"] == "chmod 600 ~/home/keys/credentials.json"


def test_a_pipe_gets_a_line_for_each_finding(program: Program) -> None:
    """The last line is the one command to run next."""
    lines = program.read("doctor", "--no-spend").splitlines()
    assert all(line.split()[0] in ("ok", "skipped") for line in lines[:-1])
    assert lines[-1] == f"next: {COMMAND_WHEN_WELL}"


@pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a pseudo-terminal")
def test_a_terminal_gets_a_table(program: Program) -> None:
    """Each check once, with its findings beside it; the progress line is gone at the end."""
    import pexpect  # type: ignore[import-untyped]

    environ = {**program.environ, "TERM": "xterm", "NO_COLOR": "1", "HOME": str(program.home)}
    del environ["TOKENHUB_HOME"]  # then there are four directories, which is more than two
    shown = pexpect.run(
        f"{sys.executable} -m tokenhub_cli doctor --no-spend",
        env=environ,
        encoding="utf-8",
        timeout=20,
    )
    program.outputs.append(str(shown))
    table = str(shown).rpartition("\x1b[K")[2]
    assert "\x1b" not in table
    lines = table.splitlines()
    assert lines[0].split() == ["CHECK", "FOUND"]
    assert [line.split()[0] for line in lines[1:] if line[:1].strip()][-1] == "next:"
    assert sum(line.startswith("directories") for line in lines) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode bits")
def test_a_command_can_be_run_whatever_the_paths_are_made_of(tmp_path: Path) -> None:
    """The home directory's name is in no report, and the shell finds the file all the same."""
    home = tmp_path / "John Smith's"
    program = Program(home / "Application Support")
    program.environ |= {"HOME": str(home), "TOKENHUB_BASE_URL": "http://127.0.0.1:1/v1"}
    program.home.mkdir(parents=True)
    program.home.chmod(0o777)
    found, document = examine(program)
    assert found["directories"]["verdict"] == "ok"  # the last of them, the cache
    assert "Smith" not in json.dumps(document)
    (warning,) = [one for one in document["findings"] if one["hint"].startswith("`chmod")]
    command = warning["hint"].strip("`")
    subprocess.run(["sh", "-c", command], env={**os.environ, "HOME": str(home)}, check=True)
    assert stat.S_IMODE(program.home.stat().st_mode) == 0o755


def test_the_first_failure_decides() -> None:
    """A warning decides nothing, and its command counts only where nothing failed."""
    warning = Finding("a", Verdict.WARNING, "", command="tokenhub a")
    first = Finding("b", Verdict.FAILED, "", command="tokenhub b", code=ExitCode.CONFIGURATION)
    second = Finding("c", Verdict.FAILED, "", command="tokenhub c", code=ExitCode.UNREACHABLE)
    assert conclude([warning, first, second]) == (7, "tokenhub b")
    assert conclude([warning]) == (0, "tokenhub a")
    assert conclude([]) == (0, COMMAND_WHEN_WELL)


def test_a_list_without_the_model_in_force_is_a_warning() -> None:
    """An empty list says nothing."""
    assert judge_models((), "a").verdict is Verdict.OK
    assert judge_models(("b",), "a").command == "tokenhub models list"
    assert judge_models(("ab1",), "ab", " --profile p").command == (
        "tokenhub models default ab1 --profile p"
    )
    crafted = judge_models(("gpt-4o;id",), "gpt-4o").command
    assert crafted == "tokenhub models default 'gpt-4o;id'"
