"""Growing Markdown to finished pieces and an unfinished tail. Pure.

A piece is the smallest part of a document that is shown as one: a paragraph (or a stretch of a long
one), a heading, a rule, a line of code or HTML, a row of a table, wherever in lists and quotes it
stands. The rules:

1. A piece is given out once, when no further text can change it, and never changes.
2. The sources of all pieces, in order, are the text (with endless lines ended, see below);
   `read_tail` shows the rest as it stands.
3. How the text is cut into feeds makes no difference to what all pieces show in the end.
4. Each step parses from the last open block only, and inside big blocks from the last open piece.

Whole lines alone decide about blocks, as in CommonMark, each for itself but for one exception: a
paragraph's last line can be turned into a heading or a table by the line after it, so an open
paragraph waits. A long one cannot be turned any more (see `render/parser.py` for the dialect); it
is given out in parts, even while its line has no end yet. Any other line that does not end is ended
after `LONGEST_LINE` characters, with a newline that is not in the text: marks for a quote in a
quote, for example, or code. And of whole lines no more than `MOST_OPEN` characters wait: lists and
quotes that are nested too deep for the parser are ended then, and what follows is read afresh, a
list's lines as the indented code that they look like. So what is read again with each step is
bounded, whatever is sent. Line ends must be newlines and text must be safe, as `render/sanitize.py`
gives it.
"""

import re

from tokenhub_cli.render.paragraphs import LONG_PARAGRAPH, UNDECIDED_LINE
from tokenhub_cli.render.parts import Piece
from tokenhub_cli.render.pieces import NOTHING_OPEN, cut_long_line, split

LONGEST_LINE = 4096  # characters
MOST_OPEN = 8192  # characters of whole lines
_STRETCH = 2048  # characters after which, at a line's end, it is seen how many are open
_CHECK_INTERVAL = 100  # characters between two looks at a line that grows long
_LONGEST_WORD = 200  # characters in which a blank is looked for to end an endless line at
_UNDERLINE = re.compile(r"[-:|=\s]*")


class BlockReader:
    """Reads a document that comes in pieces."""

    def __init__(self) -> None:
        self._open = NOTHING_OPEN
        self._source = ""  # whole lines that are not given out yet
        self._line: list[str] = []  # the last line, which has no end yet
        self._size = 0  # of both together
        self._check_at = LONG_PARAGRAPH
        self._stretch_left = _STRETCH

    def feed(self, text: str) -> list[Piece]:
        """Take more text; return the pieces that are finished by it."""
        pieces: list[Piece] = []
        start = 0
        while (end := self._find_long_line(text, start)) is not None:
            pieces += self._feed(text[start:end])
            if self._size - len(self._source) >= LONGEST_LINE:
                pieces += self._cut_long_line() or self._end_line()
            start = end
        return pieces + self._feed(text[start:])

    def _find_long_line(self, text: str, start: int) -> int | None:
        """Return where in `text` a line has `LONGEST_LINE` characters and goes on."""
        room = LONGEST_LINE - (self._size - len(self._source))
        while len(text) - start > room:
            newline = text.find("\n", start, start + room + 1)
            if newline < 0:
                return start + max(room, 0)
            start, room = newline + 1, LONGEST_LINE
        return None

    def _end_line(self) -> list[Piece]:
        """Take a line for ended that is too long, if possible after a word.

        What is not given out even so, as it is nested too deep for the parser, is ended, too.
        """
        line = self.read_line()
        end = line.rfind(" ", len(line) - _LONGEST_WORD) + 1 or len(line)
        self._line = [line[:end]]
        pieces = self._feed("\n")
        if len(self._source) >= end:
            pieces += self._feed("\n")
        return pieces + self._feed(line[end:])

    def _feed(self, text: str) -> list[Piece]:
        pieces: list[Piece] = []
        head, newline, rest = text.rpartition("\n")
        if newline:
            pieces = self._take_lines("".join(self._line) + head + newline)
            self._line = [rest]
            self._size = len(self._source) + len(rest)
            self._check_at = LONG_PARAGRAPH
        else:
            self._line.append(text)
            self._size += len(text)
        if self._size > self._check_at:
            pieces += self._cut_long_line()
            self._check_at = self._size + _CHECK_INTERVAL
        return pieces

    def _take_lines(self, lines: str) -> list[Piece]:
        """Take whole lines, and see in the same places how much is open, however they come."""
        pieces: list[Piece] = []
        start = 0
        while start < len(lines):
            end = lines.find("\n", start + self._stretch_left - 1) + 1
            stretch = lines[start : end or len(lines)]
            given_out, self._open, self._source = split(
                self._open, self._source + stretch, is_whole=False
            )
            pieces += given_out
            start += len(stretch)
            self._stretch_left -= len(stretch)
            if end:
                self._stretch_left = _STRETCH
                if len(self._source) > MOST_OPEN:
                    pieces += split(self._open, self._source, is_whole=True)[0]
                    self._open, self._source = NOTHING_OPEN, ""
        return pieces

    def read_line(self) -> str:
        """Return the last line, which has no end yet."""
        self._line = ["".join(self._line)]
        return self._line[0]

    def read_tail(self, line: str | None = None) -> list[Piece]:
        """Return the pieces of what is not finished, as if the text ended here.

        Args:
            line: What to take for the last line, which has no end yet; None for the line itself.
        """
        line = self.read_line() if line is None else line
        return split(self._open, self._source + line, is_whole=True)[0]

    @property
    def is_in_code(self) -> bool:
        """Whether the text stands inside a code fence on the highest level."""
        return self._open.fence is not None

    def read_paragraph(self) -> str:
        """Return what is not finished from the last blank line on."""
        return (self._source + self.read_line()).rpartition("\n\n")[2]

    def finish(self) -> list[Piece]:
        """Return the pieces of the rest; the text ends here."""
        pieces = self.read_tail()
        self._open, self._source, self._line = NOTHING_OPEN, "", []
        self._size = 0
        return pieces

    def _cut_long_line(self) -> list[Piece]:
        """Give out parts of a long paragraph although its last line has no end yet."""
        line = self.read_line()
        # A short last line may still turn out to be anything, so there is no cut in it; neither in
        # an underline or delimiter row that is not whole yet.
        is_text = len(line) >= UNDECIDED_LINE and not _UNDERLINE.fullmatch(line)
        found = cut_long_line(self._open, self._source, line if is_text else "")
        if found is None:
            return []
        pieces, self._open, rest = found
        whole, newline, rest = (rest if is_text else rest + line).rpartition("\n")
        self._source, self._line = whole + newline, [rest]
        self._size = len(self._source) + len(rest)
        return pieces
