"""Precedence, origins, profiles, aliases, and what is bound to its gateway."""

import pytest

from tokenhub_cli.chat.usage import Prices
from tokenhub_cli.errors import ConfigurationError, UsageError
from tokenhub_cli.settings.paths import Paths
from tokenhub_cli.settings.resolve import Settings, resolve_settings
from tokenhub_cli.settings.schema import SETTINGS


def write(paths: Paths, text: str) -> None:
    paths.config_file.write_text(text, encoding="utf-8")


def test_without_any_source_the_defaults_hold(environ: dict[str, str], paths: Paths) -> None:
    """No file, no variables, no flags: TokenHub's gateway, gpt-4o, each value from `default`."""
    settings = resolve_settings(environ, paths)
    assert settings.base_url == "https://ai-tokenhub.com/v1"
    assert settings.model == "gpt-4o"
    assert (settings.connect_timeout, settings.first_token_timeout) == (10.0, 180.0)
    assert settings.idle_timeout == 45.0
    assert settings.options == {}
    assert settings.prices is None
    assert set(settings.origins.values()) == {"default"}


def test_each_layer_overrides_the_one_beneath(environ: dict[str, str], paths: Paths) -> None:
    """Flag > environment > profile > configuration file > default, and each origin is told."""
    write(paths, 'model = "file"\n[profiles.work]\nmodel = "work"\n')
    told = []
    for profile, variables, flags in (
        (None, {}, {}),
        ("work", {}, {}),
        ("work", {"TOKENHUB_MODEL": "env"}, {}),
        ("work", {"TOKENHUB_MODEL": "env"}, {"model": "flag"}),
    ):
        settings = resolve_settings({**environ, **variables}, paths, profile, flags)
        told.append((settings.model, settings.origins["model"]))
    assert told == [
        ("file", "config file"),
        ("work", "profile `work`"),
        ("env", "environment `TOKENHUB_MODEL`"),
        ("flag", "flag"),
    ]


def test_options_are_merged_one_by_one(environ: dict[str, str], paths: Paths) -> None:
    """A flag for one option leaves the others to the profile, the model and the file."""
    write(
        paths,
        "[options]\nseed = 1\ntop_p = 0.1\ntemperature = 0.1\nstop = 'END'\n"
        "[models.gpt-4o.options]\ntop_p = 0.2\ntemperature = 0.2\n"
        "[profiles.work.options]\ntemperature = 0.3\n",
    )
    settings = resolve_settings(environ, paths, "work", {"options": {"mirostat": 2}})
    assert settings.options == {
        "seed": 1,
        "top_p": 0.2,
        "temperature": 0.3,
        "stop": ["END"],
        "mirostat": 2,
    }
    assert settings.origins["options.top_p"] == "model `gpt-4o`"
    assert settings.origins["options.mirostat"] == "flag"


def test_a_flag_that_was_not_given_counts_for_nothing(
    environ: dict[str, str], paths: Paths
) -> None:
    """None among the flags means not given, nested or flat."""
    flags = {"model": None, "options": {"seed": None}, "options.top_p": None}
    settings = resolve_settings(environ, paths, None, flags)
    assert settings.model == "gpt-4o"
    assert settings.options == {}


def test_an_alias_brings_its_model_options_and_prices(
    environ: dict[str, str], paths: Paths
) -> None:
    """`[models.NAME]` stands for another model; its own options go before that model's."""
    write(
        paths,
        "[models.exact]\nmodel = 'gpt-4.1'\noptions = {temperature = 0}\n"
        "[models.'gpt-4.1']\noptions = {temperature = 1, seed = 7}\n"
        "prices = {prompt = 2, completion = 8, cached = 0.5}\n",
    )
    settings = resolve_settings(environ, paths, None, {"model": "exact"})
    assert settings.model == "gpt-4.1"
    assert settings.origins["model"] == "flag, alias `exact`"
    assert settings.options == {"temperature": 0, "seed": 7}
    assert settings.prices == Prices(2, 8, 0.5)


@pytest.mark.parametrize(
    ("variables", "flag", "origin"),
    [
        ({}, "work", "flag"),
        ({"TOKENHUB_PROFILE": "work"}, None, "environment `TOKENHUB_PROFILE`"),
        ({}, None, "config file"),
        ({"TOKENHUB_PROFILE": "nowhere"}, "work", "flag"),
    ],
)
def test_a_profile_is_chosen_by_flag_variable_or_default(
    environ: dict[str, str],
    paths: Paths,
    variables: dict[str, str],
    flag: str | None,
    origin: str,
) -> None:
    """`--profile` goes before `TOKENHUB_PROFILE`, that before `default_profile`."""
    write(paths, "default_profile = 'work'\n[profiles.work]\nmodel = 'w'\n")
    settings = resolve_settings({**environ, **variables}, paths, flag)
    assert (settings.profile, settings.model) == ("work", "w")
    assert settings.origins["profile"] == origin


@pytest.mark.parametrize(
    ("flag", "variables", "top", "hint"),
    [
        ("locl", {}, "", "`--profile local`? `tokenhub doctor --profile local` looks at it"),
        (None, {"TOKENHUB_PROFILE": "locl"}, "", "`export TOKENHUB_PROFILE=local`?"),
        (None, {}, "default_profile = 'locl'", "`tokenhub config set default_profile local`?"),
    ],
    ids=["flag", "environment", "file"],
)
def test_an_unknown_profile_suggests_a_near_one(
    environ: dict[str, str],
    paths: Paths,
    flag: str | None,
    variables: dict[str, str],
    top: str,
    hint: str,
) -> None:
    """A profile that is not in the file is an error that names what chooses the likeliest."""
    write(paths, f"{top}\n[profiles.local]\nkeyless = true\n")
    with pytest.raises(ConfigurationError, match="no profile `locl`") as caught:
        resolve_settings({**environ, **variables}, paths, flag)
    assert caught.value.hint == f"did you mean {hint}"


def test_an_unknown_profile_that_is_near_to_none_names_them_all(
    environ: dict[str, str], paths: Paths
) -> None:
    """And a command that takes one."""
    write(paths, "[profiles.local]\nkeyless = true\n[profiles.work]\n")
    with pytest.raises(ConfigurationError) as caught:
        resolve_settings(environ, paths, "xyzzy")
    expected = "the profiles are `local`, `work`; `tokenhub doctor --profile NAME` looks at one"
    assert caught.value.hint == expected


BOUND = """
key_command = "print-tokenhub-key"
headers = {X-Team = "blue"}
[profiles.local]
base_url = "http://localhost:11434/v1"
headers = {X-Local = "yes"}
[profiles.same]
base_url = "https://AI-tokenhub.com:443/other"
"""


@pytest.mark.parametrize(
    ("profile", "base_url", "command", "headers"),
    [
        (None, None, "print-tokenhub-key", {"x-team": "blue"}),
        (None, "https://elsewhere.example/v1", "", {}),
        ("local", None, "", {"x-local": "yes"}),
        ("local", "http://localhost:1/v1", "", {}),
        ("same", None, "print-tokenhub-key", {"x-team": "blue"}),
    ],
)
def test_key_command_and_headers_stay_with_their_gateway(
    environ: dict[str, str],
    paths: Paths,
    profile: str | None,
    base_url: str | None,
    command: str,
    headers: dict[str, str],
) -> None:
    """What the file sets for one gateway is not handed to another by a profile or a flag."""
    write(paths, BOUND)
    settings = resolve_settings(environ, paths, profile, {"base_url": base_url})
    assert settings.key_command == command
    assert settings.headers == headers


def test_no_history_is_any_value_of_its_variable(environ: dict[str, str], paths: Paths) -> None:
    """`TOKENHUB_NO_HISTORY=1` turns history off and is named as the origin."""
    settings = resolve_settings({**environ, "TOKENHUB_NO_HISTORY": "1"}, paths)
    assert settings.history is False
    assert settings.origins["history"] == "environment `TOKENHUB_NO_HISTORY`"


def test_a_wrong_flag_is_named(environ: dict[str, str], paths: Paths) -> None:
    """A flag's wrong value is wrong usage, and says what is expected."""
    with pytest.raises(UsageError) as caught:
        resolve_settings(environ, paths, None, {"options": {"temperature": "hot"}})
    assert caught.value.message == '`--temperature` must be a number, 0 or more, not `"hot"`'


def test_a_wrong_variable_is_named(environ: dict[str, str], paths: Paths) -> None:
    """A base URL without a scheme in the environment names its variable, not its value."""
    with pytest.raises(ConfigurationError) as caught:
        resolve_settings({**environ, "TOKENHUB_BASE_URL": "user:secret@host"}, paths)
    assert "`TOKENHUB_BASE_URL` must be a URL" in caught.value.message
    assert "secret" not in caught.value.message


def test_every_setting_of_the_table_is_an_attribute(environ: dict[str, str], paths: Paths) -> None:
    """The table and the typed attributes name the same settings and types."""
    settings = resolve_settings(environ, paths)
    plain = {name for name in SETTINGS if "." not in name}
    declared = set(Settings.__annotations__) - {"profile", "options", "headers"}
    assert plain == declared - {"values", "origins"}
    for name in plain:
        assert type(getattr(settings, name)) is Settings.__annotations__[name]
