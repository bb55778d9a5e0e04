"""What turns lines on the screen into others, in as few bytes as can be had simply. Pure.

Pictures are compared line by line, and within a line character by character.

Terminals disagree about the width of emoji and of joined scripts (`render/cells.py`). Lines are
laid out for the widest that any makes of them, so on others the text ends before its column. A line
that holds such is rewritten from its beginning and may not wrap, and what is to stand in a column
of its own is put there.
"""

import re
from collections.abc import Sequence

from tokenhub_cli.render.cells import JOINER, is_unsure, joins, measure, measure_joined
from tokenhub_cli.render.lines import Line, Run, measure_line, read_text, slice_runs

NO_WRAP, WRAP = "\x1b[?7l", "\x1b[?7h"
ERASE_REST, ERASE_BELOW = "\x1b[K", "\x1b[J"
ERASE_LINE = f"\r{ERASE_REST}"
RESET = "\x1b[m"
NO_LINK = "\x1b]8;;\x1b\\"
# Plain, bold, faint, italic: a blank looks the same in them.
_UNSEEN_ON_BLANKS = frozenset({"", "1", "2", "3"})
_DANGLING = re.compile(f"{JOINER}+(?= )")


def encode_changes(
    window: Sequence[Line], picture: Sequence[Line], gone: int = 0
) -> tuple[str, int]:
    """Return what turns `window` into `picture`, and how many lines that rewrites.

    The cursor is expected at the end of the window's last line and left at that of the picture's.

    Args:
        window: The lines as they stand.
        picture: As they are to be.
        gone: How many of its first lines are likely to have gone, while those after them stay.
    """
    parts: list[str] = []
    row = len(window) - 1
    at_end = True  # whether the cursor is at the end of its line, as this function leaves it
    rewritten = 0
    # Empty rows may be left as they were by emulators that move only rows in which something is.
    if 0 < gone <= len(window) // 2 and all(window[gone : 2 * gone]):
        parts += [_move(row, 0), f"\x1b[{gone}M"]
        window = window[gone:]
        row, at_end = 0, False
        rewritten += gone + 1
    for index in range(min(len(window), len(picture))):
        old, new = window[index], picture[index]
        if old == new:
            continue
        change, at_end = _encode_line_change(old, new, is_there=at_end and row == index)
        parts += [_move(row, index), change]
        row = index
        rewritten += 1
    if len(window) > len(picture):
        parts += [_move(row, len(picture)), "\r", ERASE_BELOW]
        row, at_end = len(picture), False
        rewritten += 1
    for index in range(len(window), len(picture)):
        parts += [_move(row, index - 1), "\r\n", encode_guarded(picture[index])]
        row, at_end = index, True
    last = len(picture) - 1
    if row != last or not at_end:
        parts += [_move(row, last), _go_to_end(picture[last])]
    return "".join(parts), rewritten


def _encode_line_change(old: Line, new: Line, *, is_there: bool) -> tuple[str, bool]:
    """Return what turns a line into another, and whether the cursor is at its end then.

    Args:
        old: The line as it stands.
        new: As it is to be.
        is_there: Whether the cursor is at its end already.
    """
    kept, old_text, new_text = _count_shared(old, new), read_text(old), read_text(new)
    if is_there and kept == len(old_text) and not joins(old_text, new_text[kept:]):
        return encode_guarded(new, kept), True
    if measure(old_text) > measure(new_text) or measure_joined(old_text) > measure_joined(new_text):
        # All of it: a line whose end alone was erased is as long as before to tmux (`cellused` in
        # its grid.c), which breaks it when it gets narrower.
        return f"{ERASE_LINE}{encode_guarded(new)}", True
    if is_unsure(old_text) or is_unsure(new_text):
        return f"\r{encode_guarded(new)}{ERASE_REST}", True
    start, rest = go_to_column(measure(new_text[:kept])), encode_line(new, kept)
    if measure(old_text) == measure(new_text):
        # A cell of a table that grows: what stands on its right stays.
        stays = _count_shared(_reverse(old), _reverse(new))
        end = len(new_text) - min(stays, min(len(old_text), len(new_text)) - kept)
        middle = encode_line(slice_runs(new, kept, end))
        if len(middle) + len(_go_to_end(new)) < len(rest):
            return start + middle, False
    return start + rest, True


def _count_shared(old: Sequence[Run], new: Sequence[Run]) -> int:
    """Return how many characters two lines share from their beginning."""
    shared = 0
    for (before, before_style), (after, after_style) in zip(old, new, strict=False):
        if before_style != after_style:
            break
        if before != after:
            shorter = min(len(before), len(after))
            return shared + next((at for at in range(shorter) if before[at] != after[at]), shorter)
        shared += len(before)
    return shared


def _reverse(line: Line) -> Line:
    return tuple((text[::-1], style) for text, style in reversed(line))


def encode_guarded(line: Line, start: int = 0) -> str:
    """Return a line from a character on as it is written; if its width is unsure, it can't wrap."""
    encoded = encode_line(line, start)
    return f"{NO_WRAP}{encoded}{WRAP}" if is_unsure(read_text(line)) else encoded


def _move(row: int, to: int) -> str:
    if row == to:
        return ""
    return f"\x1b[{row - to}A" if row > to else f"\x1b[{to - row}B"


def go_to_column(column: int) -> str:
    """Return what puts the cursor into a column, from 0 on, of its row."""
    return f"\x1b[{column + 1}G" if column else "\r"


def _go_to_end(line: Line) -> str:
    """Return what puts the cursor behind a line that is there; only writing it tells where."""
    return (
        f"\r{encode_guarded(line)}"
        if is_unsure(read_text(line))
        else go_to_column(measure_line(line))
    )


def _drop_joiners(text: str, following: str) -> str:
    """Return text without joiners that have nothing to join: some terminals wait for it.

    What they would join is the next character they get, even one of the next line.
    """
    return _DANGLING.sub("", text + following[:1])[:-1] if JOINER in text else text


def encode_line(line: Line, start: int = 0) -> str:
    """Return a line's text with the escape sequences for its styles and links.

    Args:
        line: The whole line.
        start: The character to begin with, where the cursor stands.
    """
    parts: list[str] = []
    sgr = url = ""
    end = 0
    for index, (text, style) in enumerate(line):
        begin, end = end, end + len(text)
        if end <= start:
            continue
        if style.is_aligned and begin >= start and is_unsure(read_text(line[:index])):
            parts.append(ERASE_REST + go_to_column(measure_line(line[:index])))
        if style.url != url:
            url = style.url
            parts.append(f"\x1b]8;;{url}\x1b\\")
        if style.sgr != sgr and not (text.isspace() and {sgr, style.sgr} <= _UNSEEN_ON_BLANKS):
            reset = "0;" if sgr and style.sgr else ""
            sgr = style.sgr
            parts.append(f"\x1b[{reset}{sgr}m")
        following = line[index + 1][0] if index + 1 < len(line) else " "
        parts.append(_drop_joiners(text[max(start - begin, 0) :], following))
    if sgr:
        parts.append(RESET)
    if url:
        parts.append(NO_LINK)
    return "".join(parts)
