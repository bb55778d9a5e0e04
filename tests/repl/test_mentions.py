"""Files named in a question."""

from pathlib import Path

import pytest

from tokenhub_cli.repl.mentions import expand_path, find_mentions, sort_files


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a directory with three files."""
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "b c.txt").write_text("b")
    (tmp_path / "p.png").write_bytes(b"\x89PNG\r\n\x1a\n....")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("see @a.txt", ["a.txt"]),
        ('compare (no) @"b c.txt" and @a.txt, or @a.txt!', ["b c.txt", "a.txt"]),
        ("mail me@a.txt or @nobody", []),
        ("@./a.txt?", ["a.txt"]),
        ("@" + "x" * 5000, []),
        ("@\0", []),
    ],
)
def test_an_at_sign_before_a_file_names_it(text: str, files: list[str]) -> None:
    """Only files that are there are meant; marks that end a sentence are not part of a name."""
    assert find_mentions(text) == files


def test_pictures_are_told_by_their_first_bytes() -> None:
    """A picture goes as a picture, everything else as text."""
    assert sort_files(["a.txt", "p.png", "nowhere"]) == (["a.txt", "nowhere"], ["p.png"])


def test_a_typed_path_loses_quotes_and_tilde(monkeypatch: pytest.MonkeyPatch) -> None:
    """`'~/x y'` is a file in the home directory."""
    monkeypatch.setenv("HOME", "/home/someone")
    assert expand_path("'~/x y' ") == Path("/home/someone/x y")
