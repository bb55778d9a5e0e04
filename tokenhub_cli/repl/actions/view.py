"""Commands about the loop itself and what it shows."""

from collections.abc import Iterable
from contextlib import suppress

from tokenhub_cli.chat.conversation import Answer, Turn
from tokenhub_cli.chat.usage import Usage, compute_cost
from tokenhub_cli.errors import TokenHubError, UsageError
from tokenhub_cli.repl.dialogue import Dialogue
from tokenhub_cli.repl.output import format_table, write_lines, write_note

NOTHING = Usage(attempts=0)


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
    totals: dict[str, Usage] = {}
    for answer in find_answers(dialogue):
        if answer.usage is not None:
            before = totals.get(answer.model)
            totals[answer.model] = before + answer.usage if before else answer.usage
    if not totals:
        write_note("no tokens were counted in this conversation yet")
        return
    costs = [_compute_cost(dialogue, model, usage) for model, usage in totals.items()]
    rows = [
        (model, _format_usage(usage, cost))
        for (model, usage), cost in zip(totals.items(), costs, strict=True)
    ]
    if len(rows) > 1:
        known = [cost for cost in costs if cost is not None]
        cost = sum(known) if len(known) == len(costs) else None
        rows.append(("all", _format_usage(sum(totals.values(), NOTHING), cost)))
    write_lines(format_table(rows))


def find_answers(dialogue: Dialogue) -> Iterable[Answer]:
    """Return all answers of the conversation: those that were retried or taken back as well."""
    conversation = dialogue.conversation
    kept: tuple[Turn, ...] = ()
    if dialogue.session.settings.history:
        with suppress(TokenHubError):
            kept = dialogue.session.history.load_branches(conversation)
    found = dict(dialogue.dropped)
    for turn in (*kept, *conversation.turns):
        if turn.answer is not None:
            found[turn.id] = turn.answer
    return found.values()


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
        raise UsageError(
            f"`{argument}` is neither `{yes}` nor `{no}`", hint="`/help` lists all commands"
        )
    return not now


def _compute_cost(dialogue: Dialogue, model: str, usage: Usage) -> float | None:
    prices = dialogue.session.find_prices(model)
    return None if prices is None else compute_cost(usage, prices)


def _format_usage(usage: Usage, cost: float | None) -> str:
    from tokenhub_cli.render.notices import format_cost

    mark = "~" if usage.estimated else ""
    words = _format_counts(usage)
    return words if cost is None else f"{words} · cost {mark}{format_cost(cost)}"


def _format_counts(usage: Usage) -> str:
    mark = "~" if usage.estimated else ""
    cached = f" ({usage.cached_tokens:,} cached)" if usage.cached_tokens else ""
    return (
        f"{mark}{usage.prompt_tokens:,} tokens in{cached} · {mark}{usage.completion_tokens:,} out"
        f" · {usage.attempts} request{'s' if usage.attempts > 1 else ''}"
    )
