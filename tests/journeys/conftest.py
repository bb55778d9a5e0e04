"""What journeys need: a home of their own, a gateway, and the program in a terminal."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.support.conversing import Conversing
from tests.support.program import MARKED_KEY
from tokenhub_cli.demo.server import DemoGateway

Start = Callable[..., Conversing]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Give an environment with a home of its own."""
    return {
        "TOKENHUB_HOME": str(tmp_path / "home"),
        "TOKENHUB_API_KEY": MARKED_KEY,
        "HOME": str(tmp_path),
        "PATH": "/usr/bin:/bin",
        "TERM": "xterm-256color",
        "PYTHONUTF8": "1",
        "PYTHONWARNINGS": "error",
    }


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Give a stack that closes what a test has opened."""
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def start(environ: dict[str, str], stack: ExitStack) -> Start:
    """Give a function that starts `tokenhub chat` against a gateway and waits for its prompt."""

    def begin(gateway: DemoGateway, *flags: str, **terminal: Any) -> Conversing:
        stack.enter_context(gateway)
        arguments = ["chat", "--base-url", gateway.base_url, *flags]
        chat = stack.enter_context(Conversing(arguments, environ, **terminal))
        chat.wait_for_prompt()
        return chat

    return begin
