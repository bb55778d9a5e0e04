"""Edits of TOML text that leave every other byte alone."""

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tokenhub_cli.settings.toml_text import LayoutError, drop_value, format_literal, put_value

TEXTS = [
    "",
    "# my settings",
    "# my settings\n\n# about options\n[options]\n# hi\n",
    'model = "x" # why',
    'model="x"\r\n\r\n[options]\r\nseed=1\r\n',
    "[options]\n\n[profiles.work]\n",
    "options = {}\n",
    "options = { top_p = 0.5 } # why\n",
    '[profiles]\nhome.model="h"\n[profiles.work.options]\nseed=1',
    '[profiles.work]\n  base_url = "x" # why\n\n# next\n[profiles.home]\n',
    '[models."gpt-4.1"]\nprices={prompt=1}\n',
    'stop = [\n [1],\n]\nsystem = """\n[x]\n# hi """\n\n[options]',
    "options.top_p = 1\nmodel = 'x'\n\n",
    "[profiles.work.options]\n[profiles.work]\n",
    '"a=b" = 1\n"c.d" = "#"\n',
    "[[other]]\na = 1\n",
    "system = '''\u2028 \x0c'''".replace("\x0c", "\x85"),
]
NAMES = [
    ("system2",),
    ("options", "temperature"),
    ("profiles", "work", "model"),
    ("profiles", "work", "options", "seed2"),
    ("profiles", "new", "headers", "x-team"),
    ("models", "gpt-4.1", "prices", "cached"),
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("segments", NAMES)
def test_what_was_set_can_be_unset_without_a_trace(text: str, segments: tuple[str, ...]) -> None:
    """Set, then unset: byte-identical, wherever the table is, or is not."""
    edited = put_value(text, segments, "value")
    found: Any = tomllib.loads(edited)
    for name in segments:
        found = found[name]
    assert found == "value"
    assert drop_value(edited, segments) == text


@pytest.mark.parametrize(
    ("text", "segments", "edited"),
    [
        ("", ("model",), 'model = "v"\n'),
        ("", ("profiles", "work", "model"), 'profiles.work.model = "v"\n'),
        (
            "[options]\nseed = 1\n# end\n",
            ("options", "top_p"),
            '[options]\nseed = 1\ntop_p = "v"\n# end\n',
        ),
        ("a = 1\n\n# of o\n[o]\n", ("b",), 'a = 1\nb = "v"\n\n# of o\n[o]\n'),
        ("# of o\n[o]\n", ("b",), 'b = "v"\n# of o\n[o]\n'),
        ("a = 'x' # why\n", ("a",), 'a = "v" # why\n'),
        ("o = { a = 1 } # why\n", ("o", "b"), 'o = { a = 1 , b = "v"} # why\n'),
        ("[p.w]\n\ta = 1\n", ("p", "w", "b"), '[p.w]\n\ta = 1\n\tb = "v"\n'),
    ],
)
def test_a_new_value_is_a_line_where_a_reader_expects_it(
    text: str, segments: tuple[str, ...], edited: str
) -> None:
    """In its table's section after the last value, else at the top; comments keep their place."""
    result = put_value(text, segments, "v")
    assert result.replace(" ", "") == edited.replace(" ", "")


def test_setting_the_same_value_changes_nothing() -> None:
    """The author's spelling stays."""
    assert put_value("a = 'x'\n", ("a",), "x") == "a = 'x'\n"
    assert put_value("a = 0x10\n", ("a",), 16) == "a = 0x10\n"
    assert put_value("a = 1\n", ("a",), 1.0) != "a = 1\n"


def test_a_whole_table_can_be_unset_however_it_is_written() -> None:
    """A profile goes with all its lines: headers, dotted names, tables in it."""
    text = (
        "a = 1\nprofiles.w.model = 'x'\n[profiles.w.options]\nseed = 1\n# v\n[profiles.v]\nb = 2\n"
    )
    assert drop_value(text, ("profiles", "w")) == "a = 1\n# v\n[profiles.v]\nb = 2\n"


@pytest.mark.parametrize("segments", [("b",), ("a", "b"), ("o", "b"), ("o", "a", "b")])
def test_what_is_not_there_cannot_be_unset(segments: tuple[str, ...]) -> None:
    """An absent value is a KeyError, whatever stands in its way."""
    with pytest.raises(KeyError):
        drop_value("a = 1\n[o]\na = 1\n", segments)


def test_a_value_in_a_tables_place_is_not_overwritten() -> None:
    """`options = 1` is told, not silently replaced."""
    with pytest.raises(LayoutError, match="`options` is a value"):
        put_value("options = 1\n", ("options", "seed"), 1)


VALUES = st.recursive(
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("ab c.", max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(value=VALUES, text=st.sampled_from(TEXTS), segments=st.sampled_from(NAMES))
def test_any_value_survives_being_written(value: Any, text: str, segments: tuple[str, ...]) -> None:
    """What is read back is what was set; taking it away restores the text."""
    assert tomllib.loads(f"a = {format_literal(value)}") == {"a": value}
    edited = put_value(text, segments, value)
    found: Any = tomllib.loads(edited)
    for name in segments:
        found = found[name]
    assert found == value
    assert drop_value(edited, segments) == text
