"""Rows straight from the pages of a database file."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tokenhub_cli.store.pages import scan_rows

VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.binary(max_size=40),
)


def write_rows(path: Path, rows: list[tuple[object, ...]], page_size: int = 4096) -> bytes:
    """Return a database with the table `t` of three columns, and its number as the first."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA page_size = {page_size}")
        connection.execute("CREATE TABLE t (number INTEGER PRIMARY KEY, a, b)")
        connection.executemany("INSERT INTO t (a, b) VALUES (?, ?)", rows)
        connection.commit()
    return path.read_bytes()


def read_rows(content: bytes) -> list[tuple[object, ...]]:
    found = sorted(
        (row for row in scan_rows(content) if len(row.values) == 3), key=lambda row: row.number
    )
    assert [row.number for row in found] == list(range(1, len(found) + 1))
    assert all(row.values[0] is None for row in found)
    return [row.values[1:] for row in found]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(VALUES, VALUES), max_size=20))
def test_every_kind_of_value_comes_back(tmp_path: Path, rows: list[tuple[object, ...]]) -> None:
    """What SQLite wrote is what is read: numbers of every size, texts, bytes and nothing."""
    assert read_rows(write_rows(tmp_path / "t.db", rows)) == rows


@pytest.mark.parametrize("page_size", [512, 1024, 4096, 65536])
def test_long_rows_and_many_rows_come_back(tmp_path: Path, page_size: int) -> None:
    """Rows longer than a page, at every length around its limits, and tables of many pages."""
    lengths = [*range(page_size - 60, page_size + 60), 10 * page_size, 300_000]
    rows: list[tuple[object, ...]] = [
        (number, "x" * length) for number, length in enumerate(lengths)
    ]
    rows += [(number, f"row {number}") for number in range(2000)]
    assert read_rows(write_rows(tmp_path / "t.db", rows, page_size)) == rows


def test_removed_rows_stay_removed(tmp_path: Path) -> None:
    """Pages on the free list are passed over."""
    path = tmp_path / "t.db"
    write_rows(path, [(number, "x" * 500) for number in range(200)])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("DELETE FROM t WHERE number > 3")
        connection.commit()
    assert b"x" * 500 in path.read_bytes()[3 * 4096 :], "there is nothing left to be found"
    assert len(read_rows(path.read_bytes())) == 3


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_bytes_can_break_the_scan(tmp_path: Path, data: st.DataObject) -> None:
    """Whatever was overwritten or cut, the scan ends, and gives no more than the file can hold."""
    path = tmp_path / "t.db"
    if not path.exists():
        write_rows(path, [(number, "x" * (number * 37 % 9000)) for number in range(60)])
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 30))):
        start = data.draw(st.integers(0, len(content) - 1))
        patch = data.draw(st.binary(min_size=1, max_size=8))
        content[start : start + len(patch)] = patch
    cut = data.draw(st.integers(0, len(content)))
    rows = list(scan_rows(bytes(content[:cut])))
    assert len(rows) <= len(content) // 4
    assert list(scan_rows(b"")) == []
