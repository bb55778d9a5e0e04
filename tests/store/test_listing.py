"""Lists that do not grow slower with what is kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.values import build_conversation
from tokenhub_cli.store.conversations import History, open_history
from tokenhub_cli.store.listing import Filters


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """A history of thirty conversations."""
    with open_history(tmp_path / "history.db") as opened:
        for number in range(30):
            conversation = build_conversation(number)
            opened.save_turn(conversation, conversation.turns[-1])
        yield opened


def test_the_newest_are_found_by_an_index(history: History) -> None:
    """No list, nor the search for the last conversation, reads or sorts a whole table."""
    statements: list[str] = []
    history.list_conversations()
    connection = history.database._connect()
    connection.set_trace_callback(statements.append)
    history.list_conversations(Filters(limit=5, since=1.0, before=9e9, model="x"))
    history.list_conversations(Filters(limit=5, incomplete=True))
    history.load_conversation("last")
    history.load_conversation("c0nv00000007")
    history.newest_incomplete()
    connection.set_trace_callback(None)
    plans = [
        row["detail"]
        for statement in statements
        for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")
    ]
    assert len(plans) > 10
    sorts = [plan for plan in plans if "TEMP B-TREE FOR ORDER" in plan]
    scans = [plan for plan in plans if plan.startswith("SCAN ") and "USING" not in plan]
    assert [plan for plan in scans if plan not in ("SCAN line", "SCAN CONSTANT ROW")] == []
    assert len(sorts) <= 2, "but the turns of one line, which are sorted by their depth"
