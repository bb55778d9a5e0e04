"""Colours, and when to use none."""

import pytest

from tokenhub_cli.render.theme import decide_color, is_dumb


@pytest.mark.parametrize(
    ("option", "environ", "is_terminal", "colored"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, False, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_the_flag_rules_then_the_environment_then_the_terminal(
    option: str, environ: dict[str, str], *, is_terminal: bool, colored: bool
) -> None:
    """`--color` comes before NO_COLOR, that before FORCE_COLOR, that before the terminal."""
    assert decide_color(option, environ, is_terminal=is_terminal) is colored


def test_a_dumb_terminal_is_known_by_its_name() -> None:
    """TERM=dumb and TERM=unknown understand no escape sequences."""
    assert is_dumb({"TERM": "dumb"})
    assert is_dumb({"TERM": "unknown"})
    assert not is_dumb({"TERM": "xterm-256color"})
    assert not is_dumb({})
