"""Commands about the loop itself and what it shows."""

from tokenhub_cli.chat.conversation import Answer
from tokenhub_cli.chat.usage import Usage, compute_cost, sum_usage
from tokenhub_cli.errors import UsageError
from tokenhub_cli.repl.dialogue import Dialogue
from tokenhub_cli.repl.output import format_table, write_lines, write_note


def leave(dialogue: Dialogue, _argument: str) -> None:
    """End the loop."""
    dialogue.leave()


def show_info(dialogue: Dialogue, _argument: str) -> None:
    """Show what the next question would be asked with."""
    session, conversation = dialogue.session, dialogue.conversation
    settings = session.settings
    count = len(conversation.turns)
    rows = [
        ("model", session.model),
        ("gateway", settings.base_url),
        ("profile", settings.profile),
        ("conversation", conversation.id if settings.history else f"{conversation.id}, not kept"),
        ("title", dialogue.title),
        ("questions", str(count)),
        ("system prompt", conversation.system),
        ("parameters", ", ".join(f"{name} {value}" for name, value in session.options.items())),
        ("files", ", ".join(dialogue.files + dialogue.pictures)),
        ("reasoning", "hidden" if settings.hide_reasoning else "shown"),
        ("Markdown", "rendered" if settings.markdown else "as it is"),
    ]
    write_lines(format_table((name, value) for name, value in rows if value))


def show_usage(dialogue: Dialogue, _argument: str) -> None:
    """Show what the conversation has cost: each model's tokens, and the money where known."""
    answers = [turn.answer for turn in dialogue.conversation.turns if turn.answer is not None]
    counted = [answer for answer in answers if answer.usage is not None]
    if not counted:
        write_note("no tokens were counted in this conversation yet")
        return
    by_model: dict[str, list[Usage]] = {}
    for answer in counted:
        by_model.setdefault(answer.model, []).append(_usage_of(answer))
    rows = [(model, _format_usage(dialogue, model, usages)) for model, usages in by_model.items()]
    if len(rows) > 1:
        total = sum_usage(tuple(_usage_of(answer) for answer in counted))
        rows.append(("all", _format_counts(total)))
    write_lines(format_table(rows))


def switch_reasoning(dialogue: Dialogue, argument: str) -> None:
    """Show or hide the model's reasoning."""
    settings = dialogue.session.settings
    hides = _choose(argument, "hide", "show", now=settings.hide_reasoning)
    settings.hide_reasoning = hides
    write_note(f"reasoning is {'hidden' if hides else 'shown'}")


def switch_raw(dialogue: Dialogue, argument: str) -> None:
    """Show Markdown as it is, or rendered."""
    settings = dialogue.session.settings
    is_raw = _choose(argument, "on", "off", now=not settings.markdown)
    settings.markdown = not is_raw
    write_note(f"Markdown is shown {'as it is' if is_raw else 'rendered'}")


def switch_multiline(dialogue: Dialogue, _argument: str) -> None:
    """Let Enter make lines, or send."""
    if not dialogue.session.settings.enter_sends:
        write_note("Enter makes a new line in any case: `enter_sends` is false")
        return
    dialogue.is_multiline = not dialogue.is_multiline
    if dialogue.is_multiline:
        write_note("Enter makes a new line, Alt-Enter sends; `/multi` and Alt-Enter switch back")
    else:
        write_note("Enter sends, Alt-Enter makes a new line")


def _choose(argument: str, yes: str, no: str, *, now: bool) -> bool:
    """Return what a switch is to be; without an argument the other way than it is now."""
    if argument in (yes, no):
        return argument == yes
    if argument:
        raise UsageError(f"`{argument}` is neither `{yes}` nor `{no}`")
    return not now


def _usage_of(answer: Answer) -> Usage:
    return answer.usage or Usage()


def _format_usage(dialogue: Dialogue, model: str, usages: list[Usage]) -> str:
    from tokenhub_cli.render.notices import format_cost

    total = sum_usage(tuple(usages))
    words = _format_counts(total)
    prices = dialogue.session.find_prices(model)
    if prices is not None and total is not None:
        mark = "~" if total.estimated else ""
        words += f" · cost {mark}{format_cost(compute_cost(total, prices))}"
    return words


def _format_counts(usage: Usage | None) -> str:
    if usage is None:
        return ""
    mark = "~" if usage.estimated else ""
    cached = f" ({usage.cached_tokens:,} cached)" if usage.cached_tokens else ""
    return (
        f"{mark}{usage.prompt_tokens:,} tokens in{cached} · {mark}{usage.completion_tokens:,} out"
        f" · {usage.attempts} request{'s' if usage.attempts > 1 else ''}"
    )
