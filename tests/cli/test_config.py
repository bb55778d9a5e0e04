"""`tokenhub config`, run as a program."""

import json
import sys
from pathlib import Path

import pytest

from tests.support.program import Program


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program with an empty home."""
    return Program(tmp_path / "home")


def build_editor(text: str) -> str:
    """Return the command of an editor that writes `text`."""
    code = f"import sys, pathlib; pathlib.Path(sys.argv[1]).write_text('{text}')"
    return f'"{sys.executable}" -c "{code}"'


def test_set_get_list_unset(program: Program) -> None:
    """What is set is got, listed with its origin, and gone when it is unset."""
    assert program.read("config", "path") == str(program.config_file)
    program.read("config", "set", "options.temperature", "0.2")
    program.read("config", "set", "options.seed", "-1")
    program.read("config", "set", "options.stop", "END", "STOP")
    assert program.read("config", "get", "options.seed") == "-1"
    assert json.loads(program.read("config", "get", "options")) == {
        "temperature": 0.2,
        "seed": -1,
        "stop": ["END", "STOP"],
    }
    assert "options.seed         -1" in program.read("config", "list")
    for name in ("temperature", "seed", "stop"):
        program.read("config", "unset", f"options.{name}")
    assert program.config_file.read_bytes() == b""


def test_list_tells_values_and_origins_and_hides_headers(program: Program) -> None:
    """As lines and as JSON; a header may be a secret, and so may a word of the key command."""
    program.home.mkdir()
    program.config_file.write_text(
        "key_command = 'echo sk-MARKED-1'\nheaders.x-key = 'sk-MARKED-2'\n"
        "default_profile = 'work'\n[profiles.work]\nmodel = 'm'\n"
    )
    told = json.loads(program.read("config", "list", "--json"))
    assert told["v"] == 1
    rows = {row["name"]: (row["value"], row["origin"]) for row in told["settings"]}
    assert rows["profile"] == ("work", "config file")
    assert rows["model"] == ("m", "profile `work`")
    assert rows["headers.x-key"] == ("[hidden]", "config file")
    assert rows["options.seed"] == (None, "default")
    assert all(row["help"].endswith(".") for row in told["settings"])
    lines = program.read("config", "list").splitlines()
    assert [line.split()[0] for line in lines] == list(rows)
    assert "MARKED" not in "".join(program.outputs)


def test_get_prints_text_as_it_is_and_the_rest_as_json(program: Program) -> None:
    """A script can use either; what is not set is an error with exit code 7."""
    program.home.mkdir()
    program.config_file.write_text(
        "[profiles.work]\nmodel = 'm'\nhistory = false\n[models.'gpt-4.1'.prices]\nprompt = 2\n"
    )
    assert program.read("config", "get", "base_url") == "https://ai-tokenhub.com/v1"
    assert program.read("config", "get", "history") == "true"
    assert program.read("config", "get", "history", "--profile", "work") == "false"
    assert program.read("config", "get", "profiles.work.model") == "m"
    assert program.read("config", "get", "models.gpt-4.1.prices.prompt") == "2"
    assert program.run("config", "get", "options.seed").returncode == 7
    assert "did you mean `model`" in program.run("config", "get", "modle").stderr


def test_a_variable_that_goes_before_is_told(program: Program) -> None:
    """Setting what the environment overrides says so."""
    done = program.run("config", "set", "model", "x", environ={"TOKENHUB_MODEL": "y"})
    assert done.stderr == "note: `TOKENHUB_MODEL` is set and goes before it\n"


def test_each_fault_is_one_error_one_hint_and_exit_code_seven(program: Program) -> None:
    """Broken TOML breaks neither `config path` nor `config edit`, and is told by the others."""
    program.home.mkdir()
    program.config_file.write_text("model = \n")
    done = program.run("config", "list")
    assert done.returncode == 7
    assert done.stderr == (
        f"error: `{program.config_file}`, line 1, column 9: invalid value\n\n"
        "hint: `tokenhub config edit`\n"
    )
    assert program.run("config", "path").returncode == 0
    editor = build_editor("usage = true")
    edited = program.run("config", "edit", environ={"EDITOR": editor})
    assert (edited.returncode, edited.stderr) == (0, f"saved `{program.config_file}`\n")
    assert program.read("config", "get", "usage") == "true"


def test_a_broken_edit_is_kept_beside_and_named(program: Program) -> None:
    """Without a terminal to ask on, the edit waits in the side file."""
    editor = build_editor("usage = 1")
    done = program.run("config", "edit", environ={"VISUAL": editor})
    assert done.returncode == 7
    assert "`usage`" in done.stderr
    assert f"kept in `{program.home / 'config.edit.toml'}`" in done.stderr
    assert not program.config_file.exists()


@pytest.mark.parametrize("name", ["code_theme", "profiles.work.code_theme"])
def test_a_code_theme_that_does_not_exist_is_refused(program: Program, name: str) -> None:
    """The error names the nearest one, in a command that can be run; the file stays as it is."""
    done = program.run("config", "set", name, "monokay")
    assert (done.returncode, done.stdout) == (7, "")
    assert done.stderr == (
        f'error: `{name}` must be the name of a Pygments style, not `"monokay"`\n\n'
        f"hint: did you mean `monokai`? `tokenhub config set {name} monokai`\n"
    )
    assert not program.config_file.exists()
    program.read("config", "set", name, "monokai")
    assert program.read("config", "get", name) == "monokai"
    program.read("config", "set", name, "")
    assert program.read("config", "get", name) == ""


def test_where_no_code_theme_is_near_all_are_named(program: Program) -> None:
    """There is no other place to learn their names."""
    done = program.run("config", "set", "code_theme", "x\ty")
    assert done.returncode == 7
    assert "`tokenhub config set code_theme monokai`" in done.stderr
    assert "`solarized-dark`" in done.stderr


@pytest.mark.parametrize("text", ["{}", "[profiles.work]\\n{}"])
def test_an_edit_with_an_unknown_code_theme_is_kept_beside(program: Program, text: str) -> None:
    """As one with any other wrong value; one that exists is kept."""
    editor = build_editor(text.format('code_theme = \\"monokay\\"'))
    done = program.run("config", "edit", environ={"VISUAL": editor})
    assert done.returncode == 7
    assert "code_theme`" in done.stderr
    assert "monokay" in (program.home / "config.edit.toml").read_text()
    assert not program.config_file.exists()
    editor = build_editor(text.format('code_theme = \\"monokai\\"'))
    assert program.run("config", "edit", environ={"VISUAL": editor}).returncode == 0
    assert "monokai" in program.config_file.read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a pseudo-terminal")
def test_a_broken_edit_is_offered_back_on_a_terminal(program: Program, tmp_path: Path) -> None:
    """With what may have been meant; Enter opens the editor again on what was typed."""
    import pexpect  # type: ignore[import-untyped]

    script = tmp_path / "editor.py"
    script.write_text(
        "import sys\n"
        "path = sys.argv[1]\n"
        "text = open(path).read()\n"
        "open(path, 'w').write('usage = true' if text == 'usag = true' else 'usag = true')\n"
    )
    child = pexpect.spawn(
        sys.executable,
        ["-m", "tokenhub_cli", "config", "edit"],
        env={**program.environ, "EDITOR": f'"{sys.executable}" "{script}"', "TERM": "xterm"},
        encoding="utf-8",
        timeout=20,
    )
    child.expect_exact("did you mean `usage`?\r\nEdit again? [Y/n] ")
    child.sendline("")
    child.expect_exact("saved")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert program.config_file.read_text() == "usage = true"


def test_get_loads_only_what_it_needs(program: Program) -> None:
    """`config get` loads neither the client, nor the renderers, nor the editor of TOML."""
    import subprocess

    program.home.mkdir()
    program.config_file.write_text("usage = true\n")
    code = (
        "import sys\n"
        "from tokenhub_cli.cli.app import run_command\n"
        "run_command(['config', 'get', 'usage'])\n"
        "print(*sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=program.environ,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    heavy = {"httpx", "rich", "prompt_toolkit", "tomlkit", "platformdirs", "sqlite3", "markdown_it"}
    assert not heavy & set(done.stdout.split())
