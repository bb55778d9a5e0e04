"""Reads the places that settings come from: the configuration file, the environment, the flags.

Each becomes a flat mapping of checked values (`{"model": …, "options.temperature": …}`). Nothing in
the working directory is one of these places: a cloned repository must not choose where questions
and keys go.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tokenhub_cli.errors import (
    ConfigurationError,
    TokenHubError,
    UsageError,
    describe_cause,
    quote_path,
)
from tokenhub_cli.settings.schema import (
    EDIT_HINT,
    FILE_ONLY,
    SECRET_KINDS,
    SETTINGS,
    TABLES,
    Setting,
    build_unknown_setting_error,
    find_model_setting,
    find_setting,
    format_name,
)
from tokenhub_cli.settings.values import WrongValueError, build_example, check_value, describe_value

Layer = Mapping[str, Any]


class ConfigFile:
    """What the configuration file says, checked.

    Attributes:
        top: The settings outside profiles and models.
        profiles: The settings of each `[profiles.NAME]`.
        models: `model`, `options` and `prices` of each `[models.NAME]`.
    """

    __slots__ = ("models", "profiles", "top")

    def __init__(
        self, top: Layer, profiles: Mapping[str, Layer], models: Mapping[str, Layer]
    ) -> None:
        self.top = top
        self.profiles = profiles
        self.models = models


def read_config_file(path: Path) -> ConfigFile:
    """Return what the file says; a file that does not exist says nothing.

    Raises:
        ConfigurationError: It cannot be read, is not TOML (with line and column), holds an unknown
            setting or a value of the wrong kind.
    """
    text = read_config_text(path)
    if not text:
        return ConfigFile({}, {}, {})
    return check_document(parse_toml(text, path), path)


def read_config_text(path: Path) -> str:
    """Return a TOML file's text without a byte order mark; empty if there is no file.

    Raises:
        ConfigurationError: It cannot be read, or is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(
            f"`{path}`, line {line}: the file is not UTF-8 text", hint=EDIT_HINT
        ) from None
    except OSError as error:
        raise ConfigurationError(
            f"`{path}` cannot be read: {describe_cause(error)}", hint=f"`ls -l {quote_path(path)}`"
        ) from None


def parse_toml(text: str, path: Path) -> dict[str, Any]:
    """Return the parsed text of the file at `path`.

    Raises:
        ConfigurationError: It is not TOML; the message names file, line and column.
    """
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem, place = _describe_toml_error(str(error), text)
    except ValueError:  # int() refuses more than 4,300 digits
        problem, place = "a number is too long", ""
    except RecursionError:
        problem, place = "values are nested too deeply", ""
    raise ConfigurationError(f"`{path}`{place}: {problem}", hint=EDIT_HINT)


def _describe_toml_error(words: str, text: str) -> tuple[str, str]:
    """Split tomllib's message (`… (at line 3, column 7)`) into the problem and its place."""
    problem, _, position = words.rpartition(" (at ")
    if not problem:
        return words, ""
    position = position.rstrip(")")
    if position == "end of document":
        lines = text.split("\n")
        position = f"line {len(lines)}, column {len(lines[-1]) + 1}"
    return problem[:1].lower() + problem[1:], f", {position}"


def check_document(document: Mapping[str, Any], path: Path) -> ConfigFile:
    """Return the document's settings, each checked.

    Raises:
        ConfigurationError: As in `read_config_file`.
    """
    top = {name: item for name, item in document.items() if name not in ("profiles", "models")}
    profiles = {
        name: _check_layer(table, ("profiles", name), path)
        for name, table in _iterate_tables(document, "profiles", path)
    }
    models = {
        name: _check_layer(table, ("models", name), path)
        for name, table in _iterate_tables(document, "models", path)
    }
    return ConfigFile(_check_layer(top, (), path), profiles, models)


def _iterate_tables(
    document: Mapping[str, Any], name: str, path: Path
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    tables = _expect_table(document.get(name, {}), (name,), path)
    for key, table in tables.items():
        yield key, _expect_table(table, (name, key), path)


def _expect_table(value: Any, segments: tuple[str, ...], path: Path) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ConfigurationError(
            f"`{format_name(segments)}` in `{path}` must be a table, not a single value",
            hint=EDIT_HINT,
        )
    return value


def _check_layer(table: Mapping[str, Any], head: tuple[str, ...], path: Path) -> Layer:
    layer = {}
    for name, value in _flatten(table, head, path):
        segments = (*head, *name.split(".", 1))
        setting = find_model_setting(name) if head[:1] == ("models",) else find_setting(name)
        if setting is None or (head and name in FILE_ONLY):
            raise build_unknown_setting_error(segments, f" in `{path}`")
        try:
            layer[name] = check_value(setting, value)
        except WrongValueError as error:
            place = f"`{format_name(segments)}` in `{path}`"
            raise ConfigurationError(
                _describe_wrong_value(place, setting, value, error), hint=EDIT_HINT
            ) from None
    return layer


def _flatten(
    table: Mapping[str, Any], head: tuple[str, ...], path: Path
) -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if name in TABLES:
            for inner, item in _expect_table(value, (*head, name), path).items():
                # header names know no case (RFC 9110, 5.1): one spelling lets layers override
                yield f"{name}.{inner.lower() if name == 'headers' else inner}", item
        else:
            yield name, value


def _describe_wrong_value(
    place: str, setting: Setting, value: Any, expected: WrongValueError
) -> str:
    """Say what was expected, and what was found if that cannot be a secret."""
    if setting.kind in SECRET_KINDS:
        return f"{place} must be {expected}"
    return f"{place} must be {expected}, not `{describe_value(value)}`"


def read_environment(environ: Mapping[str, str]) -> Layer:
    """Return what the `TOKENHUB_` variables set; an empty variable sets nothing.

    Raises:
        ConfigurationError: A value cannot be used; the message names the variable.
    """
    layer: dict[str, Any] = {}
    for name in ("base_url", "model"):
        setting = SETTINGS[name]
        words = environ.get(setting.environment, "")
        if words:
            place = setting.environment
            example = f"export {place}={build_example(setting)}"
            layer[name] = _check_named(setting, words, place, example, ConfigurationError)
    if environ.get(SETTINGS["history"].environment):
        layer["history"] = False
    return layer


def read_flags(flags: Mapping[str, Any]) -> Layer:
    """Return the flags that were given, flat; None means not given.

    Args:
        flags: Values by setting name; tables may be nested (`{"options": {"seed": 1}}`) or flat
            (`{"options.seed": 1}`).

    Raises:
        UsageError: A value cannot be used; the message names the flag.
        KeyError: A name is no setting: a defect of the caller.
    """
    layer = {}
    for name, value in _flatten_flags(flags):
        if value is None:
            continue
        setting = find_setting(name)
        if setting is None:
            raise KeyError(name)
        flag = _format_flag(name)
        example = f"tokenhub ask {flag} {build_example(setting)} hello"
        layer[name] = _check_named(setting, value, flag, example, UsageError)
    return layer


def _flatten_flags(flags: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in flags.items():
        if isinstance(value, Mapping) and name in TABLES:
            yield from ((f"{name}.{inner}", item) for inner, item in value.items())
        else:
            yield name, value


def _format_flag(name: str) -> str:
    table, _, rest = name.rpartition(".")
    if table and name not in SETTINGS:
        return f"-o {rest}"
    return "--" + rest.replace("_", "-")


def _check_named(
    setting: Setting, value: Any, place: str, example: str, error_type: type[TokenHubError]
) -> Any:
    try:
        return check_value(setting, value)
    except WrongValueError as error:
        message = _describe_wrong_value(f"`{place}`", setting, value, error)
        raise error_type(message, hint=f"for example `{example}`") from None
