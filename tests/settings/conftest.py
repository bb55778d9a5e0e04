"""A home of its own for each test, and a key that can be searched for."""

from pathlib import Path

import pytest

from tokenhub_cli.settings.paths import Paths, find_paths

MARKED_KEY = "sk-MARKED-0123456789abcdef"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment whose files all live under the test's own directory."""
    return {"TOKENHUB_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"}


@pytest.fixture
def paths(environ: dict[str, str]) -> Paths:
    """The paths of that environment; the configuration directory exists."""
    found = find_paths(environ)
    found.config_directory.mkdir(mode=0o700)
    return found
