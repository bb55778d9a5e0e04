"""The small files that completion scripts read."""

import os
from pathlib import Path

import pytest

from tests.support.limits import limit_files
from tokenhub_cli.settings.completion_files import (
    LONGEST_TITLE,
    MOST_CONVERSATIONS,
    locate_names,
    note_conversation,
    note_templates,
    save_config_names,
    save_conversations,
)
from tokenhub_cli.settings.paths import Paths
from tokenhub_cli.settings.sources import read_config_file

CONFIG = """
[profiles.work]
base_url = "https://gateway.example/v1"
[profiles."my own"]
model = "x"
[models.fast]
model = "gpt-4o-mini"
[models.gpt-4o.options]
seed = 1
"""


def read(paths: Paths, kind: str) -> list[str]:
    return locate_names(paths, kind).read_text(encoding="utf-8").splitlines()


def test_profiles_and_aliases_follow_the_configuration_file(paths: Paths) -> None:
    """One name a line, then a tab and what it stands for; a model without alias is none."""
    paths.config_file.write_text(CONFIG, encoding="utf-8")
    save_config_names(paths, read_config_file(paths.config_file))
    assert read(paths, "profiles") == ["work\thttps://gateway.example/v1", "my own"]
    assert read(paths, "aliases") == ["fast\tgpt-4o-mini"]
    paths.config_file.write_text("", encoding="utf-8")
    save_config_names(paths, read_config_file(paths.config_file))
    assert read(paths, "profiles") == []


def test_a_conversation_moves_to_the_head_with_its_newest_title(paths: Paths) -> None:
    """It stands there once, and the list stays short."""
    for number in range(MOST_CONVERSATIONS + 5):
        note_conversation(paths, f"c{number}", "A title")
    note_conversation(paths, "c30", "Another\ttitle\n" + "x" * 100)
    lines = read(paths, "conversations")
    assert len(lines) == MOST_CONVERSATIONS
    assert [line.split("\t")[0] for line in lines[:3]] == ["c30", "c54", "c53"]
    _, title = lines[0].split("\t")
    assert title.startswith("Another title xxx")
    assert len(title) == LONGEST_TITLE
    assert sum(line.startswith("c30\t") for line in lines) == 1


def test_titles_cannot_drive_a_terminal(paths: Paths) -> None:
    """Not every shell sanitises what it lists."""
    note_conversation(paths, "c1", "a\x1b]0;x\x07b\u202ec")
    assert read(paths, "conversations") == ["c1\ta ]0;x b c"]


def test_what_was_removed_is_gone(paths: Paths) -> None:
    """A whole list takes the place of the old one."""
    note_conversation(paths, "c1", "Secret")
    save_conversations(paths, [("c2", "Kept")])
    assert read(paths, "conversations") == ["c2\tKept"]


def test_templates_are_those_of_their_directory(paths: Paths) -> None:
    """As they are at that moment."""
    paths.templates_directory.mkdir()
    (paths.templates_directory / "review.toml").write_text("")
    note_templates(paths)
    assert read(paths, "templates") == ["review"]
    (paths.templates_directory / "review.toml").unlink()
    note_templates(paths)
    assert read(paths, "templates") == []


def test_a_cache_that_cannot_be_written_is_no_failure(paths: Paths, tmp_path: Path) -> None:
    """An answer never fails for want of suggestions."""
    blocked = paths._replace(cache_directory=tmp_path / "file" / "cache")
    (tmp_path / "file").write_text("")
    note_conversation(blocked, "c1", "A title")
    assert not blocked.cache_directory.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no mode bits")
def test_titles_are_the_user_s_own_affair(paths: Paths) -> None:
    """The file of conversations, which holds their titles, can be read by its owner alone."""
    note_conversation(paths, "7k2m", "Why is the sky blue?")
    file = locate_names(paths, "conversations")
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.parent.stat().st_mode & 0o777 == 0o700


def test_a_full_disk_leaves_the_names_as_they_were_and_no_litter(paths: Paths) -> None:
    """A suggestion less is no failure; half a file beside would stay for ever."""
    note_conversation(paths, "7k2m", "Why is the sky blue?")
    with limit_files(10):
        note_conversation(paths, "9w4x", "And the sea?")
    assert read(paths, "conversations") == ["7k2m\tWhy is the sky blue?"]
    file = locate_names(paths, "conversations")
    assert [path.name for path in file.parent.iterdir()] == [file.name]
