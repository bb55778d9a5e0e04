"""Growing Markdown to finished pieces and an unfinished tail. Pure.

A piece is the smallest part of a document that is shown as one: a paragraph (or a stretch of a long
one), a heading, a rule, a line of code or HTML, a row of a table, wherever in lists and quotes it
stands. The rules:

1. A piece is given out once, when no further text can change it, and never changes.
2. The sources of all pieces, in order, are the text; `read_tail` shows the rest as it stands.
3. How the text is cut into feeds makes no difference to what all pieces show in the end.
4. Each step parses from the last open block only, and inside big blocks from the last open piece.

Whole lines alone decide about blocks, as in CommonMark, each for itself but for one exception: a
paragraph's last line can be turned into a heading or a table by the line after it, so an open
paragraph waits. A long one cannot be turned any more (see `render/parser.py` for the dialect); it
is given out in parts, even while its line has no end yet. Line ends must be newlines and text must
be safe, as `render/sanitize.py` gives it.
"""

import re

from tokenhub_cli.render.paragraphs import LONG_PARAGRAPH, UNDECIDED_LINE
from tokenhub_cli.render.parts import Piece
from tokenhub_cli.render.pieces import NOTHING_OPEN, cut_long_line, split

_CHECK_INTERVAL = 100  # characters between two looks at a line that grows long
_UNDERLINE = re.compile(r"[-:|=\s]*")


class BlockReader:
    """Reads a document that comes in pieces."""

    def __init__(self) -> None:
        self._open = NOTHING_OPEN
        self._source = ""  # whole lines that are not given out yet
        self._line: list[str] = []  # the last line, which has no end yet
        self._size = 0  # of both together
        self._check_at = LONG_PARAGRAPH

    def feed(self, text: str) -> list[Piece]:
        """Take more text; return the pieces that are finished by it."""
        pieces: list[Piece] = []
        head, newline, rest = text.rpartition("\n")
        if newline:
            self._source += "".join(self._line) + head + newline
            self._line = [rest]
            pieces, self._open, self._source = split(self._open, self._source, is_whole=False)
            self._size = len(self._source) + len(rest)
            self._check_at = LONG_PARAGRAPH
        else:
            self._line.append(text)
            self._size += len(text)
        if self._size > self._check_at:
            pieces += self._cut_long_line()
            self._check_at = self._size + _CHECK_INTERVAL
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
