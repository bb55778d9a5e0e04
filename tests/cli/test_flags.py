"""Flags and what they mean as settings, without a process."""

import json
from pathlib import Path
from typing import Any

import pytest

from tokenhub_cli.assembly import View
from tokenhub_cli.cli.flags import (
    build_options,
    build_response_format,
    build_setting_flags,
    build_view,
)
from tokenhub_cli.errors import InputError, UsageError

NOTHING: dict[str, Any] = {"color": "auto", "quiet": False, "verbose": False}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.2", 0.2),
        ("7", 7),
        ("true", True),
        ("null", None),
        ('["a"]', ["a"]),
        ('{"a": 1}', {"a": 1}),
        ('"7"', "7"),
        ("auto", "auto"),
        ("", ""),
        ("{a", "{a"),
        ("01", "01"),
    ],
)
def test_a_value_is_json_where_it_can_be(text: str, value: object) -> None:
    """Else it is the text itself."""
    assert build_options([("any_name", text)], {}) == {"any_name": value}


@pytest.mark.parametrize("text", ["5", "true", "END"])
def test_a_value_is_read_as_its_parameter_wants_it(text: str) -> None:
    """As `config set` and `/set` read it: what ends an answer is text, of digits too."""
    assert build_options([("stop", text)], {}) == {"stop": text}
    assert build_options([("stop", '["a", "b"]')], {}) == {"stop": ["a", "b"]}


def test_flags_that_were_not_given_set_nothing() -> None:
    """Each setting is None, so that what is beneath shows through."""
    flags = build_setting_flags(NOTHING)
    assert flags.pop("options") == {}
    assert set(flags.values()) == {None}


@pytest.mark.parametrize(
    ("name", "hint"), [("model", "-m NAME"), ("stream", "--no-stream"), ("messages", "-s SYSTEM")]
)
def test_a_field_of_the_protocol_is_no_option(name: str, hint: str) -> None:
    """It is refused with the flag that sets it, where it would be passed over in silence."""
    with pytest.raises(UsageError, match=f"`{name}` is no option") as caught:
        build_options([(name, "x")], {})
    assert hint in caught.value.hint


def test_a_value_that_is_nested_too_deeply_is_refused() -> None:
    """By an error of ours."""
    with pytest.raises(UsageError, match="`-o any_name` must be a value that is nested less"):
        build_options([("any_name", "[" * 100_000)], {})
    with pytest.raises(InputError, match="nested too deeply"):
        build_response_format('{"a":' * 100_000)


@pytest.mark.parametrize(
    ("param", "given", "setting", "value"),
    [
        ("model", "m", "model", "m"),
        ("base_url", "http://x", "base_url", "http://x"),
        ("max_retries", 0, "max_retries", 0),
        ("max_continue", 3, "max_continue", 3),
        ("connect_timeout", 1.0, "connect_timeout", 1.0),
        ("first_token_timeout", 2.0, "first_token_timeout", 2.0),
        ("idle_timeout", 3.0, "idle_timeout", 3.0),
        ("no_save", True, "history", False),
        ("raw", True, "markdown", False),
        ("usage", True, "usage", True),
        ("hide_reasoning", True, "hide_reasoning", True),
        ("no_resume", True, "resume", "off"),
    ],
)
def test_each_flag_is_a_setting(param: str, given: object, setting: str, value: object) -> None:
    """The flag's value, or what a switch stands for."""
    assert build_setting_flags({**NOTHING, param: given})[setting] == value


def test_named_parameters_win_over_pairs() -> None:
    """Zero is a value; None and an empty list are none."""
    named: dict[str, Any] = {"temperature": 0.0, "top_p": None, "stop": [], "seed": 0}
    options = build_options([("temperature", "1"), ("user", "u"), ("user", "v")], named)
    assert options == {"temperature": 0.0, "user": "v", "seed": 0}
    assert build_options(None, {}) == {}


@pytest.mark.parametrize(
    ("params", "view"),
    [
        ({}, View()),
        ({"json": True, "output": "stream-json"}, View(output="json")),
        ({"output": "stream-json"}, View(output="stream-json")),
        ({"extract": True}, View(extract="first")),
        ({"extract": True, "extract_last": True}, View(extract="last")),
        ({"quiet": True, "color": "never"}, View(color="never", quiet=True)),
        ({"verbose": True}, View(verbose=True)),
    ],
)
def test_flags_decide_how_it_is_shown(params: dict[str, Any], view: View) -> None:
    """`--json` goes before `--output`, `--extract-last` before `--extract`."""
    assert build_view({**NOTHING, **params}) == view


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        ({"type": "object"}, "answer"),
        ({"title": "City"}, "City"),
        ({"title": "two words"}, "answer"),
        ({"title": "Größe"}, "answer"),
        ({"title": 3}, "answer"),
    ],
)
def test_a_schema_is_named_as_gateways_allow(schema: dict[str, Any], name: str) -> None:
    """By its title where that is a plain word."""
    asked = build_response_format("  " + json.dumps(schema))
    assert asked == {
        "type": "json_schema",
        "json_schema": {"name": name, "schema": schema, "strict": True},
    }


@pytest.mark.parametrize("text", ["{bad", "{}}"])
def test_a_schema_that_is_no_json_is_refused(text: str) -> None:
    """The place is named, and the hint shows a schema."""
    with pytest.raises(InputError, match=r"the schema is not JSON: .*line 1") as caught:
        build_response_format(text)
    assert "`tokenhub ask --schema '{" in caught.value.hint


def test_a_schema_file_must_hold_an_object(tmp_path: Path) -> None:
    """A list is none; a file that is not there is named."""
    (tmp_path / "s.json").write_text("[1]")
    with pytest.raises(InputError, match="not a JSON object"):
        build_response_format(str(tmp_path / "s.json"))
    with pytest.raises(InputError, match=r"none\.json` cannot be read: no such file"):
        build_response_format(str(tmp_path / "none.json"))
