"""The terminal that stdout is."""

import pytest

from tokenhub_cli.cli.context import Context
from tokenhub_cli.cli.screen import find_screen


def build_context(*, is_terminal: bool, **environ: str) -> Context:
    return Context(
        environ, stdin_is_terminal=True, stdout_is_terminal=is_terminal, stderr_is_terminal=True
    )


@pytest.mark.parametrize("color", ["auto", "always"])
def test_a_pipe_is_no_screen(color: str) -> None:
    """Not even one whose colours are asked for: programs get values without any."""
    context = build_context(is_terminal=False, FORCE_COLOR="1")
    assert find_screen(context, color) is None


@pytest.mark.parametrize(
    ("pager", "is_paged", "moves"),
    [("", False, True), ("", True, True), ("less", False, True), ("less", True, False)],
)
def test_a_pager_is_sent_no_cursor_movements(pager: str, *, is_paged: bool, moves: bool) -> None:
    """It would show them; what never goes through the pager has them in any case."""
    context = build_context(is_terminal=True, PAGER=pager, TERM="xterm")
    screen = find_screen(context, is_paged=is_paged)
    assert screen is not None
    assert screen.moves is moves


@pytest.mark.parametrize(
    ("color", "is_colored"), [("auto", False), ("always", True), ("never", False)]
)
def test_colour_is_decided_for_the_screen(color: str, *, is_colored: bool) -> None:
    """By the flag before the environment."""
    screen = find_screen(build_context(is_terminal=True, NO_COLOR="1", TERM="xterm"), color)
    assert screen is not None
    assert screen.color is is_colored
