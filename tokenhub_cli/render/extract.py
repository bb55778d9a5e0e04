"""Only a fenced code block of the answer reaches stdout: `--extract` and `--extract-last`.

Which block is the last one is known only at the end, so nothing is written before it. Everything
else is shown as in plain mode.
"""

from tokenhub_cli.chat.conversation import Answer
from tokenhub_cli.errors import TokenHubError
from tokenhub_cli.render.fences import find_code_blocks
from tokenhub_cli.render.outlet import Outlet
from tokenhub_cli.render.plain import PlainSink
from tokenhub_cli.render.presentation import Presentation
from tokenhub_cli.wire.events import Event, Noted, TextDelta


class ExtractSink:
    """Shows one code block of an answer.

    Args:
        presentation: How the turn is to be shown.
        answer_outlet: stdout.
        notice_outlet: stderr.
        is_last: Take the last block, not the first.
    """

    def __init__(
        self,
        presentation: Presentation,
        answer_outlet: Outlet,
        notice_outlet: Outlet,
        *,
        is_last: bool,
    ) -> None:
        self._plain = PlainSink(presentation, answer_outlet, notice_outlet)
        self._is_last = is_last

    def show(self, event: Event) -> None:
        """Show everything but the text."""
        if not isinstance(event, TextDelta):
            self._plain.show(event)

    def tap(self) -> None:
        """Nothing: no text is written before the end."""

    def tick(self) -> float | None:
        """Refresh what is transient."""
        return self._plain.tick()

    def finish(self, answer: Answer, error: TokenHubError | None) -> None:
        """Write the block, or say that there is none, and end as in plain mode."""
        blocks = find_code_blocks(str(answer.text))
        if not blocks and error is None:
            self._plain.show(Noted("the answer holds no fenced code block; nothing was extracted"))
        block = blocks[-1 if self._is_last else 0] if blocks else ""
        self._plain.finish(answer, error, last=block)

    def abandon(self) -> None:
        """Leave the terminal sane."""
        self._plain.abandon()
