"""From flags and surroundings to an open session."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.program import MARKED_KEY, Program
from tokenhub_cli.assembly import View
from tokenhub_cli.cli.context import Context
from tokenhub_cli.cli.opening import DEMO_MODEL, DEMO_NOTICE, open_session
from tokenhub_cli.errors import ConfigurationError, MissingKeyError
from tokenhub_cli.settings.endpoint import is_local


def surround(home: Path, environ: Mapping[str, str] | None = None) -> Context:
    return Context(
        {"TOKENHUB_HOME": str(home), **(environ or {})},
        stdin_is_terminal=False,
        stdout_is_terminal=False,
        stderr_is_terminal=False,
    )


def test_flags_and_environment_meet_in_the_session(tmp_path: Path) -> None:
    """A flag that was not given lets the environment through; one that was goes before it."""
    environ = {"TOKENHUB_API_KEY": MARKED_KEY, "TOKENHUB_MODEL": "m"}
    flags = {"model": None, "options": {"seed": 1}, "idle_timeout": 5.0}
    with open_session(surround(tmp_path, environ), flags, View(quiet=True)) as session:
        assert (session.model, session.options) == ("m", {"seed": 1})
        assert session.settings.idle_timeout == 5.0
        assert session.settings.base_url == "https://ai-tokenhub.com/v1"
        assert session.view == View(quiet=True)


def test_another_model_brings_its_own_settings(tmp_path: Path) -> None:
    """An alias is resolved anew, with the flags still in force."""
    (tmp_path / "config.toml").write_text(
        "[models.fast]\nmodel = 'gpt-4o-mini'\n[models.fast.options]\ntemperature = 0.1\n"
    )
    flags = {"options": {"seed": 1}}
    environ = {"TOKENHUB_API_KEY": MARKED_KEY}
    with open_session(surround(tmp_path, environ), flags, View()) as session:
        session.use_model("fast")
        assert session.model == "gpt-4o-mini"
        assert session.options == {"seed": 1, "temperature": 0.1}


def test_without_a_key_no_session_is_opened(tmp_path: Path) -> None:
    """The error comes before anything is sent or written."""
    with pytest.raises(MissingKeyError):
        open_session(surround(tmp_path), {}, View())
    with pytest.raises(ConfigurationError):
        open_session(surround(tmp_path), {}, View(), profile="nope")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("quiet", [False, True])
def test_the_demo_is_a_gateway_of_our_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, quiet: bool
) -> None:
    """It needs no key, goes before every setting of a gateway, and says so unless quiet."""
    environ = {
        "TOKENHUB_BASE_URL": "https://gateway.invalid/v1",
        "TOKENHUB_API_KEY": MARKED_KEY,
        "TOKENHUB_MODEL": "their-model",
    }
    with open_session(surround(tmp_path, environ), {}, View(quiet=quiet), demo=True) as session:
        assert session.settings.base_url.startswith("http://127.0.0.1:")
        assert is_local(session.settings.base_url)
        assert session.model == DEMO_MODEL
        assert session.client.transport.endpoint.key == ""
    assert capsys.readouterr().err == ("" if quiet else DEMO_NOTICE + "\n")
    with open_session(
        surround(tmp_path), {"model": "demo-poet"}, View(quiet=True), demo=True
    ) as session:
        assert session.model == "demo-poet"


def test_demo_and_a_base_url_exclude_each_other(tmp_path: Path) -> None:
    """`--demo` beside `--base-url` is wrong usage: two gateways are named."""
    program = Program(tmp_path)
    done = program.run("ask", "--demo", "--base-url", "http://127.0.0.1:9/v1", "hello")
    assert done.returncode == 2
    assert "two gateways" in done.stderr
