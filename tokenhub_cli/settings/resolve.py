"""Merges the places that settings come from into one value with an origin for each setting.

Precedence: flag, environment, profile, configuration file, default. Under the profile and above
the rest of the file stand the model's own `options` and `prices`. What could hand one gateway's
secret to another (`key_command`, `headers`, and `keyless` beside them) counts only for the gateway
of the place where it stands: with `--base-url`, or in a profile with a `base_url` of its own, the
file's are left out.
"""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from tokenhub_cli.errors import ConfigurationError
from tokenhub_cli.settings.paths import Paths
from tokenhub_cli.settings.schema import SETTINGS, TABLES, quote_name, suggest
from tokenhub_cli.settings.sources import (
    ConfigFile,
    Layer,
    read_config_file,
    read_environment,
    read_flags,
)
from tokenhub_cli.wire.origin import build_origin

if TYPE_CHECKING:
    from tokenhub_cli.chat.usage import Prices

FLAG = "flag"
CONFIG_FILE = "config file"
DEFAULT = "default"
PROFILE_VARIABLE = "TOKENHUB_PROFILE"
BOUND_NAMES = ("key_command", "keyless")


class Settings:
    """The settings in force; the attributes are those of `schema.SETTINGS`.

    `model` is what is sent: an alias is resolved already. `options` and `headers` hold what is set,
    by name. `origins` says where each value comes from, by flat name (`options.seed`): `flag`,
    ``environment `TOKENHUB_MODEL` ``, ``profile `work` ``, `config file`, ``model `gpt-4o` `` or
    `default`. `profile` is the name of the profile in force, or an empty string.
    """

    profile: str
    base_url: str
    model: str
    system: str
    default_profile: str
    key_command: str
    keyring: bool
    keyless: bool
    connect_timeout: float
    first_token_timeout: float
    idle_timeout: float
    max_retries: int
    max_continue: int
    resume: str
    history: bool
    usage: bool
    theme: str
    code_theme: str
    screen_reader: bool
    hide_reasoning: bool
    collapse_reasoning: bool
    markdown: bool
    editing_mode: str
    enter_sends: bool
    prompt_history: bool
    options: Mapping[str, Any]
    headers: Mapping[str, str]
    values: Mapping[str, Any]
    origins: Mapping[str, str]

    def __init__(self, profile: str, values: Layer, origins: Mapping[str, str]) -> None:
        self.profile = profile
        self.values = values
        self.origins = origins
        for name, value in values.items():
            if "." not in name:
                setattr(self, name, value)
        self.options = select_table("options", values)
        self.headers = select_table("headers", values)

    @property
    def prices(self) -> "Prices | None":
        """What the model costs, or None if its prices are not known."""
        from tokenhub_cli.chat.usage import Prices

        table = select_table("prices", self.values)
        if "prompt" not in table or "completion" not in table:
            return None
        return Prices(table["prompt"], table["completion"], table.get("cached"))


def select_table(table: str, values: Layer) -> dict[str, Any]:
    """Return what is set under `table`; None means not set."""
    head = table + "."
    return {
        name.removeprefix(head): value
        for name, value in values.items()
        if name.startswith(head) and value is not None
    }


def resolve_settings(
    environ: Mapping[str, str],
    paths: Paths,
    profile: str | None = None,
    flags: Mapping[str, Any] | None = None,
) -> Settings:
    """Return the settings in force.

    Args:
        environ: The environment.
        paths: Where the configuration file is.
        profile: What `--profile` names, or None.
        flags: Flag values by setting name, as in `sources.read_flags`.

    Raises:
        ConfigurationError: The file, the environment or the profile cannot be used.
        UsageError: A flag cannot be used.
    """
    config = read_config_file(paths.config_file)
    chosen = choose_profile(environ, config, profile)
    return merge_settings(config, chosen, read_environment(environ), read_flags(flags or {}))


def choose_profile(
    environ: Mapping[str, str], config: ConfigFile, flag: str | None
) -> tuple[str, str]:
    """Return the name of the profile in force, or an empty string, and the name's origin.

    Raises:
        ConfigurationError: The configuration file has no profile of that name.
    """
    name, origin = "", DEFAULT
    if flag:
        name, origin = flag, FLAG
    elif environ.get(PROFILE_VARIABLE):
        name, origin = environ[PROFILE_VARIABLE], f"environment `{PROFILE_VARIABLE}`"
    elif config.top.get("default_profile"):
        name, origin = config.top["default_profile"], CONFIG_FILE
    if name and name not in config.profiles:
        raise build_unknown_profile_error(name, origin, config.profiles)
    return name, origin


def build_unknown_profile_error(
    name: str, origin: str, profiles: Collection[str]
) -> ConfigurationError:
    """Return the error for a profile that the file does not have, with the nearest as its hint."""
    near = suggest(name, profiles)
    if near:
        hint = _suggest_profile(near, origin)
    elif profiles:
        known = ", ".join(f"`{each}`" for each in profiles)
        hint = f"the profiles are {known}; `tokenhub doctor --profile NAME` looks at one"
    else:
        setting = quote_name(("profiles", name, "base_url"))
        hint = f"begin it with `tokenhub config set {setting} URL`"
    return ConfigurationError(f"there is no profile `{name}` ({origin})", hint=hint)


def _suggest_profile(name: str, origin: str) -> str:
    from shlex import quote

    name = quote(name)
    if origin == FLAG:
        return f"did you mean `--profile {name}`? `tokenhub doctor --profile {name}` looks at it"
    if PROFILE_VARIABLE in origin:
        return f"did you mean `export {PROFILE_VARIABLE}={name}`?"
    return f"did you mean `tokenhub config set default_profile {name}`?"


def merge_settings(
    config: ConfigFile, chosen_profile: tuple[str, str], environment: Layer, flags: Layer
) -> Settings:
    """Return the settings that result from checked layers.

    Args:
        config: The configuration file.
        chosen_profile: The profile in force and the origin of that choice.
        environment: What the environment sets.
        flags: What the flags set.
    """
    profile, profile_origin = chosen_profile
    own = config.profiles.get(profile, {})
    values: dict[str, Any] = {name: setting.default for name, setting in SETTINGS.items()}
    origins = dict.fromkeys(values, DEFAULT)

    def apply(layer: Layer, origin: str) -> None:
        values.update(layer)
        origins.update(dict.fromkeys(layer, origin))

    apply(_keep_bound(config.top, config.top, (own, environment, flags)), CONFIG_FILE)
    apply(_keep_bound(own, {**config.top, **own}, (environment, flags)), f"profile `{profile}`")
    for name, value in environment.items():
        apply({name: value}, f"environment `{SETTINGS[name].environment}`")
    apply(flags, FLAG)
    _apply_model(config, (own, environment, flags), values, origins)
    origins["profile"] = profile_origin
    return Settings(profile, values, origins)


def _keep_bound(layer: Layer, place: Layer, above: tuple[Layer, ...]) -> Layer:
    """Return `layer` without what belongs to another gateway than the one in force.

    Args:
        layer: What a place of the file sets.
        place: The settings as that place sees them: its own `base_url`, or that from beneath it.
        above: The layers of higher precedence.
    """
    in_force = place.get("base_url", SETTINGS["base_url"].default)
    bound = in_force
    for higher in above:
        in_force = higher.get("base_url", in_force)
    if in_force == bound or build_origin(in_force) == build_origin(bound):
        return layer
    return {
        name: value
        for name, value in layer.items()
        if name not in BOUND_NAMES and not name.startswith("headers.")
    }


def _apply_model(
    config: ConfigFile,
    above: tuple[Layer, ...],
    values: dict[str, Any],
    origins: dict[str, str],
) -> None:
    """Resolve an alias, and add the model's own options and prices where nothing above sets them.

    An alias may bring options of its own, which go before those of the model it stands for.
    """
    name = values["model"]
    alias = config.models.get(name, {})
    model = alias.get("model", name)
    if model != name:
        values["model"] = model
        origins["model"] += f", alias `{name}`"
    for entry in dict.fromkeys((model, name)):
        for setting, value in config.models.get(entry, {}).items():
            is_free = not any(setting in layer for layer in above)
            if setting.partition(".")[0] in TABLES and is_free:
                values[setting] = value
                origins[setting] = f"model `{entry}`"
