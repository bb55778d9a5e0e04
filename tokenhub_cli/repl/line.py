"""The prompt of dumb terminals and screen readers: plain lines, no keys of our own or repainting.

A text cannot be put into such a prompt to be edited; what waits there is named, and an empty line
sends it.
"""

from tokenhub_cli.repl.dialogue import Dialogue
from tokenhub_cli.repl.output import write_note
from tokenhub_cli.repl.quotes import is_quote_open

PROMPT = "> "
HINT = 'the prompt takes plain lines; """ begins and ends a text of many lines'
SHOWN = 60  # characters of what waits


class LineReader:
    """Reads questions by `input`.

    Args:
        dialogue: Whose keyboard is used.
    """

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue
        self._has_hinted = False

    def read(self, draft: str) -> str:
        """Return the next question or command.

        Args:
            draft: What an empty line stands for.

        Raises:
            EOFError: Ctrl-D on an empty line, or the terminal is gone.
            KeyboardInterrupt: Ctrl-C.
        """
        if not self._has_hinted:
            self._has_hinted = True
            write_note(HINT)
        if draft.strip():
            shown = " ".join(draft.split())
            cut = shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}…"
            write_note(f"an empty line sends `{cut}`")
        with self._dialogue.keyboard.lent():
            text = input(PROMPT)
            while is_quote_open(text):
                text += f"\n{input('. ')}"
        return text if text.strip() else draft

    def take_typeahead(self) -> str:
        """Return an empty string: the terminal itself keeps what is typed ahead."""
        return ""

    def hang_up(self, _number: int) -> bool:
        """Return False: the signal's handler has to end `input`."""
        return False
