"""The small protocol that every renderer speaks, and the choice among them.

A sink owns stdout and stderr for one turn; the main thread alone calls it. Renderers are imported
only when chosen: an answer into a pipe loads no third-party library.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from tokenhub_cli.chat.conversation import Answer
from tokenhub_cli.errors import TokenHubError
from tokenhub_cli.render.outlet import Outlet
from tokenhub_cli.render.presentation import Presentation
from tokenhub_cli.wire.events import Event


class Sink(Protocol):
    """Shows one turn."""

    def show(self, event: Event) -> None:
        """Show an event; called for every one but `Ended`. Its text is unsanitised."""

    def tap(self) -> Callable[[str], None] | None:
        """Return what writes a text at once and from any thread, where that is sound, else None.

        It is where stdout is no terminal: nothing else is ever written there. A sink that is tapped
        gets by `show` what came before, and then no more `TextDelta`; no text is written while
        `show` is at work.
        """

    def tick(self) -> float | None:
        """Repaint, wait, count down; return seconds until the next call is wanted, or None."""

    def finish(self, answer: Answer, error: TokenHubError | None) -> None:
        """Show the end: last text, newline, footer, notices, error and hint.

        Raises:
            OSError: stdout did not take its last bytes; stderr has been told, if not of a
                `BrokenPipeError`, which is no failure.
        """

    def abandon(self) -> None:
        """Leave the terminal sane, at once: the process ends in the middle of whatever was shown.

        Called from a signal handler; never raises.
        """


def choose_sink(presentation: Presentation, answer_outlet: Outlet, notice_outlet: Outlet) -> Sink:
    """Return the sink for a turn.

    Args:
        presentation: How the turn is to be shown.
        answer_outlet: stdout.
        notice_outlet: stderr.
    """
    terminals = [outlet for outlet in (answer_outlet, notice_outlet) if outlet.is_terminal]
    if presentation.understands_escapes and not all(item.enable_escapes() for item in terminals):
        presentation = replace(presentation, understands_escapes=False, use_color=False)
    if presentation.output != "text":
        from tokenhub_cli.render.jsonl import JsonSink

        return JsonSink(presentation, answer_outlet, notice_outlet)
    if answer_outlet.is_terminal and presentation.understands_escapes and not presentation.raw:
        from tokenhub_cli.render.live import LiveSink

        return LiveSink(presentation, answer_outlet, notice_outlet)
    from tokenhub_cli.render.plain import PlainSink

    return PlainSink(presentation, answer_outlet, notice_outlet)
