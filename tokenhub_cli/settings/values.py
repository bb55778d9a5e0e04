"""The kinds of values that settings take: how each is checked, and read from words.

`check_value` takes what a TOML file or a flag holds; `parse_words` takes what a person typed
(`tokenhub config set`, `/set NAME VALUE`), and `decode_words` reads such words for a check that
comes later (`-o NAME VALUE`). All say what they expected, never what they got: the caller knows
whether the value may be shown.
"""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any

from tokenhub_cli.settings.endpoint import check_base_url

if TYPE_CHECKING:
    from tokenhub_cli.settings.schema import Setting

LONGEST_WAIT_S = 86_400.0
LONGEST_LITERAL = 80

# Headers that the client sets itself, or that would carry a key past the rules for keys.
RESERVED_HEADERS = frozenset(
    {
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "host",
        "proxy-authorization",
        "transfer-encoding",
    }
)


class WrongValueError(ValueError):
    """A value is not of the setting's kind; the text says what is expected."""


def check_value(setting: "Setting", value: Any) -> Any:
    """Return the value in its normal form.

    Raises:
        WrongValueError: It is not what the setting takes.
    """
    return CHECKS[setting.kind](setting, value)


def parse_words(setting: "Setting", words: str) -> Any:
    """Return what a person typed as a value of the setting's kind.

    Raises:
        WrongValueError: It is not what the setting takes.
    """
    return check_value(setting, decode_words(setting, words))


def decode_words(setting: "Setting", words: str) -> Any:
    """Return what a person typed as the value that it most likely spells; it is not checked yet.

    Raises:
        WrongValueError: It is nested too deeply to be read.
    """
    match setting.kind:
        case "boolean":
            return {"true": True, "false": False}.get(words.lower(), words)
        case "integer" | "number" | "seconds" | "anything":
            return decode_literal(words)
        case "texts" if words.startswith("["):
            return decode_literal(words)
    return words


def build_example(setting: "Setting") -> str:
    """Return a value that the setting takes, as it is typed in a shell."""
    if setting.kind == "boolean":
        return "false" if setting.default else "true"
    return setting.example or f"{setting.default}".removesuffix(".0")


def decode_literal(words: str) -> Any:
    """Return the number, boolean, list or table that the words spell as JSON, else the words.

    Raises:
        WrongValueError: They are nested too deeply to be read.
    """
    import json

    try:
        return json.loads(words)
    except ValueError:
        return words
    except RecursionError:
        raise WrongValueError("a value that is nested less deeply") from None


def describe_value(value: Any) -> str:
    """Return a short literal for messages and listings: JSON, which TOML reads alike."""
    import json

    literal = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in json.dumps(value, ensure_ascii=False, default=str)
    )
    return literal if len(literal) <= LONGEST_LITERAL else literal[: LONGEST_LITERAL - 1] + "…"


def _check_text(_: "Setting", value: Any) -> str:
    if not isinstance(value, str):
        raise WrongValueError("text in quotes")
    return value


def _check_line(setting: "Setting", value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise WrongValueError("one line of text in quotes")
    if not value.strip() and setting.default != "":
        raise WrongValueError("text that is not empty")
    return value


def _check_url(_: "Setting", value: Any) -> str:
    if not isinstance(value, str):
        raise WrongValueError("a URL in quotes")
    try:
        return check_base_url(value)
    except ValueError as error:
        raise WrongValueError(str(error)) from None


def _check_boolean(_: "Setting", value: Any) -> bool:
    if not isinstance(value, bool):
        raise WrongValueError("`true` or `false`")
    return value


def _check_choice(setting: "Setting", value: Any) -> str:
    if not isinstance(value, str) or value not in setting.choices:
        raise WrongValueError("one of " + ", ".join(f"`{choice}`" for choice in setting.choices))
    return value


def _check_integer(setting: "Setting", value: Any) -> int:
    expected = "a whole number" + _describe_range(setting)
    if isinstance(value, bool) or not isinstance(value, int):
        raise WrongValueError(expected)
    if not _is_in_range(setting, value):
        raise WrongValueError(expected)
    return value


def _check_number(setting: "Setting", value: Any) -> float:
    expected = "a number" + _describe_range(setting)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongValueError(expected)
    if not _is_finite(value) or not _is_in_range(setting, value):
        raise WrongValueError(expected)
    return value


def _check_seconds(_: "Setting", value: Any) -> float:
    expected = f"a number of seconds above 0, at most {LONGEST_WAIT_S:.0f}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongValueError(expected)
    if not 0 < value <= LONGEST_WAIT_S:
        raise WrongValueError(expected)
    return float(value)


def _check_texts(_: "Setting", value: Any) -> list[str]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not all(
        isinstance(text, str) and text for text in texts
    ):
        raise WrongValueError('text, or a list of texts such as `["END"]`')
    return list(texts)


def _check_header(setting: "Setting", value: Any) -> str:
    name = setting.name.partition(".")[2]
    if not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
        raise WrongValueError("a header name of letters, digits, `-` and `_`")
    if name.lower() in RESERVED_HEADERS:
        raise WrongValueError("another header: this one is set by tokenhub itself")
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        raise WrongValueError("one line of ASCII text in quotes")
    return value


def _check_anything(_: "Setting", value: Any) -> Any:
    """Take what JSON and TOML can both carry (TOML has no null): the gateway judges the rest."""
    if not _is_json(value):
        raise WrongValueError("text, a number, `true`, `false`, a list or a table")
    return value


def _is_json(value: Any) -> bool:
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, list):
        return all(map(_is_json, value))
    if isinstance(value, Mapping):
        return all(isinstance(name, str) and _is_json(item) for name, item in value.items())
    return isinstance(value, str | int)


def _is_finite(value: float) -> bool:
    """Say whether the gateways' floating-point numbers can hold the value."""
    try:
        return isfinite(value)
    except OverflowError:
        return False


def _is_in_range(setting: "Setting", value: float) -> bool:
    above = setting.minimum is None or value >= setting.minimum
    return above and (setting.maximum is None or value <= setting.maximum)


def _describe_range(setting: "Setting") -> str:
    match setting.minimum, setting.maximum:
        case None, None:
            return ""
        case minimum, None:
            return f", {minimum:g} or more"
        case minimum, maximum:
            return f" from {minimum:g} to {maximum:g}"


CHECKS: Mapping[str, Callable[["Setting", Any], Any]] = {
    "text": _check_text,
    "line": _check_line,
    "command": _check_line,
    "url": _check_url,
    "boolean": _check_boolean,
    "choice": _check_choice,
    "integer": _check_integer,
    "number": _check_number,
    "seconds": _check_seconds,
    "texts": _check_texts,
    "header": _check_header,
    "anything": _check_anything,
}
