"""Answers whose process is gone: found, read, kept by the caller, then removed.

The free lock of a spool is the proof that its writer has ended. While an `Orphan` is open this
process holds that lock, so that of two programs that start at once only one keeps the answer.
"""

import json
import os
import sys
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tokenhub_cli.chat.conversation import Answer, AnswerStatus, Interruption
from tokenhub_cli.store.lock import lock_file
from tokenhub_cli.store.spool import FORMAT_VERSION, SUFFIX, SpoolHeader, remove_open_file

# A file without a header is being made, or its writer died before any piece was shown.
HEADERLESS_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class SpooledAnswer:
    """What a spool holds: its header and as much of the answer as was shown.

    `status` is set only if the writer ended in good order but history could not take the answer.
    """

    header: SpoolHeader
    text: str = ""
    reasoning: str = ""
    status: AnswerStatus | None = None

    def build_answer(self) -> Answer:
        """Return it as an answer: incomplete, and interrupted at its end, unless it had ended."""
        interruptions = () if self.status else (Interruption(len(self.text), "the program ended"),)
        return Answer(
            text=self.text,
            reasoning=self.reasoning,
            status=self.status or AnswerStatus.INCOMPLETE,
            model=self.header.model,
            interruptions=interruptions,
        )


class Orphan:
    """A spool that this process has taken over, until `close`."""

    def __init__(self, path: Path, descriptor: int, content: SpooledAnswer) -> None:
        self.path = path
        self.content = content
        self._descriptor = descriptor

    def close(self, *, keep: bool) -> None:
        """Let the orphan go: for the next start (`keep`), or for ever, once it is in history."""
        if self._descriptor >= 0:
            remove_open_file(self.path, self._descriptor, keep=keep)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close(keep=True)


def find_orphans(directory: Path) -> Generator[Orphan, None, None]:
    """Yield the spools in `directory` whose process is gone, oldest first.

    The caller keeps each answer in history and then calls `close(keep=False)`. One that is not
    closed so stays for the next start. A spool that cannot be opened or read is left alone.
    """
    try:
        paths = sorted(path for path in directory.iterdir() if path.suffix == SUFFIX)
    except OSError:
        return
    for path in paths:
        orphan = _take_orphan(path)
        if orphan is not None:
            with orphan:
                yield orphan


def is_under_way(directory: Path, turn: str) -> bool:
    """Tell whether a process that lives is writing the answer to the turn of that id."""
    for path in directory.glob(f"{turn}-*{SUFFIX}"):
        try:
            descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        except OSError:
            continue
        try:
            if not lock_file(descriptor, wait=False):
                return True
        except OSError:
            continue
        finally:
            os.close(descriptor)
    return False


def decode_spool(data: bytes) -> SpooledAnswer | None:
    """Return what a spool holds, up to the last whole code point if it was cut.

    None means that it has no whole header, or that of a later version of this program.
    """
    line, newline, _ = data.partition(b"\n")
    header = _decode_header(line) if newline else None
    if header is None:
        return None
    pieces: dict[bytes, list[bytes]] = {b"t": [], b"r": [], b"e": []}
    for kind, payload in _split_records(data, len(line) + 1):
        if kind == b"n":
            pieces[b"r"] = [payload]
        else:
            pieces.get(kind, []).append(payload)
    ended = b"".join(pieces[b"e"]).decode("utf-8", "ignore")
    return SpooledAnswer(
        header=header,
        text=_decode_text(pieces[b"t"]),
        reasoning=_decode_text(pieces[b"r"]),
        status=AnswerStatus(ended) if ended in set(AnswerStatus) else None,
    )


def _split_records(data: bytes, start: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and payload of each record; the last one may be short of its length."""
    while True:
        colon = data.find(b":", start, start + 22)
        digits = data[start + 1 : colon]
        if colon < 0 or not digits.isdigit():
            return
        end = colon + 1 + int(digits)
        yield data[start : start + 1], data[colon + 1 : end]
        if data[end : end + 1] != b"\n":
            return
        start = end + 1


def _decode_text(pieces: list[bytes]) -> str:
    """Join pieces; only the last of them can end within a code point."""
    data = b"".join(pieces)
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        return data[: error.start].decode("utf-8", "surrogatepass")


def _decode_header(line: bytes) -> SpoolHeader | None:
    try:
        fields: dict[str, Any] = json.loads(line)
        if fields.pop("v") != FORMAT_VERSION:
            return None
        return SpoolHeader(**fields)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _take_orphan(path: Path) -> Orphan | None:
    """Return the orphan at `path` with its lock held, or None if it is none or not readable."""
    try:
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    except OSError:
        return None
    try:
        if not lock_file(descriptor, wait=False):
            os.close(descriptor)
            return None
        status = os.fstat(descriptor)
        if sys.platform != "win32" and status.st_nlink == 0:  # another start was faster
            os.close(descriptor)
            return None
        data = _read_all(descriptor)
    except OSError:
        os.close(descriptor)
        return None
    content = decode_spool(data)
    if content is None:
        litter = b"\n" not in data and time.time() - status.st_mtime > HEADERLESS_SECONDS
        remove_open_file(path, descriptor, keep=not litter)
        return None
    return Orphan(path, descriptor, content)


def _read_all(descriptor: int) -> bytes:
    with os.fdopen(os.dup(descriptor), "rb") as file:
        return file.read()
