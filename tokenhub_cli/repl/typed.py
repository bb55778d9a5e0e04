"""What was typed while no prompt was there, as the text that a prompt would have made of it.

Nothing typed ahead is ever sent by itself: Enter, whether typed or pasted, is a line end here.
"""

from collections.abc import Sequence

from prompt_toolkit.input.vt100_parser import Vt100Parser
from prompt_toolkit.key_binding import KeyPress
from prompt_toolkit.keys import Keys

_ERASING = frozenset({"\x7f", "\x08"})


def decode_typed(data: bytes) -> str:
    """Return the text that raw terminal input stands for.

    Backspace, Ctrl-W and Ctrl-U erase; other keys and control characters are dropped; line ends
    at the end go.

    Args:
        data: As read from a terminal that neither echoes nor edits.
    """
    presses: list[KeyPress] = []
    parser = Vt100Parser(presses.append)
    parser.feed_and_flush(data.decode("utf-8", "replace").replace("\r\n", "\r"))
    return join_presses(presses)


def join_presses(presses: Sequence[KeyPress]) -> str:
    """Return the text that a prompt would hold after these keys."""
    text = ""
    for press in presses:
        key, data = press.key, press.data
        if key is Keys.BracketedPaste:
            text += data.replace("\r\n", "\n").replace("\r", "\n")
        elif key in (Keys.ControlM, Keys.ControlJ):
            text += "\n"
        elif key is Keys.ControlI:
            text += "\t"
        elif data in _ERASING:
            text = text[:-1]
        elif key is Keys.ControlU:
            text = text[: text.rfind("\n") + 1]
        elif key is Keys.ControlW:
            stem = text.rstrip(" ")
            text = stem[: max(stem.rfind(" "), stem.rfind("\n")) + 1]
        elif len(data) == 1 and data.isprintable():
            text += data
    return text.rstrip("\n")
