"""What is typed, pasted and edited in a conversation."""

import stat
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.journeys.conftest import Start
from tests.support.conversing import Conversing
from tokenhub_cli.demo.server import DemoGateway

WORDS = "word " * 60
PASTED_S = 1.0  # bounds with room for a busy machine; what has a lag takes many seconds
KEY_S = 0.2


def slow() -> DemoGateway:
    return DemoGateway(answers=WORDS, tokens_per_second=100)


def measure(chat: Conversing, act: Callable[[], object], shown: str) -> float:
    """Return the seconds from an act to what it shows."""
    started = time.monotonic()
    act()
    chat.wait_for(shown)
    return time.monotonic() - started


def test_what_is_typed_meanwhile_is_in_the_next_prompt(start: Start) -> None:
    """Text typed while an answer streams is not shown in it, not sent, and not lost."""
    gateway = slow()
    chat = start(gateway)
    chat.send_line("first")
    chat.wait_for("word word")
    chat.send("typed ahea\x7fad\rsecond line\r")
    chat.wait_for(lambda chat: chat.prompt() == "typed ahead\nsecond line")
    assert len([r for r in gateway.requests if r.method == "POST"]) == 1
    answer = chat.text().partition("> first\n")[2].partition("> typed")[0]
    assert answer.split() == WORDS.split()


@pytest.mark.parametrize("before", ["hello\r", "first\nsecond", "gone\x15hello\r\r", "hel"])
def test_what_is_typed_before_the_first_prompt_is_in_it(
    environ: dict[str, str], stack: ExitStack, before: str
) -> None:
    """As between two prompts: it is not sent, and Enter then sends it without a line more."""
    gateway = stack.enter_context(DemoGateway(answers="Yes.", tokens_per_second=None))
    arguments = ["chat", "--base-url", gateway.base_url]
    chat = stack.enter_context(Conversing(arguments, environ))
    chat.send(before)
    text = before.replace("gone\x15", "").rstrip("\r")
    chat.wait_for("Enter sends")
    chat.wait_for(lambda chat: chat.prompt() == text)
    assert not gateway.requests or gateway.requests[-1].method == "GET"
    chat.send("!\r")
    chat.wait_for("Yes.")
    assert gateway.requests[-1].body["messages"][-1]["content"] == f"{text}!"


def test_lines_sent_in_one_burst_are_not_sent_as_questions(start: Start) -> None:
    """Of several lines that arrive at once, as from a terminal without bracketed paste, one is."""
    gateway = DemoGateway(answers="Yes.", tokens_per_second=None)
    chat = start(gateway)
    chat.send("one\rtwo\rthree\r")
    chat.wait_for("Yes.")
    chat.wait_for(lambda chat: chat.prompt() == "two\nthree")
    assert len([r for r in gateway.requests if r.method == "POST"]) == 1


def test_a_paste_never_sends_and_a_long_one_is_folded(start: Start) -> None:
    """10,000 pasted lines are one word of the prompt, there without lag, and are sent whole."""
    gateway = DemoGateway(answers="Yes.", tokens_per_second=None)
    chat = start(gateway)
    chat.paste("two\rlines\r")
    chat.wait_for(lambda chat: chat.prompt().startswith("two\nlines"))
    chat.send("\x03")
    chat.wait_for(lambda chat: chat.prompt() == "")
    pasted = "".join(f"line {number}\n" for number in range(10_000))
    chat.send("Look: ")
    assert measure(chat, lambda: chat.paste(pasted), "Look: [pasted 10,000 lines]") < PASTED_S
    keys = [
        measure(chat, lambda key=key: chat.send(key), f"lines]{'abc'[:number]}")  # type: ignore[misc]
        for number, key in enumerate("abc", 1)
    ]
    assert min(keys) < KEY_S
    chat.send("\r")
    chat.wait_for("Yes.")
    assert gateway.requests[-1].body["messages"][-1]["content"] == f"Look: {pasted}abc"


def test_lines_are_made_by_alt_enter_ctrl_j_and_quotes(start: Start) -> None:
    """Alt-Enter, Ctrl-J and an open triple quote make lines; Enter then sends them all."""
    gateway = DemoGateway(answers="Yes.", tokens_per_second=None)
    chat = start(gateway)
    chat.send("a\x1b\rb\nc\r")
    chat.wait_for_prompt(2)
    assert gateway.requests[-1].body["messages"][-1]["content"] == "a\nb\nc"
    chat.send('"""\rd\re"""\r')
    chat.wait_for(lambda chat: chat.text().count("Yes.") == 2)
    assert gateway.requests[-1].body["messages"][-1]["content"] == "d\ne"


def test_ctrl_c_clears_what_is_typed_and_then_hints(start: Start) -> None:
    """Ctrl-C empties the prompt; on an empty one it says how to leave."""
    chat = start(DemoGateway())
    chat.send("not this")
    chat.wait_for("> not this")
    chat.send("\x03")
    chat.wait_for_prompt()
    chat.send("\x03")
    chat.wait_for("Ctrl-D or /exit leaves")


def test_the_editor_gets_the_whole_question(
    start: Start, environ: dict[str, str], tmp_path: Path
) -> None:
    """Ctrl-G opens $EDITOR with pastes unfolded; what it leaves is in the prompt."""
    editor = tmp_path / "edit"
    editor.write_text('#!/bin/sh\ncp "$1" "$HOME/seen"\necho "edited" > "$1"\n')
    editor.chmod(0o700)
    environ["EDITOR"] = str(editor)
    chat = start(DemoGateway())
    chat.paste("x\n" * 50)
    chat.wait_for("[pasted 50 lines]")
    chat.send("\x07")
    chat.wait_for(lambda chat: chat.prompt() == "edited")
    assert (tmp_path / "seen").read_text().count("x\n") == 50
    chat.send("\x18\x05")
    chat.wait_for(lambda _: (tmp_path / "seen").read_text() == "edited\n")


def test_ctrl_c_in_the_editor_is_the_editors(
    start: Start, environ: dict[str, str], tmp_path: Path
) -> None:
    """It ends an editor that does not mind it; what was typed stays in the prompt."""
    editor = tmp_path / "edit"
    editor.write_text('#!/bin/sh\n: > "$HOME/runs"\nexec sleep 30\n')
    editor.chmod(0o700)
    environ["EDITOR"] = str(editor)
    chat = start(DemoGateway())
    chat.send("a long draft\x07")
    chat.wait_for(lambda _: (tmp_path / "runs").exists())
    chat.send("\x03")
    chat.wait_for("error: the editor")
    chat.send("!")
    chat.wait_for(lambda chat: chat.prompt() == "a long draft!")


def test_questions_are_remembered_but_keys_are_not(
    start: Start, stack: ExitStack, environ: dict[str, str]
) -> None:
    """The next run finds questions by Up; the file is private and holds no key."""
    gateway = DemoGateway(answers="Yes.", tokens_per_second=None)
    chat = start(gateway)
    chat.send_line("an old question")
    chat.wait_for_prompt(2)
    chat.send_line("my key is sk-abcdefghijklmnopqrstuv")
    chat.wait_for_prompt(3)
    chat.send("\x04")
    chat.wait_for_end()
    file = Path(environ["TOKENHUB_HOME"]) / "prompt_history.jsonl"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() == '"an old question"\n'
    again = stack.enter_context(Conversing(["chat", "--base-url", gateway.base_url], environ))
    again.wait_for_prompt()
    again.send("\x1b[A")
    again.wait_for(lambda chat: chat.prompt() == "an old question")


def test_wide_characters_and_emoji_are_edited_whole(start: Start) -> None:
    """CJK text and emoji are typed, erased and sent as they are."""
    gateway = DemoGateway(answers="好。", tokens_per_second=None)
    chat = start(gateway)
    chat.send_line("天空为什么是蓝色的错\x7f 🌱")
    chat.wait_for("好。")
    assert gateway.requests[-1].body["messages"][-1]["content"] == "天空为什么是蓝色的 🌱"


def test_vi_keys_by_setting(start: Start, environ: dict[str, str]) -> None:
    """With `editing_mode = "vi"` Escape leaves insertion and `x` deletes."""
    home = Path(environ["TOKENHUB_HOME"])
    home.mkdir()
    (home / "config.toml").write_text('editing_mode = "vi"\n')
    chat = start(DemoGateway())
    chat.send("abc")
    chat.wait_for("> abc")
    chat.send("\x1b")
    chat.wait_for(lambda chat: chat.screen.cursor.x == 4)
    chat.send("x")
    chat.wait_for(lambda chat: chat.prompt() == "ab")


def test_enter_makes_lines_by_setting(start: Start, environ: dict[str, str]) -> None:
    """With `enter_sends = false` Enter makes a line and Alt-Enter sends; the hints say so."""
    home = Path(environ["TOKENHUB_HOME"])
    home.mkdir()
    (home / "config.toml").write_text("enter_sends = false\n")
    gateway = DemoGateway(answers="Yes.", tokens_per_second=None)
    chat = start(gateway)
    chat.wait_for("Alt-Enter sends · Enter new line")
    chat.send("a\rb\x1b\r")
    chat.wait_for("Yes.")
    assert gateway.requests[-1].body["messages"][-1]["content"] == "a\nb"
    chat.wait_for_prompt(2)
    chat.send_line("/multi")
    chat.wait_for("note: Enter makes a new line in any case: `enter_sends` is false")
