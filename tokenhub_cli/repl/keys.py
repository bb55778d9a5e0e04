"""The prompt's keys, where they differ from prompt_toolkit's own."""

from typing import Protocol

from prompt_toolkit.application import get_app, run_in_terminal
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import Condition, Filter, has_focus, is_searching
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from tokenhub_cli.errors import TokenHubError
from tokenhub_cli.repl.dialogue import Dialogue
from tokenhub_cli.repl.editor import edit_text
from tokenhub_cli.repl.quotes import is_command, is_quote_open

INTERRUPT_HINT = "Ctrl-D or /exit leaves"


class MessageLine(Protocol):
    """Where a key's message is shown."""

    message: str


def build_key_bindings(line: MessageLine, dialogue: Dialogue, *, enter_sends: bool) -> KeyBindings:
    """Return the keys.

    Args:
        line: Shows what a key has to say.
        dialogue: Whose state keys change.
        enter_sends: Whether Enter sends and Alt-Enter makes a line, or the other way round.
    """
    keys = KeyBindings()
    is_editing = has_focus(DEFAULT_BUFFER) & ~is_searching
    _bind_enter(keys, dialogue, is_editing, enter_sends=enter_sends)
    _bind_pastes(keys, dialogue, is_editing)

    @keys.add("c-c", filter=is_editing)
    @keys.add("<sigint>", filter=is_editing)
    def _(event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            line.message = INTERRUPT_HINT

    def edit(event: KeyPressEvent) -> None:
        event.app.create_background_task(_edit(event.current_buffer, line, dialogue))

    keys.add("c-g", filter=is_editing)(edit)
    keys.add("c-x", "c-e", filter=is_editing)(edit)
    return keys


def _bind_enter(
    keys: KeyBindings, dialogue: Dialogue, is_editing: Filter, *, enter_sends: bool
) -> None:
    @keys.add("enter", filter=is_editing)
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        is_line = is_command(buffer.text) and "\n" not in buffer.text
        sends = is_line or (enter_sends and not dialogue.is_multiline)
        if sends and not is_quote_open(buffer.text):
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n")

    @keys.add("escape", "enter", filter=is_editing)
    def _(event: KeyPressEvent) -> None:
        if enter_sends and not dialogue.is_multiline:
            event.current_buffer.insert_text("\n")
        else:
            event.current_buffer.validate_and_handle()

    @keys.add("c-j", filter=is_editing)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")


def _bind_pastes(keys: KeyBindings, dialogue: Dialogue, is_editing: Filter) -> None:
    @keys.add(Keys.BracketedPaste, filter=is_editing)
    def _(event: KeyPressEvent) -> None:
        text = event.data.replace("\r\n", "\n").replace("\r", "\n")
        event.current_buffer.insert_text(dialogue.folds.fold(text))

    is_after_fold = Condition(lambda: _measure_fold(dialogue) > 0)

    @keys.add("backspace", filter=is_editing & is_after_fold)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.delete_before_cursor(_measure_fold(dialogue))


def _measure_fold(dialogue: Dialogue) -> int:
    return dialogue.folds.measure_end(get_app().current_buffer.document.text_before_cursor)


async def _edit(buffer: Buffer, line: MessageLine, dialogue: Dialogue) -> None:
    text = dialogue.folds.expand(buffer.text)

    def run() -> str:
        with dialogue.keyboard.lent():
            return edit_text(text, dialogue.session.environ)

    try:
        edited = await run_in_terminal(run)
    except TokenHubError as error:
        line.message = f"error: {error.message}"
        return
    buffer.text = dialogue.folds.fold_again(edited)
    buffer.cursor_position = len(buffer.text)
