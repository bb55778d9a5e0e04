"""A marked key is searched for wherever a run leaves a trace: it may be in one file alone.

Each case is a whole run of the program, in success and in each failure, with `--debug`. Searched
are what it printed, every file below its home and working directory, its command line, and the
environment and command line of every program that it started.
"""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.support.conversing import Conversing
from tests.support.program import MARKED_KEY
from tests.support.questioner import Questioner
from tokenhub_cli.demo.faults import Cut, ErrorInside, Fails, Fault, Html, Oddity, Redirects
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.settings.credentials import save_credential
from tokenhub_cli.wire.origin import build_origin

MARK = b"MARKED"
ECHO = f"wrong key: Bearer {MARKED_KEY}"


class Sweep(Questioner):
    """A program whose key is in its credentials file, with a directory of its own to work in."""

    def __init__(self, directory: Path, gateway: DemoGateway) -> None:
        super().__init__(directory / "home", gateway)
        self.directory = directory
        del self.environ["TOKENHUB_API_KEY"]
        save_credential(self.credentials_file, build_origin(gateway.base_url), MARKED_KEY)

    def use_command(self, ending: str) -> Path:
        """Let a script of these lines be the key's source, and the file name the gateway."""
        script = self.directory / "print-key"
        script.write_text(f"#!/bin/sh\n{ending}\n")
        script.chmod(0o700)
        self.config_file.write_text(
            f"base_url = '{self.gateway.base_url}'\nkey_command = '{script}'\n"
        )
        self.environ.pop("TOKENHUB_BASE_URL", None)
        return script

    def check(self, allowed: Sequence[Path] = ()) -> None:
        """Look for the mark in every output and file; the credentials file alone may hold it."""
        assert "MARKED" not in "".join(self.outputs)
        marked = {
            path
            for path in self.directory.rglob("*")
            if path.is_file() and MARK in path.read_bytes()
        }
        assert marked == {self.credentials_file, *allowed}


def open_sweep(directory: Path, *faults: Fault, key: str = MARKED_KEY) -> Sweep:
    gateway = DemoGateway(tokens_per_second=None, every=faults, key=key)
    return Sweep(directory, gateway)


@pytest.fixture
def sweep(tmp_path: Path) -> Iterator[Sweep]:
    """Give a program with a stored key and a gateway that takes it."""
    with open_sweep(tmp_path) as program:
        yield program


@pytest.mark.parametrize(
    "command",
    [
        "ask -v -u Hello",
        "ask --output stream-json Hello",
        "ask --json --no-stream Hello",
        "models list --refresh --json",
        "keys list",
        "keys list --json",
        "keys check",
        "config list --json",
        "doctor --json",
        "doctor --probe",
    ],
)
def test_no_success_shows_the_key(sweep: Sweep, command: str) -> None:
    """Answers, lists, checks and reports have a fingerprint of it at most."""
    done = sweep.run(*command.split(), "--debug")
    assert done.stdout, done.stderr
    if sweep.gateway.requests:
        headers = [request.headers.get("authorization", "") for request in sweep.gateway.requests]
        assert f"Bearer {MARKED_KEY}" in headers
    sweep.run("history", "show", "last", "--json")
    sweep.run("history", "export")
    sweep.check()


@pytest.mark.parametrize(
    "fault",
    [
        Fails(401),
        Fails(401, message=ECHO),
        Oddity.ECHOES_KEY,
        Fails(400, message=ECHO),
        Fails(404, message=f"no channel for {MARKED_KEY}"),
        Fails(429, message=ECHO, quota=True),
        Fails(500, message=ECHO),
        Fails(503, message=MARKED_KEY),
        Html(),
        ErrorInside(after_pieces=3),
        Cut(after_pieces=10),
        Oddity.EMPTY,
        Oddity.NO_ANSWER,
        Redirects(f"https://elsewhere.invalid/v1?key={MARKED_KEY}"),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_no_failure_shows_the_key(tmp_path: Path, fault: Fault) -> None:
    """Refused, echoed, failed, cut: not in the error, the traceback, history or the spool."""
    with open_sweep(tmp_path, fault) as sweep:
        done = sweep.ask("--debug", "-v", "--max-retries", "0", "--no-resume", "hi")
        assert done.returncode in {3, 4, 5, 6, 8}
        sweep.run("--debug", "ask", "--output", "stream-json", "--max-retries", "1", "hi")
        sweep.check()


@pytest.mark.parametrize("fault", [Fails(401, message=ECHO), Fails(500, message=ECHO)], ids=str)
@pytest.mark.parametrize(
    "command", ["keys check", "models list --refresh", "doctor", "doctor --json", "keys set"]
)
def test_no_list_shows_a_key_that_is_echoed(tmp_path: Path, fault: Fault, command: str) -> None:
    """A gateway that repeats the key where models are asked for finds no way to the screen."""
    gateway = DemoGateway(tokens_per_second=None, every=(fault,), model_faults=(fault,) * 9)
    with Sweep(tmp_path, gateway) as sweep:
        sweep.run(*command.split(), "--debug", stdin=MARKED_KEY)
        assert sweep.gateway.requests
        sweep.check()


@pytest.mark.parametrize(
    "arguments",
    [
        [MARKED_KEY],
        ["keys", MARKED_KEY],
        ["keys", "set", MARKED_KEY],
        ["keys", "list", MARKED_KEY],
        ["keys", "check", MARKED_KEY],
        ["config", "set", "api_key", MARKED_KEY],
        ["config", "set", "base_url", f"https://user:{MARKED_KEY}@host/v1"],
        ["config", "set", "base_url", f"https://host/v1?key={MARKED_KEY}"],
        ["ask", "--api-key", MARKED_KEY, "hi"],
        ["ask", f"--key={MARKED_KEY}", "hi"],
        ["ask", "--base-url", f"https://{MARKED_KEY}@host/v1", "hi"],
        ["doctor", "--base-url", f"https://host/v1#{MARKED_KEY}"],
        ["chat", MARKED_KEY],
    ],
    ids=lambda arguments: " ".join(arguments).replace(MARKED_KEY, "KEY"),
)
def test_no_mistake_repeats_the_key(sweep: Sweep, arguments: list[str]) -> None:
    """A key typed where none belongs is refused, neither shown nor kept."""
    done = sweep.run(*arguments, "--debug")
    assert done.returncode in {2, 7}, done.stderr
    sweep.check()


@pytest.mark.parametrize(
    "key", [MARKED_KEY + "\nX: 1", MARKED_KEY + " x", MARKED_KEY + "\x07", MARKED_KEY + "é"]
)
def test_no_malformed_key_is_shown(sweep: Sweep, key: str) -> None:
    """From the variable, from standard input and from a command: one error without it."""
    runs = (
        sweep.run("ask", "--debug", "hi", environ={"TOKENHUB_API_KEY": key}),
        sweep.run("doctor", "--debug", environ={"TOKENHUB_API_KEY": key}),
        sweep.run("keys", "set", "--debug", stdin=key),
    )
    assert [done.returncode for done in runs] == [4, 4, 4]
    script = sweep.use_command(f"printf %s {shlex.quote(key)}")
    assert sweep.run("ask", "--debug", "hi").returncode == 4
    sweep.check([script])


@pytest.mark.parametrize(
    "ending",
    ["exit 3", "echo bad key $KEY >&2; exit 3", "kill -9 $$", "echo; echo $KEY", "exit 0"],
)
def test_no_key_command_shows_the_key(sweep: Sweep, ending: str) -> None:
    """Whether it fails, complains or prints too much, its output is never repeated."""
    script = sweep.use_command(f"KEY={MARKED_KEY}\necho $KEY\n{ending}")
    codes = [
        sweep.run(*command.split(), "--debug").returncode
        for command in ("ask hi", "keys check", "doctor --no-spend", "keys list")
    ]
    assert codes == ([0, 0, 0, 0] if ending == "exit 0" else [4, 4, 4, 0])
    sweep.check([script])


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="there is no /proc here")
def test_no_process_list_shows_the_key(tmp_path: Path) -> None:
    """Neither our command line nor our environment has a stored key, nor those of a child."""
    with open_sweep(tmp_path) as sweep:
        sweep.gateway.tokens_per_second = 20
        spy = tmp_path / "spy"
        spy.write_text(
            "#!/bin/sh\ncat /proc/$$/environ /proc/$$/cmdline >" + f"{tmp_path}/spied\n"
            "cat >/dev/null\n"
        )
        spy.chmod(0o700)
        child = sweep.start(
            "ask", "long story", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=-3
        )
        assert child.stdout is not None
        assert child.stdout.read(1)
        for name in ("cmdline", "environ"):
            assert MARK not in Path(f"/proc/{child.pid}/{name}").read_bytes()
        spooled = [path for path in sweep.home.rglob("*") if path.is_file()]
        assert any("spool" in str(path) for path in spooled)
        child.kill()
        child.communicate(timeout=20)
        done = sweep.run("config", "edit", environ={"EDITOR": str(spy), "VISUAL": ""})
        assert (tmp_path / "spied").exists(), done.stderr
        sweep.check()


@pytest.mark.skipif(sys.platform == "win32", reason="it needs a pseudo-terminal")
def test_no_conversation_shows_the_key(tmp_path: Path) -> None:
    """`chat` starts, answers, fails and ends: not on the screen, not in its files."""
    with open_sweep(tmp_path) as sweep:
        sweep.gateway._faults["/v1/chat/completions"] = iter([(), (Fails(400, message=ECHO),)])
        environ = {**sweep.environ, "TERM": "xterm-256color", "HOME": str(tmp_path)}
        with Conversing(["chat", "-v"], environ) as chat:
            chat.wait_for_prompt()
            chat.send_line("hello")
            chat.wait_for("What shall we look at?")
            chat.wait_for_prompt(2)
            chat.send_line("fail")
            chat.wait_for("error: ")
            chat.wait_for(lambda chat: chat.prompt() == "fail")
            chat.send("\x15")
            chat.wait_for(lambda chat: chat.prompt() == "")
            chat.send("\x04")
            assert chat.wait_for_end() == 0
            sweep.outputs.append(chat.received.decode(errors="replace"))
        sweep.check()


def test_the_one_file_is_private(sweep: Sweep) -> None:
    """The credentials file holds it, for its origin, and nobody else may read it."""
    sweep.credentials_file.unlink()
    done = sweep.run("keys", "set", "--no-verify", stdin=MARKED_KEY + "\n")
    assert done.returncode == 0, done.stderr
    sweep.check()
    stored = json.loads(sweep.credentials_file.read_text())["keys"]
    assert stored == {build_origin(sweep.gateway.base_url): MARKED_KEY}
    if os.name == "posix":
        assert sweep.credentials_file.stat().st_mode & 0o077 == 0
        assert sweep.credentials_file.parent.stat().st_mode & 0o077 == 0


def test_a_traceback_of_anything_shows_no_key(sweep: Sweep, tmp_path: Path) -> None:
    """An unexpected error in the middle of a request: its traceback has no values."""
    (tmp_path / "broken").mkdir()
    hook = tmp_path / "broken" / "sitecustomize.py"
    hook.write_text(
        "import json\nreal = json.dumps\n"
        "def dumps(value, *args, **more):\n"
        "    if isinstance(value, dict) and 'messages' in value:\n"
        "        raise ZeroDivisionError('unexpected')\n"
        "    return real(value, *args, **more)\n"
        "json.dumps = dumps\n"
    )
    environ = {"PYTHONPATH": f"{hook.parent}{os.pathsep}{Path(__file__).parents[2]}"}
    done = sweep.run("ask", "--debug", "hi", environ=environ)
    assert done.returncode in {1, 6}, done.stderr
    assert "error: " in done.stderr
    sweep.check()
