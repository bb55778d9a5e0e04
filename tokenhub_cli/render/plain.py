"""The model's text as it is: for pipes, files, dumb terminals and `--raw`.

Into a pipe or file stdout gets the text exactly, each piece written when it arrives, and a final
newline if the text lacks one. On a terminal the text is sanitised. A reader that closes the pipe is
no failure: `BrokenPipeError` goes through to the turn, which ends quietly. Reasoning is shown above
the answer where stderr is a terminal, and goes into no pipe. What reads the pipe (`tee`) may show
it on that same terminal: as long as a line of the text is open, nothing transient is drawn there,
which would take the line along when it goes. Nothing here imports a third-party library.
"""

import os
import threading
from collections.abc import Callable
from contextlib import suppress

from tokenhub_cli.chat.conversation import Answer
from tokenhub_cli.errors import OutputError, TokenHubError
from tokenhub_cli.render.outlet import Outlet, try_last_writes
from tokenhub_cli.render.presentation import Presentation
from tokenhub_cli.render.reflow import reflows
from tokenhub_cli.render.reporter import FIRST_SILENCE_S, SILENCE_S, Reporter
from tokenhub_cli.render.sanitize import Sanitizer
from tokenhub_cli.render.status import StatusLine
from tokenhub_cli.wire.events import Event, ReasoningDelta, TextDelta, ToolCallDelta

DIM, UNDIM = "\x1b[2m", "\x1b[22m"


class PlainSink:
    """Shows an answer as plain text.

    Args:
        presentation: How the turn is to be shown.
        answer_outlet: stdout.
        notice_outlet: stderr.
    """

    def __init__(
        self, presentation: Presentation, answer_outlet: Outlet, notice_outlet: Outlet
    ) -> None:
        self._presentation = presentation
        self._answer = answer_outlet
        self._notices = notice_outlet
        shares_terminal = notice_outlet.shares_terminal(answer_outlet)
        self._shares_terminal = shares_terminal
        self._status = StatusLine(
            notice_outlet,
            can_repaint=notice_outlet.is_terminal
            and presentation.understands_escapes
            and not presentation.screen_reader,
            reflows=reflows(os.environ if presentation.environ is None else presentation.environ),
        )
        self._reporter = Reporter(
            notice_outlet,
            self._status,
            presentation.clock,
            shares_terminal=shares_terminal,
            quiet=presentation.quiet,
            verbose=presentation.verbose,
            silence_s=FIRST_SILENCE_S if self._status.can_repaint else SILENCE_S,
        )
        self._sanitizer = Sanitizer() if answer_outlet.is_terminal else None
        self._ends_line = True
        self._reasoning: Sanitizer | None = None
        self._is_folding = False  # the model thinks, and only that it does is shown
        self._shows_reasoning = presentation.show_reasoning and (
            shares_terminal or (notice_outlet.is_terminal and not presentation.quiet)
        )
        self._stderr_lock = threading.Lock()
        self._yields_line = self._status.can_repaint and answer_outlet.is_pipe

    def show(self, event: Event) -> None:
        """Write a piece of text at once, or say on stderr what else happened.

        Raises:
            BrokenPipeError: The reader has closed the pipe.
        """
        with self._stderr_lock:
            self._show(event)

    def _show(self, event: Event) -> None:
        match event:
            case TextDelta(text):
                self._reporter.data_arrived()
                self._close_reasoning()
                self._write_text(self._sanitizer.feed(text) if self._sanitizer else text)
            case ReasoningDelta(text):
                if not self._shows_reasoning:
                    self._reporter.data_arrived()
                elif self._presentation.collapse_reasoning:
                    self._is_folding = True
                    self._reporter.thinking_arrived()
                else:
                    self._reporter.data_arrived()
                    self._write_reasoning(text)
            case ToolCallDelta():
                self._reporter.data_arrived()
            case _:
                self._reporter.report(event)

    def tap(self) -> Callable[[str], None] | None:
        """Return what writes a piece of text from any thread, if stdout is no terminal."""
        return None if self._answer.is_terminal else self._write_from_any_thread

    def tick(self) -> float | None:
        """Refresh what is transient; return seconds until the next call is wanted."""
        with self._stderr_lock:
            return self._reporter.tick()

    def finish(self, answer: Answer, error: TokenHubError | None, *, last: str = "") -> None:
        """End the answer's last line; then notices, footer and error, if stdout is full as well.

        Args:
            answer: The answer as it ended.
            error: Why it is not whole, or None.
            last: Text that was kept back until now.

        Raises:
            OSError: stdout did not take its last bytes; stderr has been told.
        """
        failure = None
        if not isinstance(error, OutputError):
            failure = try_last_writes(lambda: self._end_text(last))
        presentation = self._presentation
        self._reporter.finish(
            answer,
            error if failure is None else OutputError(failure),
            footer_for=presentation.model if presentation.show_usage else None,
            prices=presentation.prices,
        )
        if failure is not None:
            raise failure

    def abandon(self) -> None:
        """Remove the status line and end the answer's line; nothing else is out of the ordinary."""
        with suppress(OSError):
            self._status.hide()
            if self._shares_terminal and not self._ends_line:
                self._answer.write("\n")

    def _end_text(self, last: str) -> None:
        if last:
            self.show(TextDelta(last))
        self._status.hide()
        self._close_reasoning()
        if self._sanitizer:
            self._write_text(self._sanitizer.finish())
        if not self._ends_line:
            self._write_text("\n")

    def _write_from_any_thread(self, text: str) -> None:
        self._reporter.note_data()
        if self._reasoning is not None or self._is_folding:
            with self._stderr_lock:
                self._close_reasoning()
        if self._yields_line:
            with self._stderr_lock:  # not while the text is written: a pipe may be full
                self._status.hide()
                self._status.can_repaint = False
        self._answer.write(text)
        self._note_line(text)

    def _write_text(self, text: str) -> None:
        if not text:
            return
        self._answer.write(text)
        self._note_line(text)
        if self._shares_terminal:
            self._status.track(text)

    def _note_line(self, text: str) -> None:
        self._ends_line = text.endswith("\n")
        if self._yields_line:
            self._status.can_repaint = self._ends_line

    def _write_reasoning(self, text: str) -> None:
        if self._reasoning is None:
            self._reasoning = Sanitizer()
        self._write_dimly(self._reasoning.feed(text))

    def _close_reasoning(self) -> None:
        if self._is_folding:
            self._is_folding = False
            seconds = self._reporter.end_thinking() or 0
            if self._shares_terminal and not self._ends_line:  # a model that thinks in mid-answer
                self._write_text("\n")
            self._write_dimly(f"thought for {seconds:.0f} s")
            self._notices.write("\n\n")
            self._status.track("\n\n")
        if self._reasoning is None:
            return
        self._write_dimly(self._reasoning.finish())
        self._reasoning = None
        text = "\n\n" if self._status.is_mid_line else "\n"
        self._notices.write(text)
        self._status.track(text)

    def _write_dimly(self, text: str) -> None:
        if not text:
            return
        is_dim = self._presentation.understands_escapes and self._presentation.use_color
        self._notices.write(f"{DIM}{text}{UNDIM}" if is_dim else text)
        self._status.track(text)
