"""What each kind of setting takes."""

import shlex
from typing import Any

import pytest

from tokenhub_cli.settings.schema import SETTINGS, Setting, find_model_setting, find_setting
from tokenhub_cli.settings.values import (
    WrongValueError,
    build_example,
    check_value,
    describe_value,
    parse_words,
)


def get(name: str) -> Setting:
    setting = find_setting(name)
    assert setting is not None
    return setting


@pytest.mark.parametrize(
    ("name", "words", "value"),
    [
        ("history", "false", False),
        ("history", "True", True),
        ("max_retries", "0", 0),
        ("idle_timeout", "1.5", 1.5),
        ("resume", "anchor", "anchor"),
        ("options.temperature", "0.2", 0.2),
        ("options.seed", "-1", -1),
        ("options.stop", "END", ["END"]),
        ("options.stop", '["A", "B"]', ["A", "B"]),
        ("options.anything", "0.5", 0.5),
        ("options.anything", "word", "word"),
        ("options.anything", '{"a": [1]}', {"a": [1]}),
        ("model", "007", "007"),
        ("system", "two\nlines", "two\nlines"),
        ("headers.x-team", "blue", "blue"),
    ],
)
def test_words_become_values_of_the_settings_kind(name: str, words: str, value: Any) -> None:
    """What is typed is read as the setting's kind wants it."""
    assert parse_words(get(name), words) == value
    assert type(parse_words(get(name), words)) is type(value)


def test_words_that_are_nested_too_deeply_are_refused() -> None:
    """As text they would mean something else, if they are JSON at all."""
    with pytest.raises(WrongValueError, match="nested less deeply"):
        parse_words(get("options.anything"), "[" * 100_000)


@pytest.mark.parametrize("name", [*SETTINGS, "options.any", "headers.x-title", "model of a name"])
def test_each_setting_has_an_example_that_it_takes(name: str) -> None:
    """As one word of a shell's command line."""
    setting = find_model_setting("model") if name == "model of a name" else find_setting(name)
    assert setting is not None
    (word,) = shlex.split(build_example(setting))
    assert parse_words(setting, word) not in ("", None)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("history", "yes", "`true` or `false`"),
        ("history", 1, "`true` or `false`"),
        ("max_retries", -1, "a whole number, 0 or more"),
        ("max_retries", 1.0, "a whole number"),
        ("max_retries", True, "a whole number"),
        ("idle_timeout", 0, "seconds above 0"),
        ("idle_timeout", float("inf"), "seconds above 0"),
        ("idle_timeout", float("nan"), "seconds above 0"),
        ("options.top_p", 1.1, "a number from 0 to 1"),
        ("options.temperature", float("nan"), "a number, 0 or more"),
        ("options.temperature", 10**400, "a number, 0 or more"),
        ("options.stop", [1], "a list of texts"),
        ("options.stop", [""], "a list of texts"),
        ("options.other", None, "text, a number"),
        ("options.other", [float("inf")], "text, a number"),
        ("resume", "maybe", "one of `auto`, `prefix`, `plain`, `anchor`, `off`"),
        ("model", "", "text that is not empty"),
        ("model", "a\nb", "one line of text"),
        ("model", 4, "one line of text"),
        ("base_url", 4, "a URL in quotes"),
        ("headers.x-team", "a\r\nX-Evil: 1", "one line of ASCII text"),
        ("headers.x team", "a", "a header name"),
        ("headers.authorization", "Bearer x", "set by tokenhub itself"),
        ("headers.Host", "x", "set by tokenhub itself"),
    ],
)
def test_a_wrong_value_says_what_is_expected(name: str, value: Any, expected: str) -> None:
    """The expectation names kind, range or choices."""
    with pytest.raises(WrongValueError) as caught:
        check_value(get(name), value)
    assert expected in str(caught.value)


def test_a_literal_in_a_message_is_short_and_printable() -> None:
    """A long value is cut, and control characters are spelt out."""
    assert describe_value("hot") == '"hot"'
    assert len(describe_value("x" * 500)) == 80
    assert describe_value("a\x9b31m\u202eb").isprintable()
