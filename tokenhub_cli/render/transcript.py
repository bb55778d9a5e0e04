"""A kept conversation on a terminal: questions apart from answers, answers as Markdown. Pure.

Answers are laid out as they were while they streamed, so what was shown then is shown again: our
dialect of Markdown, its theme, and nothing that a character reference hides. They are no
hyperlinks, as a pager may not know these; the address is beside each link.
"""

from dataclasses import replace

from tokenhub_cli.chat.conversation import AnswerStatus, Conversation, Turn
from tokenhub_cli.render.blocks import BlockReader
from tokenhub_cli.render.changes import encode_line
from tokenhub_cli.render.columns import STYLES, Screen
from tokenhub_cli.render.layout import Layout
from tokenhub_cli.render.lines import (
    EMPTY_LINE,
    LEAST_COLUMNS,
    TAB_WIDTH,
    Line,
    Style,
    merge_runs,
    wrap_runs,
)
from tokenhub_cli.render.sanitize import sanitize, sanitize_line
from tokenhub_cli.render.theme import AUTO, Theme

_FED = 4096  # characters of an answer at a time: long paragraphs are parsed again with each step
_MOST_ROWS = 1_000  # of a table before its widths are final: nothing has to be kept off a screen


def format_transcript(
    conversation: Conversation,
    heading: str,
    screen: Screen,
    *,
    theme: Theme = AUTO,
    show_reasoning: bool = False,
) -> str:
    """Return a conversation as it is shown on a terminal, each line ended by a newline.

    Args:
        conversation: One line of turns.
        heading: What is known of it besides, on one line.
        screen: The terminal.
        theme: How the elements of answers look.
        show_reasoning: Show what the models thought, too.
    """
    transcript = _Transcript(screen.width, replace(theme, uses_links=False))
    transcript.add_words(sanitize_line(conversation.title or conversation.id), "bold")
    transcript.add_words(sanitize_line(heading), "dim")
    if conversation.system:
        transcript.end_part()
        transcript.add_words(sanitize(conversation.system), "dim")
    for turn in conversation.turns:
        transcript.end_part()
        transcript.add_turn(turn, show_reasoning=show_reasoning)
    return "".join(f"{_encode(line, screen)}\n" for line in transcript.lines)


class _Transcript:
    def __init__(self, width: int, theme: Theme) -> None:
        self._width = max(width - 1, LEAST_COLUMNS)  # as while it streamed
        self._theme = theme
        self.lines: list[Line] = []

    def end_part(self) -> None:
        self.lines.append(EMPTY_LINE)

    def add_words(self, text: str, style: str, mark: str = "") -> None:
        runs = [(mark, Style(STYLES["cyan"]))] if mark else []
        words = text.strip().expandtabs(TAB_WIDTH)
        self.lines += wrap_runs([*runs, (words, Style(STYLES[style]))], self._width)

    def add_turn(self, turn: Turn, *, show_reasoning: bool) -> None:
        self.add_words(sanitize(turn.question.text), "bold", "> ")
        for image in turn.question.images:
            self.add_words(f"@ {sanitize_line(image.source)}", "cyan")
        self.end_part()
        if turn.answer is None:
            self.add_words("(not answered)", "dim")
            return
        if show_reasoning and turn.answer.reasoning:
            words = sanitize(turn.answer.reasoning).strip().expandtabs(TAB_WIDTH)
            self.lines += wrap_runs([(words, Style(self._theme.reasoning))], self._width)
            self.end_part()
        self._add_markdown(sanitize(str(turn.answer.text)))
        if turn.answer.status is not AnswerStatus.COMPLETE:
            self.end_part()
            self.add_words(f"({turn.answer.status.value})", "yellow")

    def _add_markdown(self, text: str) -> None:
        reader = BlockReader()
        layout = Layout(self._theme, self._width, _MOST_ROWS)
        for start in range(0, len(text), _FED):
            for piece in reader.feed(text[start : start + _FED]):
                self.lines += layout.commit(piece)
        for piece in reader.finish():
            self.lines += layout.commit(piece)


def _encode(line: Line, screen: Screen) -> str:
    if not screen.color:
        return "".join(text for text, _ in line).rstrip()
    if not screen.moves:
        line = merge_runs((text, style._replace(is_aligned=False)) for text, style in line)
    return encode_line(line)
