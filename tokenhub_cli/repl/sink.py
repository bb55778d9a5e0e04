"""What `chat` adds to any sink: hints that name its own commands, and a lead-in to a continuation.

An answer that is gone on with stands further up on the screen. Its last lines are shown once more,
so that what is new can be read from its beginning.
"""

from collections.abc import Callable

from tokenhub_cli.chat.conversation import Answer
from tokenhub_cli.errors import TokenHubError
from tokenhub_cli.render.fences import is_closing, parse_opening
from tokenhub_cli.render.sink import Sink
from tokenhub_cli.repl.wording import name_commands, reword
from tokenhub_cli.wire.events import Event, Noted, TextDelta

MOST_LINES = 6


class ChatSink:
    """Shows a turn of the loop; `is_finished` once its answer is over.

    Args:
        sink: Shows everything.
        lead_in: Text that stands on the screen already, to be shown again; may be empty.
    """

    def __init__(self, sink: Sink, lead_in: str = "") -> None:
        self._sink = sink
        self.is_finished = False
        if lead_in:
            sink.show(TextDelta(lead_in))

    def show(self, event: Event) -> None:
        """Show an event."""
        if isinstance(event, Noted):
            event = Noted(name_commands(event.message))
        self._sink.show(event)

    def tap(self) -> Callable[[str], None] | None:
        """Return what writes text from any thread, if the sink has that."""
        return self._sink.tap()

    def tick(self) -> float | None:
        """Refresh what is transient."""
        return self._sink.tick()

    def finish(self, answer: Answer, error: TokenHubError | None) -> None:
        """Show the end."""
        self.is_finished = True
        if error is not None:
            error.hint = error.hint.replace("`tokenhub resume`", "`/continue`")
            error = reword(error)
        self._sink.finish(answer, error)

    def abandon(self) -> None:
        """Leave the terminal sane."""
        self._sink.abandon()


def find_lead_in(text: str) -> str:
    """Return the end of a broken-off answer: its last paragraph's lines, or those of open code."""
    lines = text.split("\n")
    fence, opened = None, 0
    for number, line in enumerate(map(str.lstrip, lines)):  # in lists fences are indented
        if fence is None:
            fence, opened = parse_opening(line), number
        elif is_closing(fence, line):
            fence = None
    if fence is not None:
        return "\n".join([lines[opened], *lines[opened + 1 :][-MOST_LINES:]])
    paragraph = text.rpartition("\n\n")[2]
    return "\n".join(paragraph.split("\n")[-MOST_LINES:])
