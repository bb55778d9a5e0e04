"""A text that grows at its end and costs its own size, once.

Everything else that collects text in Python holds it twice at the end: a list beside what it is
joined to, `io.StringIO` beside what `getvalue` gives out. `text += piece` does not, where `text` is
a local variable that nothing else refers to: CPython then grows it in place. So here it is the
local variable of a generator. Where an interpreter copies instead, it does so once in a while.
"""

import threading
from collections.abc import Generator

PENDING_CHARACTERS = 1 << 17


class GrowingText:
    """A growing text; it may be read from another thread.

    Args:
        text: What it begins with.
    """

    def __init__(self, text: str = "") -> None:
        self._pending: list[str] = []
        self._pending_length = 0
        self._lock = threading.Lock()
        self._grower = _grow(text)
        next(self._grower)
        self.length = len(text)

    def append(self, piece: str) -> None:
        """Add a piece at the end."""
        with self._lock:
            self.length += len(piece)
            self._pending.append(piece)
            self._pending_length += len(piece)
            if self._pending_length >= PENDING_CHARACTERS:
                self._settle()

    def read(self) -> str:
        """Return all of it. As long as that is referred to, the next piece costs a copy."""
        with self._lock:
            self._settle()
            return self._grower.send(None)

    def _settle(self) -> None:
        self._grower.send("".join(self._pending))
        self._pending.clear()
        self._pending_length = 0


def _grow(text: str) -> Generator[str, str | None, None]:
    """Append what is sent; give the text out when None is."""
    answer = ""
    while True:
        piece = yield answer
        answer = ""  # no second reference while the text grows
        if piece is None:
            answer = text
        else:
            text += piece
