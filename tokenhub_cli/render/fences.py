"""The lines of code fences (CommonMark 0.31, section 4.5). Pure, and without a Markdown parser.

A fence is the one block whose lines can be read by themselves: it is open until a line closes it,
and nothing in between has a meaning. So a long one is shown line by line, and `-x` and `/copy` find
code without loading the parser.
"""

import re
from dataclasses import dataclass

TAB_WIDTH = 4  # wider than a fence may be indented
# Up to three spaces, three or more backticks or tildes, an info string (no backticks in it after
# backticks); closed by at least as many of them, or by the end.
_OPENING = re.compile(r"( {0,3})(`{3,}(?=[^`]*$)|~{3,})(.*)")
_CLOSING = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*")
# A line as in section 2.1: `str.splitlines` knows eight more ends.
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Fence:
    """An open fence: its marks, how far it is indented, and its info string."""

    marks: str
    indent: int
    info: str

    @property
    def language(self) -> str:
        """The info string's first word."""
        return parse_language(self.info)


def find_code_blocks(text: str) -> list[str]:
    """Return the contents of the fenced code blocks in `text`, in order, each line with its end."""
    blocks: list[str] = []
    lines: list[str] = []
    fence: Fence | None = None
    for line in _LINE.findall(text):
        if fence is None:
            fence = parse_opening(line.rstrip("\r\n"))
            lines = []
        elif is_closing(fence, line):
            blocks.append("".join(lines))
            fence = None
        else:
            lines.append(strip_indent(fence, line))
    if fence is not None:
        blocks.append("".join(lines))
    return blocks


def parse_language(info: str) -> str:
    """Return an info string's first word."""
    return (info.split() or [""])[0]


def parse_opening(line: str) -> Fence | None:
    """Return the fence that `line` opens, or None."""
    match = _OPENING.match(line.rstrip("\n"))
    if match is None:
        return None
    indent, marks, info = match.groups()
    return Fence(marks, len(indent), info.strip())


def is_closing(fence: Fence, line: str) -> bool:
    """Whether `line` closes `fence`: the same mark, at least as often, and nothing else."""
    match = _CLOSING.fullmatch(line.rstrip("\r\n"))
    return match is not None and match[1].startswith(fence.marks)


def strip_indent(fence: Fence, line: str) -> str:
    """Return a line of code without the fence's own indentation."""
    spaces = len(line) - len(line.lstrip(" "))
    if spaces < fence.indent and line[spaces : spaces + 1] == "\t":
        return " " * (TAB_WIDTH - fence.indent) + line[spaces + 1 :]  # what is left of the tab
    return line[min(spaces, fence.indent) :]
