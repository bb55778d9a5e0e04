"""The table of settings, and names in it."""

import pytest

from tokenhub_cli.errors import ConfigurationError
from tokenhub_cli.settings.schema import (
    SETTINGS,
    build_unknown_setting_error,
    format_name,
    locate_setting,
    split_name,
)
from tokenhub_cli.settings.values import CHECKS, check_value


def test_every_row_of_the_table_is_whole() -> None:
    """Each setting has a known kind, one line of help, and a default of its own kind."""
    for setting in SETTINGS.values():
        assert setting.kind in CHECKS
        assert setting.help.endswith(".")
        assert setting.help.isprintable()
        if setting.default is not None:
            assert check_value(setting, setting.default) == setting.default


@pytest.mark.parametrize(
    ("name", "segments"),
    [
        ("model", ("model",)),
        ("options.seed", ("options", "seed")),
        ("profiles.work.options.seed", ("profiles", "work", "options", "seed")),
        ('models."gpt-4.1".model', ("models", "gpt-4.1", "model")),
        ("models.gpt-4.1.model", ("models", "gpt-4.1", "model")),
        ('profiles."my.name".model', ("profiles", "my.name", "model")),
        (r'profiles."a\"b\\c".model', ("profiles", 'a"b\\c', "model")),
        (r'profiles."a\qb".model', ("profiles", r"a\qb", "model")),  # no escape of TOML's
        ("models.claude-3.5-x.prices.prompt", ("models", "claude-3.5-x", "prices", "prompt")),
        ("models.gpt-4o.prices.prompt", ("models", "gpt-4o", "prices", "prompt")),
    ],
)
def test_a_dotted_name_is_split_as_it_is_meant(name: str, segments: tuple[str, ...]) -> None:
    """A model's dots need no quotes; both spellings name the same place."""
    assert split_name(name) == segments
    assert split_name(format_name(segments)) == segments
    locate_setting(segments)


ALL = "all settings: `tokenhub config list`"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("modle", "did you mean `model`? " + ALL),
        ("temperature", "did you mean `options.temperature`? " + ALL),
        (
            "profiles.work.modle",
            "did you mean `profiles.work.model`? all settings: `tokenhub config list`",
        ),
        (
            "models.gpt-4o.prices.promt",
            "did you mean `models.gpt-4o.prices.prompt`? all settings: `tokenhub config list`",
        ),
        ("api_key", "`tokenhub keys set`"),
        ("profiles.work.api_key", "`tokenhub keys set`"),
        ("profiles.work", ALL),
        ("profiles.work.default_profile", ALL),
        ("xyzzy", ALL),
        ("", ALL),
        ("models.a.b.c.d", ALL),
    ],
)
def test_an_unknown_name_suggests_the_nearest(name: str, hint: str) -> None:
    """A key in the configuration file is pointed to the place for keys."""
    with pytest.raises(ConfigurationError, match="is not a setting") as caught:
        locate_setting(split_name(name))
    assert caught.value.hint == hint


def test_the_default_profile_is_no_setting_of_a_profile() -> None:
    """A profile cannot choose another."""
    with pytest.raises(ConfigurationError):
        locate_setting(("profiles", "work", "default_profile"))


@pytest.mark.parametrize(
    ("segments", "hint"),
    [
        (("modle",), "did you mean `model`? `tokenhub config edit`"),
        (("aliases", "p"), "`tokenhub config edit`; all settings: `tokenhub help config`"),
    ],
)
def test_an_unknown_name_in_the_file_is_mended_there(segments: tuple[str, ...], hint: str) -> None:
    """`config list` would fail for the same reason: the hint names commands that work."""
    assert build_unknown_setting_error(segments, " in `config.toml`").hint == hint
