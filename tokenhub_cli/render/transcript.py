"""A kept conversation on a terminal: questions apart from answers, answers as Markdown."""

from tokenhub_cli.chat.conversation import AnswerStatus, Conversation, Turn
from tokenhub_cli.render.columns import Screen, build_console, trim_lines
from tokenhub_cli.render.sanitize import sanitize, sanitize_line


def format_transcript(
    conversation: Conversation, heading: str, screen: Screen, *, show_reasoning: bool = False
) -> str:
    """Return a conversation as it is shown on a terminal.

    Args:
        conversation: One line of turns.
        heading: What is known of it besides, on one line.
        screen: The terminal.
        show_reasoning: Show what the models thought, too.
    """
    from rich.console import Group, RenderableType
    from rich.markdown import Markdown
    from rich.text import Text

    def show_answer(turn: Turn) -> list[RenderableType]:
        if turn.answer is None:
            return [Text("(not answered)", style="dim"), Text()]
        shown: list[RenderableType] = []
        if show_reasoning and turn.answer.reasoning:
            shown += [Text(sanitize(turn.answer.reasoning).strip(), style="dim italic"), Text()]
        # A link is shown with its address: what a model names may be other than where it leads.
        shown += [Markdown(sanitize(str(turn.answer.text)), hyperlinks=False), Text()]
        if turn.answer.status is not AnswerStatus.COMPLETE:
            shown += [Text(f"({turn.answer.status.value})", style="yellow"), Text()]
        return shown

    parts: list[RenderableType] = [
        Text(sanitize_line(conversation.title or conversation.id), style="bold"),
        Text(sanitize_line(heading), style="dim"),
        Text(),
    ]
    if conversation.system:
        parts += [Text(sanitize(conversation.system).strip(), style="dim"), Text()]
    for turn in conversation.turns:
        question = Text(sanitize(turn.question.text).strip(), style="bold")
        files = [
            Text(f"@ {sanitize_line(image.source)}", style="cyan") for image in turn.question.images
        ]
        parts += [
            Text("> ", style="cyan").append_text(question),
            *files,
            Text(),
            *show_answer(turn),
        ]
    console = build_console(screen)
    with console.capture() as capture:
        console.print(Group(*parts[:-1]))
    return trim_lines(capture.get())
