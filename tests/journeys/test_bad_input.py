"""Bad input of every kind: one `error:` line, one `hint:` that helps, its exit code, no traceback.

Nothing is lost, and nothing in the working directory has a say.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gateways import ScriptedServer, find_free_port
from tests.support.program import MARKED_KEY
from tests.support.questioner import ANSWER, Questioner, check_error
from tests.support.relays import Relay, make_certificate
from tokenhub_cli.demo.faults import Cut, Fails, Fault, Html, HugeError, Oddity
from tokenhub_cli.demo.server import DemoGateway

ELSEWHERE = "https://gateway.invalid/v1"


@pytest.fixture
def questioner(tmp_path: Path) -> Iterator[Questioner]:
    """Give the program, a key and a gateway."""
    with Questioner(tmp_path / "home") as program:
        yield program


def test_nothing_in_the_working_directory_has_a_say(questioner: Questioner, tmp_path: Path) -> None:
    """A cloned repository full of settings, keys and modules changes neither gateway nor key."""
    with DemoGateway(answers="stolen\n", tokens_per_second=None) as thief:
        lines = f"TOKENHUB_BASE_URL={thief.base_url}\nTOKENHUB_API_KEY=sk-theirs\n"
        settings = f'base_url = "{thief.base_url}"\nkey_command = "touch {tmp_path}/ran"\n'
        clone = tmp_path / "clone"
        for folder in (".tokenhub", "tokenhub", ".config/tokenhub", "keys"):
            (clone / folder).mkdir(parents=True)
        for name in (".env", ".envrc", ".tokenhubrc"):
            (clone / name).write_text(lines)
        for name in (
            "config.toml",
            "tokenhub.toml",
            ".tokenhub.toml",
            ".tokenhub/config.toml",
            "tokenhub/config.toml",
            ".config/tokenhub/config.toml",
        ):
            (clone / name).write_text(settings)
        (clone / "keys" / "credentials.json").write_text('{"version": 1, "keys": {}}')
        for name in ("sitecustomize", "httpx", "typer", "tomllib"):
            (clone / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
        program = Path(sys.executable).with_name("tokenhub")
        done = subprocess.run(
            [str(program), "ask", "hi"],
            cwd=clone,
            env=questioner.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, ANSWER, "")
        assert thief.requests == []
    assert not (tmp_path / "ran").exists()
    sent = questioner.gateway.requests[0].headers["authorization"]
    assert sent == f"Bearer {MARKED_KEY}"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("sk-MARKED\nX-Injected: 1", "holds a line break"),
        ("sk-MARKED 2", "holds white space"),
        ("sk-MARKED\x1b[2J", "holds a control character"),
        ("sk-MARKEDé", "not ASCII"),
        ("sk-MARKED" * 1000, "is longer than"),
    ],
)
def test_a_key_that_no_header_may_hold_is_not_sent(
    questioner: Questioner, key: str, words: str
) -> None:
    """It is checked before a connection is made, named by its source, and never shown."""
    done = questioner.ask("hi", TOKENHUB_API_KEY=key)
    check_error(done, 4, "`TOKENHUB_API_KEY`", words, hint="`tokenhub keys set`")
    assert "MARKED" not in done.stderr
    assert questioner.gateway.connections_accepted == 0


def test_no_key_is_found(questioner: Questioner) -> None:
    """The hint stores one; another vendor's variable is named and not used."""
    environ = {"TOKENHUB_API_KEY": "", "TOKENHUB_BASE_URL": "", "OPENAI_API_KEY": "sk-other"}
    done = questioner.ask("hi", **environ)
    check_error(done, 4, "no key for `https://ai-tokenhub.com`", hint="`tokenhub keys set`")
    assert "`OPENAI_API_KEY` is set, and is never used" in done.stderr
    assert "sk-other" not in done.stderr


@pytest.mark.parametrize("fault", [Oddity.ECHOES_KEY, None])
def test_a_refused_key(tmp_path: Path, fault: Fault | None) -> None:
    """A 401, whether or not its words repeat the key: exit code 4, the key not shown."""
    gateway = DemoGateway(key="right", tokens_per_second=None, faults=(fault,))
    with Questioner(tmp_path, gateway) as questioner:
        done = questioner.ask("hi")
        check_error(done, 4, "the gateway refused the key (401)", hint="`unset TOKENHUB_API_KEY`")
        assert "MARKED" not in done.stderr
        assert len(gateway.requests) == 1


def test_a_used_up_quota(tmp_path: Path) -> None:
    """The hint follows the key to where it came from: a stored one would not be used."""
    gateway = DemoGateway(tokens_per_second=None, faults=(Fails(402, quota=True),))
    with Questioner(tmp_path, gateway) as questioner:
        done = questioner.ask("hi")
        hint = "top the account up at the gateway; for another key: `unset TOKENHUB_API_KEY`"
        check_error(done, 5, "quota or balance is used up (402)", hint=hint)


def test_an_unknown_model_and_an_unknown_option(questioner: Questioner) -> None:
    """Near names are suggested for both."""
    check_error(questioner.ask("-m", "gpt-4", "hi"), 8, "`gpt-4`", hint="gpt-4o")
    check_error(questioner.ask("--modle", "x", "hi"), 2, "`--modle`", hint="`--model`")


@pytest.mark.parametrize(
    ("toml", "words", "hint"),
    [
        ('model = "gpt-4o"\nbase_url = \n', "line 2, column 12", "`tokenhub config edit`"),
        ("modle = 'x'", "`modle`", "did you mean `model`?"),
        ("temperature = 1", "`temperature`", "did you mean `options.temperature`?"),
        ("max_retries = 'many'", "`max_retries`", "`tokenhub config"),
        ("[options]\ntemperature = 'hot'", "`options.temperature`", "`tokenhub config"),
        ("base_url = 'ai-tokenhub.com/v1'", "`base_url`", "`tokenhub config"),
        ("api_key = 'sk-MARKED'", "keys are not kept", "`tokenhub keys set`"),
        ("default_profile = 'nope'", "`nope`", "`tokenhub config"),
    ],
)
def test_a_configuration_that_cannot_be_used(
    questioner: Questioner, toml: str, words: str, hint: str
) -> None:
    """Broken TOML with its place, an unknown setting, a wrong type: exit code 7, nothing sent."""
    questioner.home.mkdir(exist_ok=True)
    questioner.config_file.write_text(toml)
    done = questioner.ask("hi", TOKENHUB_BASE_URL="")
    check_error(done, 7, words, hint=hint)
    assert str(questioner.config_file) in done.stderr or "profile" in toml
    assert "MARKED" not in done.stderr
    assert questioner.config_file.read_text() == toml


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ai-tokenhub.com/v1", "`https://`"),
        ("ftp://ai-tokenhub.com", "`https://`"),
        ("https://", "a host"),
        ("https://user:sk-MARKED@host/v1", "without a user name"),
        ("https://host/v1/chat/completions", "before `/chat/completions`"),
        ("https://host:99999/v1", "`--base-url`"),
    ],
)
def test_a_base_url_that_is_none(questioner: Questioner, url: str, words: str) -> None:
    """No scheme, no host, a secret in it, too much path: exit code 2 and an example."""
    done = questioner.ask("--base-url", url, "hi")
    check_error(
        done,
        2,
        "`--base-url`",
        words,
        hint="`tokenhub ask --base-url https://ai-tokenhub.com/v1 hello`",
    )
    assert "MARKED" not in done.stderr


def test_a_name_that_nobody_knows(questioner: Questioner) -> None:
    """DNS failure: exit code 6, the host is named."""
    done = questioner.ask("--base-url", ELSEWHERE, "--max-retries", "0", "hi")
    check_error(done, 6, "`gateway.invalid`", hint="`tokenhub")


def test_a_connection_that_is_refused(questioner: Questioner) -> None:
    """Nobody listens: exit code 6, and the retries were told."""
    url = f"http://127.0.0.1:{find_free_port()}/v1"
    done = questioner.ask("--base-url", url, "--max-retries", "1", "hi")
    check_error(done, 6, url, "refused", hint="`tokenhub doctor`")


def test_a_certificate_that_is_not_trusted(questioner: Questioner, tmp_path: Path) -> None:
    """TLS failure: exit code 6, not tried again, and the way to name a company's certificate."""
    certificate = make_certificate(tmp_path)
    with Relay(questioner.gateway.port, tls=certificate.context) as relay:
        done = questioner.ask("--base-url", relay.base_url, "hi")
        check_error(done, 6, "is not trusted", hint="SSL_CERT_FILE")
        assert relay.connections == 1


def test_plain_http_to_another_machine_gets_no_key(questioner: Questioner) -> None:
    """The key would be read on the way: exit code 4, and nothing is sent."""
    done = questioner.ask("--base-url", "http://192.0.2.1/v1", "hi")
    https = "`tokenhub doctor --base-url https://192.0.2.1/v1`"
    check_error(done, 4, "would travel unencrypted", hint=https)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Html(200), "a web page"),
        (Html(), "(502)"),
        (HugeError(), "(500)"),
        (Oddity.EMPTY, "empty"),
    ],
    ids=str,
)
def test_an_answer_that_is_none(tmp_path: Path, fault: Fault, words: str) -> None:
    """HTML, 200 MB of error, nothing at all: one short line, exit code 6."""
    gateway = DemoGateway(tokens_per_second=None, every=(fault,))
    with Questioner(tmp_path, gateway) as questioner:
        done = questioner.ask("--max-retries", "0", "hi")
        check_error(done, 6, words, hint="`tokenhub")
        assert (done.stdout, len(done.stderr) < 1200) == ("", True)


def test_a_server_that_speaks_no_http(questioner: Questioner) -> None:
    """Another protocol's greeting: exit code 6, and nothing is tried again."""
    with ScriptedServer([b"SSH-2.0-OpenSSH_9.6\r\n", 60]) as server:
        done = questioner.ask("--base-url", server.base_url, "hi")
        assert len(server.requests) == 1
    check_error(done, 6, "is no HTTP server", hint="`tokenhub config get base_url`")
    assert "no answer yet" not in done.stderr


@pytest.mark.parametrize(
    ("stdin", "words"), [("", "empty"), (b"\0\1\2", "not text"), (b"\xff\xfe", "not UTF-8")]
)
def test_standard_input_that_is_no_question(
    questioner: Questioner, stdin: str | bytes, words: str
) -> None:
    """Empty and binary: exit code 2, nothing is sent."""
    check_error(questioner.ask(stdin=stdin), 2, "standard input", words, hint="`")
    assert questioner.gateway.requests == []


@pytest.mark.parametrize("flag", ["-f", "-a", "--schema"])
def test_a_directory_for_a_file(questioner: Questioner, tmp_path: Path, flag: str) -> None:
    """It is named, and the hint shows what is in it: exit code 2."""
    done = questioner.ask(flag, str(tmp_path), "hi")
    check_error(done, 2, f"`{tmp_path}` is a directory", hint=f"`ls {tmp_path}`")
    assert questioner.gateway.requests == []


def test_what_was_received_before_the_failure_is_kept(tmp_path: Path) -> None:
    """A gateway that breaks for good in mid-answer: the text on stdout, in history, resumable."""
    gateway = DemoGateway(tokens_per_second=None, every=(Cut(after_pieces=30),))
    with Questioner(tmp_path, gateway) as questioner:
        done = questioner.ask("--no-resume", "Write a poem")
        check_error(done, 3, hint="`tokenhub resume`")
        assert done.stdout.startswith("The Spring Wind")
        assert done.stdout.strip() in questioner.read("history", "show", "last")


def test_a_home_that_cannot_be_written_keeps_no_answer_back(questioner: Questioner) -> None:
    """Where neither history nor spool can be made, the answer comes all the same, with warnings."""
    questioner.home.mkdir(exist_ok=True)
    for name in ("spool", "cache"):
        (questioner.home / name).write_text("a file in the way")
    (questioner.home / "history.db").mkdir()
    done = questioner.ask("hi")
    assert (done.returncode, done.stdout) == (0, ANSWER)
    assert "Traceback" not in done.stderr
    assert 1 <= done.stderr.count("note: ") <= 2
    assert "error: " not in done.stderr
