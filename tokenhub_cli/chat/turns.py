"""The turns of a conversation, oldest first: a sequence that shares what its copies have in common.

A long conversation is held by people who leave it open all day, so all but the newest turns are
packed (`chat/packing.py`).
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from tokenhub_cli.chat.conversation import Turn
    from tokenhub_cli.chat.packing import PackedTurns, Put

BATCH = 16  # turns that are packed together: more of them get smaller, but take longer to look into


class Turns(Sequence["Turn"]):
    """An immutable sequence of turns; the newest ones, the last at least, are not packed.

    After `append` these are two at least: the last turn is replaced when its answer is there, and
    nothing is to be unpacked for that.

    Args:
        turns: The turns; nothing is packed before the first `append`.
        put: Puts packed turns somewhere; None for memory.
    """

    __slots__ = ("_put", "loose", "packed")

    def __init__(self, turns: "Iterable[Turn]" = (), put: "Put | None" = None) -> None:
        self.packed: tuple[PackedTurns, ...] = ()  # of `BATCH` turns each
        self.loose = tuple(turns)
        self._put = put

    def append(self, turn: "Turn") -> "Turns":
        """Return the turns with one more at their end."""
        packed, loose = list(self.packed), (*self.loose, turn)
        while len(loose) > BATCH + 1:
            from tokenhub_cli.chat.packing import PackedTurns, hold

            packed.append(PackedTurns(loose[:BATCH], self._put or hold))
            loose = loose[BATCH:]
        return self._build(packed, loose)

    def take(self, count: int) -> "Turns":
        """Return the first `count` turns, or none if that is negative."""
        if count <= 0:
            return self._build((), ())
        batches = (count - 1) // BATCH
        loose = self.packed[batches].unpack() if batches < len(self.packed) else self.loose
        packed = self.packed[:batches]
        return self._build(packed, loose[: count - BATCH * len(packed)])

    def __len__(self) -> int:
        return BATCH * len(self.packed) + len(self.loose)

    def __iter__(self) -> "Iterator[Turn]":
        unpacked = (batch.unpack() for batch in self.packed)
        return chain(chain.from_iterable(unpacked), self.loose)

    @overload
    def __getitem__(self, index: int) -> "Turn": ...
    @overload
    def __getitem__(self, index: slice) -> "tuple[Turn, ...]": ...
    def __getitem__(self, index: int | slice) -> "Turn | tuple[Turn, ...]":
        if isinstance(index, slice):
            return tuple(self)[index]
        batch, offset = divmod(range(len(self))[index], BATCH)
        if batch < len(self.packed):
            return self.packed[batch].unpack()[offset]
        return self.loose[offset + BATCH * (batch - len(self.packed))]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Turns({list(self)!r})"

    def _build(self, packed: "Sequence[PackedTurns]", loose: "tuple[Turn, ...]") -> "Turns":
        turns = Turns(loose, self._put)
        turns.packed = tuple(packed)
        return turns
