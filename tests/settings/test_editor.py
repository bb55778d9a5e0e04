"""Editing the configuration file as a whole: nothing typed is lost, nothing broken is kept."""

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tokenhub_cli.errors import ConfigurationError
from tokenhub_cli.settings.editor import build_template, edit_config, run_editor
from tokenhub_cli.settings.sources import read_config_file


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration file."""
    path = tmp_path / "config.toml"
    path.write_text("model = 'a'\n")
    return path


def typing(*texts: str) -> Callable[[Path], None]:
    """An editor that writes one text each time it is opened."""
    remaining = list(texts)

    def run(path: Path) -> None:
        path.write_text(remaining.pop(0))

    return run


def refuse(_: ConfigurationError) -> bool:
    return False


def test_a_valid_edit_is_kept(config: Path) -> None:
    """The edit replaces the file, and the side file goes."""
    assert edit_config(config, typing("model = 'b'\n"), refuse) == f"saved `{config}`"
    assert config.read_text() == "model = 'b'\n"
    assert not config.with_name("config.edit.toml").exists()


def test_an_edit_without_a_change_changes_nothing(config: Path) -> None:
    """Leaving the editor is no edit."""
    assert edit_config(config, typing("model = 'a'\n"), refuse) == "nothing was changed"
    assert not config.with_name("config.edit.toml").exists()


def test_a_broken_edit_is_offered_back(config: Path) -> None:
    """The editor opens again on what was typed, until it is right."""
    errors: list[str] = []

    def accept(error: ConfigurationError) -> bool:
        errors.append(error.message)
        return True

    edit_config(config, typing("model = \n", "modle = 'b'\n", "model = 'b'\n"), accept)
    assert ["column 9" in errors[0], "`modle`" in errors[1], len(errors)] == [True, True, 2]
    assert config.read_text() == "model = 'b'\n"


def test_a_broken_edit_that_is_left_stays_in_the_side_file(config: Path) -> None:
    """The message names the file; the settings in force are unchanged; the next edit goes on."""
    side_file = config.with_name("config.edit.toml")
    with pytest.raises(ConfigurationError, match="column 9") as caught:
        edit_config(config, typing("model = \n"), refuse)
    assert f"kept in `{side_file}`" in caught.value.message
    assert config.read_text() == "model = 'a'\n"
    seen = []

    def go_on(path: Path) -> None:
        seen.append(path.read_text())
        path.write_text("model = 'b'\n")

    done = edit_config(config, go_on, refuse)
    assert seen == ["model = \n"]
    assert config.read_text() == "model = 'b'\n"
    assert config.with_name("config.replaced.toml").read_text() == "model = 'a'\n"
    assert "config.replaced.toml" in done


def test_an_edit_made_elsewhere_meanwhile_is_not_overwritten(config: Path) -> None:
    """Both survive: the other's in force, this one in the side file."""

    def run(path: Path) -> None:
        path.write_text("model = 'mine'\n")
        config.write_text("model = 'theirs'\n")

    with pytest.raises(ConfigurationError, match="changed by another process"):
        edit_config(config, run, refuse)
    assert config.read_text() == "model = 'theirs'\n"
    assert config.with_name("config.edit.toml").read_text() == "model = 'mine'\n"


def test_a_side_file_that_is_gone_changes_nothing(config: Path) -> None:
    """An editor that left no file has saved nothing: the settings are not replaced by that."""
    with pytest.raises(ConfigurationError, match="left no file") as caught:
        edit_config(config, lambda side: side.unlink(), refuse)
    assert caught.value.hint == "`tokenhub config edit`"
    assert config.read_text() == "model = 'a'\n"
    assert edit_config(config, typing("model = 'b'\n"), refuse) == f"saved `{config}`"


def test_what_may_have_been_meant_is_told_of_an_edit_that_is_left(config: Path) -> None:
    """The hint names the nearest setting, and how to go on."""
    with pytest.raises(ConfigurationError) as caught:
        edit_config(config, typing("modle = 'b'\n"), refuse)
    assert caught.value.hint == "did you mean `model`? `tokenhub config edit` opens it again"


def test_a_broken_file_can_be_edited(config: Path) -> None:
    """What no other command accepts is opened here, bytes that are not UTF-8 included."""
    config.write_bytes(b"model = \xff\n")
    edit_config(config, typing("model = 'b'\n"), refuse)
    assert config.read_text() == "model = 'b'\n"


def test_a_first_edit_begins_with_every_setting_as_a_comment(tmp_path: Path) -> None:
    """Without a file, the editor shows what could be set; without its `#` each line is valid."""
    path = tmp_path / "home" / "config.toml"
    seen = []
    edit_config(path, lambda side: seen.append(side.read_text()), refuse)
    assert seen == [build_template()]
    assert not path.exists()
    lines = [line[2:] for line in seen[0].splitlines() if " = " in line]
    path.write_text("\n".join(lines))
    assert read_config_file(path).top["model"] == "gpt-4o"


def test_an_editor_that_fails_leaves_no_trace_or_keeps_the_edit(config: Path) -> None:
    """Nothing typed: the side file goes. Something typed: it stays, and is named."""

    def fail(text: str) -> Callable[[Path], None]:
        def run(path: Path) -> None:
            path.write_text(text)
            raise ConfigurationError("the editor ended", hint="another editor")

        return run

    side_file = config.with_name("config.edit.toml")
    with pytest.raises(ConfigurationError, match=r"the editor ended$"):
        edit_config(config, fail("model = 'a'\n"), refuse)
    assert not side_file.exists()
    with pytest.raises(ConfigurationError, match="kept in") as caught:
        edit_config(config, fail("model = 'b'\n"), refuse)
    assert caught.value.hint == "another editor; `tokenhub config edit` opens it again"
    assert side_file.read_text() == "model = 'b'\n"
    if os.name == "posix":
        assert stat.S_IMODE(side_file.stat().st_mode) == 0o600


def test_an_edit_that_was_kept_outlives_an_editor_that_fails(config: Path) -> None:
    """What an earlier edit typed is not thrown away because nothing was added to it."""
    side_file = config.with_name("config.edit.toml")
    side_file.write_text("model = \n")

    def fail(_path: Path) -> None:
        raise ConfigurationError("the editor cannot be run")

    with pytest.raises(ConfigurationError, match=f"kept in `{side_file}`"):
        edit_config(config, fail, refuse)
    assert side_file.read_text() == "model = \n"


def test_a_kept_edit_that_is_taken_back_changes_nothing(config: Path) -> None:
    """What is as it was before needs no copy of what it replaced."""
    config.with_name("config.edit.toml").write_text("model = \n")
    assert edit_config(config, typing("model = 'a'\n"), refuse) == "nothing was changed"
    assert [path.name for path in config.parent.iterdir()] == ["config.toml"]


@pytest.mark.skipif(os.name == "nt", reason="the editors are written for POSIX quoting")
def test_visual_goes_before_editor_and_may_have_arguments(tmp_path: Path) -> None:
    """`$VISUAL`, then `$EDITOR`; words are split as a shell does, without running one."""
    path = tmp_path / "a file"
    code = "import sys; open(sys.argv[-1], 'w').write(sys.argv[1])"
    run_editor(path, {"VISUAL": f'"{sys.executable}" -c "{code}" visual', "EDITOR": "false"})
    assert path.read_text() == "visual"
    run_editor(path, {"VISUAL": " ", "EDITOR": f'"{sys.executable}" -c "{code}" editor'})
    assert path.read_text() == "editor"


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"EDITOR": "no-such-editor-here"}, "`no-such-editor-here` cannot be run"),
        ({"EDITOR": "'unclosed"}, "cannot be run"),
        ({"EDITOR": f'"{sys.executable}" -c "raise SystemExit(3)"'}, "ended with exit status 3"),
        ({"PATH": "/nowhere"}, "no editor was found"),
    ],
)
def test_an_editor_that_cannot_be_used_is_named(
    tmp_path: Path, environ: dict[str, str], message: str
) -> None:
    """Each failure says which editor and what to set."""
    with pytest.raises(ConfigurationError, match=message):
        run_editor(tmp_path / "file", environ)


def test_an_editor_that_failed_is_replaced_by_another_for_every_command() -> None:
    """Templates are edited by it too: the hint names no single command."""
    with pytest.raises(ConfigurationError) as caught:
        run_editor(Path("file"), {"EDITOR": f'"{sys.executable}" -c "raise SystemExit(3)"'})
    assert caught.value.hint == "choose another one: `export EDITOR=nano`"
