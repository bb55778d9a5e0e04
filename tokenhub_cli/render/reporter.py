"""Tells on stderr how a turn is going: waiting, retries, interruptions, errors, the footer.

On a terminal waiting and countdowns are one transient line; into anything else they are plain
lines, at most one every 30 s. Where stdout shows on the same terminal, a notice never splits the
answer: once the answer has begun, notices wait for its end. `quiet` silences notices, not errors.
"""

import math
from collections.abc import Callable
from typing import Protocol

from tokenhub_cli.chat.conversation import Answer
from tokenhub_cli.chat.usage import Prices
from tokenhub_cli.errors import TokenHubError
from tokenhub_cli.render import notices
from tokenhub_cli.render.outlet import Outlet
from tokenhub_cli.wire.events import AttemptStarted, Event, Interrupted, Noted, Resumed, Retrying

SILENCE_S = 10.0  # without data, until a notice says that we wait
FIRST_SILENCE_S = 1.0  # the same before any data, where what says so vanishes again
PLAIN_INTERVAL_S = 30.0  # between two lines about waiting that stay
STATUS_INTERVAL_S = 1.0


class Status(Protocol):
    """A line that can be drawn and removed again."""

    can_repaint: bool

    def draw(self, text: str) -> None:
        """Show `text`."""

    def hide(self) -> None:
        """Remove it."""


class Reporter:
    """What stderr says during one turn.

    Args:
        outlet: stderr.
        status: The transient line of stderr's terminal.
        clock: Seconds, monotonic.
        shares_terminal: Whether stdout shows on the same terminal.
        quiet: Say nothing but errors (and the footer, where asked for).
        verbose: Say more about errors and attempts.
        silence_s: Seconds without a first piece after which waiting is shown.
    """

    def __init__(
        self,
        outlet: Outlet,
        status: Status,
        clock: Callable[[], float],
        *,
        shares_terminal: bool = False,
        quiet: bool = False,
        verbose: bool = False,
        silence_s: float = SILENCE_S,
    ) -> None:
        self._outlet = outlet
        self._status = status
        self._clock = clock
        self._shares_terminal = shares_terminal
        self._quiet = quiet
        self._verbose = verbose
        self._silence_s = silence_s
        self._last_data = clock()
        self._last_plain = -math.inf
        self._wait: Retrying | Interrupted | None = None
        self._wait_ends = 0.0
        self._thinks_since: float | None = None
        self._answer_begun = False
        self._held: list[str] = []

    @property
    def writes_where_painted(self) -> bool:
        """Whether what is said now goes to the answer's terminal; later it would split the answer.

        What is to be said then is held until the answer has ended.
        """
        return self._shares_terminal and not self._answer_begun

    def data_arrived(self) -> None:
        """Take note that a piece of the answer came: nothing is waited for any more."""
        self._last_data = self._clock()
        self._wait = None
        if not self._answer_begun:
            self._answer_begun = True
            self._silence_s = SILENCE_S
        self._status.hide()

    def thinking_arrived(self) -> None:
        """Take note of a piece of the model's thinking, of which only that it comes is shown."""
        if self._thinks_since is None:
            self.data_arrived()
            self._thinks_since = self._last_data
        else:
            self.note_data()

    def end_thinking(self) -> float | None:
        """Remove what says that the model thinks; return for how many seconds, or None."""
        if self._thinks_since is None:
            return None
        self._status.hide()
        since, self._thinks_since = self._thinks_since, None
        return self._clock() - since

    def note_data(self) -> None:
        """Take note that a piece came, from any thread; the next tick does what follows from it."""
        self._last_data = self._clock()
        self._silence_s = SILENCE_S

    def report(self, event: Event) -> None:
        """Say what an event other than data means to the user."""
        now = self._clock()
        match event:
            case AttemptStarted():
                self._wait = None
                self._last_data = now
                self._status.hide()
            case Retrying() | Interrupted():
                self._wait, self._wait_ends = event, now + event.wait_s
                self._last_data = now
                words = notices.format_failure(
                    event,
                    waits_in_line=not self._status.can_repaint,
                    verbose=self._verbose,
                )
                self.note(words)
            case Resumed():
                self.note(notices.format_resumed(event, verbose=self._verbose))
            case Noted():
                self.note(event.message)
            case _:
                pass

    def note(self, words: str) -> None:
        """Say one thing that stays on the screen, unless quiet; later, if it split the answer."""
        if self._quiet:
            return
        if self._shares_terminal and self._answer_begun:
            self._held.append(notices.format_note(words))
            return
        self._write(notices.format_note(words))

    def tick(self) -> float | None:
        """Show or refresh what is transient; return seconds until the next call is wanted."""
        if self._quiet:
            return None
        now = self._clock()
        if self._wait is not None:
            self._status.draw(notices.format_countdown(self._wait, self._wait_ends - now))
            return STATUS_INTERVAL_S if self._status.can_repaint else None
        silent_for = now - self._last_data
        if silent_for < self._silence_s:
            if self._thinks_since is not None and self._status.can_repaint:
                thinks_for = now - self._thinks_since
                self._status.draw(notices.format_thinking(thinks_for))
                return STATUS_INTERVAL_S - thinks_for % STATUS_INTERVAL_S
            self._status.hide()
            return self._silence_s - silent_for
        if self._status.can_repaint:
            self._status.draw(notices.format_waiting(silent_for))
            return STATUS_INTERVAL_S - silent_for % STATUS_INTERVAL_S
        return self._say_waiting(now, silent_for)

    def finish(
        self,
        answer: Answer,
        error: TokenHubError | None,
        *,
        footer_for: str | None = None,
        prices: Prices | None = None,
    ) -> None:
        """Say everything that is left to say; the cursor stands at the beginning of a line.

        Args:
            answer: The answer as it ended.
            error: Why it is not whole, or None.
            footer_for: The model asked for, if the footer is wanted.
            prices: What the model costs, for the footer.
        """
        self._status.hide()
        for line in self._held:
            self._outlet.write_words(line)
        self._held.clear()
        ending = notices.format_ending(answer)
        if ending and error is None and not self._quiet:
            self._outlet.write_words(notices.format_note(ending))
        if footer_for is not None:
            footer = notices.format_footer(answer, model=footer_for, prices=prices)
            self._outlet.write_words(footer + "\n")
        if error is not None:
            self._outlet.write_words(notices.format_error(error, verbose=self._verbose))

    def _say_waiting(self, now: float, silent_for: float) -> float:
        due_in = self._last_plain + PLAIN_INTERVAL_S - now
        if due_in > 0:
            return due_in
        self._last_plain = now
        self._write(notices.format_note(f"waiting for the gateway for {silent_for:.0f} s"))
        return PLAIN_INTERVAL_S

    def _write(self, text: str) -> None:
        self._status.hide()
        self._outlet.write_words(text)
