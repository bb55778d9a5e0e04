"""Changes one value in the text of a TOML file and leaves every other byte alone. Pure.

A new value becomes one new line: in its table's section where the file has one, else as a dotted
name at the top (`profiles.work.model = "…"`). Taking a value away takes away its line. So what was
added can be taken away again without a trace, which removing emptied tables could not promise: an
empty `[profiles.work]` may have been the user's own. Values inside a line (a changed value, an
inline table) are edited by tomlkit. Whatever was done, the result is parsed and compared with what
was meant before anyone sees it.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tokenhub_cli.settings.schema import format_name

Segments = tuple[str, ...]


class LayoutError(ValueError):
    """The text is laid out in a way that cannot be edited for the user."""


class _Piece(NamedTuple):
    """A table header or a statement of the text; `table` is the table that it begins or is in."""

    start: int
    end: int
    is_header: bool
    name: Segments
    table: Segments


def put_value(text: str, segments: Segments, value: Any) -> str:
    """Return the TOML text with the value at `segments` set.

    Raises:
        LayoutError: The text cannot be edited so.
        tomllib.TOMLDecodeError: It is not TOML.
    """
    document = tomllib.loads(text)
    meant = tomllib.loads(text)
    table = meant
    for name in segments[:-1]:
        table = table.setdefault(name, {})
        if not isinstance(table, dict):
            raise LayoutError(f"`{name}` is a value, not a table")
    is_present = segments[-1] in table
    table[segments[-1]] = value
    if _is_same(document, meant):
        return text
    candidates = () if is_present else _insert_lines(text, segments, value)
    for candidate in candidates:
        if _means(candidate, meant):
            return candidate
    return _edit_in_place(text, segments, value, meant)


def drop_value(text: str, segments: Segments) -> str:
    """Return the TOML text without the value at `segments`.

    Raises:
        KeyError: There is no such value.
        LayoutError: The text cannot be edited so.
        tomllib.TOMLDecodeError: It is not TOML.
    """
    meant = tomllib.loads(text)
    table: Any = meant
    for name in segments[:-1]:
        table = table[name]
        if not isinstance(table, dict):
            raise KeyError(name)
    del table[segments[-1]]
    candidate = text
    for piece in reversed(list(_scan(text))):
        if piece.name[: len(segments)] == segments:
            candidate = _remove_lines(candidate, piece)
    if candidate != text and _means_without_empty(candidate, meant):
        return candidate
    return _edit_in_place(text, segments, None, meant)


def format_literal(value: Any) -> str:
    """Return the value as TOML on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case list() | tuple():
            return "[" + ", ".join(map(format_literal, value)) + "]"
        case Mapping():
            items = (f"{json.dumps(name)} = {format_literal(item)}" for name, item in value.items())
            return "{" + ", ".join(items) + "}"
        case _:
            return repr(value)


def _insert_lines(text: str, segments: Segments, value: Any) -> Iterator[str]:
    """Yield the text with a new line in each section that could hold it, the nearest first."""
    pieces = list(_scan(text))
    for length in range(len(segments) - 1, -1, -1):
        table = segments[:length]
        inside = [piece for piece in pieces if piece.table == table]
        if length and not any(piece.is_header for piece in inside):
            continue
        position = inside[-1].end if inside else _find_top(text, pieces)
        indent = _read_indent(text, inside[-1]) if inside else ""
        line = f"{indent}{format_name(segments[length:])} = {format_literal(value)}"
        yield _insert_line(text, position, line)


def _find_top(text: str, pieces: list[_Piece]) -> int:
    """Return where a first top-level line goes: after the file's opening comment.

    A comment that touches the first table belongs to that table.
    """
    if not pieces:
        return len(text)
    opening = text[: pieces[0].start]
    position = 0
    for line in _split_lines(opening):
        if not line.strip():
            return position
        position += len(line)
    return 0


def _insert_line(text: str, position: int, line: str) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    before, after = text[:position], text[position:]
    if before and not before.endswith("\n"):  # the file ends without a newline: so it stays
        return before + newline + line + after
    return before + line + newline + after


def _remove_lines(text: str, piece: _Piece) -> str:
    before, after = text[: piece.start], text[piece.end :]
    if not after and not text.endswith("\n"):  # as in _insert_line
        before = before.removesuffix("\n").removesuffix("\r")
    return before + after


def _read_indent(text: str, piece: _Piece) -> str:
    line = text[piece.start : piece.end]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _scan(text: str) -> Iterator[_Piece]:
    """Yield the headers and statements of valid TOML text, in order.

    A statement may go over several lines (strings, arrays): it ends where it first parses.
    """
    table: Segments = ()
    start, end = 0, 0
    for line in _split_lines(text):
        end += len(line)
        words = line.strip()
        is_between = text[start : end - len(line)] == ""
        if is_between and (not words or words.startswith("#")):
            start = end
        elif is_between and words.startswith("["):
            table = _read_path(words)
            yield _Piece(start, end, is_header=True, name=table, table=table)
            start = end
        elif _parse(text[start:end]) is not None:
            name = table + _read_statement_path(text[start:end])
            yield _Piece(start, end, is_header=False, name=name, table=table)
            start = end


def _split_lines(text: str) -> list[str]:
    """Split where TOML does, at line feeds alone; `str.splitlines` knows ten more characters."""
    return [line for line in text.replace("\n", "\n\0").split("\0") if line]


def _read_path(header: str) -> Segments:
    """Return the name of `[a.b]`; an array of tables gets a name that matches nothing."""
    return _follow(_parse(header) or {}) if not header.startswith("[[") else ("",)


def _read_statement_path(statement: str) -> Segments:
    """Return the dotted name before the `=`; a quoted part may hold a `=` too."""
    position = statement.find("=")
    while position >= 0:
        parsed = _parse(statement[:position] + "= 0")
        if parsed is not None:
            return _follow(parsed)
        position = statement.find("=", position + 1)
    return ()


def _follow(parsed: Any) -> Segments:
    path = []
    while isinstance(parsed, dict) and parsed:
        name, parsed = next(iter(parsed.items()))
        path.append(name)
    return tuple(path)


def _parse(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _edit_in_place(text: str, segments: Segments, value: Any, meant: dict[str, Any]) -> str:
    """Let tomlkit change the value, or take it away where `value` is None."""
    import tomlkit

    try:
        document = tomlkit.parse(text)
        table: Any = document
        for name in segments[:-1]:
            if name not in table:
                table[name] = tomlkit.inline_table()
            table = table[name]
        if value is None:
            table.remove(segments[-1])
        else:
            table[segments[-1]] = value
        edited = tomlkit.dumps(document)
    except Exception as error:  # noqa: BLE001 - whatever it trips over, the file stays as it is
        raise LayoutError(type(error).__name__) from None
    if not _means(edited, meant):
        raise LayoutError("the result would not mean the same")
    return edited


def _means(text: str, meant: dict[str, Any]) -> bool:
    parsed = _parse(text)
    return parsed is not None and _is_same(parsed, meant)


def _means_without_empty(text: str, meant: dict[str, Any]) -> bool:
    """Compare without empty tables: the last line of a dotted table takes the table with it."""
    parsed = _parse(text)
    return parsed is not None and _is_same(_prune(parsed), _prune(meant))


def _prune(table: dict[str, Any]) -> dict[str, Any]:
    pruned = {
        name: _prune(value) if isinstance(value, dict) else value for name, value in table.items()
    }
    return {name: value for name, value in pruned.items() if value != {}}


def _is_same(left: dict[str, Any], right: dict[str, Any]) -> bool:
    """Compare by value and type: in Python 1, 1.0 and true are equal."""
    return _canonical(left) == _canonical(right)


def _canonical(document: dict[str, Any]) -> str:
    return json.dumps(document, sort_keys=True, default=repr)
