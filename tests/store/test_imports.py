"""Conversations that other programs kept."""

import json
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.errors import InputError
from tokenhub_cli.store.conversations import History, open_history
from tokenhub_cli.store.imports import read_import

START = 1_700_000_000.5


def build_node(
    key: str, parent: str | None, children: list[str], role: str = "", text: str = "", **more: Any
) -> dict[str, Any]:
    message = None
    if role:
        message = {
            "author": {"role": role},
            "create_time": START + len(key),
            "content": {"content_type": "text", "parts": [text]},
            "status": "finished_successfully",
            "metadata": {"model_slug": "gpt-4o"},
            **more,
        }
    return {"id": key, "parent": parent, "children": children, "message": message}


NODES = [
    build_node("root", None, ["sys"]),
    build_node("sys", "root", ["u1"], "system", ""),
    build_node("u1", "sys", ["a1", "a1b"], "user", "Why is the sky blue?"),
    build_node("a1", "u1", [], "assistant", "Scattering.", status="in_progress"),
    build_node("a1b", "u1", ["tool"], "assistant", "Because of scattering."),
    build_node("tool", "a1b", ["a1c"], "tool", "42"),
    build_node("a1c", "tool", ["u2"], "assistant", "See above."),
    build_node("u2", "a1c", ["a2"], "user", "And red?"),
    build_node("a2", "u2", [], "assistant", "Long paths."),
]
EXPORT: list[dict[str, Any]] = [
    {
        "title": "Sky colours",
        "create_time": START,
        "update_time": START + 100,
        "mapping": {node["id"]: node for node in NODES},
        "current_node": "a2",
        "conversation_id": "6f1c",
    },
    {"title": None, "create_time": None, "mapping": {}, "current_node": None},
]


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """An empty history."""
    with open_history(tmp_path / "history.db") as opened:
        yield opened


def import_file(history: History, path: Path) -> int:
    return history.save_imported(read_import(path))[1]


def write_export(tmp_path: Path, data: Any) -> Path:
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_an_openai_export_becomes_a_tree(history: History, tmp_path: Path) -> None:
    """The active line is kept with its title and time; a regenerated answer is a branch."""
    assert import_file(history, write_export(tmp_path, EXPORT)) == 3
    (entry,) = history.list_conversations()
    assert (entry.title, entry.turns, entry.model) == ("Sky colours", 2, "gpt-4o")
    assert entry.created_at == int(START)
    assert entry.updated_at == START + 100
    conversation = history.load_conversation("last")
    first, second = conversation.turns
    assert first.answer is not None
    assert first.answer.text == "Because of scattering.\n\nSee above."
    assert (second.question.text, second.parent) == ("And red?", first.id)
    kept = history.load_branches(conversation)
    (other,) = {turn.id for turn in kept} - {turn.id for turn in conversation.turns}
    branch = history.load_conversation("last", tip=other).turns
    assert branch[0].answer is not None
    assert branch[0].answer.text == "Scattering."
    assert branch[0].answer.status is AnswerStatus.INCOMPLETE
    assert [found.title for found in history.search("scattering")] == ["Sky colours"]


def test_importing_again_adds_only_what_is_new(history: History, tmp_path: Path) -> None:
    """The same file adds nothing; a later export of it adds its later turns."""
    path = write_export(tmp_path, EXPORT)
    import_file(history, path)
    assert import_file(history, path) == 0
    longer = json.loads(json.dumps(EXPORT))
    mapping = longer[0]["mapping"]
    mapping["a2"]["children"] = ["u3"]
    mapping["u3"] = build_node("u3", "a2", [], "user", "Thanks")
    longer[0]["current_node"] = "u3"
    assert import_file(history, write_export(tmp_path, longer)) == 1
    assert [turn.question.text for turn in history.load_conversation("last").turns][2:] == [
        "Thanks"
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        b"[1]",
        b'{"mapping": 3}',
        b"\xff\xfe",
        b'[{"title": "x"}]',
        b"[" * 100_000,
    ],
)
def test_a_file_of_no_known_shape_is_said(tmp_path: Path, content: bytes) -> None:
    """What is neither an export nor a logs database is an error that names the file."""
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"`{path}` is "):
        read_import(path)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    """The hint is a command, whatever the path is made of."""
    missing = tmp_path / "it's" / "no where.json"
    with pytest.raises(InputError, match="cannot be read: no such file") as caught:
        read_import(missing)
    assert shlex.split(caught.value.hint.strip("`")) == ["ls", "-l", str(missing)]


@pytest.mark.parametrize(
    "node",
    [
        1,
        {"message": 1},
        {"message": {"author": "user", "content": {"content_type": "text", "parts": ["x"]}}},
        {"message": {"author": {"role": "user"}, "content": "x"}},
        {"message": {"author": {"role": "user"}, "content": {"content_type": "text", "parts": 7}}},
    ],
)
def test_parts_of_an_export_that_make_no_sense_are_left_out(
    history: History, tmp_path: Path, node: Any
) -> None:
    """The rest of the export is kept."""
    nonsense = {"mapping": {"a": node}}
    assert import_file(history, write_export(tmp_path, [nonsense, *EXPORT])) == 3
    assert len(history.list_conversations()) == 1


def test_odd_metadata_of_an_export_does_no_harm(history: History, tmp_path: Path) -> None:
    """An answer whose metadata is no object has no model; a node's key is its place."""
    nodes = {
        "u": build_node("u", None, ["a"], "user", "Why?"),
        "a": {**build_node("a", "u", [], "assistant", "So.", metadata=[1]), "key": 3},
    }
    assert import_file(history, write_export(tmp_path, [{"mapping": nodes}])) == 1
    (turn,) = history.load_conversation("last").turns
    assert turn.answer is not None
    assert (turn.answer.text, turn.answer.model) == ("So.", "")


@pytest.mark.parametrize("moment", [float("nan"), float("inf"), -1e300, 1e300, "yesterday", None])
def test_an_impossible_time_counts_as_unknown(
    history: History, tmp_path: Path, moment: object
) -> None:
    """No date of an export can be one that cannot be shown later."""
    item = {"create_time": moment, "update_time": moment, "mapping": EXPORT[0]["mapping"]}
    assert import_file(history, write_export(tmp_path, [item])) == 3
    (entry,) = history.list_conversations()
    assert 0 <= entry.updated_at < 2**32


OLD_LOGS = """
    CREATE TABLE conversations (id TEXT PRIMARY KEY, name TEXT, model TEXT);
    CREATE TABLE responses (id TEXT PRIMARY KEY, model TEXT, prompt TEXT, system TEXT,
        prompt_json TEXT, options_json TEXT, response TEXT, response_json TEXT,
        conversation_id TEXT, duration_ms INTEGER, datetime_utc TEXT, input_tokens INTEGER,
        output_tokens INTEGER, token_details TEXT);
    INSERT INTO conversations VALUES ('c1', 'Sky colours', 'gpt-4o');
    INSERT INTO responses VALUES ('r2', 'gpt-4o', 'And red?', NULL, NULL, 'broken', 'Long paths.',
        NULL, 'c1', NULL, '2025-11-22T21:31:00', NULL, NULL, NULL);
    INSERT INTO responses VALUES ('r1', 'gpt-4o', 'Why?', 'Be brief.', NULL,
        '{"temperature": 0.5, "seed": null}', 'Scattering.', NULL, 'c1', 1500,
        '2025-11-22T21:30:00.500000', 12, 34, NULL);
"""
NEW_LOGS = """
    CREATE TABLE messages (hash TEXT PRIMARY KEY, parent_hash TEXT, role TEXT,
        provider_metadata TEXT);
    CREATE TABLE parts (id INTEGER PRIMARY KEY, message_hash TEXT, position INTEGER, type TEXT,
        tool_name TEXT, text TEXT, payload TEXT);
    CREATE TABLE threads (id TEXT PRIMARY KEY, name TEXT, tip_message_hash TEXT, forked_from TEXT,
        datetime_utc TEXT);
    CREATE TABLE turns (id TEXT PRIMARY KEY, thread_id TEXT, parent_message_hash TEXT,
        tip_message_hash TEXT, model TEXT, resolved_model TEXT, options_json TEXT, schema_id TEXT,
        input_tokens INTEGER, output_tokens INTEGER, token_details TEXT, duration_ms INTEGER,
        datetime_utc TEXT, response_json TEXT);
    CREATE TABLE turn_search (id INTEGER PRIMARY KEY, turn_id TEXT, prompt TEXT, response TEXT);
    INSERT INTO messages VALUES ('m0', NULL, 'system', NULL), ('m1', 'm0', 'user', NULL),
        ('m2', 'm1', 'assistant', NULL);
    INSERT INTO parts VALUES (1, 'm0', 0, 'text', NULL, 'Be brief.', NULL);
    INSERT INTO threads VALUES ('t1', 'Hello', 'm2', NULL, '2026-11-22T21:30:00');
    INSERT INTO turns VALUES ('r9', 't1', NULL, 'm2', 'gpt-4o', NULL, '{}', NULL, 1, 2, NULL, 10,
        '2026-11-22T21:30:00', NULL);
    INSERT INTO turn_search VALUES (1, 'r9', 'Hi', 'Hello.');
"""


def write_logs(tmp_path: Path, script: str) -> Path:
    path = tmp_path / "logs.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    return path


def test_the_logs_of_llm_are_read(history: History, tmp_path: Path) -> None:
    """Each conversation becomes one line in order of time, with its figures."""
    assert import_file(history, write_logs(tmp_path, OLD_LOGS)) == 2
    conversation = history.load_conversation("last")
    assert (conversation.title, conversation.system) == ("Sky colours", "Be brief.")
    first, second = conversation.turns
    assert (first.question.text, second.question.text) == ("Why?", "And red?")
    assert first.options == {"temperature": 0.5}
    assert first.answer is not None
    assert first.answer.usage is not None
    assert (first.answer.text, first.answer.usage.total_tokens) == ("Scattering.", 46)
    assert first.answer.timings.total_s == 1.5


def test_the_logs_of_later_versions_of_llm_are_read_too(history: History, tmp_path: Path) -> None:
    """A database that holds both shapes gives each conversation once."""
    path = write_logs(tmp_path, OLD_LOGS + NEW_LOGS)
    before = path.read_bytes()
    assert import_file(history, path) == 3
    assert import_file(history, path) == 0
    newest = history.load_conversation("last")
    assert (newest.title, newest.system) == ("Hello", "Be brief.")
    assert newest.turns[0].question.text == "Hi"
    assert newest.turns[0].answer is not None
    assert newest.turns[0].answer.text == "Hello."
    assert path.read_bytes() == before


def test_another_database_is_said(tmp_path: Path) -> None:
    """A database without logs is an error."""
    with pytest.raises(InputError, match="holds no logs"):
        read_import(write_logs(tmp_path, "CREATE TABLE t (x)"))


def test_odd_values_in_logs_are_passed_over(history: History, tmp_path: Path) -> None:
    """SQLite keeps any kind of value in any column: what is not of its column's kind is none."""
    path = write_logs(
        tmp_path,
        """
        CREATE TABLE conversations (id, name, model);
        CREATE TABLE responses (id, model, prompt, system, options_json, response, reasoning,
            conversation_id, input_tokens, output_tokens, duration_ms, datetime_utc);
        INSERT INTO responses VALUES ('r1', 2, 'Why?', 3, 4, x'ff', 5, 6, 'x', 7, 'y', 8);
        """,
    )
    assert import_file(history, path) == 1
    (turn,) = history.load_conversation("last").turns
    assert (turn.question.text, turn.model, turn.options) == ("Why?", "", {})
    assert turn.answer is not None
    assert turn.answer.text == ""
    assert turn.answer.usage is not None
    assert turn.answer.usage.total_tokens == 7
