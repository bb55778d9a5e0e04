"""Where files live, on this system and on others."""

import sys
from pathlib import Path

import pytest

from tokenhub_cli.errors import ConfigurationError
from tokenhub_cli.settings.paths import _ask_platformdirs, _follows_xdg, find_paths


def test_one_directory_takes_the_place_of_four(tmp_path: Path) -> None:
    """`TOKENHUB_HOME` holds everything, the cache in a directory of its own inside."""
    paths = find_paths({"TOKENHUB_HOME": str(tmp_path)})
    assert paths.config_file == tmp_path / "config.toml"
    assert paths.credentials_file == tmp_path / "keys" / "credentials.json"
    assert {paths.data_directory, paths.state_directory} == {tmp_path}
    assert paths.cache_directory == tmp_path / "cache"


def test_a_relative_home_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `TOKENHUB_HOME` names does not move when the working directory does."""
    monkeypatch.chdir(tmp_path)
    assert find_paths({"TOKENHUB_HOME": "here"}).config_directory == tmp_path / "here"


def test_a_home_that_is_no_path_is_refused() -> None:
    """The variable's name is in the message."""
    with pytest.raises(ConfigurationError, match="TOKENHUB_HOME"):
        find_paths({"TOKENHUB_HOME": "a\0b"})
    with pytest.raises(ConfigurationError, match="home directory"):
        find_paths({"TOKENHUB_HOME": "~nobody-of-that-name/x"})


@pytest.mark.skipif(sys.platform != "linux", reason="XDG is followed on Linux")
@pytest.mark.parametrize("variables", [{}, {"XDG_CONFIG_HOME": "/x"}, {"XDG_DATA_HOME": "y"}])
def test_linux_agrees_with_platformdirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    """Our three lines for XDG give what platformdirs gives, invalid relative paths included."""
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.delenv(f"XDG_{name}_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert find_paths(variables) == _ask_platformdirs()


@pytest.mark.parametrize("platform", ["darwin", "win32", "cygwin", "android"])
def test_other_systems_are_asked_through_platformdirs(platform: str) -> None:
    """macOS, Windows and Android have rules of their own."""
    assert not _follows_xdg(platform, {})
    assert not _follows_xdg("linux", {"ANDROID_ROOT": "/system"})
    assert _follows_xdg("freebsd14", {})
