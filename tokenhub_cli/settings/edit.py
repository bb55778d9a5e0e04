"""Changes the configuration file: one setting, or the whole text from an editor.

Comments and layout survive, the file is replaced in one step, and two processes at once lose no
edit. A file with an unknown setting or a wrong value can still be edited here: that is how it is
repaired. A file that is not TOML is left to `tokenhub config edit`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tokenhub_cli.errors import ConfigurationError
from tokenhub_cli.settings.files import lock_file, replace_file
from tokenhub_cli.settings.resolve import build_unknown_profile_error
from tokenhub_cli.settings.schema import (
    EDIT_HINT,
    SECRET_KINDS,
    Setting,
    format_name,
    locate_setting,
    quote_name,
    split_name,
)
from tokenhub_cli.settings.sources import (
    check_document,
    parse_toml,
    read_config_text,
)
from tokenhub_cli.settings.values import (
    WrongValueError,
    build_example,
    check_value,
    describe_value,
    parse_words,
)

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def set_setting(path: Path, name: str, words: list[str]) -> Any:
    """Write a setting to the configuration file and return its value.

    Args:
        path: The file; it is made if it does not exist.
        name: The setting's dotted name, `profiles.work.model` included.
        words: What was typed as its value; several words make a list.

    Raises:
        ConfigurationError: There is no such setting, the value is not of its kind, or the file
            cannot be read or edited.
        StoreError: The file cannot be written.
    """
    from tokenhub_cli.settings.toml_text import put_value

    segments = split_name(name)
    setting = locate_setting(segments)
    value = _parse_words(setting, name, words)

    def change(text: str) -> str:
        if setting.name == "default_profile" and value:
            _check_profile_exists(text, path, value)
        return put_value(text, segments, value)

    _change_file(path, change)
    return value


def _parse_words(setting: Setting, name: str, words: list[str]) -> Any:
    typed = words[0] if len(words) == 1 else words
    try:
        return (
            parse_words(setting, typed) if isinstance(typed, str) else check_value(setting, typed)
        )
    except WrongValueError as error:
        shown = "" if setting.kind in SECRET_KINDS else f", not `{describe_value(typed)}`"
        # a header may be refused for its name
        named = ("headers", "x-title") if setting.kind == "header" else split_name(name)
        raise ConfigurationError(
            f"`{name}` must be {error}{shown}",
            hint=f"for example `tokenhub config set {quote_name(named)} {build_example(setting)}`",
        ) from None


def unset_setting(path: Path, name: str) -> None:
    """Take a setting out of the configuration file; an unknown one too, if it is there.

    Raises:
        ConfigurationError: It is not there, or the file cannot be read or edited.
        StoreError: The file cannot be written.
    """
    from tokenhub_cli.settings.toml_text import drop_value

    segments = split_name(name)

    def change(text: str) -> str:
        try:
            return drop_value(text, segments)
        except KeyError:
            locate_setting(segments)
            raise ConfigurationError(
                f"`{format_name(segments)}` is not set in `{path}`",
                hint="where each value comes from: `tokenhub config list`",
            ) from None

    _change_file(path, change)


def _check_profile_exists(text: str, path: Path, name: str) -> None:
    profiles = parse_toml(text, path).get("profiles", {})
    if name not in profiles:
        raise build_unknown_profile_error(name, "`default_profile`", profiles)


def _change_file(path: Path, change: Callable[[str], str]) -> None:
    """Replace the file's text by what `change` makes of it, with the right to do so held."""
    from tokenhub_cli.settings.toml_text import LayoutError

    with lock_file(path):
        text = read_config_text(path)
        parse_toml(text, path)
        try:
            changed = change(text)
        except LayoutError as error:
            raise ConfigurationError(
                f"`{path}` is laid out in a way that only its author can edit ({error})",
                hint=EDIT_HINT,
            ) from None
        if changed != text or not path.exists():
            write_config_text(path, changed)


def write_config_text(path: Path, text: str) -> None:
    """Replace the file's text; a byte order mark that it had stays.

    Raises:
        StoreError: It cannot be written.
    """
    had_mark = path.exists() and path.read_bytes().startswith(BYTE_ORDER_MARK)
    replace_file(path, (BYTE_ORDER_MARK if had_mark else b"") + text.encode())


def read_file_value(path: Path, segments: tuple[str, ...]) -> Any:
    """Return what the file itself holds at a place, a whole table too, or None.

    Raises:
        ConfigurationError: The file cannot be used, or there is no such setting.
    """
    document: Any = parse_toml(read_config_text(path), path)
    check_document(document, path)
    for name in segments:
        if not isinstance(document, dict) or name not in document:
            locate_setting(segments)
            return None
        document = document[name]
    return document
