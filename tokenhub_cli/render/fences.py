"""Finds fenced code blocks in Markdown without a Markdown parser. Pure; for `-x` and `/copy`."""

import re

# CommonMark 0.31, section 4.5: up to three spaces, three or more backticks or tildes, an info
# string (no backticks in it after backticks); closed by at least as many of them, or by the end.
_OPENING = re.compile(r"^( {0,3})(`{3,}(?=[^`]*$)|~{3,})[ \t]*(.*?)[ \t]*$")


def find_code_blocks(text: str) -> list[str]:
    """Return the contents of the fenced code blocks in `text`, in order, each line with its end."""
    blocks: list[str] = []
    lines: list[str] = []
    fence, indent = "", 0
    for line in text.splitlines(keepends=True):
        if not fence:
            opening = _OPENING.match(line.rstrip("\r\n"))
            if opening:
                indent, fence = len(opening[1]), opening[2]
                lines = []
        elif _closes(line, fence):
            blocks.append("".join(lines))
            fence = ""
        else:
            lines.append(_strip_indent(line, indent))
    if fence:
        blocks.append("".join(lines))
    return blocks


def _closes(line: str, fence: str) -> bool:
    stripped = line.strip()
    indent = len(line) - len(line.lstrip(" "))
    return indent <= 3 and stripped == fence[0] * len(stripped) and len(stripped) >= len(fence)  # noqa: PLR2004 - four spaces begin a code block of their own


def _strip_indent(line: str, indent: int) -> str:
    spaces = len(line) - len(line.lstrip(" "))
    return line[min(spaces, indent) :]
