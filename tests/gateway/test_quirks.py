"""What was learned of a gateway outlives the program, and losing it is no loss."""

import stat
from pathlib import Path

import pytest

from tests.support.limits import limit_files
from tokenhub_cli.gateway.quirks import QuirkMemory, Quirks

ORIGIN = "https://gateway.example:443"
NAME = f"{ORIGIN} gpt-4o".encode()
LEARNED = Quirks(
    refused_parameters=frozenset({"stream_options"}),
    refused_strategies=frozenset({"prefix", "plain"}),
    lacks_finish_reason=True,
    lacks_done=True,
)


def test_what_was_learned_is_known_to_the_next_run(tmp_path: Path) -> None:
    """Per origin and model, in a directory that is made if it is not there."""
    path = tmp_path / "state" / "quirks.json"
    QuirkMemory(path).remember(ORIGIN, "gpt-4o", LEARNED)
    memory = QuirkMemory(path)
    assert memory.recall(ORIGIN, "gpt-4o") == LEARNED
    assert memory.recall(ORIGIN, "gpt-4o-mini") == Quirks()
    assert memory.recall("https://gateway.example:8443", "gpt-4o") == Quirks()
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_one_model_does_not_push_out_another(tmp_path: Path) -> None:
    """Entries are kept side by side; a later one of the same name replaces the earlier."""
    memory = QuirkMemory(tmp_path / "quirks.json")
    memory.remember(ORIGIN, "gpt-4o", LEARNED)
    memory.remember(ORIGIN, "other", Quirks(lacks_done=True))
    memory.remember(ORIGIN, "other", Quirks(lacks_finish_reason=True))
    assert memory.recall(ORIGIN, "gpt-4o") == LEARNED
    assert memory.recall(ORIGIN, "other") == Quirks(lacks_finish_reason=True)
    assert [path.name for path in tmp_path.iterdir()] == ["quirks.json"]


def test_a_full_disk_keeps_what_was_known_and_leaves_no_litter(tmp_path: Path) -> None:
    """The file is replaced whole or not at all, and nothing is left beside it."""
    memory = QuirkMemory(tmp_path / "quirks.json")
    memory.remember(ORIGIN, "gpt-4o", LEARNED)
    with limit_files(10):
        memory.remember(ORIGIN, "other", LEARNED)
    assert memory.recall(ORIGIN, "gpt-4o") == LEARNED
    assert [path.name for path in tmp_path.iterdir()] == ["quirks.json"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"v": 99, "entries": {}}',
        b'{"v": 1, "entries": []}',
        b'{"v": 1, "entries": {"%b": 7}}' % NAME,
        b'{"v": 1, "entries": {"%b": {"refused_strategies": 7, "lacks_done": "yes"}}}' % NAME,
        b'{"v": 1, "entries": {"%b": {"refused_parameters": "abc"}}}' % NAME,
        b'{"v": 1, "entries": {"%b": {"refused_strategies": ["no rung", null]}}}' % NAME,
    ],
    ids=repr,
)
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, content: bytes) -> None:
    """Whatever is in it, it is read without a failure and replaced by what is learned next."""
    path = tmp_path / "quirks.json"
    path.write_bytes(content)
    memory = QuirkMemory(path)
    known = memory.recall(ORIGIN, "gpt-4o")
    assert not known.lacks_done
    assert known.refused_strategies == frozenset()
    memory.remember(ORIGIN, "gpt-4o", LEARNED)
    assert memory.recall(ORIGIN, "gpt-4o") == LEARNED


def test_a_directory_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    """Nothing is remembered then, and nothing is raised."""
    (tmp_path / "file").write_text("in the way")
    memory = QuirkMemory(tmp_path / "file" / "quirks.json")
    memory.remember(ORIGIN, "gpt-4o", LEARNED)
    assert memory.recall(ORIGIN, "gpt-4o") == Quirks()


def test_forgetting_removes_the_file(tmp_path: Path) -> None:
    """And tells whether there was anything to forget."""
    memory = QuirkMemory(tmp_path / "quirks.json")
    assert memory.forget() is False
    memory.remember(ORIGIN, "gpt-4o", LEARNED)
    assert memory.forget() is True
    assert memory.recall(ORIGIN, "gpt-4o") == Quirks()


def test_a_memory_without_a_file_remembers_nothing() -> None:
    """For the embedded gateway, whose port is another one each time."""
    memory = QuirkMemory(None)
    memory.remember(ORIGIN, "gpt-4o", LEARNED)
    assert memory.recall(ORIGIN, "gpt-4o") == Quirks()
    assert memory.forget() is False
