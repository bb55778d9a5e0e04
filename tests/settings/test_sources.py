"""What is read from the configuration file, and how its faults are told."""

import os
import sys
from pathlib import Path

import pytest

from tokenhub_cli.errors import ConfigurationError
from tokenhub_cli.settings.paths import Paths
from tokenhub_cli.settings.resolve import resolve_settings
from tokenhub_cli.settings.sources import read_config_file


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("model = \n", ", line 1, column 9: invalid value"),
        ("model = 'a'\nmodel = 'b'\n", ", line 2"),
        ("a = 1\n[options\n", ", line 2, column 9"),
        ("system = '''\nnever closed", ", line 2, column 13"),
        ("a = [" + "[" * 5000, ": values are nested too deeply"),
        ("a = " + "9" * 5000, ": a number is too long"),
    ],
)
def test_broken_toml_is_told_with_file_line_and_column(
    tmp_path: Path, text: str, place: str
) -> None:
    """The message names the place, the hint the command that repairs it."""
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_config_file(path)
    assert caught.value.message.startswith(f"`{path}`{place}")
    assert caught.value.hint == "`tokenhub config edit`"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("modle = 'x'", "`modle` in `{}` is not a setting"),
        ("[profiles.work]\nmodle = 'x'", "`profiles.work.modle` in `{}` is not a setting"),
        ("profiles = 1", "`profiles` in `{}` must be a table, not a single value"),
        ("[profiles]\nwork = 1", "`profiles.work` in `{}` must be a table, not a single value"),
        ("options = 1", "`options` in `{}` must be a table, not a single value"),
        ("model = 4", "`model` in `{}` must be one line of text in quotes, not `4`"),
        (
            "idle_timeout = '9'",
            '`idle_timeout` in `{}` must be a number of seconds above 0, at most 86400, not `"9"`',
        ),
        (
            "options.other = 2026-11-22",
            (
                "`options.other` in `{}` must be text, a number, `true`, "
                '`false`, a list or a table, not `"2026-11-22"`'
            ),
        ),
        (
            "base_url = 'sk-MARKED'",
            "`base_url` in `{}` must be a URL that begins with `https://` or `http://`",
        ),
        (
            "headers.x-key = ['sk-MARKED']",
            "`headers.x-key` in `{}` must be one line of ASCII text in quotes",
        ),
        (
            "key_command = ['echo', 'sk-MARKED']",
            "`key_command` in `{}` must be one line of text in quotes",
        ),
        ("[models.a]\nbase_url = 'x'", "`models.a.base_url` in `{}` is not a setting"),
        (
            "api_key = 'sk-MARKED'",
            "`api_key` in `{}` is not a setting: keys are not kept in the configuration file",
        ),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_its_file(
    tmp_path: Path, text: str, message: str
) -> None:
    """Unknown names and wrong values say where they stand; what may be secret is not repeated."""
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_config_file(path)
    assert caught.value.message == message.format(path)
    assert "MARKED" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize("data", [b"\xef\xbb\xbfmodel = 'x'\r\n", b"model = 'x'"])
def test_a_byte_order_mark_and_crlf_are_read(tmp_path: Path, data: bytes) -> None:
    """Windows editors write both."""
    path = tmp_path / "config.toml"
    path.write_bytes(data)
    assert read_config_file(path).top == {"model": "x"}


def test_a_file_that_is_no_text_is_told_with_its_line(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are an error, not a guess."""
    path = tmp_path / "config.toml"
    path.write_bytes(b"# ok\nmodel = '\xff'\n")
    with pytest.raises(ConfigurationError, match=r"line 2: the file is not UTF-8 text"):
        read_config_file(path)


def test_a_directory_in_the_files_place_is_told(tmp_path: Path) -> None:
    """A path that cannot be read is named."""
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_config_file(tmp_path)


def test_no_file_says_nothing_and_loads_no_parser(tmp_path: Path) -> None:
    """Without a configuration file nothing is set; tomllib is not needed to know that."""
    config = read_config_file(tmp_path / "none.toml")
    assert (config.top, config.profiles, config.models) == ({}, {}, {})


def test_nothing_in_the_working_directory_is_read(
    environ: dict[str, str], paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cloned repository can set neither base URL nor key."""
    project = tmp_path / "project"
    project.mkdir()
    for name in (".env", "config.toml", ".tokenhub.toml", "tokenhub.toml", "pyproject.toml"):
        (project / name).write_text(
            "TOKENHUB_BASE_URL=https://evil.example\nbase_url='https://evil.example'\n"
        )
    monkeypatch.chdir(project)
    assert resolve_settings(environ, paths).base_url == "https://ai-tokenhub.com/v1"
    assert "TOKENHUB_BASE_URL" not in os.environ


def test_resolving_loads_few_modules(environ: dict[str, str]) -> None:
    """Without a file: no tomllib, tomlkit, platformdirs, keyring, json or subprocess."""
    import subprocess

    program = (
        "import sys, os\n"
        "from tokenhub_cli.settings.paths import find_paths\n"
        "from tokenhub_cli.settings.resolve import resolve_settings\n"
        "from tokenhub_cli.settings.keys import find_key\n"
        "paths = find_paths(os.environ)\n"
        "settings = resolve_settings(os.environ, paths)\n"
        "find_key(settings, os.environ, paths)\n"
        "print(*sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    heavy = {"tomllib", "tomlkit", "platformdirs", "keyring", "subprocess", "difflib", "shutil"}
    assert not heavy & set(done.stdout.split())
