r"""The answer in flight: every piece is on disk before it is shown.

A spool is one file for one answer. Its rules:

1. A piece is one `os.write`, without fsync: it outlives the process, `kill -9` included, as soon as
   the call returns. It costs a few microseconds.
2. There is never a hole. What a full disk did not take waits in memory and goes first when there
   is room again.
3. Nothing here raises. A spool that cannot be written says so once, through what `append` returns,
   and the answer goes on.
4. The writer holds the file's lock (`store/lock.py`) as long as it lives. A spool whose lock is
   free is an orphan; `store/orphans.py` finds and reads it.
5. Only the owner can read it: file 0600, directory 0700. A key is never in it.

The file begins with a line of JSON, the header. Each record after it is a letter (`t` text, `r`
reasoning, `n` the first reasoning of a new attempt, `e` end), the payload's length in bytes, `:`,
the payload in UTF-8 and a newline, as in `t5:Hello\n`. A file cut at any byte can be read up to the
last whole code point.
"""

import json
import os
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tokenhub_cli.chat.conversation import AnswerStatus, Conversation, Turn
from tokenhub_cli.chat.turns import Turns
from tokenhub_cli.private_files import make_directories
from tokenhub_cli.store.lock import lock_file
from tokenhub_cli.store.rows import decode_message, encode_message
from tokenhub_cli.wire.origin import build_origin

FORMAT_VERSION = 1
SUFFIX = ".spool"
RETRY_BYTES = 65_536  # how many more bytes must wait before a full disk is tried again


@dataclass(frozen=True, slots=True)
class SpoolHeader:
    """What must be known to keep or to resume an answer after its process has ended.

    `question` is a message as `encode_message` of `store/rows.py` writes it. `origin` is scheme,
    host and port of the gateway. `started_at` is in seconds since 1970.
    """

    conversation: str
    turn: str
    started_at: float
    model: str
    question: Any
    parent: str = ""
    origin: str = ""
    system: str = ""
    title: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    process: int = 0

    def build_conversation(self) -> Conversation:
        """Return the conversation with the open turn alone; earlier turns are in history."""
        turn = Turn(
            id=self.turn,
            question=decode_message(self.question),
            parent=self.parent,
            model=self.model,
            options=self.options,
        )
        return Conversation(self.conversation, self.system, self.title, Turns((turn,)))


class Spool:
    """Writes one answer's spool; made by `open_spool`."""

    def __init__(
        self, path: Path, descriptor: int, header: bytes = b"", *, failure: str = ""
    ) -> None:
        self.path = path
        self._descriptor = descriptor  # negative: there is no file
        self._failure = failure  # said by the next append, once
        self._waiting = bytearray()  # what the disk did not take so far
        self._try_at = 0  # how much must wait before the disk is tried again
        self._is_muted = False
        self._has_failed = bool(failure)
        # A reading thread that was left behind may still append while the main thread closes.
        self._lock = threading.Lock()
        if header:
            self._put(header)

    def append(self, text: str) -> str:
        """Put a piece of the answer on disk; to be called before the piece is shown.

        Returns:
            An empty string, or, the first time that the disk does not take it, one sentence for
            the user. The answer is to go on in either case.
        """
        return self._write(b"t", text)

    def append_reasoning(self, text: str, *, anew: bool = False) -> str:
        """Put a piece of the model's thinking on disk; returns what `append` returns.

        Args:
            text: The piece.
            anew: The model thinks all over again: what came of its thinking before is void.
        """
        return self._write(b"n" if anew else b"r", text)

    def mute(self) -> None:
        """Say nothing of failures any more: the user knows."""
        self._is_muted = True

    @property
    def has_warned(self) -> bool:
        """Whether `append` has said that the answer may not be kept."""
        return self._has_failed and not (self._failure or self._is_muted)

    def close(self, *, keep: bool, status: AnswerStatus | None = None) -> None:
        """End the spool.

        Args:
            keep: Leave the file for the next start to find, because history could not take the
                answer. Otherwise it is removed; call this after the answer is in history.
            status: How the answer ended, to be recorded in a file that is kept.
        """
        if keep and status is not None:
            self._write(b"e", status.value)
        with self._lock:
            if self._descriptor < 0:
                return
            if keep:
                self._flush()
            remove_open_file(self.path, self._descriptor, keep=keep)
            self._descriptor = -1

    def _write(self, kind: bytes, text: str) -> str:
        # Half of a surrogate pair may come alone from a gateway; it must not stop the answer.
        payload = text.encode("utf-8", "surrogatepass")
        with self._lock:
            if self._descriptor >= 0:
                self._put(b"%b%d:%b\n" % (kind, len(payload), payload))
            failure, self._failure = self._failure, ""
        return "" if self._is_muted else failure

    def _put(self, record: bytes) -> None:
        if self._waiting:
            self._waiting += record
            if len(self._waiting) >= self._try_at:
                self._flush()
            return
        try:
            written = os.write(self._descriptor, record)
        except OSError as error:
            self._wait(record, error)
        else:
            if written < len(record):
                self._waiting += record[written:]
                self._flush()

    def _flush(self) -> None:
        """Try to write what waits, until it is all on disk or the disk refuses."""
        while self._waiting:
            try:
                written = os.write(self._descriptor, self._waiting)
            except OSError as error:
                self._wait(b"", error)
                return
            del self._waiting[:written]

    def _wait(self, record: bytes, error: OSError) -> None:
        self._waiting += record
        if not self._try_at:
            self._failure = describe_failure(error)
            self._has_failed = True
        self._try_at = len(self._waiting) + RETRY_BYTES


class NoSpool:
    """Keeps nothing: for an answer that is not to be kept (`--no-save`)."""

    has_warned = False

    def append(self, _text: str) -> str:
        """Return an empty string."""
        return ""

    def append_reasoning(self, _text: str, *, anew: bool = False) -> str:  # noqa: ARG002 - as Spool
        """Return an empty string."""
        return ""

    def close(self, *, keep: bool, status: AnswerStatus | None = None) -> None:
        """Do nothing."""


def open_spool(directory: Path, header: SpoolHeader) -> Spool:
    """Begin a spool in `directory`, which is made if it is not there.

    Never raises: if the file cannot be made, the first `append` of the spool says so.
    """
    try:
        return _open_spool(directory, header)
    except OSError as error:
        return Spool(directory, -1, failure=describe_failure(error))


def build_header(conversation: Conversation, *, started_at: float, base_url: str) -> SpoolHeader:
    """Return the header for the answer to the last turn of `conversation`.

    Args:
        conversation: The line of turns as it is sent, the open turn last.
        started_at: Seconds since 1970.
        base_url: Where it is sent; only scheme, host and port of it are kept.
    """
    turn = conversation.turns[-1]
    return SpoolHeader(
        conversation=conversation.id,
        turn=turn.id,
        started_at=started_at,
        model=turn.model,
        question=encode_message(turn.question),
        parent=turn.parent,
        origin=build_origin(base_url),
        system=conversation.system,
        title=conversation.title,
        options=turn.options,
    )


def describe_failure(error: OSError) -> str:
    """Return the sentence for the user when an answer cannot be spooled."""
    reason = error.strerror or type(error).__name__
    return f"the answer is not safe from a crash, and may not be kept: {reason}"


def remove_open_file(path: Path, descriptor: int, *, keep: bool) -> None:
    """Close a locked file and, unless it is to be kept, remove it before its lock is free."""
    if keep:
        os.close(descriptor)
        return
    try:
        if sys.platform == "win32":
            # An open file cannot be removed there; an empty one is no orphan.
            os.ftruncate(descriptor, 0)
            os.close(descriptor)
            path.unlink()
        else:
            path.unlink()
            os.close(descriptor)
    except OSError:
        # Gone already, or not removable: an orphan whose turn is in history is dropped at the
        # next start, so nothing is lost and nothing doubled.
        return


def encode_header(header: SpoolHeader) -> bytes:
    """Return the first line of a spool."""
    fields = {name: getattr(header, name) for name in SpoolHeader.__slots__}
    return json.dumps({"v": FORMAT_VERSION, **fields}).encode() + b"\n"


def _open_spool(directory: Path, header: SpoolHeader) -> Spool:
    make_directories(directory)
    if sys.platform != "win32" and directory.stat().st_mode & 0o077:
        directory.chmod(0o700)
    path = directory / f"{header.turn}-{os.urandom(4).hex()}{SUFFIX}"
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        # Whoever looks for orphans may hold a new file's lock for an instant; it leaves files
        # without a header alone.
        lock_file(descriptor, wait=True)
    except OSError:
        remove_open_file(path, descriptor, keep=False)
        raise
    return Spool(path, descriptor, encode_header(replace(header, process=os.getpid())))
