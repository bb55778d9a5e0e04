"""A dialogue with the embedded gateway, without a terminal."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tokenhub_cli.assembly import View
from tokenhub_cli.cli.context import Context
from tokenhub_cli.cli.opening import open_session
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.repl.dialogue import Dialogue
from tokenhub_cli.repl.keyboard import Keyboard
from tokenhub_cli.repl.loop import run_text


class Talk:
    """A dialogue, and what it said."""

    def __init__(
        self, dialogue: Dialogue, gateway: DemoGateway, capture: pytest.CaptureFixture[str]
    ) -> None:
        self.dialogue = dialogue
        self.gateway = gateway
        self._capture = capture

    def say(self, text: str) -> str:
        """Run one text of the prompt; return what was written to both streams."""
        run_text(self.dialogue, text)
        captured = self._capture.readouterr()
        return captured.out + captured.err

    @property
    def questions(self) -> list[str]:
        """The questions of the conversation as it is now."""
        return [turn.question.text for turn in self.dialogue.conversation.turns]

    @property
    def sent(self) -> dict[str, Any]:
        """The body of the last request."""
        body: dict[str, Any] = self.gateway.requests[-1].body
        return body


PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)
Open = Callable[..., Talk]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Give a stack that closes what a test has opened."""
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def open_talk(tmp_path: Path, stack: ExitStack, capfd: pytest.CaptureFixture[str]) -> Open:
    """Give a function that opens a dialogue with a gateway that answers quickly."""

    def begin(gateway: DemoGateway | None = None, **flags: Any) -> Talk:
        served = stack.enter_context(gateway or DemoGateway(tokens_per_second=None))
        environ = {"TOKENHUB_HOME": str(tmp_path / "home"), "TOKENHUB_API_KEY": "sk-test"}
        context = Context(environ, False, False, False)  # noqa: FBT003 - three streams, no terminal
        session = open_session(
            context, {"base_url": served.base_url, **flags}, View(), is_loop=True
        )
        stack.enter_context(session)
        descriptor = os.open(os.devnull, os.O_RDONLY)
        stack.callback(os.close, descriptor)
        keyboard = Keyboard(descriptor)
        return Talk(Dialogue(session, session.begin_conversation(), keyboard), served, capfd)

    return begin


@pytest.fixture
def talk(open_talk: Open) -> Talk:
    """Give a dialogue whose answers are all `Fine.`."""
    return open_talk(DemoGateway(answers="Fine.", tokens_per_second=None))
