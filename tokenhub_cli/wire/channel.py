"""One channel of a stream's words, the answer's or the thinking's, as one running text.

A channel puts together what gateways take apart (a surrogate pair split over two chunks) and knows
what it has carried, well enough to recognise a gateway that sends it again as a whole. It keeps the
text's length and opening only, not the text: an answer may be hundreds of megabytes.
"""

_OPENING_SIZE = 1024

# A last piece that equals everything before it is a repetition unless it is plausible as a piece.
_MIN_REPEAT = 4
_MIN_REPEAT_OF_ONE_PIECE = 24


class Channel:
    """The running text of one channel."""

    __slots__ = ("_count", "_held", "_length", "_opening")

    def __init__(self) -> None:
        self._length = 0
        self._opening = ""
        self._count = 0
        self._held = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing has come yet."""
        return not self._count

    @property
    def is_holding(self) -> bool:
        """Whether the first half of a surrogate pair waits for the second."""
        return bool(self._held)

    def feed(self, text: str) -> str:
        """Return `text` as valid Unicode, with what was held before it, and note it as carried.

        A high surrogate at the end is held for the next piece; any other lone surrogate becomes
        U+FFFD.
        """
        if self._held or not _is_unicode(text):
            text = self._held + text
            self._held = ""
            if "\ud800" <= text[-1:] <= "\udbff":
                text, self._held = text[:-1], text[-1]
            text = replace_surrogates(text)
        self.note(text, 1)
        return text

    def note(self, text: str, count: int) -> None:
        """Note as carried a valid text that came in `count` pieces, none of them empty."""
        if not text:
            return
        if self._length < _OPENING_SIZE:
            self._opening = (self._opening + text)[:_OPENING_SIZE]
        self._length += len(text)
        self._count += count

    def finish(self, *, is_cut: bool) -> str:
        """Return what is still held: U+FFFD, or nothing if a cut took the second half."""
        held, self._held = self._held, ""
        if not held or is_cut:
            return ""
        self.note("\ufffd", 1)
        return "\ufffd"

    def is_repetition(self, text: str) -> bool:
        """Tell whether a last piece is all the text over again.

        In "ha", "ha" the second piece is more likely new, so a short text must have come in
        several pieces, each of which the repetition then joins. Beyond its first 1024 characters a
        text is compared by its length alone.
        """
        enough = _MIN_REPEAT if self._count > 1 else _MIN_REPEAT_OF_ONE_PIECE
        return len(text) == self._length >= enough and text.startswith(self._opening)

    def find_rest(self, whole: str) -> str | None:
        """Return what a cumulative `whole` adds to the text, or None if it does not contain it."""
        if len(whole) < self._length or not whole.startswith(self._opening):
            return None
        return whole[self._length :]


def replace_surrogates(text: str) -> str:
    """Return `text` with surrogate pairs joined and lone surrogates replaced by U+FFFD."""
    if _is_unicode(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _is_unicode(text: str) -> bool:
    """Tell whether `text` holds no surrogates, so that it can be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
