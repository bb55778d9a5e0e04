"""What a terminal is known to do with lines that no longer fit, and where its cursor is."""

import sys
from pathlib import Path

import pytest

from tokenhub_cli.render.reflow import (
    NOWHERE,
    find_delay,
    locate_cursor,
    measure_screen,
    read_below,
    read_scrollback,
    reflows,
)

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="tmux does not run on Windows")


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "screen-256color"}, True),
        ({"TERM": "screen-256color", "TMUX": "/tmp/socket,1,0"}, True),
        ({"TERM": "tmux-256color"}, True),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7200"}, True),
        ({"TERM_PROGRAM": "iTerm.app"}, True),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, True),
        ({"TERM": "xterm-ghostty"}, True),
    ],
)
def test_terminals_say_what_they_are(environ: dict[str, str], expected: bool) -> None:  # noqa: FBT001 - a table
    """By variables that they set; xterm breaks nothing anew."""
    assert reflows(environ) is expected


def test_a_size_is_believed_when_no_other_is_to_be_expected() -> None:
    """The timer of tmux, 250 ms, will have ended; others have read what was written before."""
    assert find_delay({"TMUX": "/tmp/socket,1,0", "TERM": "screen-256color"}) > 0.25
    assert 0.1 <= find_delay({"VTE_VERSION": "7200"}) <= 0.2
    assert find_delay({"TERM": "tmux-256color"}) > 0  # another machine's, reached by ssh
    assert find_delay({"TERM": "xterm-256color"}) == 0


def write_tmux(folder: Path, script: str) -> dict[str, str]:
    """Return an environment in which a program named `tmux` runs this script."""
    program = folder / "tmux"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return {"TMUX": "/tmp/socket,1,0", "TMUX_PANE": "%3", "PATH": f"{folder}:/usr/bin:/bin"}


@POSIX
def test_tmux_is_asked_for_the_cursor_of_its_pane(tmp_path: Path) -> None:
    """By its own program, which reads nothing of our stdin."""
    script = f'cat > {tmp_path}/stdin; echo "$@" > {tmp_path}/arguments; echo 80 24 12 3'
    assert locate_cursor(write_tmux(tmp_path, script), 80, 24) == (12, 3)
    arguments = (tmp_path / "arguments").read_text()
    wanted = "#{pane_width} #{pane_height} #{cursor_x} #{cursor_y}"
    assert arguments == f"display-message -p -t %3 {wanted}\n"
    assert (tmp_path / "stdin").read_text() == ""


@POSIX
def test_a_cursor_on_a_screen_of_another_size_stands_nowhere(tmp_path: Path) -> None:
    """Tmux has broken the lines anew once more, and will tell of it later."""
    environ = write_tmux(tmp_path, "echo 80 24 12 3")
    assert locate_cursor(environ, 79, 24) == NOWHERE
    assert locate_cursor(environ, 80, 25) == NOWHERE


@POSIX
def test_tmux_is_asked_for_the_size_of_its_pane(tmp_path: Path) -> None:
    """Of which it may not have told us yet."""
    script = f'echo "$@" > {tmp_path}/arguments; echo 80 24'
    environ = write_tmux(tmp_path, script)
    assert measure_screen(environ) == (80, 24)
    arguments = (tmp_path / "arguments").read_text()
    assert arguments == "display-message -p -t %3 #{pane_width} #{pane_height}\n"
    assert measure_screen({**environ, "TMUX": ""}) is None


@POSIX
def test_tmux_is_asked_for_what_went_off_the_screen(tmp_path: Path) -> None:
    """The last rows of its history, as many as are wanted."""
    environ = write_tmux(tmp_path, 'echo "$@"; echo words')
    assert read_scrollback(environ, 7) == "capture-pane -p -t %3 -S -7 -E -1\nwords\n"
    assert read_scrollback({**environ, "TMUX": ""}, 7) == ""


@POSIX
def test_tmux_is_asked_for_what_stands_below_the_cursor(tmp_path: Path) -> None:
    """The rows to the last that holds anything; both answers come from one moment."""
    environ = write_tmux(tmp_path, r'echo "$@" >"$0.asked"; printf "1\nzero\none\n\nthree\n\n"')
    assert read_below(environ) == ["", "three"]
    asked = "display-message -p -t %3 #{cursor_y} ; capture-pane -p -t %3\n"
    assert (tmp_path / "tmux.asked").read_text() == asked
    assert read_below(write_tmux(tmp_path, r'printf "3\nzero\none\n\nthree\n\n"')) == []
    assert read_below({**environ, "TMUX": ""}) == []


@POSIX
@pytest.mark.parametrize("script", ["exit 1", "echo", "echo no server running", "exec sleep 9"])
def test_a_tmux_that_does_not_answer_is_not_waited_for(tmp_path: Path, script: str) -> None:
    """A stale variable, as after `sudo` or in a container, costs half a second at most."""
    environ = write_tmux(tmp_path, script)
    assert locate_cursor(environ, 80, 24) == NOWHERE
    assert measure_screen(environ) is None
    assert read_below(environ) == []


@POSIX
def test_only_tmux_is_asked(tmp_path: Path) -> None:
    """Elsewhere no program is started; where there is none, it can only be that it is missing."""
    inside = write_tmux(tmp_path, "echo 80 24 12 3")
    assert locate_cursor({**inside, "TMUX": ""}, 80, 24) is None
    assert locate_cursor({**inside, "TMUX_PANE": ""}, 80, 24) is None
    assert locate_cursor({**inside, "PATH": str(tmp_path / "nowhere")}, 80, 24) == NOWHERE
