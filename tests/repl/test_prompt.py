"""The prompt's keys, through prompt_toolkit's pipe input."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.input.base import PipeInput
from prompt_toolkit.output import ColorDepth, DummyOutput

from tests.repl.conftest import Talk
from tokenhub_cli.repl.history import MOST_IN_MEMORY, PromptHistory
from tokenhub_cli.repl.prompt import PromptReader, choose_color_depth, fit, format_toolbar


class Screen(DummyOutput):
    """A screen of nothing that has a size."""

    def get_size(self) -> Size:
        """Return an ordinary one."""
        return Size(rows=24, columns=80)


@pytest.fixture
def keys() -> Iterator[PipeInput]:
    """Give a pipe that keys are typed into."""
    with create_pipe_input() as pipe:
        yield pipe


def open_reader(talk: Talk, keys: PipeInput, history: PromptHistory | None = None) -> PromptReader:
    return PromptReader(talk.dialogue, history or PromptHistory(None), input_=keys, output=Screen())


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("hello\r", "hello"),
        ("a\x1b\rb\r", "a\nb"),
        ("a\nb\r", "a\nb"),
        ('"""\ra\rb"""\r', '"""\na\nb"""'),
        ("wrong\x03right\r", "right"),
        ("\x1b[200~a\r\nb\r\x1b[201~\r", "a\nb\n"),
        ("ab\x1b[D\x7fc\r", "cb"),
    ],
)
def test_keys_make_the_text(talk: Talk, keys: PipeInput, typed: str, text: str) -> None:
    """Enter sends; Alt-Enter, Ctrl-J, quotes and pastes make lines."""
    keys.send_text(typed)
    assert open_reader(talk, keys).read("") == text


def test_the_draft_is_there_to_be_edited(talk: Talk, keys: PipeInput) -> None:
    """A prompt that begins with a text sends it as it was changed."""
    keys.send_text("!\r")
    assert open_reader(talk, keys).read("again") == "again!"


def test_ctrl_d_on_an_empty_line_leaves(talk: Talk, keys: PipeInput) -> None:
    """It raises EOFError."""
    keys.send_text("\x04")
    with pytest.raises(EOFError):
        open_reader(talk, keys).read("")


def test_a_folded_paste_is_erased_by_one_backspace(talk: Talk, keys: PipeInput) -> None:
    """The words that stand for it go as one."""
    keys.send_text("see \x1b[200~" + "x\r" * 100 + "\x1b[201~\x7fnothing\r")
    assert open_reader(talk, keys).read("") == "see nothing"


def test_multi_lets_enter_make_lines_but_commands_run(talk: Talk, keys: PipeInput) -> None:
    """With `/multi` Alt-Enter sends; a line with a slash is still run by Enter."""
    talk.dialogue.is_multiline = True
    keys.send_text("a\rb\x1b\r")
    reader = open_reader(talk, keys)
    assert reader.read("") == "a\nb"
    keys.send_text("/multi\r")
    assert reader.read("") == "/multi"


def test_history_is_searched_backwards(talk: Talk, keys: PipeInput, tmp_path: Path) -> None:
    """Ctrl-R finds a question by a part of it."""
    history = PromptHistory(tmp_path / "prompts")
    history.store_string("about apples")
    history.store_string("about pears")
    keys.send_text("\x12appl\r\r")
    assert open_reader(talk, keys, history).read("") == "about apples"


@pytest.mark.parametrize(
    ("first", "then", "found"),
    [("\x12", "number 7 \r\r", 7), ("\x1b[A", "\x1b[A" * 210 + "\r", 1000 - 210)],
)
def test_history_goes_further_back_than_memory(
    talk: Talk, keys: PipeInput, tmp_path: Path, first: str, then: str, found: int
) -> None:
    """Who searches, or goes up, gets all that is on disk; nobody else does."""
    history = PromptHistory(tmp_path / "prompts")
    for number in range(1000):
        history.store_string(f"number {number} of many")
    reader = open_reader(talk, keys, history)
    keys.send_text("one more\r")
    assert reader.read("") == "one more"
    assert history.count() == len(history.get_strings()) == MOST_IN_MEMORY

    def type_slowly() -> None:
        wait_for_entries(MOST_IN_MEMORY)
        keys.send_text(first)
        wait_for_entries(1000)
        keys.send_text(then)

    def wait_for_entries(count: int) -> None:
        while reader.session.default_buffer.working_index < count - 1:
            time.sleep(0.01)

    typist = threading.Thread(target=type_slowly)
    typist.start()
    assert reader.read("") == f"number {found} of many"
    typist.join()
    assert history.count() == MOST_IN_MEMORY


def test_what_was_typed_after_enter_is_taken_as_text(talk: Talk, keys: PipeInput) -> None:
    """Lines that came in one burst are not sent by themselves."""
    reader = open_reader(talk, keys)
    keys.send_text("one\rtwo\rthree\r")
    assert reader.read("") == "one"
    assert reader.take_typeahead() == "two\nthree"
    assert reader.take_typeahead() == ""


def test_the_toolbar_tells_model_title_tokens_and_latency(talk: Talk) -> None:
    """At first it names the model alone; what waits to be sent is counted."""
    assert format_toolbar(talk.dialogue) == "gpt-4o"
    talk.say("Why?")
    talk.dialogue.latency = 0.5
    talk.dialogue.files.append("x")
    tokens = talk.dialogue.last_answer.usage.total_tokens  # type: ignore[union-attr]
    shown = format_toolbar(talk.dialogue)
    assert shown == f"gpt-4o · Why? · {tokens} tokens · 0.50 s · 1 file attached"


@pytest.mark.parametrize(
    ("option", "environ", "depth"),
    [
        ("auto", {}, None),
        ("auto", {"NO_COLOR": "1"}, ColorDepth.DEPTH_1_BIT),
        ("never", {"FORCE_COLOR": "1"}, ColorDepth.DEPTH_1_BIT),
        ("always", {"NO_COLOR": "1"}, ColorDepth.DEPTH_8_BIT),
    ],
)
def test_the_prompt_has_colours_where_answers_have(
    option: str, environ: dict[str, str], depth: ColorDepth | None
) -> None:
    """`--color` counts before NO_COLOR, and that before the terminal."""
    assert choose_color_depth(option, environ) is depth


def test_a_line_is_cut_to_the_screen() -> None:
    """Wide characters count twice."""
    assert fit("abc", 10) == "abc"
    assert fit("天空天空天空", 10) == "天空天空…"
