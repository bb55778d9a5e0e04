"""What every reader of another program's conversations gives: lines, with ids of our own."""

from dataclasses import dataclass

from tokenhub_cli.chat.conversation import Conversation
from tokenhub_cli.store.ids import new_id


@dataclass(frozen=True, slots=True)
class ImportedLine:
    """One line of an imported conversation; the active one comes before its other branches.

    `updated_at` is in seconds since 1970.
    """

    conversation: Conversation
    updated_at: float
    active: bool = True


def build_id(foreign: str, created_at: float) -> str:
    """Return our id for something that has another program's id."""
    import hashlib

    return new_id(created_at, hashlib.sha256(foreign.encode("utf-8", "replace")).digest()[:4])
