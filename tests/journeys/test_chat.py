"""A conversation as a person has it."""

import signal
import time
from collections.abc import Callable
from contextlib import ExitStack

from tests.journeys.conftest import Start
from tests.support.conversing import Conversing
from tokenhub_cli.demo.server import DemoGateway

STOPPED_WITHIN_S = 0.1


def shows(text: str, count: int) -> Callable[[Conversing], bool]:
    """Return a condition: the text is on the screen and above it so many times."""
    return lambda chat: chat.text().count(text) == count


def test_an_answer_streams_and_the_prompt_is_back(start: Start) -> None:
    """A question is answered below it, and the next prompt stands below the answer."""
    chat = start(DemoGateway(answers="Because of the air.", tokens_per_second=None))
    chat.send_line("Why is the sky blue?")
    chat.wait_for_prompt(2)
    shown = "\n".join(chat.lines()[:4])
    assert shown == "> Why is the sky blue?\nBecause of the air.\n\n>"


def test_the_conversation_goes_along_with_the_next_question(start: Start) -> None:
    """The second question is sent with the first and its answer before it."""
    gateway = DemoGateway(answers="Fine.", tokens_per_second=None)
    chat = start(gateway)
    chat.send_line("one")
    chat.wait_for_prompt(2)
    chat.send_line("two")
    chat.wait_for_prompt(3)
    messages = gateway.requests[-1].body["messages"]
    assert [message["content"] for message in messages] == ["one", "Fine.", "two"]


def test_ctrl_c_stops_the_answer_and_keeps_what_came(start: Start) -> None:
    """Ctrl-C while an answer streams: it stops within 100 ms and is marked, the prompt is back.

    What was shown of it goes along with the next question. The quickest of three counts, since
    other programs may have the machine.
    """
    gateway = DemoGateway(answers=" ".join(map(str, range(900))), tokens_per_second=100)
    chat = start(gateway)
    took = []
    for count in range(1, 4):
        chat.send_line("count")
        chat.wait_for(shows("0 1 2 3 4 5", count))
        pressed = time.monotonic()
        chat.send("\x03")
        chat.wait_for(shows("note: stopped; ", count))
        took.append(time.monotonic() - pressed)
        chat.wait_for_prompt(count + 1)
    assert min(took) < STOPPED_WITHIN_S
    shown = chat.text().split("> count\n")[1:]
    kept = [message["content"] for message in gateway.requests[-1].body["messages"]][1::2]
    assert [text.split() for text in kept] == [
        text.partition("\nnote: stopped; the answer is incomplete")[0].split() for text in shown[:2]
    ]


def test_a_failed_question_comes_back_for_editing(start: Start) -> None:
    """A refused key gives an error line, and the question stands in the prompt again."""
    chat = start(DemoGateway(key="right", tokens_per_second=None))
    chat.send_line("my question")
    chat.wait_for("error: ")
    chat.wait_for(lambda chat: chat.prompt() == "my question")


def test_leaving_by_command_and_by_ctrl_d(start: Start) -> None:
    """`/exit` and Ctrl-D on an empty line end the program with exit code 0."""
    chat = start(DemoGateway())
    chat.send_line("/exit")
    assert chat.wait_for_end() == 0
    chat = start(DemoGateway())
    chat.send("\x04")
    assert chat.wait_for_end() == 0


def test_a_hang_up_leaves(start: Start) -> None:
    """SIGHUP at the prompt ends the program with the code that a shell expects."""
    chat = start(DemoGateway())
    chat.interrupt(signal.SIGHUP)
    assert chat.wait_for_end() == 128 + signal.SIGHUP


def test_a_second_ctrl_c_does_not_leave(start: Start) -> None:
    """However impatient, Ctrl-C ends the answer and not the program."""
    chat = start(DemoGateway(answers="word " * 500, tokens_per_second=100))
    chat.send_line("go on")
    chat.wait_for("word word")
    chat.send("\x03\x03\x03")
    chat.wait_for("note: stopped; the answer is incomplete")
    chat.wait_for_prompt(2)
    chat.send_line("/exit")
    assert chat.wait_for_end() == 0


def test_continue_finishes_what_was_stopped(start: Start) -> None:
    """`/continue` shows the last lines once more and goes on where the answer stopped."""
    words = " ".join(str(number) for number in range(200))
    chat = start(DemoGateway(answers=words, tokens_per_second=400))
    chat.send_line("count")
    chat.wait_for("20 21 22")
    chat.send("\x03")
    chat.wait_for_prompt(2)
    chat.send_line("/continue")
    chat.wait_for_prompt(3)
    assert chat.text().rpartition("> /continue\n")[2].partition("note:")[0].split() == words.split()


def test_tokenhub_alone_is_a_conversation(environ: dict[str, str], stack: ExitStack) -> None:
    """Without arguments, on a terminal, `tokenhub` is `tokenhub chat`."""
    gateway = stack.enter_context(DemoGateway(answers="Yes.", tokens_per_second=None))
    environ["TOKENHUB_BASE_URL"] = gateway.base_url
    chat = stack.enter_context(Conversing([], environ))
    chat.wait_for_prompt()
    chat.send_line("hello")
    chat.wait_for("Yes.")


def test_an_opened_conversation_shows_its_end_in_whole_words(start: Start) -> None:
    """The end of its last answer stands below the title, broken between words as before."""
    words = [f"word{number:04}" for number in range(40)]
    chat = start(DemoGateway(answers=" ".join(words), tokens_per_second=None))
    chat.send_line("count")
    chat.wait_for_prompt(2)
    chat.send_line("/history")
    chat.wait_for(lambda it: "a number opens" in it.text() and it.prompt() == "/history")
    chat.send_line("1")
    chat.wait_for(lambda it: "count · 1 question" in it.text())
    chat.wait_for(lambda it: it.text().count(words[-1]) == 2)
    shown = chat.text().split()
    assert [word for word in words if shown.count(word) != 2] == []
