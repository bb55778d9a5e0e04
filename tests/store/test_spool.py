"""The answer in flight, as it is written."""

import errno
import json
import math
import os
import stat
import sys
import time
from pathlib import Path

import pytest

from tests.store.values import build_conversation
from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.store import spool as spool_module
from tokenhub_cli.store.orphans import SpooledAnswer, decode_spool
from tokenhub_cli.store.spool import (
    NoSpool,
    Spool,
    build_header,
    encode_header,
    open_spool,
)

HEADER = build_header(
    build_conversation(1), started_at=1_795_000_000.5, base_url="https://me:pw@host.example:8/v1"
)


def read_spool(spool: Spool) -> SpooledAnswer:
    content = decode_spool(spool.path.read_bytes())
    assert content is not None
    return content


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    """An open spool in a directory that was not there before."""
    return open_spool(tmp_path / "state" / "spool", HEADER)


def test_a_piece_is_on_disk_when_append_returns(spool: Spool) -> None:
    """Each piece can be read from the file as soon as `append` returns, while the writer lives."""
    text = ""
    for piece in ["Hel", "lo ", "wörld", " 😀", "\n1:2\nt5:x"]:
        assert spool.append(piece) == ""
        text += piece
        assert read_spool(spool).text == text
    spool.close(keep=False)


def test_text_and_reasoning_stay_apart(spool: Spool) -> None:
    """Text and reasoning come back each by itself, in order."""
    spool.append_reasoning("hm, ")
    spool.append("A")
    spool.append_reasoning("yes")
    spool.append("B")
    content = read_spool(spool)
    assert (content.text, content.reasoning) == ("AB", "hm, yes")
    spool.close(keep=False)


def test_thinking_that_begins_anew_takes_the_place_of_what_came_before(spool: Spool) -> None:
    """An attempt that failed before any text has left thoughts that the next one thinks again."""
    spool.append_reasoning("hm, ")
    spool.append_reasoning("", anew=True)
    assert read_spool(spool).reasoning == ""
    spool.append_reasoning("hm, ")
    spool.append_reasoning("yes")
    assert read_spool(spool).reasoning == "hm, yes"
    spool.append_reasoning("no", anew=True)
    assert read_spool(spool).reasoning == "no"
    spool.close(keep=False)


def test_a_clean_end_removes_the_file(spool: Spool) -> None:
    """After `close(keep=False)` nothing of the answer is left in the directory."""
    spool.append("x")
    spool.close(keep=False)
    spool.close(keep=False)
    assert list(spool.path.parent.iterdir()) == []


def test_a_kept_spool_records_its_end(spool: Spool) -> None:
    """`close(keep=True)` leaves the file, with the status that the answer ended with."""
    spool.append("x")
    spool.close(keep=True, status=AnswerStatus.COMPLETE)
    assert read_spool(spool).status is AnswerStatus.COMPLETE
    assert spool.append("y") == ""
    assert read_spool(spool).text == "x"


def test_the_header_says_what_a_resume_needs_and_never_a_secret(spool: Spool) -> None:
    """The first line is JSON with the turn, its model, options and origin, without user info."""
    fields = json.loads(spool.path.read_bytes().partition(b"\n")[0])
    assert fields["v"] == 1
    assert fields["process"] == os.getpid()
    assert fields["origin"] == "https://host.example:8"
    assert "pw" not in json.dumps(fields)
    header = read_spool(spool).header
    assert (header.conversation, header.turn, header.system) == (
        "c0nv00000001",
        "turn00001000",
        "Be brief.",
    )
    assert header.options == {"temperature": 0.2, "stop": ["\n"]}
    spool.close(keep=False)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
def test_only_the_owner_can_read_a_spool(spool: Spool) -> None:
    """The file has mode 0600 and its directory 0700, whatever the umask."""
    assert stat.S_IMODE(spool.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(spool.path.parent.stat().st_mode) == 0o700
    spool.path.parent.chmod(0o755)
    open_spool(spool.path.parent, HEADER).close(keep=False)
    assert stat.S_IMODE(spool.path.parent.stat().st_mode) == 0o700
    spool.close(keep=False)


def test_two_spools_of_one_turn_have_two_files(tmp_path: Path) -> None:
    """Two processes that answer the same turn write to two files."""
    first, second = open_spool(tmp_path, HEADER), open_spool(tmp_path, HEADER)
    assert first.path != second.path
    first.close(keep=False)
    assert second.path.exists()
    second.close(keep=False)


def test_an_unusable_directory_is_said_once_and_stops_nothing(tmp_path: Path) -> None:
    """Where no file can be made, the first append returns one sentence and the others nothing."""
    (tmp_path / "file").touch()
    spool = open_spool(tmp_path / "file" / "spool", HEADER)
    assert "is not safe from a crash" in spool.append("a")
    assert spool.append("b") == ""
    assert spool.append_reasoning("c") == ""
    spool.close(keep=True, status=AnswerStatus.COMPLETE)


def test_a_full_disk_is_said_once_and_leaves_no_hole(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a full disk refused is written before anything else once there is room again."""
    room = 3
    write = os.write

    def write_little(descriptor: int, data: bytes) -> int:
        nonlocal room
        if room <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = write(descriptor, data[:room])
        room -= written
        return written

    monkeypatch.setattr(os, "write", write_little)
    monkeypatch.setattr(spool_module, "RETRY_BYTES", 20)
    notices = [spool.append(f"piece {number}, ") for number in range(10)]
    assert [notice for notice in notices if notice] == [
        "the answer is not safe from a crash, and may not be kept: No space left on device"
    ]
    assert read_spool(spool).text == ""
    room = 1_000_000
    for number in range(10, 20):
        assert spool.append(f"piece {number}, ") == ""
    spool.close(keep=True)
    assert read_spool(spool).text == "".join(f"piece {number}, " for number in range(20))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no RLIMIT_FSIZE")
def test_a_limit_of_the_system_is_met_like_a_full_disk(tmp_path: Path) -> None:
    """A real refusal to write (RLIMIT_FSIZE) is said once; what fitted can be read."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    spool = open_spool(tmp_path, HEADER)
    size = spool.path.stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, before[1]))
    try:
        notices = [spool.append("0123456789") for _ in range(20)]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert len([notice for notice in notices if notice]) == 1
    assert len(spool.path.read_bytes()) == size + 100
    assert ("0123456789" * 20).startswith(read_spool(spool).text)
    spool.close(keep=True)
    assert read_spool(spool).text == "0123456789" * 20


def test_half_a_surrogate_pair_does_not_stop_the_answer(spool: Spool) -> None:
    """Pieces that end within a surrogate pair come back as they were."""
    spool.append("a\ud83d")
    spool.append("\ude42b")
    assert read_spool(spool).text == "a\ud83d\ude42b"
    spool.close(keep=False)


def test_a_spool_cut_at_any_byte_gives_a_prefix() -> None:
    """A file cut at any byte gives text and reasoning up to the last whole code point."""
    pieces = ["Grüße, ", "世界 ", "👩\u200d👩\u200d👧", "\nt3:abc\n", "12:34"]
    data = encode_header(HEADER)
    start = len(data)
    for piece in pieces:
        for kind in (b"t", b"r"):
            data += b"%b%d:%b\n" % (kind, len(piece.encode()), piece.encode())
    whole, longest = "".join(pieces), 0
    for cut in range(start, len(data) + 1):
        content = decode_spool(data[:cut])
        assert content is not None
        assert whole.startswith(content.text)
        assert whole.startswith(content.reasoning)
        assert len(content.text) >= longest
        longest = len(content.text)
    assert longest == len(whole)
    assert all(decode_spool(data[:cut]) is None for cut in range(start))


def test_the_spool_of_a_later_version_is_not_read() -> None:
    """A header with another version number, or one that is no JSON object, is nobody's answer."""
    assert decode_spool(encode_header(HEADER).replace(b'"v": 1', b'"v": 2')) is None
    assert decode_spool(b"[]\nt1:x\n") is None
    assert decode_spool(b"\xff\nt1:x\n") is None


def test_an_answer_not_to_be_kept_leaves_no_trace() -> None:
    """`NoSpool` takes everything and keeps nothing."""
    spool = NoSpool()
    assert spool.append("a") == spool.append_reasoning("b") == ""
    spool.close(keep=True)


def test_a_piece_costs_less_than_30_microseconds(spool: Spool) -> None:
    """Spooling never holds up an answer, not even at a thousand pieces a second."""
    best = math.inf
    for _ in range(10):
        start = time.perf_counter()
        for _ in range(500):
            spool.append(" token")
        best = min(best, (time.perf_counter() - start) / 500)
    spool.close(keep=False)
    assert best < 30e-6
