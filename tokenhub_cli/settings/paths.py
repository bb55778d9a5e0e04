"""Where files live.

`TOKENHUB_HOME` names one directory in place of the platform's four. Without it, Linux and the BSDs
follow the XDG base directory specification; macOS, Windows and Android are asked through
platformdirs. Linux does not take that way because importing platformdirs costs 11 million
instructions at each start, for rules that fit in three lines; a test holds that both agree.
Nothing here touches the disk: a directory is made by whoever first writes into it.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tokenhub_cli.errors import ConfigurationError

APPLICATION = "tokenhub"
HOME_VARIABLE = "TOKENHUB_HOME"


class Paths(NamedTuple):
    """The directories in use; all absolute, and some of them may be the same."""

    config_directory: Path
    data_directory: Path
    state_directory: Path
    cache_directory: Path

    @property
    def config_file(self) -> Path:
        """The settings, in TOML."""
        return self.config_directory / "config.toml"

    @property
    def templates_directory(self) -> Path:
        """The prepared questions, a TOML file each."""
        return self.config_directory / "templates"

    @property
    def credentials_file(self) -> Path:
        """The keys, for the user's eyes alone.

        They lie with the data, away from shared dotfiles, in a directory of their own: that one is
        tightened, never the one that `TOKENHUB_HOME` names, which may hold other people's files.
        """
        return self.data_directory / "keys" / "credentials.json"

    @property
    def history_file(self) -> Path:
        """The kept conversations."""
        return self.data_directory / "history.db"

    @property
    def prompt_history_file(self) -> Path:
        """The questions typed in `chat`."""
        return self.state_directory / "prompt_history.jsonl"

    @property
    def spool_directory(self) -> Path:
        """The answers in flight."""
        return self.state_directory / "spool"

    @property
    def quirks_file(self) -> Path:
        """What gateways turned out not to take or to send."""
        return self.state_directory / "quirks.json"

    @property
    def models_directory(self) -> Path:
        """The lists of models that gateways gave, a text file each."""
        return self.cache_directory / "models"


def find_paths(environ: Mapping[str, str]) -> Paths:
    """Return where this user's files live.

    Raises:
        ConfigurationError: `TOKENHUB_HOME` is not a path, or the user has no home directory.
    """
    home = environ.get(HOME_VARIABLE, "")
    if home:
        return _build_single_home(home)
    if _follows_xdg(sys.platform, environ):
        return _build_xdg_paths(environ)
    return _ask_platformdirs()


def _build_single_home(home: str) -> Paths:
    if "\0" in home:
        raise ConfigurationError(
            f"`{HOME_VARIABLE}` is not a path", hint=f"`export {HOME_VARIABLE}=~/.tokenhub`"
        )
    directory = Path(_expand_user(home)).absolute()
    return Paths(directory, directory, directory, directory / "cache")


def _follows_xdg(platform: str, environ: Mapping[str, str]) -> bool:
    is_other_system = platform in ("win32", "cygwin", "darwin", "ios", "android")
    return not is_other_system and "ANDROID_ROOT" not in environ


def _build_xdg_paths(environ: Mapping[str, str]) -> Paths:
    """Build the four by https://specifications.freedesktop.org/basedir-spec/.

    A relative path in a variable is invalid and ignored, as the specification says.
    """

    def find(variable: str, default: str) -> Path:
        directory = environ.get(variable, "").strip()
        if not directory.startswith("/"):
            directory = _expand_user(default)
        return Path(directory) / APPLICATION

    return Paths(
        find("XDG_CONFIG_HOME", "~/.config"),
        find("XDG_DATA_HOME", "~/.local/share"),
        find("XDG_STATE_HOME", "~/.local/state"),
        find("XDG_CACHE_HOME", "~/.cache"),
    )


def _expand_user(path: str) -> str:
    expanded = os.path.expanduser(path)  # noqa: PTH111 - Path.expanduser raises a bare RuntimeError
    if expanded.startswith("~"):
        raise ConfigurationError(
            f"the home directory in `{path}` cannot be found",
            hint=f"name a directory: `export {HOME_VARIABLE}=/path/to/directory`",
        )
    return expanded


def _ask_platformdirs() -> Paths:
    from platformdirs import PlatformDirs

    directories = PlatformDirs(APPLICATION, appauthor=False)
    return Paths(
        directories.user_config_path,
        directories.user_data_path,
        directories.user_state_path,
        directories.user_cache_path,
    )
