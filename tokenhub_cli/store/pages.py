"""Rows straight from the pages of a database file that SQLite itself refuses to read.

Every page is looked at by itself: if it is the leaf of a table, its rows are decoded, whatever
became of the pages above it. So a row is lost only if bytes of the row itself are. The layout is
that of https://www.sqlite.org/fileformat2.html; section numbers below are of that page. Rows that
were removed are not searched for: pages on the free list are passed over, if there is a list left.

The sqlite3 shell's `.recover` works alike, but it is out of Python's reach, few systems have that
shell, and Debian 12's (3.40.1) fails with it on sound files.
"""

from collections.abc import Iterator
from dataclasses import dataclass

Value = int | float | str | bytes | None

MAGIC = b"SQLite format 3\0"
HEADER_SIZE = 100
USUAL_PAGE_SIZE = 4096
LEAST_PAGE_SIZE = 512
TABLE_LEAF = 0x0D
VARINT_SIZE = 9  # bytes at most
INTEGER_SIZES = (0, 1, 2, 3, 4, 6, 8)  # bytes, by a value's type; type 0 is NULL
REAL = 7
FIRST_TEXT_OR_BLOB = 12


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row of an unknown table: its number (rowid) and its values.

    A column that stands for the number has the value None.
    """

    number: int
    values: tuple[Value, ...]


class _BrokenError(Exception):
    """A cell or page does not make sense."""


def scan_rows(content: bytes) -> Iterator[FoundRow]:
    """Yield each row that a table's leaf page holds whole, in the order of pages.

    Args:
        content: The file. Pages that were cut off at its end are passed over.
    """
    size = _read_page_size(content)
    free = _list_free_pages(content, size)
    for number in range(1, len(content) // size + 1):
        if number not in free:
            yield from _scan_page(content, size, number)


def _read_page_size(content: bytes) -> int:
    """Return the size of a page (section 1.3.2), the usual one if the header is lost."""
    size = int.from_bytes(content[16:18], "big")
    size = 65_536 if size == 1 else size
    if not content.startswith(MAGIC) or size < LEAST_PAGE_SIZE or size & (size - 1):
        return USUAL_PAGE_SIZE
    return size


def _list_free_pages(content: bytes, size: int) -> set[int]:
    """Return the numbers of pages on the free list (section 1.5)."""
    free: set[int] = set()
    trunk = _read_number(content, 32) if content.startswith(MAGIC) else 0
    while trunk and trunk not in free and trunk * size <= len(content):
        free.add(trunk)
        start = (trunk - 1) * size
        count = min(_read_number(content, start + 4), size // 4 - 2)
        free.update(_read_number(content, start + 8 + 4 * index) for index in range(count))
        trunk = _read_number(content, start)
    return free


def _scan_page(content: bytes, size: int, number: int) -> Iterator[FoundRow]:
    """Yield the rows of a page, if it is the leaf of a table (section 1.6)."""
    start = (number - 1) * size
    head = start + (HEADER_SIZE if number == 1 else 0)
    if content[head] != TABLE_LEAF:
        return
    cells = int.from_bytes(content[head + 3 : head + 5], "big")
    for index in range(min(cells, size // 4)):
        pointer = head + 8 + 2 * index
        cell = start + int.from_bytes(content[pointer : pointer + 2], "big")
        try:
            yield _decode_cell(content, size, cell, start + size)
        except (_BrokenError, IndexError, UnicodeDecodeError):
            continue


def _decode_cell(content: bytes, size: int, position: int, page_end: int) -> FoundRow:
    """Return the row of a cell: length, number, record, the rest of it on other pages."""
    length, position = _read_varint(content, position)
    number, position = _read_varint(content, position)
    if length > len(content):
        raise _BrokenError
    local = _count_local(length, size)
    if position + local > page_end:
        raise _BrokenError
    record = content[position : position + local]
    if local < length:
        following = _read_number(content, position + local)
        record += _read_overflow(content, size, following, length - local)
    return FoundRow(number, _decode_record(record))


def _count_local(length: int, size: int) -> int:
    """Return how many bytes of a record are on the leaf itself (section 1.6, last table)."""
    if length <= size - 35:
        return length
    least = (size - 12) * 32 // 255 - 23
    wanted = least + (length - least) % (size - 4)
    return wanted if wanted <= size - 35 else least


def _read_overflow(content: bytes, size: int, page: int, missing: int) -> bytes:
    """Return the rest of a record from its chain of overflow pages (section 1.7)."""
    parts: list[bytes] = []
    while missing > 0:
        if page == 0 or page * size > len(content):
            raise _BrokenError
        start = (page - 1) * size
        part = content[start + 4 : start + min(size, missing + 4)]
        parts.append(part)
        missing -= len(part)
        page = _read_number(content, start)
    return b"".join(parts)


def _decode_record(record: bytes) -> tuple[Value, ...]:
    """Return the values of a record (section 2.1)."""
    header_length, position = _read_varint(record, 0)
    types: list[int] = []
    while position < header_length:
        kind, position = _read_varint(record, position)
        types.append(kind)
    values: list[Value] = []
    position = header_length
    for kind in types:
        value, position = _decode_value(record, position, kind)
        values.append(value)
    return tuple(values)


def _decode_value(record: bytes, position: int, kind: int) -> tuple[Value, int]:
    if kind in (8, 9):
        return kind - 8, position
    if kind < len(INTEGER_SIZES):
        end = position + INTEGER_SIZES[kind]
        value = int.from_bytes(record[position:end], "big", signed=True) if kind else None
        return value, end
    if kind == REAL:
        import struct

        return struct.unpack(">d", record[position : position + 8])[0], position + 8
    if kind < FIRST_TEXT_OR_BLOB:
        raise _BrokenError
    end = position + (kind - FIRST_TEXT_OR_BLOB) // 2
    if end > len(record):
        raise _BrokenError
    data = record[position:end]
    return (data.decode() if kind % 2 else data), end


def _read_varint(data: bytes, position: int) -> tuple[int, int]:
    """Return a number of one to nine bytes, and where it ends (section 1.6)."""
    value = 0
    for end in range(position + 1, position + VARINT_SIZE):
        byte = data[end - 1]
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            return value, end
    end = position + VARINT_SIZE
    return value << 8 | data[end - 1], end


def _read_number(content: bytes, position: int) -> int:
    return int.from_bytes(content[position : position + 4], "big")
