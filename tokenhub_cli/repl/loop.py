"""The conversation loop: read a line, run it or ask it, until the user leaves.

No error ends it: a line says what happened, and the prompt is back with the question in it. What
ends it is the user (`/exit`, Ctrl-D), or the terminal's end (EOF, SIGHUP, SIGTERM); by then every
turn is kept already.
"""

import gc
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from tokenhub_cli.chat.conversation import Conversation
from tokenhub_cli.errors import TokenHubError
from tokenhub_cli.render.theme import is_dumb
from tokenhub_cli.repl.actions.request import add_file, add_picture
from tokenhub_cli.repl.commands import run_line
from tokenhub_cli.repl.dialogue import Dialogue
from tokenhub_cli.repl.keyboard import Keyboard
from tokenhub_cli.repl.memory import give_back_memory, share_one_arena
from tokenhub_cli.repl.output import write_error, write_lines, write_note
from tokenhub_cli.repl.quotes import is_command, strip_quotes
from tokenhub_cli.repl.signals import HangUp
from tokenhub_cli.session import Session

STDIN = 0
SIGNAL_EXIT = 128  # a shell adds this to the number of the signal that ended a program


class Reader(Protocol):
    """A prompt."""

    def read(self, draft: str) -> str:
        """Return the next line; raise EOFError at the end."""

    def take_typeahead(self) -> str:
        """Return what was typed after the last line."""

    def hang_up(self, number: int) -> bool:
        """End the prompt for a signal; return whether it was running."""


def run_chat(
    session: Session,
    conversation: Conversation,
    *,
    files: Sequence[str] = (),
    pictures: Sequence[str] = (),
) -> int:
    """Run the loop on the terminal; return the exit code.

    Args:
        session: Asks.
        conversation: Where to go on; its end is shown if it has turns.
        files: Text files that go with the first question.
        pictures: Pictures that go with the first question.

    Raises:
        InputError: A file or picture cannot be used.
    """
    keyboard = Keyboard(STDIN)
    dialogue = Dialogue(session, conversation, keyboard)
    for path in files:
        add_file(dialogue, path)
    for source in pictures:
        add_picture(dialogue, source)
    try:
        if conversation.turns:
            from tokenhub_cli.repl.tail import format_tail

            write_lines(format_tail(conversation))
        reader = open_reader(dialogue)
        with hang_ups_caught(reader):
            run_loop(dialogue, reader)
    finally:
        keyboard.close()
    return SIGNAL_EXIT + dialogue.signal if dialogue.signal else 0


def open_reader(dialogue: Dialogue) -> Reader:
    """Return the prompt for this terminal."""
    session = dialogue.session
    if is_dumb(session.environ) or session.settings.screen_reader:
        from tokenhub_cli.repl.line import LineReader

        begin_background_work(session)
        return LineReader(dialogue)
    from tokenhub_cli.repl.history import PromptHistory
    from tokenhub_cli.repl.prompt import PromptReader

    settings = session.settings
    is_kept = settings.history and settings.prompt_history
    path = session.paths.prompt_history_file if is_kept else None
    history = PromptHistory(path, dialogue.folds.expand, write_note, session.holds_key)
    return PromptReader(dialogue, history, on_painted=lambda: begin_background_work(session))


def begin_background_work(session: Session) -> None:
    """Do what had to wait for the first prompt: care for memory, and warming up."""
    gc.enable()
    share_one_arena()
    session.warm_up()


def run_loop(dialogue: Dialogue, reader: Reader) -> None:
    """Read and run lines until the user or a signal ends it."""
    dialogue.take_typeahead = reader.take_typeahead
    while not dialogue.is_leaving:
        try:
            text = reader.read(dialogue.take_draft())
            run_text(dialogue, text)
            give_back_memory(is_loaded=dialogue.questions > 0)
            if text.strip() and not dialogue.is_leaving:
                write_gap()
        except KeyboardInterrupt:
            write_note("Ctrl-D or /exit leaves")
        except EOFError:
            return
        except HangUp as reason:
            dialogue.leave(reason.number)


def run_text(dialogue: Dialogue, text: str) -> None:
    """Run one text of the prompt; report what goes wrong, with the text back in the prompt."""
    stripped = text.strip()
    if not stripped:
        return
    try:
        if is_command(stripped):
            run_line(dialogue, stripped)
        else:
            dialogue.ask(strip_quotes(stripped.removeprefix("/")))
    except TokenHubError as error:
        write_error(error)
        dialogue.draft = dialogue.draft or stripped
    except (KeyboardInterrupt, EOFError):
        dialogue.draft = dialogue.draft or stripped
        raise
    except Exception as error:  # noqa: BLE001 - the loop outlives whatever happens in it
        failure = f"unexpected failure: {type(error).__name__}: {error}"
        write_error(TokenHubError(failure, hint="report it; the conversation is kept"))
        dialogue.draft = dialogue.draft or stripped


def write_gap() -> None:
    """Leave a line free above the prompt."""
    write_lines([""])


@contextmanager
def hang_ups_caught(reader: Reader) -> Iterator[None]:
    """Let SIGHUP and SIGTERM end the loop in good order."""

    def leave(number: int, _frame: Any) -> None:
        if not reader.hang_up(number):
            raise HangUp(number)

    names = ("SIGHUP", "SIGTERM")  # there is no SIGHUP on Windows
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    heeded = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    previous = {number: signal.signal(number, leave) for number in heeded}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
