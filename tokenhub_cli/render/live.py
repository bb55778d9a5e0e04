"""Live Markdown on a terminal, at a flat cost.

Finished pieces go to the scrollback once; the unfinished tail is repainted in place, at most twenty
times a second and less often where a frame is dear, but before more has come than an instant can
show. Words that merely go on are written between frames as they come. A frame takes the text since
the last one through `blocks`, `layout` and `painter`; nothing is parsed, laid out or written twice
that cannot have changed.

The main thread is the only writer. Constructing a sink imports little; `prepare` imports the rest
while the first token is waited for.
"""

import gc
import os
import re
import sys
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from tokenhub_cli.chat.conversation import Answer, AnswerStatus
from tokenhub_cli.errors import TokenHubError
from tokenhub_cli.render.outlet import Outlet
from tokenhub_cli.render.presentation import Presentation
from tokenhub_cli.render.reflow import (
    find_delay,
    locate_cursor,
    measure_screen,
    read_below,
    read_scrollback,
    reflows,
)
from tokenhub_cli.render.reporter import FIRST_SILENCE_S, SILENCE_S, Reporter
from tokenhub_cli.render.sanitize import Sanitizer
from tokenhub_cli.wire.events import Event, ReasoningDelta, TextDelta, ToolCallDelta

if TYPE_CHECKING:
    from tokenhub_cli.render.document import Document

DOCUMENT = "tokenhub_cli.render.document"
FRAME_S = 1 / 18
IDLE_SHARE = 6  # a frame's cost is followed by at least that many times its length without one
FRAME_CHARACTERS = 2048  # 10 to 20 ms: a signal must not wait longer for a frame to end
SIZE_INTERVAL_S = 0.25
MARK_S = 0.04  # the terminal has read what was written that long ago
ASK_AGAIN_S = 0.1
LATEST_S = 2.0  # after a change of size; a screen of another one is not ours then
UNSETTLED_CHARACTERS = 4 * FRAME_CHARACTERS  # that much does not wait for a size to settle
# For a size to settle at an answer's end, while somebody drags the edge; after Ctrl-C.
LONGEST_WAIT_S, LONGEST_CANCELLED_WAIT_S = 10.0, 0.3
# Words and punctuation that have no meaning in Markdown within a line.
_PLAIN_WORDS = re.compile(r"(?:[^\W_]|[ ,.;:'\"()!?%/+-])+")


class LiveStatus:
    """The status line as the last line of what the sink paints."""

    def __init__(self, *, can_repaint: bool) -> None:
        self.can_repaint = can_repaint
        self.text = ""

    def draw(self, text: str) -> None:
        """Show `text` with the next frame."""
        self.text = text

    def hide(self) -> None:
        """Remove the status with the next frame."""
        self.text = ""


class LiveSink:
    """Shows an answer as live Markdown.

    Args:
        presentation: How the turn is to be shown.
        answer_outlet: stdout, a terminal.
        notice_outlet: stderr.
    """

    def __init__(
        self, presentation: Presentation, answer_outlet: Outlet, notice_outlet: Outlet
    ) -> None:
        self._presentation = presentation
        self._clock = presentation.clock
        self._outlet = answer_outlet
        self._environ = os.environ if presentation.environ is None else presentation.environ
        self._status = LiveStatus(can_repaint=not presentation.screen_reader)
        self._reporter = Reporter(
            notice_outlet,
            self._status,
            self._clock,
            shares_terminal=notice_outlet.shares_terminal(answer_outlet),
            quiet=presentation.quiet,
            verbose=presentation.verbose,
            silence_s=SILENCE_S if presentation.screen_reader else FIRST_SILENCE_S,
        )
        self._sanitizer = Sanitizer()
        self._document: Document | None = None
        self._next_frame = 0.0
        self._full_at = 0.0  # when the last frame's time will have passed
        self._next_measure = 0.0
        self._next_mark = 0.0
        self._is_dirty = False
        self._unpainted = 0  # characters
        self._status_shown = ""
        self._size = answer_outlet.measure()
        self._changed_at = 0.0
        self._settled_at = 0.0  # when the terminal will have told of every size; 0 if it has

    def prepare(self) -> None:
        """Import what rendering needs, so that the first token need not wait for it."""
        if self._document is None:
            is_loaded = DOCUMENT in sys.modules
            from tokenhub_cli.render.document import Document

            if not is_loaded:
                gc.freeze()  # modules stay; the collector looked at them for 10 ms again and again
            columns, rows = self._outlet.measure()
            self._document = Document(
                self._presentation, self._outlet.write, self._environ, columns, rows
            )

    def show(self, event: Event) -> None:
        """Take an event; paint it now if a frame is due."""
        match event:
            case TextDelta(text):
                self._data_arrived()
                text = self._sanitizer.feed(text)
                document = self._get_document()
                self._measure()
                if not self._is_dirty and _PLAIN_WORDS.fullmatch(text) and document.append(text):
                    return
                document.feed(text)
                self._unpainted += len(text)
            case ReasoningDelta(text):
                self._data_arrived()
                if not self._presentation.show_reasoning:
                    return
                self._get_document().think(text, self._clock())
            case ToolCallDelta():
                self._data_arrived()
                return
            case _:
                self._report(event)
                return
        self._is_dirty = True
        if self._clock() >= self._next_frame or self._unpainted >= FRAME_CHARACTERS:
            self._paint_frame()

    def tap(self) -> None:
        """Nothing: only the main thread paints."""

    def tick(self) -> float:
        """Paint a frame if one is due; return seconds until the next call is wanted."""
        self.prepare()
        wanted = self._reporter.tick()
        now = self._clock()
        if now >= self._next_measure:
            self._next_measure = now + SIZE_INTERVAL_S
            self._measure()
        wanted_at = [self._next_measure]  # in silence, too, a person may resize the terminal
        if wanted is not None:
            wanted_at.append(now + wanted)
        if self._is_frame_wanted and now >= self._next_frame:
            self._paint_frame()
        if self._is_frame_wanted:
            wanted_at.append(self._next_frame)
        return min(wanted_at) - now

    def finish(self, answer: Answer, error: TokenHubError | None) -> None:
        """Paint the rest for good; then notices, footer and error."""
        document = self._get_document()
        self._status.hide()
        is_cancelled = answer.status is AnswerStatus.CANCELLED
        self._let_size_settle(LONGEST_CANCELLED_WAIT_S if is_cancelled else LONGEST_WAIT_S)
        self._follow_size()
        document.feed(self._sanitizer.finish())
        document.finish(self._clock())
        presentation = self._presentation
        self._reporter.finish(
            answer,
            error,
            footer_for=presentation.model if presentation.show_usage else None,
            prices=presentation.prices,
        )

    def abandon(self) -> None:
        """Put the terminal's modes back and leave the cursor below what was shown."""
        if self._document is not None:
            with suppress(OSError):
                self._document.abandon()

    @property
    def _is_frame_wanted(self) -> bool:
        return self._is_dirty or self._status.text != self._status_shown

    def _get_document(self) -> "Document":
        self.prepare()
        assert self._document is not None
        return self._document

    def _data_arrived(self) -> None:
        self._reporter.data_arrived()
        if self._status_shown:
            self._is_dirty = True

    def _report(self, event: Event) -> None:
        """Say something that stays, which must not be written into a painted line."""
        if self._status_shown and self._reporter.writes_where_painted:
            self._status.hide()
            self._measure()
            self._paint()
        self._reporter.report(event)

    def _paint_frame(self) -> None:
        """Paint what has come, unless the size is about to change."""
        if self._measure() and self._unpainted < UNSETTLED_CHARACTERS:
            self._next_frame = self._settled_at
        else:
            self._paint()

    def _paint(self) -> None:
        self._follow_size()
        started = self._clock()
        self._get_document().paint(self._status.text, started)
        self._status_shown = self._status.text
        self._is_dirty = False
        self._unpainted = 0
        ended = self._clock()
        interval = max(FRAME_S, (1 + IDLE_SHARE) * (ended - started))
        # One frame may come early (a leaky bucket of two): pieces that come about as often as
        # frames do would else wait almost a whole interval, each of them.
        # Those that much text asked for are not held against the next ones.
        self._full_at = min(max(self._full_at, started), started + FRAME_S) + interval
        self._next_frame = self._full_at - FRAME_S

    def _measure(self) -> float:
        """Look at the screen's size; return the seconds in which it may prove to be another one."""
        size = self._outlet.measure()
        now = self._clock()
        if size != self._size:
            self._size = size
            self._changed_at = now
            delay = find_delay(self._environ)
            self._settled_at = now + delay if delay else 0.0
            self._is_dirty = True
        elif 0 < self._settled_at <= now:
            # On a busy machine it may be later than it means to be.
            is_late = now < self._changed_at + LATEST_S and measure_screen(self._environ) not in {
                None,
                size,
            }
            self._settled_at = now + ASK_AGAIN_S if is_late else 0.0
        elif not self._settled_at and now >= self._next_mark and self._document is not None:
            self._next_mark = now + MARK_S
            self._document.mark()
        return max(self._settled_at - now, 0.0)

    def _let_size_settle(self, longest_s: float) -> None:
        """Wait until nobody drags the terminal's edge any more."""
        latest = self._clock() + longest_s
        while (wait := self._measure()) and (left := latest - self._clock()) > 0:
            time.sleep(min(wait, left))
        self._settled_at = 0.0

    def _follow_size(self) -> None:
        self._get_document().resize(
            *self._size,
            reflows=reflows(self._environ),
            locate=partial(locate_cursor, self._environ, *self._size),
            recall=partial(read_scrollback, self._environ),
            read_below=partial(read_below, self._environ),
        )
