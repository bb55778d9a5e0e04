"""The questions typed before, on disk."""

import stat
from pathlib import Path

import pytest

from tests.support.limits import limit_files
from tokenhub_cli.repl.history import (
    MOST_ENTRIES,
    MOST_IN_MEMORY,
    PromptHistory,
    encode_entry,
    looks_like_key,
)

SECRETS = [
    "sk-proj-abcdefghijklmnop1234",
    "my key: sk-ant-REDACTED00 ok?",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "AKIAIOSFODNN7EXAMPLE",
    "Authorization: Bearer abcdef.ghijkl-mnop",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc",
    "-----BEGIN RSA PRIVATE KEY-----",
    "export API_KEY=whatever-it-is",
    "Zk3fQ9vT1xLmB7nRpW2sYc8uHd5gJe4a",
]
PLAIN = [
    "What does the task-risk-assessment-framework-for-beginners say?",
    "git show 3b95458c0ffee1234567890abcdef1234567890a",
    "Explain /usr/lib/python3.11/site-packages/prompt_toolkit/History2.py",
    "https://example.org/aVeryLongPath/With1Digits22/AndCapitals333",
    "Why is the sky blue?",
]


@pytest.mark.parametrize("text", SECRETS)
def test_what_looks_like_a_key_is_recognised(text: str) -> None:
    """Vendors' prefixes, private keys, tokens, assignments, random words."""
    assert looks_like_key(text)


@pytest.mark.parametrize("text", PLAIN)
def test_ordinary_questions_are_not_taken_for_keys(text: str) -> None:
    """Long words, hashes, paths and addresses are no keys."""
    assert not looks_like_key(text)


def test_entries_are_kept_privately_newest_first(tmp_path: Path) -> None:
    """The file is for its owner alone; lines and any script come back as they were."""
    file = tmp_path / "state" / "prompts"
    history = PromptHistory(file)
    history.store_string("one\ntwo")
    history.store_string("天空 🌱")
    history.store_string(SECRETS[0])
    assert list(PromptHistory(file).load_history_strings()) == ["天空 🌱", "one\ntwo"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_file_is_bounded(tmp_path: Path) -> None:
    """A file with too many entries is cut down to the newest ones when it is read."""
    file = tmp_path / "prompts"
    file.write_bytes(b"".join(encode_entry(f"question {n}") for n in range(MOST_ENTRIES * 2)))
    loaded = list(PromptHistory(file).load_history_strings())
    assert loaded[0] == f"question {MOST_ENTRIES * 2 - 1}"
    assert len(loaded) == MOST_ENTRIES // 2
    assert len(file.read_bytes().splitlines()) == MOST_ENTRIES // 2


def test_a_file_that_a_full_disk_cannot_cut_down_stays_as_it_is(tmp_path: Path) -> None:
    """Said once; its newest entries are there, and no half of it is left beside it."""
    file = tmp_path / "prompts"
    content = b"".join(encode_entry(f"question {n}") for n in range(MOST_ENTRIES * 2))
    file.write_bytes(content)
    warnings: list[str] = []
    with limit_files(100):
        loaded = list(PromptHistory(file, warn=warnings.append).load_history_strings())
    assert len(loaded) == MOST_ENTRIES // 2
    assert len(warnings) == 1
    assert file.read_bytes() == content
    assert [path.name for path in tmp_path.iterdir()] == ["prompts"]


def test_damaged_lines_are_left_out(tmp_path: Path) -> None:
    """What is no JSON string, or no UTF-8, does not hide the rest."""
    file = tmp_path / "prompts"
    file.write_bytes(b'"one"\n{"a": 1}\n\xff\xff\n"two')
    assert list(PromptHistory(file).load_history_strings()) == ["one"]


def test_folded_pastes_are_kept_as_they_were_sent(tmp_path: Path) -> None:
    """An entry is expanded on disk; one that is very long is not kept."""
    file = tmp_path / "prompts"
    texts = {"[pasted]": "the whole text", "[huge]": "x" * 50_000}
    history = PromptHistory(file, lambda words: texts[words])
    history.store_string("[pasted]")
    history.store_string("[huge]")
    assert list(PromptHistory(file).load_history_strings()) == ["the whole text"]


def test_a_file_that_cannot_be_used_is_said_once(tmp_path: Path) -> None:
    """The prompt goes on without it."""
    warnings: list[str] = []
    history = PromptHistory(tmp_path, warn=warnings.append)
    assert list(history.load_history_strings()) == []
    history.store_string("one")
    assert len(warnings) == 1
    assert str(tmp_path) in warnings[0]


def test_without_a_file_nothing_is_kept() -> None:
    """The off switch: entries last for this run alone."""
    history = PromptHistory(None)
    history.append_string("one")
    assert history.get_strings() == ["one"]
    assert list(history.load_history_strings()) == []


def test_the_gateways_own_key_is_not_kept(tmp_path: Path) -> None:
    """Whatever it looks like."""
    history = PromptHistory(tmp_path / "prompts", is_secret=lambda text: "plain" in text)
    history.store_string("is plain the key?")
    assert not (tmp_path / "prompts").exists()


def test_a_file_that_others_may_read_is_tightened(tmp_path: Path) -> None:
    """When it is loaded."""
    file = tmp_path / "prompts"
    file.write_bytes(encode_entry("an old question"))
    file.chmod(0o644)
    assert list(PromptHistory(file).load_history_strings()) == ["an old question"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_without_a_file_all_entries_stay_in_memory(tmp_path: Path) -> None:
    """Whether there is to be none, or it cannot be used: what was typed can be had again."""
    (tmp_path / "state").write_bytes(b"")
    warnings: list[str] = []
    for path in (None, tmp_path / "state" / "prompts"):
        history = PromptHistory(path, warn=warnings.append)
        texts = [f"number {number}" for number in range(2 * MOST_IN_MEMORY)]
        for text in texts:
            history.append_string(text)
        assert history.get_strings() == texts
    assert len(warnings) == 1


def test_the_newest_entries_stay_in_memory(tmp_path: Path) -> None:
    """What was there before and what is added, in order, none of them twice."""
    for number in range(300):
        PromptHistory(tmp_path / "prompts").store_string(f"number {number}")
    history = PromptHistory(tmp_path / "prompts")
    for number in range(300, 310):
        history.append_string(f"number {number}")
    kept = [f"number {number}" for number in range(310 - MOST_IN_MEMORY, 310)]
    assert history.get_strings() == kept
