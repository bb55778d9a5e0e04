"""A text that grows at its end, and is packed block by block as it does."""

import io
import threading

from tokenhub_cli.chat.long_text import BLOCK_LENGTH, LongText, Text, pack_block, read_blocks


class GrowingText:
    """A growing text; it may be read from another thread.

    Args:
        text: What it begins with.
    """

    def __init__(self, text: Text = "") -> None:
        self._blocks: list[bytes] = []
        self._tail = io.StringIO()
        self._lock = threading.Lock()
        self.length = 0
        for block in read_blocks(text):
            self.append(block)

    def append(self, piece: str) -> None:
        """Add a piece at the end."""
        with self._lock:
            self.length += len(piece)
            self._tail.write(piece)
            if self._tail.tell() >= BLOCK_LENGTH:
                self._pack_tail()

    def read(self) -> Text:
        """Return all of it."""
        with self._lock:
            tail = self._tail.getvalue()
            if not self._blocks:
                return tail
            return LongText((*self._blocks, pack_block(tail)), self.length)

    def _pack_tail(self) -> None:
        tail = self._tail.getvalue()
        self._tail = io.StringIO()
        for start in range(0, len(tail), BLOCK_LENGTH):
            self._blocks.append(pack_block(tail[start : start + BLOCK_LENGTH]))
