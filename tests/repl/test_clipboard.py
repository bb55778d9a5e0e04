"""Copying by whatever reaches the clipboard that the user looks at."""

import base64
import io
from pathlib import Path

import pytest

from tokenhub_cli.errors import TokenHubError
from tokenhub_cli.repl.clipboard import OSC_52_LIMIT, copy_text, find_program


class FakeTerminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Return True."""
        return True


def make_program(directory: Path, name: str, script: str) -> None:
    path = directory / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)


def test_a_program_of_the_system_is_used_and_named(tmp_path: Path) -> None:
    """On X11 `xclip` gets the text."""
    make_program(tmp_path, "xclip", f'/bin/cat > "{tmp_path}/copied"')
    environ = {"DISPLAY": ":0", "PATH": str(tmp_path)}
    assert copy_text("text é", environ, FakeTerminal()) == "by `xclip`"
    assert (tmp_path / "copied").read_text() == "text é"


def test_a_program_without_its_display_is_not_tried(tmp_path: Path) -> None:
    """`wl-copy` needs Wayland, `xclip` X11."""
    make_program(tmp_path, "wl-copy", "exit 1")
    assert find_program({"PATH": str(tmp_path)}) == ()
    assert find_program({"PATH": str(tmp_path), "WAYLAND_DISPLAY": "w"}) == (
        str(tmp_path / "wl-copy"),
    )


def test_over_ssh_the_terminal_is_asked_and_that_is_said(tmp_path: Path) -> None:
    """OSC 52 carries the text; a program here would copy to the wrong machine."""
    make_program(tmp_path, "pbcopy", "exit 0")
    terminal = FakeTerminal()
    environ = {"SSH_CONNECTION": "a b", "PATH": str(tmp_path), "TERM": "xterm"}
    assert "not every terminal obeys" in copy_text("text", environ, terminal)
    assert terminal.getvalue() == f"\x1b]52;c;{base64.b64encode(b'text').decode()}\x07"


def test_tmux_and_screen_are_respected() -> None:
    """The sequence is left alone in tmux, which takes it itself; GNU screen wants it wrapped."""
    environ = {"TERM": "screen", "TMUX": "/tmp/t", "PATH": ""}
    assert "tmux" in copy_text("t", environ, FakeTerminal())
    terminal = FakeTerminal()
    copy_text("t", {"TERM": "screen", "PATH": ""}, terminal)
    assert terminal.getvalue().startswith("\x1bP\x1b]52;")


@pytest.mark.parametrize(
    ("text", "environ", "stream"),
    [
        ("t", {"PATH": ""}, io.StringIO()),
        ("t", {"PATH": "", "TERM": "dumb"}, FakeTerminal()),
        ("t" * OSC_52_LIMIT, {"PATH": ""}, FakeTerminal()),
    ],
)
def test_where_there_is_no_way_it_says_so(
    text: str, environ: dict[str, str], stream: io.StringIO
) -> None:
    """No terminal, a dumb one, or a text too long for it."""
    with pytest.raises(TokenHubError):
        copy_text(text, environ, stream)
    assert stream.getvalue() == ""


def test_a_program_that_fails_is_named(tmp_path: Path) -> None:
    """The error names the program."""
    make_program(tmp_path, "xsel", "exit 3")
    with pytest.raises(TokenHubError, match="`xsel`"):
        copy_text("t", {"DISPLAY": ":0", "PATH": str(tmp_path)}, FakeTerminal())
