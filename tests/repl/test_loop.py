"""The loop, with prompts that are written down."""

import gc
import os
import signal
from collections.abc import Iterable

import pytest

from tests.repl.conftest import Talk
from tokenhub_cli.repl.loop import begin_background_work, hang_ups_caught, run_loop
from tokenhub_cli.repl.signals import HangUp

Step = str | type[BaseException] | BaseException


class Script:
    """A prompt that gives what is written down, then the end."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._steps = iter(steps)
        self.drafts: list[str] = []

    def read(self, draft: str) -> str:
        """Return or raise the next step."""
        self.drafts.append(draft)
        step = next(self._steps, EOFError)
        if isinstance(step, str):
            return step
        raise step

    def take_typeahead(self) -> str:
        """Return nothing."""
        return ""

    def hang_up(self, number: int) -> bool:
        """Return that no prompt is running."""
        return number < 0


def test_lines_run_until_the_end(talk: Talk) -> None:
    """Questions are asked, empty lines are nothing, EOF ends the loop."""
    run_loop(talk.dialogue, Script(["one", "  \n ", '"""\ntwo\n"""', "//three"]))
    assert talk.questions == ["one", "two", "/three"]


def test_a_command_can_end_it(talk: Talk) -> None:
    """Nothing is read after `/exit`."""
    script = Script(["/exit", "one"])
    run_loop(talk.dialogue, script)
    assert talk.questions == []
    assert len(script.drafts) == 1


def test_ctrl_c_gives_a_hint_and_goes_on(talk: Talk, capfd: pytest.CaptureFixture[str]) -> None:
    """Where no prompt of ours catches it."""
    run_loop(talk.dialogue, Script([KeyboardInterrupt, "one"]))
    assert talk.questions == ["one"]
    assert "Ctrl-D or /exit leaves" in capfd.readouterr().err


def test_a_signal_ends_it_and_is_remembered(talk: Talk) -> None:
    """For the exit code."""
    run_loop(talk.dialogue, Script([HangUp(signal.SIGTERM), "one"]))
    assert talk.dialogue.signal == signal.SIGTERM
    assert talk.questions == []


def test_even_a_defect_does_not_end_it(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """An exception that nobody foresaw is one error line, and the text is the next draft."""

    def fail(_words: str) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(talk.dialogue, "ask", fail)
    script = Script(["one"])
    run_loop(talk.dialogue, script)
    assert script.drafts == ["", "one"]
    assert "error: unexpected failure: ZeroDivisionError" in capfd.readouterr().err


def test_signals_are_caught_only_while_it_runs(talk: Talk) -> None:
    """SIGHUP ends what is under way; afterwards the handler before is back."""
    before = signal.getsignal(signal.SIGHUP)
    with hang_ups_caught(Script([])), pytest.raises(HangUp) as caught:
        os.kill(os.getpid(), signal.SIGHUP)
    assert caught.value.number == signal.SIGHUP
    assert signal.getsignal(signal.SIGHUP) is before
    assert not talk.dialogue.is_leaving


def test_ctrl_c_before_anything_is_shown_gives_the_question_back(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request is given up, and the question is the next draft."""
    session = talk.dialogue.session

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(session, "run_turn", interrupt)
    script = Script(["one"])
    run_loop(talk.dialogue, script)
    assert script.drafts == ["", "one"]


def test_garbage_is_collected_from_the_first_prompt_on(talk: Talk) -> None:
    """`chat` loads what it needs for the prompt without the collector's looking through it."""
    gc.disable()
    try:
        begin_background_work(talk.dialogue.session)
        assert gc.isenabled()
    finally:
        gc.enable()
