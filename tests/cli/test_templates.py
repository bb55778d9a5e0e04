"""`tokenhub templates`, run as a program."""

import json
import sys
from pathlib import Path

import pytest

from tests.support.program import Program
from tokenhub_cli.settings.templates import Template, save_template

REVIEW = Template("review", prompt="Review $language:\n$stdin", model="gpt-4o", system="Be kind.")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program with one template."""
    program = Program(tmp_path / "home")
    save_template(program.home / "templates", REVIEW)
    return program


def test_list_names_models_and_variables(program: Program) -> None:
    """A line each in a pipe; all of it as JSON; a broken one is a note."""
    (program.home / "templates" / "broken.toml").write_text("x = 1")
    done = program.run("templates", "list")
    assert done.stdout == "review\tReview $language: $stdin\tgpt-4o\tlanguage\n"
    assert done.stderr.startswith("note: `x` in ")
    (row,) = json.loads(program.run("templates", "list", "--json").stdout)["templates"]
    assert (row["name"], row["system"], row["variables"]) == ("review", "Be kind.", ["language"])


def test_show_and_path(program: Program) -> None:
    """The file as it is, and where it is."""
    path = program.home / "templates" / "review.toml"
    assert program.read("templates", "path") == str(path.parent)
    assert program.read("templates", "path", "review") == str(path)
    assert program.read("templates", "show", "review") == path.read_text().rstrip("\n")
    assert program.run("templates", "show", "nothing").returncode == 2
    assert program.run("templates", "path", "../x").returncode == 2


@pytest.mark.parametrize("command", [("templates", "show"), ("ask", "--demo", "hello", "-t")])
def test_a_template_that_is_no_text_can_be_mended(
    program: Program, command: tuple[str, ...]
) -> None:
    """The error names its file, and the command that edits this file, not the configuration."""
    path = program.home / "templates" / "latin.toml"
    path.write_bytes(b'prompt = "caf\xe9"')
    done = program.run(*command, "latin")
    assert done.returncode == 7
    assert f"`{path}`, line 1: the file is not UTF-8 text" in done.stderr
    assert "`tokenhub templates edit latin`" in done.stderr


def test_edit_makes_and_checks(program: Program) -> None:
    """The user's editor makes a template; a broken edit is an error and changes nothing."""

    def edit(name: str, text: str) -> int:
        code = f"import sys, pathlib; pathlib.Path(sys.argv[1]).write_text('{text}')"
        editor = f'"{sys.executable}" -c "{code}"'
        return program.run("templates", "edit", name, environ={"EDITOR": editor}).returncode

    assert edit("new", "model = 3") == 7
    assert program.read("templates", "list").startswith("review")
    assert edit("new", "# nothing yet") == 0
    assert program.read("templates", "list").splitlines()[0] == "new\t\t\t"
