"""One answer on one terminal: its thinking, its pieces, its unfinished tail, the status below.

Everything heavy is imported with this module; `render/live.py` says when.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from tokenhub_cli.render.blocks import BlockReader
from tokenhub_cli.render.changes import encode_line
from tokenhub_cli.render.formulas import follow
from tokenhub_cli.render.inline import close_marks
from tokenhub_cli.render.layout import Layout
from tokenhub_cli.render.lines import EMPTY_LINE, LEAST_COLUMNS, Line, Style, merge_runs
from tokenhub_cli.render.painter import Locate, Painter, ReadBelow, Recall
from tokenhub_cli.render.paragraphs import is_settled
from tokenhub_cli.render.parts import Piece
from tokenhub_cli.render.presentation import Presentation
from tokenhub_cli.render.status import cut_status
from tokenhub_cli.render.theme import choose_theme
from tokenhub_cli.render.thinking import Thinking

LONGEST_JUDGED = 20_000  # characters of one paragraph in an item, before its words wait for frames
# A line that is marks alone may be the beginning of anything: a rule, an item, an underline.
_UNDECIDED = re.compile(r"[\s>]*+(?:[-+*_=#~`|:.]*+|\d{1,9}[.)]?)\s*+")
_LETTER = re.compile(r"[^\W\d_]")
_GOES_ON = frozenset({"paragraph", "heading"})
_VERBATIM = frozenset({"fence_line", "code_line", "html_line", "formula_line"})


class Document:
    """What is painted of one answer.

    Args:
        presentation: How the turn is to be shown.
        write: Writes to the terminal.
        environ: The environment: what it says of the terminal.
        columns: The screen's width.
        rows: Its height.
    """

    def __init__(
        self,
        presentation: Presentation,
        write: Callable[[str], None],
        environ: Mapping[str, str],
        columns: int,
        rows: int,
    ) -> None:
        self._presentation = presentation
        self._theme = choose_theme(
            presentation.theme,
            environ,
            use_color=presentation.use_color,
            code_theme=presentation.code_theme,
            screen_reader=presentation.screen_reader,
        )
        self._write = write
        self._size = columns, rows
        self._painter = Painter(write, columns, rows)
        self._reader = BlockReader()
        self._layout = Layout(self._theme, max(columns - 1, LEAST_COLUMNS), rows)
        self._fed: list[str] = []
        self._end: Style | None = None  # the style in which plain words may simply go on
        self._owed = ""  # a blank at the line's end, which is shown with the next word
        self._thinking = Thinking(presentation.collapse_reasoning)
        self._final: list[Line] = []
        self._has_status = False  # whether the last line is one, or is empty

    def append(self, text: str) -> bool:
        """Write plain words straight to where the text ends, if they can only stand there."""
        if self._end is None or not self._painter.append(self._owed + text, self._end):
            return False
        self._owed = ""
        self._fed.append(text)
        return True

    def mark(self) -> None:
        """Take note that the terminal has read, at the next mark, all that was written by now."""
        self._painter.mark()

    def feed(self, text: str) -> None:
        """Take a piece of the answer for the next frame."""
        if text:
            self._fed.append(text)

    def think(self, text: str, now: float) -> None:
        """Take a piece of the model's thinking for the next frame."""
        if self._fed:
            self._take(now)  # words that came before it end what was thought before them
        self._thinking.feed(text, now)

    def resize(
        self,
        columns: int,
        rows: int,
        *,
        reflows: bool,
        locate: Locate,
        recall: Recall,
        read_below: ReadBelow = lambda: (),
    ) -> bool:
        """Follow the screen's size; return whether it has changed."""
        if (columns, rows) == self._size:
            return False
        self._size = columns, rows
        self._end = None
        self._final += self._layout.resize(max(columns - 1, LEAST_COLUMNS), rows)
        self._painter.resize(
            *(columns, rows),
            reflows=reflows,
            locate=locate,
            recall=recall,
            read_below=read_below,
        )
        return True

    def paint(self, status: str, now: float) -> None:
        """Show what has come, with a status below it."""
        self._take(now)
        if self._presentation.screen_reader:
            self._final += self._thinking.take_lines(self._theme.reasoning, self._size[0] - 1, now)
            self._print()
            return
        tail = self._lay_out_tail(now)
        final, self._final = self._final, []
        if bool(status) != self._has_status:
            # On an empty line first: it can be known then, before the status stands there and after
            # it has gone, that a second Ctrl-C erases no more than it, and no less.
            self._painter.paint(final, tail, EMPTY_LINE)
            final, self._has_status = [], bool(status)
        if not status:
            self._painter.paint(final, tail)
            return
        line = ((cut_status(status, self._size[0]), Style(self._theme.faint)),)
        self._end = None
        self._painter.paint(final, tail, line)

    def finish(self, now: float) -> None:
        """Show everything for good."""
        self._take(now)
        rest = [line for piece in self._reader.finish() for line in self._layout.commit(piece)]
        thoughts = self._thinking.close(self._theme.reasoning, self._size[0] - 1, now)
        gap = [EMPTY_LINE] if thoughts and rest and rest[0] else []
        self._final += [*thoughts, *gap, *rest]
        if self._presentation.screen_reader:
            self._print()
            return
        final, self._final = self._final, []
        self._painter.paint(final, [])

    def abandon(self) -> None:
        """End whatever was being written, and leave the cursor on a line of its own."""
        if not self._presentation.screen_reader:
            self._painter.abandon(erases_last=self._has_status)

    def _take(self, now: float) -> None:
        """Turn what was fed since the last frame into final lines."""
        text = "".join(self._fed)
        self._fed.clear()
        if not text:
            return
        if self._thinking.is_open:
            self._final += self._thinking.close(self._theme.reasoning, self._size[0] - 1, now)
            self._final.append(EMPTY_LINE)
        self._commit(self._reader.feed(text))

    def _commit(self, pieces: list[Piece]) -> None:
        for piece in pieces:
            self._final += self._layout.commit(piece)

    def _lay_out_tail(self, now: float) -> list[Line]:
        self._end = None
        if self._thinking.is_open:
            final, tail = self._thinking.lay_out(self._theme.reasoning, self._size[0] - 1, now)
            self._final += final
            return tail
        line = self._reader.read_line()
        is_hidden = _UNDECIDED.fullmatch(line) is not None
        closed = "" if is_hidden else line if self._reader.is_in_code else close_marks(line)
        pieces = self._read_tail(line, closed)
        tail = self._layout.preview(pieces)
        if closed == f"{line})":
            tail = _unlink_last(tail)
        if tail and pieces and not is_hidden:
            shown = [piece for piece in pieces if piece.kind != "end"]
            self._note_end(shown[-1], line, tail[-1])
        return tail

    def _read_tail(self, line: str, closed: str) -> list[Piece]:
        """Return the pieces of the tail; emphasis shows before its closing mark has come."""
        pieces = self._reader.read_tail(closed)
        if closed in {line, ""} or not any(map(_is_verbatim, pieces[-2:])):
            return pieces
        return self._reader.read_tail(line)

    def _note_end(self, piece: Piece, line: str, last: Line) -> None:
        """Find out whether plain words that follow can be written as they are."""
        words = line.rstrip(" ")
        shown = "".join(text for text, _ in last)
        is_plain = bool(words) and piece.kind in _GOES_ON and _LETTER.search(words) is not None
        if not is_plain or not shown.endswith(words[-4:]):
            return
        paragraph = self._reader.read_paragraph()
        if len(paragraph) < LONGEST_JUDGED and is_settled(paragraph):
            self._end = last[-1][1]
            self._owed = " " * (len(line) - len(words))

    def _print(self) -> None:
        """Write final lines, for terminals on which nothing is repainted."""
        lines, self._final = self._final, []
        if lines:
            self._write("".join(encode_line(line) + "\n" for line in lines))


def _unlink_last(tail: Sequence[Line]) -> list[Line]:
    """Return a tail whose last address is shown, but not followed: it has not come whole.

    Nobody wants to follow a part of it, and it would be written twice with each of its letters.
    """
    urls = [style.url for line in tail for _, style in line if style.url]
    return (
        [
            merge_runs(
                (text, style._replace(url="") if style.url == urls[-1] else style)
                for text, style in line
            )
            for line in tail
        ]
        if urls
        else list(tail)
    )


def _is_verbatim(piece: Piece) -> bool:
    """Whether no mark counts where a piece ends."""
    return piece.kind in _VERBATIM or bool(follow(piece.opened, piece.text).display)
