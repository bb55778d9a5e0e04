"""A code theme that does not exist, in a file that was written by hand."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.journeys.conftest import Start
from tests.support.conversing import Conversing
from tests.support.program import Program
from tokenhub_cli.demo.server import DemoGateway

TEXT = "One\n\n```python\nif x:\n    pass\n```\n\nOver.\n"
NOTICE = (
    'note: `code_theme` must be the name of a Pygments style, not `"monokay"`: code has the '
    "terminal's own colours; did you mean `monokai`? `tokenhub config set code_theme monokai`"
)


@pytest.fixture
def gateway(stack: ExitStack) -> DemoGateway:
    """Give a gateway that answers with code."""
    return stack.enter_context(DemoGateway(answers=TEXT, tokens_per_second=None))


@pytest.fixture
def config(environ: dict[str, str]) -> Path:
    """Give a configuration file with a code theme that does not exist."""
    home = Path(environ["TOKENHUB_HOME"])
    home.mkdir()
    path = home / "config.toml"
    path.write_text("code_theme = 'monokay'\n")
    return path


def join_lines(terminal: Conversing) -> str:
    return " ".join(terminal.lines())


def test_an_answer_is_shown_with_a_notice(
    gateway: DemoGateway, environ: dict[str, str], config: Path, stack: ExitStack
) -> None:
    """The colours are the terminal's own; the notice names the place and the remedy."""
    config.write_text("default_profile = 'work'\n[profiles.work]\ncode_theme = 'monokay'\n")
    arguments = ["ask", "--base-url", gateway.base_url, "hi"]
    terminal = stack.enter_context(Conversing(arguments, environ))
    assert terminal.wait_for_end() == 0
    assert NOTICE.replace("code_theme", "profiles.work.code_theme") in join_lines(terminal)
    assert "if x:" in terminal.text()
    assert "Over." in terminal.text()


def test_a_chat_says_it_once(gateway: DemoGateway, start: Start, config: Path) -> None:
    """Not with each answer."""
    assert config.exists()
    chat = start(gateway)
    for count in (2, 3):
        chat.send_line("hi")
        chat.wait_for_prompt(count)
    assert join_lines(chat).count("monokay") == 1
    assert NOTICE in join_lines(chat)


def test_the_notice_stays_short(
    gateway: DemoGateway, environ: dict[str, str], config: Path, stack: ExitStack
) -> None:
    """Where no name is near it gives an example, not the fifty that there are."""
    config.write_text("code_theme = 'zzz'\n")
    arguments = ["ask", "--base-url", gateway.base_url, "hi"]
    terminal = stack.enter_context(Conversing(arguments, environ))
    assert terminal.wait_for_end() == 0
    assert "for example `tokenhub config set code_theme monokai`" in join_lines(terminal)
    assert "solarized" not in join_lines(terminal)


@pytest.mark.parametrize(
    "flags", [["-q"], ["--raw"], ["--color", "never"], ["--json"], ["-x"]], ids=" ".join
)
def test_where_nothing_is_coloured_nothing_is_said(
    gateway: DemoGateway, environ: dict[str, str], config: Path, stack: ExitStack, flags: list[str]
) -> None:
    """Nor where no notices are wanted."""
    assert config.exists()
    arguments = ["ask", *flags, "--base-url", gateway.base_url, "hi"]
    terminal = stack.enter_context(Conversing(arguments, environ))
    assert terminal.wait_for_end() == 0
    assert "Pygments" not in terminal.text()


def test_a_pipe_hears_nothing_of_it(
    gateway: DemoGateway, environ: dict[str, str], config: Path
) -> None:
    """It gets the text as it is, whatever the code theme."""
    program = Program(config.parent)
    program.environ |= environ
    done = program.run("ask", "--base-url", gateway.base_url, "hi")
    assert (done.returncode, done.stdout, done.stderr) == (0, TEXT, "")


def test_a_code_theme_that_exists_needs_no_notice(
    gateway: DemoGateway, environ: dict[str, str], config: Path, stack: ExitStack
) -> None:
    """Its colours are there instead: monokai's keyword, the nearest of 256."""
    config.write_text("code_theme = 'monokai'\n")
    arguments = ["ask", "--base-url", gateway.base_url, "hi"]
    terminal = stack.enter_context(Conversing(arguments, environ))
    assert terminal.wait_for_end() == 0
    assert "Pygments" not in terminal.text()
    assert b"38;5;81mif" in terminal.received
