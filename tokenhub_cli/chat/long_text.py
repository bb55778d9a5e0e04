"""A long text at less than its own size: in blocks, each packed by itself.

An answer may be as long as it likes, and hardly anything needs all of it at once: a pipe has had
every piece of it already, and history takes it in pieces. So what grows beyond a block is held
packed, and is a `str` again only for those who ask for one. An ordinary answer is a `str` as ever.
"""

import zlib
from collections.abc import Iterator

BLOCK_LENGTH = 1 << 14  # characters

# The fastest level, and a small window: prose packs to a half, at 20 ms a megabyte, with 64 KiB of
# memory for the packing instead of 256.
LEVEL, WINDOW_BITS, MEMORY_LEVEL = 1, 13, 6


class LongText:
    """A text that is read block by block, or whole by `str()`; it never changes.

    Args:
        blocks: What `pack_block` made of its parts, in order.
        length: Its length in characters.
    """

    __slots__ = ("_blocks", "_length")

    def __init__(self, blocks: tuple[bytes, ...], length: int) -> None:
        self._blocks = blocks
        self._length = length

    def read_blocks(self) -> Iterator[str]:
        """Yield its parts in order."""
        for block in self._blocks:
            yield zlib.decompress(block, WINDOW_BITS).decode("utf-8", "surrogatepass")

    def __len__(self) -> int:
        return self._length

    def __str__(self) -> str:
        # Grown in place, as CPython does with a local variable: joined, it would be there twice.
        text = ""
        for block in self.read_blocks():
            text += block
        return text

    def __repr__(self) -> str:
        return f"<{self._length} characters>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, str | LongText):
            return NotImplemented
        return len(self) == len(other) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


Text = str | LongText


def pack_block(text: str) -> bytes:
    """Return a part of a text packed; halves of surrogate pairs are taken as they are."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, WINDOW_BITS, MEMORY_LEVEL)
    return packer.compress(text.encode("utf-8", "surrogatepass")) + packer.flush()


def read_blocks(text: Text) -> Iterator[str]:
    """Yield the parts of a text in order, of an empty text one; none is longer than a block."""
    if isinstance(text, str):
        for start in range(0, len(text) or 1, BLOCK_LENGTH):
            yield text[start : start + BLOCK_LENGTH]
    else:
        yield from text.read_blocks()
