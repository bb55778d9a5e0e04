"""White space where a continuation was joined: what was shown stays, and is not shown again.

Of the continuation's own white space only the line breaks beyond those that were shown are added
(`word⏎⏎` then `word next` shows `next`; `word ` then `word⏎next` shows `⏎next`).
"""


class SpaceAfterSeam:
    """Passes a joined continuation on, without the white space that was shown before it.

    Args:
        shown: The white space that the received text ends with.
    """

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self._pending = ""  # the continuation's white space, as long as it equals the shown one
        self._line_breaks = shown.count("\n")  # still to be skipped once it does not
        self._parted = False
        self._through = not shown

    def pass_on(self, text: str) -> str:
        """Take a piece of what is new; return what of it is to be shown."""
        if self._through:
            return text
        if not self._parted:
            text = self._pending + text
            if self.shown.startswith(text) and text != self.shown:
                self._pending = text
                return ""
            if text.startswith(self.shown):
                self._through = True
                return text[len(self.shown) :]
            self._parted = True
        for index, character in enumerate(text):
            if character == "\n" and self._line_breaks:
                self._line_breaks -= 1
            elif character == "\n" or not character.isspace():
                self._through = True
                return text[index:]
        return ""
