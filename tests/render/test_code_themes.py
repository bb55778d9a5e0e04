"""Which code themes there are."""

import subprocess
import sys
from pathlib import Path

import pytest

from tokenhub_cli.render.code_themes import find_code_theme, list_code_themes

BROKEN_PLUGIN = """
from tokenhub_cli.render.code_themes import find_code_theme, list_code_themes
assert find_code_theme("monokai") is not None
assert find_code_theme("broken") is None
assert "monokai" in list_code_themes()
"""


def test_the_styles_of_pygments_are_code_themes() -> None:
    """Each name in the list can be loaded."""
    names = list_code_themes()
    assert {"monokai", "default"} <= set(names)
    assert all(find_code_theme(name) is not None for name in names)


@pytest.mark.parametrize("name", ["no-such-style", " ", "Monokai", "_mapping", "monokai.x", "é"])
def test_another_name_is_none(name: str) -> None:
    """Whatever was typed: nothing is raised."""
    assert find_code_theme(name) is None


def test_a_broken_plugin_costs_its_own_styles_alone(tmp_path: Path) -> None:
    """It may raise anything when pygments loads it, in the middle of an answer too."""
    details = tmp_path / "broken-1.0.dist-info"
    details.mkdir()
    (details / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (details / "entry_points.txt").write_text("[pygments.styles]\nbroken = broken_style:Style\n")
    (tmp_path / "broken_style.py").write_text("raise RuntimeError\n")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{BROKEN_PLUGIN}"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 0, done.stderr
