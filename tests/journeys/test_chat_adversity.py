"""What may go wrong around a conversation, and what a person sees then."""

import re
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from tests.journeys.conftest import Start
from tests.support.conversing import Conversing
from tokenhub_cli.demo.faults import Cut, Fails
from tokenhub_cli.demo.server import DemoGateway

WORDS = "word " * 60


def quick(**settings: object) -> DemoGateway:
    return DemoGateway(answers="Yes.", tokens_per_second=None, **settings)  # type: ignore[arg-type]


def test_the_loop_opens_without_a_network(environ: dict[str, str], stack: ExitStack) -> None:
    """With nothing at the base URL the prompt is there; a question says what is wrong."""
    with DemoGateway() as gateway:
        url = gateway.base_url
    arguments = ["chat", "--base-url", url, "--max-retries", "0"]
    chat = stack.enter_context(Conversing(arguments, environ))
    chat.wait_for_prompt()
    chat.send_line("anyone?")
    chat.wait_for("error: ")
    chat.wait_for(lambda chat: chat.prompt() == "anyone?")


def test_errors_of_the_gateway_keep_the_question(start: Start) -> None:
    """After a 400 the question is back; sent again, it is answered."""
    chat = start(quick(faults=[Fails(400)]))
    chat.send_line("try this")
    chat.wait_for("error: ")
    chat.wait_for(lambda chat: chat.prompt() == "try this")
    chat.send("\r")
    chat.wait_for("Yes.")
    chat.wait_for_prompt(3)
    chat.send_line("/info")
    chat.wait_for("questions     1")


def test_a_429_is_waited_for(start: Start) -> None:
    """Too many requests: it says so, waits, and answers."""
    chat = start(quick(faults=[Fails(429, 0.2)]))
    chat.send_line("now")
    chat.wait_for("note: no answer yet")
    chat.wait_for("Yes.")


def test_a_cut_answer_is_resumed_as_in_ask(start: Start) -> None:
    """A connection that is cut in mid-answer leaves no gap in the text."""
    chat = start(DemoGateway(answers=WORDS, tokens_per_second=None, faults=[Cut(0, 12)]))
    chat.send_line("go")
    chat.wait_for_prompt(2)
    answer = chat.text().partition("> go\n")[2].partition("note:")[0]
    assert answer.split() == WORDS.split()


def test_a_bad_slash_command_is_not_sent(start: Start) -> None:
    """An unknown command gives an error line and stays in the prompt; `//` sends a slash."""
    gateway = quick()
    chat = start(gateway)
    chat.send_line("/etc/passwd is what?")
    chat.wait_for("error: there is no command `/etc/passwd`")
    chat.wait_for(lambda chat: chat.prompt() == "/etc/passwd is what?")
    chat.send("\x03")
    chat.send_line("//etc/passwd is what?")
    chat.wait_for("Yes.")
    posted = [r.body for r in gateway.requests if r.method == "POST"]
    assert [body["messages"][-1]["content"] for body in posted] == ["/etc/passwd is what?"]


def test_history_that_cannot_be_written_is_said_once(start: Start, environ: dict[str, str]) -> None:
    """With a directory where history belongs, answers still come; one note says so."""
    (Path(environ["TOKENHUB_HOME"]) / "history.db").mkdir(parents=True)
    chat = start(quick())
    chat.send_line("one")
    chat.wait_for("note: the conversation is not kept")
    chat.wait_for_prompt(2)
    chat.send_line("two")
    chat.wait_for_prompt(3)
    assert chat.text().count("is not kept") == 1


def test_a_small_screen_is_enough(start: Start, environ: dict[str, str]) -> None:
    """On 20 columns and 5 rows questions of any length are asked, stopped, taken back, pasted."""
    environ["EDITOR"] = "true"
    gateway = DemoGateway(answers=WORDS, tokens_per_second=200)
    chat = start(gateway, columns=20, rows=5)
    question = "a question that is longer than the screen is wide and, by far, than it is high too"
    chat.send_line(question)
    chat.wait_for_prompt(1)
    chat.wait_for(lambda chat: chat.text().count("word") >= WORDS.count("word"))
    chat.wait_for_prompt(2)
    chat.send("/mod")
    chat.wait_for("/model")
    chat.send("\t")
    chat.wait_for(lambda chat: chat.prompt() == "/model")
    chat.send("\x03")
    chat.wait_for_prompt(2)
    chat.paste("x\n" * 50)
    chat.wait_for("[pasted 50 lines]")
    chat.send("\r")
    chat.wait_for(lambda chat: chat.text().count("word") > WORDS.count("word"))
    chat.send("\x03")
    chat.wait_for("note: stopped")
    chat.wait_for_prompt()
    chat.send_line("/edit")
    chat.wait_for(lambda chat: chat.prompt().startswith("[pasted 50 lines"))
    assert "too small" not in chat.text()
    sent = [request.body["messages"] for request in gateway.requests if request.method == "POST"]
    assert sent[0][0]["content"] == question
    assert sent[1][1:] == [
        {"role": "assistant", "content": WORDS},
        {"role": "user", "content": "x\n" * 50},
    ]


def test_a_resize_keeps_what_is_typed(start: Start) -> None:
    """After the window has changed its size the prompt is whole, and Enter sends."""
    gateway = quick()
    chat = start(gateway)
    chat.send("half of it")
    chat.wait_for("> half of it")
    chat.resize(40, 10)
    chat.wait_for(lambda chat: chat.prompt() == "half of it")
    chat.send_line(" and the rest")
    chat.wait_for("Yes.")
    assert gateway.requests[-1].body["messages"][-1]["content"] == "half of it and the rest"


def test_ctrl_z_and_fg_at_the_prompt_and_in_an_answer(
    environ: dict[str, str], stack: ExitStack
) -> None:
    """A stopped program goes on where it was: the typed text, and the answer, are there."""
    gateway = stack.enter_context(DemoGateway(answers=WORDS, tokens_per_second=60))
    shell = stack.enter_context(Conversing(None, {**environ, "PS1": "sh% "}))
    shell.wait_for("sh%")
    command = f"{sys.executable} -m tokenhub_cli chat --base-url {gateway.base_url}"
    shell.send_line(command)
    shell.wait_for("Enter sends")
    shell.send("draft")
    shell.wait_for("> draft")
    shell.send("\x1a")
    shell.wait_for("Stopped")
    shell.send_line("fg")
    shell.wait_for(lambda chat: chat.prompt() == "draft")
    shell.send("\r")
    shell.wait_for("word word")
    shell.send("\x1a")
    shell.wait_for(lambda chat: chat.text().count("Stopped") == 2)
    shell.send_line("fg")
    shell.send("ahead")
    shell.wait_for(lambda chat: chat.prompt() == "ahead")


def test_a_killed_program_loses_nothing_that_was_shown(
    start: Start, environ: dict[str, str], stack: ExitStack
) -> None:
    """After `kill -9` in mid-answer `chat -c` shows what had come, and `/continue` finishes it."""
    gateway = DemoGateway(answers=WORDS, tokens_per_second=100)
    chat = start(gateway)
    chat.send_line("tell me")
    chat.wait_for("word word word")
    chat.interrupt(signal.SIGKILL)
    chat.wait_for_end()
    again = stack.enter_context(Conversing(["chat", "-c", "--base-url", gateway.base_url], environ))
    again.wait_for("> tell me")
    assert "`/resume " in again.text().replace("\n", "")
    again.wait_for("`/continue` asks for the rest")
    again.wait_for_prompt(2)
    again.send_line("/continue")
    again.wait_for_prompt(3)
    again.send_line("/save ~/whole.txt")
    again.wait_for("note: saved")
    whole = Path(environ["HOME"]) / "whole.txt"
    assert whole.read_text() == f"{WORDS}\n"


def test_a_hang_up_in_an_answer_keeps_it(
    start: Start, environ: dict[str, str], stack: ExitStack
) -> None:
    """SIGHUP while an answer streams ends the program; the partial is in history."""
    gateway = DemoGateway(answers=WORDS, tokens_per_second=100)
    chat = start(gateway)
    chat.send_line("tell me")
    chat.wait_for("word word")
    chat.interrupt(signal.SIGHUP)
    assert chat.wait_for_end() == 128 + signal.SIGHUP
    again = stack.enter_context(Conversing(["chat", "-c", "--base-url", gateway.base_url], environ))
    again.wait_for("> tell me")
    again.wait_for("(cancelled; `/continue` asks for the rest)")


def test_a_dumb_terminal_has_plain_lines(start: Start, environ: dict[str, str]) -> None:
    """With TERM=dumb there is a plain prompt, one hint and no escape sequence."""
    environ["TERM"] = "dumb"
    chat = start(quick())
    chat.wait_for("note: the prompt takes plain lines")
    chat.send_line("hello")
    chat.wait_for("Yes.")
    chat.wait_for_prompt(2)
    chat.send_line("/help")
    chat.wait_for("Ctrl-R")
    assert b"\x1b" not in chat.received
    chat.send("\x04")
    assert chat.wait_for_end() == 0


def test_a_screen_reader_gets_plain_lines(start: Start, environ: dict[str, str]) -> None:
    """With `screen_reader = true` nothing of the prompt is repainted: no toolbar and no menu."""
    home = Path(environ["TOKENHUB_HOME"])
    home.mkdir()
    (home / "config.toml").write_text("screen_reader = true\n")
    chat = start(quick())
    chat.wait_for("note: the prompt takes plain lines")
    chat.send_line("hello")
    chat.wait_for("Yes.")
    chat.wait_for_prompt(2)
    chat.send_line("/mod")
    chat.wait_for("error: there is no command `/mod`")
    shown = [line for line in chat.lines() if not line.startswith("note: ")]
    assert shown[:4] == ["> hello", "Yes.", "", "> /mod"]
    assert "gpt-4o" not in chat.text()


def test_without_colours_the_prompt_has_none_either(start: Start) -> None:
    """`--color never` counts for prompt, toolbar and menu as for answers."""
    chat = start(quick(), "--color", "never")
    chat.send("/mod")
    chat.wait_for("Show the model, or go on with another.")
    chat.send_line("el")
    chat.wait_for("* gpt-4o")
    chat.wait_for_prompt(2)
    chat.send_line("hello")
    chat.wait_for("Yes.")
    chat.wait_for_prompt(3)
    styles = re.findall(rb"\x1b\[([0-9;]*)m", chat.received)
    colours = [style for style in styles if re.search(rb"\b(?:[349][0-7]|10[0-7]|[34]8)\b", style)]
    assert colours == []


def test_without_a_terminal_ask_is_named(environ: dict[str, str]) -> None:
    """With stdin a pipe there is one error line that names `ask`, and exit code 2."""
    done = subprocess.run(
        [sys.executable, "-m", "tokenhub_cli", "chat"],
        input=b"hello",
        capture_output=True,
        env=environ,
        timeout=20,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == b""
    assert b"error: " in done.stderr
    assert b"`tokenhub ask`" in done.stderr


def test_the_connection_is_warm_and_stays(start: Start) -> None:
    """One connection serves the list of models and two questions; before them nothing is sent."""
    gateway = quick()
    chat = start(gateway)
    assert gateway.wait_for(lambda g: len(g.requests) == 1)
    chat.send_line("one")
    chat.wait_for_prompt(2)
    chat.send_line("two")
    chat.wait_for_prompt(3)
    assert [request.path for request in gateway.requests] == [
        "/v1/models",
        "/v1/chat/completions",
        "/v1/chat/completions",
    ]
    assert gateway.connections_accepted == 1
