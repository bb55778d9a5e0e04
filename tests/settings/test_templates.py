"""Templates: prepared questions, their variables and their files."""

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tokenhub_cli.errors import ConfigurationError, UsageError
from tokenhub_cli.settings.templates import (
    SKELETON,
    Template,
    edit_template,
    find_variables,
    format_template,
    list_names,
    parse_template,
    read_template,
    render_template,
    save_template,
)

REVIEW = Template(
    "review",
    description="Review a change",
    system="You review $language code.",
    prompt='Review this, in ${tone}ly words:\n\n"""\n$stdin\n"""\n$prompt costs $$5 or $5',
    model="gpt-4o",
    options={"temperature": 0.2, "stop": ["END"]},
    defaults={"tone": "friend"},
)


def typing(text: str) -> Callable[[Path], None]:
    """An editor that writes one text."""

    def run(path: Path) -> None:
        path.write_text(text)

    return run


def never(_error: ConfigurationError) -> bool:
    return False


def test_every_variable_finds_its_place() -> None:
    """Given values, defaults, what was typed and what was piped; a dollar sign can be written."""
    rendered = render_template(
        REVIEW, prompt="Mind $PATH", stdin="x = $language", variables={"language": "Python"}
    )
    assert rendered.system == "You review Python code."
    assert rendered.prompt == (
        'Review this, in friendly words:\n\n"""\nx = $language\n"""\nMind $PATH costs $5 or $5'
    )
    assert REVIEW.variables == ("language", "tone")


@pytest.mark.parametrize(
    ("text", "prompt", "stdin", "expected"),
    [
        ("", "a", "b", "a\n\nb"),
        ("Say:", "a", "b", "Say:\n\na\n\nb"),
        ("Say:", "", "", "Say:"),
        ("Say $input!", "a", "b", "Say a\n\nb!"),
        ("Say $input!", "a", "", "Say a!"),
        ("Say $stdin!", "a", "b", "Say b!\n\na"),
        ("Say $prompt!", "a", "b", "Say a!\n\nb"),
        ("$prompt: $stdin", "a", "b", "a: b"),
        ("${input}s", "cat", " ", "cats"),
    ],
)
def test_what_was_typed_and_piped_is_never_lost(
    text: str, prompt: str, stdin: str, expected: str
) -> None:
    """It goes where the template places it, else after the template's prompt."""
    template = Template("t", prompt=text)
    rendered = render_template(template, prompt=prompt, stdin=stdin, variables={})
    assert rendered.prompt == expected


@pytest.mark.parametrize(
    ("prompt", "stdin", "variables", "message"),
    [
        ("a", "b", {}, "needs a value for `language`"),
        ("a", "b", {"language": "C", "colour": "red"}, "has no variable `colour`"),
        ("a", "b", {"language": "C", "stdin": "x"}, "has no variable `stdin`"),
        ("a", "", {"language": "C"}, "needs piped input"),
        ("", "b", {"language": "C"}, "needs a prompt"),
    ],
)
def test_what_is_missing_or_too_much_is_said(
    prompt: str, stdin: str, variables: dict[str, str], message: str
) -> None:
    """A question with a hole in it is never sent."""
    with pytest.raises(UsageError, match=message) as caught:
        render_template(REVIEW, prompt=prompt, stdin=stdin, variables=variables)
    assert caught.value.hint


def test_a_template_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    """Whatever it holds, quotes and newlines included; one of the same name is replaced."""
    directory = tmp_path / "templates"
    assert list_names(directory) == []
    save_template(directory, Template("review"))
    path = save_template(directory, REVIEW)
    assert path.stat().st_mode & 0o077 == 0
    assert read_template(directory, "review") == REVIEW
    assert list_names(directory) == ["review"]
    assert format_template(Template("empty")) == ""


def test_the_skeleton_is_a_template() -> None:
    """What a new template begins with asks what was typed or piped."""
    template = parse_template("new", tomllib.loads(SKELETON), Path("new.toml"))
    assert find_variables(template.prompt) == ("input",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("promt = 'x'", "`promt` in .* is not part of a template"),
        ("prompt = 3", "`prompt` in .* must be a text"),
        ("options = 3", "`options` in .* must be a table"),
        ("options.temperature = 'hot'", "`options.temperature` in .* must be a number"),
        ("defaults.input = 'x'", "`defaults.input` in .* is not a name for a variable"),
        ("prompt = ", "line 1"),
    ],
)
def test_a_broken_template_is_said(tmp_path: Path, text: str, message: str) -> None:
    """The error names the file and what is wrong in it, the hint how to mend it."""
    (tmp_path / "t.toml").write_text(text)
    with pytest.raises(ConfigurationError, match=message) as caught:
        read_template(tmp_path, "t")
    assert caught.value.hint == "`tokenhub templates edit t`"


@pytest.mark.parametrize("name", ["../config", "a/b", "", ".hidden", "a b", "-x"])
def test_a_name_cannot_lead_elsewhere(tmp_path: Path, name: str) -> None:
    """A template's name is never a path."""
    with pytest.raises(UsageError, match="is not a name"):
        read_template(tmp_path, name)


def test_a_near_name_is_suggested(tmp_path: Path) -> None:
    """A name that is not there gets the nearest one, or how to make it."""
    save_template(tmp_path, REVIEW)
    with pytest.raises(UsageError, match="there is no template `reveiw`") as caught:
        read_template(tmp_path, "reveiw")
    assert "-t review" in caught.value.hint
    with pytest.raises(UsageError) as caught:
        read_template(tmp_path, "other")
    assert "templates edit other" in caught.value.hint


def test_an_edit_is_kept_when_it_is_valid(tmp_path: Path) -> None:
    """A new template begins with the skeleton; an untouched one is not made."""
    seen: list[str] = []

    def write(path: Path) -> None:
        seen.append(path.read_text())
        path.write_text("prompt = 'Hi'")

    assert edit_template(tmp_path, "t", lambda _: None, never) == "nothing was changed"
    assert list(tmp_path.iterdir()) == []
    assert edit_template(tmp_path, "t", write, never).startswith("saved ")
    assert seen == [SKELETON]
    assert read_template(tmp_path, "t").prompt == "Hi"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".templates.lock", "t.toml"]


def test_a_broken_edit_is_never_lost(tmp_path: Path) -> None:
    """It is offered back, or opened again by the next edit; the template stays as it was."""
    save_template(tmp_path, REVIEW)
    texts = iter(["prompt = ", "promt = ''", "prompt = 'Hi'"])
    seen: list[str] = []

    def write(path: Path) -> None:
        seen.append(path.read_text())
        path.write_text(next(texts))

    with pytest.raises(ConfigurationError):
        edit_template(tmp_path, "review", write, never)
    assert read_template(tmp_path, "review") == REVIEW
    edit_template(tmp_path, "review", write, lambda _: True)
    assert seen[1:] == ["prompt = ", "promt = ''"]
    assert read_template(tmp_path, "review").prompt == "Hi"


def test_a_template_saved_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    """Both survive: the other's in force, this one in the file beside."""
    save_template(tmp_path, REVIEW)
    newer = replace(REVIEW, prompt="Newer")

    def write(path: Path) -> None:
        path.write_text("prompt = 'Mine'")
        save_template(tmp_path, newer)

    with pytest.raises(ConfigurationError, match="changed by another process") as caught:
        edit_template(tmp_path, "review", write, never)
    assert f"kept in `{tmp_path / '.review.edit'}`" in caught.value.message
    assert read_template(tmp_path, "review") == newer
    assert (tmp_path / ".review.edit").read_text() == "prompt = 'Mine'"


def test_a_kept_edit_does_not_lose_what_was_saved_since(tmp_path: Path) -> None:
    """The edit that was opened again is in force; what it replaced lies beside, and is named."""
    save_template(tmp_path, REVIEW)
    with pytest.raises(ConfigurationError) as caught:
        edit_template(tmp_path, "review", typing("prompt = "), never)
    assert f"kept in `{tmp_path / '.review.edit'}`" in caught.value.message
    assert caught.value.hint == "`tokenhub templates edit review` opens it again"
    newer = replace(REVIEW, prompt="Newer")
    save_template(tmp_path, newer)
    done = edit_template(tmp_path, "review", typing("prompt = 'Mine'"), never)
    assert read_template(tmp_path, "review").prompt == "Mine"
    replaced = tmp_path / ".review.replaced"
    assert done.endswith(f"; what it replaced is in `{replaced}`")
    assert replaced.read_text() == format_template(newer)


def test_an_edit_that_is_gone_changes_nothing(tmp_path: Path) -> None:
    """An editor that left no file has saved nothing."""
    save_template(tmp_path, REVIEW)
    with pytest.raises(ConfigurationError, match="left no file"):
        edit_template(tmp_path, "review", lambda path: path.unlink(), never)
    assert read_template(tmp_path, "review") == REVIEW


def test_an_editor_that_fails_leaves_no_old_text_behind(tmp_path: Path) -> None:
    """What nobody edited is not opened by a later edit, in place of what was saved since."""

    def fail(_path: Path) -> None:
        raise ConfigurationError("the editor cannot be run")

    save_template(tmp_path, REVIEW)
    with pytest.raises(ConfigurationError):
        edit_template(tmp_path, "review", fail, never)
    save_template(tmp_path, replace(REVIEW, prompt="Newer"))
    assert edit_template(tmp_path, "review", lambda _: None, never) == "nothing was changed"
    assert read_template(tmp_path, "review").prompt == "Newer"
