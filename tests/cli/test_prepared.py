"""Templates on `ask`'s way."""

from pathlib import Path

import pytest

from tokenhub_cli.cli.context import Context
from tokenhub_cli.cli.prepared import Prepared, apply_template, save_as_template
from tokenhub_cli.errors import UsageError


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """Give surroundings with an empty home."""
    return Context(
        {"TOKENHUB_HOME": str(tmp_path)},
        stdin_is_terminal=True,
        stdout_is_terminal=True,
        stderr_is_terminal=True,
    )


def test_a_template_lies_beneath_the_flags() -> None:
    """Model and options of the flags win; the others stay."""
    prepared = Prepared("s", "p", "m", {"seed": 1, "stop": ["x"]})
    flags = {"model": None, "options": {"seed": 2}, "usage": True}
    assert prepared.add_to(flags) == {
        "model": "m",
        "options": {"seed": 2, "stop": ["x"]},
        "usage": True,
    }
    assert prepared.add_to({"model": "n"})["model"] == "n"
    assert Prepared(None, "p", "", {}).add_to({})["model"] is None


def test_what_was_saved_is_filled_in(
    context: Context, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Prompt, system prompt, model and options come back, with the variables in their places."""
    flags = {"model": "m", "options": {"seed": 1}, "usage": None}
    assert save_as_template(context, "t", "Tell $who: $input", "Be $how.", flags) == 0
    path = tmp_path / "templates" / "t.toml"
    assert capsys.readouterr().err == f"saved `{path}`; use it with `tokenhub ask -t t`\n"
    variables = [("who", "me"), ("how", "brief")]
    prepared = apply_template(context, "t", "hello", "$who is piped", variables)
    assert prepared == Prepared("Be brief.", "Tell me: hello\n\n$who is piped", "m", {"seed": 1})


def test_a_template_without_system_leaves_it_open(context: Context) -> None:
    """The settings' own system prompt is then in force."""
    save_as_template(context, "t", "Say $prompt", "", {})
    prepared = apply_template(context, "t", "hi", "", None)
    assert (prepared.system, prepared.model) == (None, "")


def test_what_is_missing_is_named(context: Context) -> None:
    """No such template, or no value."""
    with pytest.raises(UsageError, match="no template `t`"):
        apply_template(context, "t", "", "", None)
    save_as_template(context, "t", "Tell $who", "", {})
    with pytest.raises(UsageError, match="`who`"):
        apply_template(context, "t", "", "", None)
