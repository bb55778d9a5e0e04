"""`tokenhub keys`, run as a program; a marked key is searched for wherever it could leak."""

import json
import os
import signal
import stat
import sys
import time
from pathlib import Path

import pytest

from tests.support.gateways import find_free_port
from tests.support.program import MARKED_KEY, Program
from tokenhub_cli.demo.server import DemoGateway

HOME_ORIGIN = "https://ai-tokenhub.com"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program with an empty home."""
    return Program(tmp_path / "home")


def find_marked_files(directory: Path) -> set[Path]:
    """Return the files below that hold the marked key."""
    return {
        path for path in directory.rglob("*") if path.is_file() and b"MARKED" in path.read_bytes()
    }


def test_a_piped_key_is_stored_listed_and_removed(program: Program, tmp_path: Path) -> None:
    """From stdin to the private file, named by its fingerprint, and gone again."""
    done = program.run("keys", "set", "--no-verify", stdin=f"  {MARKED_KEY}\r\n")
    assert done.returncode == 0
    assert done.stdout == ""
    assert f"for `{HOME_ORIGIN}` in `{program.credentials_file}`" in done.stderr
    assert program.read("keys", "path") == str(program.credentials_file)
    assert program.read("keys", "list").split()[0] == HOME_ORIGIN
    (row,) = json.loads(program.read("keys", "list", "--json"))["keys"]
    assert row["origin"] == HOME_ORIGIN
    assert row["source"] == "credentials file"
    assert row["fingerprint"].startswith("sha256:")
    assert row["fingerprint"] in done.stderr
    assert find_marked_files(tmp_path) == {program.credentials_file}
    if os.name == "posix":
        assert stat.S_IMODE(program.credentials_file.stat().st_mode) == 0o600
    assert program.run("keys", "remove").returncode == 0
    assert find_marked_files(tmp_path) == set()
    assert program.run("keys", "remove").returncode == 4
    assert "MARKED" not in "".join(program.outputs)


def test_a_key_is_stored_for_the_gateway_that_was_named(program: Program) -> None:
    """`--base-url` and `--profile` choose the origin; others keep their own keys."""
    program.read("config", "set", "profiles.local.base_url", "http://localhost:11434/v1")
    for key, flags in (
        ("sk-1", []),
        ("sk-2", ["--profile", "local"]),
        ("sk-3", ["--base-url", "https://Other.example/v1"]),
    ):
        assert program.run("keys", "set", "--no-verify", *flags, stdin=key).returncode == 0
    stored = json.loads(program.credentials_file.read_text())["keys"]
    assert stored == {
        HOME_ORIGIN: "sk-1",
        "http://localhost:11434": "sk-2",
        "https://other.example": "sk-3",
    }
    assert program.run("keys", "remove", "--profile", "local").returncode == 0
    assert program.read("keys", "list").count("\n") == 1


def test_list_tells_what_goes_before_and_runs_no_command(program: Program, tmp_path: Path) -> None:
    """The rows stand in the order of the search; the key command is named, not run."""
    program.home.mkdir()
    program.config_file.write_text(f"key_command = 'touch {tmp_path / 'ran'}; echo {MARKED_KEY}'\n")
    program.run("keys", "set", "--no-verify", stdin="sk-1")
    done = program.run("keys", "list", environ={"TOKENHUB_API_KEY": MARKED_KEY})
    sources = [line.split("  ")[-1].strip() for line in done.stdout.splitlines()]
    assert sources == [
        "environment `TOKENHUB_API_KEY`",
        "`key_command` (config file)",
        "credentials file",
    ]
    assert not (tmp_path / "ran").exists()
    assert "MARKED" not in "".join(program.outputs)


def test_an_empty_list_names_the_command_that_fills_it(program: Program) -> None:
    """No key is no failure."""
    done = program.run("keys", "list")
    assert (done.returncode, done.stdout) == (0, "")
    assert "`tokenhub keys set`" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows variables are text")
def test_a_variable_that_is_no_text_is_listed_all_the_same(program: Program) -> None:
    """Bytes that are not UTF-8 have a fingerprint, and are refused where a key is used."""
    done = program.run("keys", "list", environ={"TOKENHUB_API_KEY": "sk-MARKED\udcff"})
    assert done.returncode == 0
    assert "sha256:" in done.stdout
    assert "MARKED" not in done.stdout + done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="sh closes the stream")
def test_a_closed_standard_input_is_empty(program: Program) -> None:
    """`keys set <&-` is told that a key was expected."""
    import subprocess

    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m tokenhub_cli keys set <&-'],
        env=program.environ,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert "standard input is empty" in done.stderr


def test_what_goes_before_the_stored_key_is_told(program: Program) -> None:
    """Storing a key that another source hides says so."""
    done = program.run(
        "keys", "set", "--no-verify", stdin="sk-1", environ={"TOKENHUB_API_KEY": MARKED_KEY}
    )
    assert "note: `TOKENHUB_API_KEY` is set and goes before it" in done.stderr
    program.read("config", "set", "keyless", "true")
    program.read("config", "set", "key_command", "pass show x")
    done = program.run("keys", "set", "--no-verify", stdin="sk-1")
    assert "note: `key_command` is set (config file) and goes before it" in done.stderr
    assert "note: `keyless` is on" in done.stderr


@pytest.mark.parametrize("debug", [[], ["--debug"]])
@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "words"),
    [
        (["set", MARKED_KEY], "", 2, "not taken from the command line"),
        (["set"], "", 2, "standard input is empty"),
        (["set"], " \n", 2, "standard input is empty"),
        (["set"], "sk-MARKED\nsk-MARKED-2\n", 4, "line break"),
        (["set"], "Bearer sk-MARKED", 4, "white space"),
        (["set"], "sk-MARKED\x1b[2J", 4, "control character"),
        (["set"], b"sk-MARKED\xff", 4, "not ASCII"),
        (["set"], "sk-MARKED" * 9000, 2, "more than a key"),
        (["set", "--base-url", "http://192.0.2.1/v1"], MARKED_KEY, 4, "unencrypted"),
        (["set", "--base-url", f"https://{MARKED_KEY}@host/v1"], "", 2, "without a user name"),
        (["set", "--base-url", f"https://host/v1?key={MARKED_KEY}"], "", 2, "without `?`"),
        (["set", "--profile", "nowhere"], MARKED_KEY, 7, "no profile `nowhere`"),
    ],
)
def test_no_failure_of_set_shows_or_stores_the_key(
    program: Program,
    tmp_path: Path,
    debug: list[str],
    arguments: list[str],
    stdin: str | bytes,
    code: int,
    words: str,
) -> None:
    """One error, one exit code; not a character of the key in output, traceback or file."""
    done = program.run("keys", *arguments, *debug, stdin=stdin)
    assert done.returncode == code
    assert done.stdout == ""
    assert words in done.stderr
    assert ("Traceback" in done.stderr) is bool(debug)
    assert "MARKED" not in done.stderr
    assert find_marked_files(tmp_path) == set()


def test_a_damaged_credentials_file_is_not_overwritten(program: Program) -> None:
    """It may hold the only copy of a key: the error names the file, not what is in it."""
    program.credentials_file.parent.mkdir(parents=True)
    program.credentials_file.write_text(MARKED_KEY)
    for arguments in (["list"], ["set", "--no-verify"], ["remove"]):
        done = program.run("keys", *arguments, "--debug", stdin="sk-1")
        assert done.returncode == 7
        assert str(program.credentials_file) in done.stderr
    assert program.credentials_file.read_text() == MARKED_KEY
    assert "MARKED" not in "".join(program.outputs)


@pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a pseudo-terminal")
def test_a_key_typed_on_a_terminal_is_not_shown(program: Program) -> None:
    """The terminal's screen never holds it; the prompt names the gateway."""
    import pexpect  # type: ignore[import-untyped]

    child = pexpect.spawn(
        sys.executable,
        ["-m", "tokenhub_cli", "keys", "set", "--no-verify"],
        env={**program.environ, "TERM": "xterm"},
        encoding="utf-8",
        timeout=20,
    )
    shown: list[str] = []
    child.expect_exact(f"Key for {HOME_ORIGIN} (not shown): ")
    shown.append(str(child.before))
    child.waitnoecho()
    child.sendline(MARKED_KEY)
    child.expect(pexpect.EOF)
    shown.append(str(child.before))
    child.close()
    assert child.exitstatus == 0
    assert "MARKED" not in "".join(shown)
    assert json.loads(program.credentials_file.read_text())["keys"] == {HOME_ORIGIN: MARKED_KEY}


@pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a pseudo-terminal")
def test_ctrl_c_leaves_the_question_on_a_line_of_its_own(program: Program) -> None:
    """The shell's prompt does not stand behind ours; exit code 130, nothing stored."""
    import pexpect

    child = pexpect.spawn(
        sys.executable,
        ["-m", "tokenhub_cli", "keys", "set"],
        env={**program.environ, "TERM": "xterm"},
        encoding="utf-8",
        timeout=20,
    )
    child.expect_exact("(not shown): ")
    child.waitnoecho()
    child.sendintr()
    child.expect(pexpect.EOF)
    assert str(child.before).endswith("\r\n")
    child.close()
    assert child.exitstatus == 130
    assert not program.credentials_file.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_at_the_question_gives_the_terminal_its_echo_back(
    program: Program, number: signal.Signals, code: int
) -> None:
    """Whatever ends the program: what is typed next is shown again."""
    import termios

    from tests.support.conversing import Conversing

    environ = {**program.environ, "TERM": "xterm"}
    with Conversing(["keys", "set", "--no-verify"], environ) as asking:

        def echoes() -> bool:
            return bool(termios.tcgetattr(asking.terminal)[3] & termios.ECHO)

        asking.wait_for("(not shown):")
        deadline = time.monotonic() + 8
        while echoes() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not echoes()
        asking.interrupt(number)
        assert asking.wait_for_end() == code
        assert echoes()
    assert not program.credentials_file.exists()


def test_set_asks_the_gateway_and_says_what_it_found(program: Program) -> None:
    """An accepted key is stored with the gateway's answer; its models are kept for completion."""
    with DemoGateway(key=MARKED_KEY) as gateway:
        program.environ["TOKENHUB_BASE_URL"] = gateway.base_url
        done = program.run("keys", "set", stdin=MARKED_KEY)
        shown = program.read("keys", "check")
    assert done.returncode == 0
    assert "offers 4 models" in done.stderr
    assert "from credentials file" in shown
    assert "offers 4 models" in shown
    (kept,) = (program.home / "cache" / "models").iterdir()
    assert "gpt-4o\n" in kept.read_text()
    assert "MARKED" not in "".join(program.outputs)


def test_a_refused_key_is_not_stored(program: Program) -> None:
    """Exit 4 and the way to store it all the same; `check` fails alike."""
    with DemoGateway(key="sk-other") as gateway:
        program.environ["TOKENHUB_BASE_URL"] = gateway.base_url
        done = program.run("keys", "set", stdin=MARKED_KEY)
        assert done.returncode == 4
        assert "not stored" in done.stderr
        assert "--no-verify" in done.stderr
        assert not program.credentials_file.exists()
        assert program.run("keys", "set", "--no-verify", stdin=MARKED_KEY).returncode == 0
        assert program.run("keys", "check").returncode == 4
    assert "MARKED" not in "".join(program.outputs)


@pytest.mark.parametrize("command", ["ask hi", "models list --refresh", "keys check"])
@pytest.mark.parametrize(
    ("origin", "hint"),
    [
        ("environment", "`unset TOKENHUB_API_KEY`"),
        ("command", "`tokenhub config get key_command --profile work`"),
        ("file", "set it again: `tokenhub keys set --profile work`"),
        ("nowhere", "no key was sent; `tokenhub keys set --profile work`"),
        ("keyless", "`tokenhub config set profiles.work.keyless false`"),
    ],
)
def test_the_hint_for_a_refused_key_leads_to_where_it_came_from(
    program: Program, origin: str, hint: str, command: str
) -> None:
    """Storing a key changes nothing where another one goes before it."""
    with DemoGateway(key="sk-other") as gateway:
        program.read("config", "set", "profiles.work.base_url", gateway.base_url)
        program.environ["TOKENHUB_PROFILE"] = "work"
        match origin:
            case "environment":
                program.environ["TOKENHUB_API_KEY"] = MARKED_KEY
            case "command":
                program.read("config", "set", "profiles.work.key_command", f"echo {MARKED_KEY}")
            case "file":
                assert program.run("keys", "set", "--no-verify", stdin=MARKED_KEY).returncode == 0
            case "keyless":
                program.read("config", "set", "profiles.work.keyless", "true")
        done = program.run(*command.split())
    assert done.returncode == 4
    verb = "wants a" if origin in ("nowhere", "keyless") else "refused the"
    assert f"the gateway {verb} key (401)" in done.stderr
    assert hint in done.stderr.partition("hint: ")[2]
    assert "MARKED" not in done.stdout + done.stderr


def test_a_gateway_that_is_down_keeps_no_key_from_being_stored(program: Program) -> None:
    """The key is stored, with a note that nobody looked at it."""
    program.environ["TOKENHUB_BASE_URL"] = f"http://127.0.0.1:{find_free_port()}/v1"
    done = program.run("keys", "set", stdin=MARKED_KEY)
    assert done.returncode == 0
    assert "could not be verified: no connection" in done.stderr
    assert program.run("keys", "check").returncode == 6
    assert "MARKED" not in "".join(program.outputs)


@pytest.mark.parametrize("is_in_file", [True, False])
def test_a_keyring_that_fails_is_not_told_as_a_key_removed(
    program: Program, tmp_path: Path, *, is_in_file: bool
) -> None:
    """What was removed, where a key may still be, and the command to run again are all told."""
    program.read("config", "set", 'profiles."my.name".keyring', "true")
    if is_in_file:
        assert program.run("keys", "set", "--no-verify", stdin=MARKED_KEY).returncode == 0
    (tmp_path / "locked_keyring.py").write_text(
        "from keyring.backend import KeyringBackend\n"
        "class Locked(KeyringBackend):\n"
        "    priority = 1\n"
        "    def get_password(self, service, username): raise RuntimeError('locked')\n"
        "    set_password = delete_password = get_password\n"
    )
    program.environ |= {
        "PYTHONPATH": str(tmp_path),
        "PYTHON_KEYRING_BACKEND": "locked_keyring.Locked",
    }
    done = program.run("keys", "remove", "--profile", "my.name")
    assert done.returncode == 4
    told = "; the one in the credentials file is removed" if is_in_file else ""
    assert done.stderr == (
        f"error: the system's keyring failed (RuntimeError): a key of `{HOME_ORIGIN}` may still be "
        f"in it{told}\n\nhint: once it is unlocked: `tokenhub keys remove --profile my.name`\n"
    )
    assert find_marked_files(program.home) == set()
