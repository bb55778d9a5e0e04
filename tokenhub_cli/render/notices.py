"""The words of stderr: errors, hints, notices and the footer. Pure: values in, lines out.

Whatever a gateway had a part in (messages, reasons, model names) is defused and put on one line.
An estimate is marked with `~`.
"""

from tokenhub_cli.chat.conversation import Answer, AnswerStatus
from tokenhub_cli.chat.usage import Prices, compute_cost
from tokenhub_cli.errors import TokenHubError
from tokenhub_cli.render.sanitize import sanitize, sanitize_line
from tokenhub_cli.wire.events import Interrupted, Resumed, Retrying

_ENDINGS = {
    AnswerStatus.LENGTH: "the answer reached the length limit; it is cut off",
    AnswerStatus.CONTENT_FILTER: "the gateway's content filter stopped the answer",
    AnswerStatus.UNVERIFIED: "the gateway did not say whether the answer is complete",
    AnswerStatus.CANCELLED: "stopped; the answer is incomplete",
}


def format_error(error: TokenHubError, *, verbose: bool = False) -> str:
    """Return the lines that tell a user of `error`, each with its newline.

    Args:
        error: The error.
        verbose: Add the HTTP status and the gateway's request id, where known.
    """
    lines = [f"error: {sanitize_line(error.message)}"]
    if verbose:
        status = getattr(error, "status", None)
        request_id = getattr(error, "request_id", "")
        if status is not None:
            lines.append(f"status: {status}")
        if request_id:
            lines.append(f"request id: {sanitize_line(request_id)}")
    if error.hint:
        lines += ["", f"hint: {sanitize(error.hint).strip()}"]
    return "\n".join(lines) + "\n"


def format_note(words: str) -> str:
    """Return a notice as one line with its newline."""
    return f"note: {sanitize_line(words)}\n"


def format_failure(
    event: Retrying | Interrupted, *, waits_in_line: bool, verbose: bool = False
) -> str:
    """Return the words that say what failed.

    Args:
        event: The failed attempt.
        waits_in_line: Add how long we wait, because no countdown will show it.
        verbose: Add the number of the attempt.
    """
    match event:
        case Retrying():
            words = f"no answer yet: {event.reason}"
            going_on = f"trying again in {format_seconds(event.wait_s)}"
            if verbose:
                words = f"attempt {event.attempt}: {words}"
        case Interrupted():
            words = f"cut off after {event.offset:,} characters: {event.reason}"
            going_on = "asking for the rest"
            if event.wait_s >= 1:
                going_on += f" in {format_seconds(event.wait_s)}"
    return f"{words}; {going_on}" if waits_in_line else words


def format_countdown(event: Retrying | Interrupted, seconds_left: float) -> str:
    """Return the status line of a wait before the next attempt.

    The reason, which a note has said already, comes last: a narrow terminal cuts it off.
    """
    doing = "trying again" if isinstance(event, Retrying) else "asking for the rest"
    moment = f"in {format_seconds(seconds_left)}" if seconds_left > 0 else "now"
    return f"{doing} {moment}; Ctrl-C stops; {sanitize_line(event.reason)}"


def format_waiting(seconds: float) -> str:
    """Return the status line of a wait for the gateway."""
    return f"waiting {seconds:.0f} s; Ctrl-C stops"


def format_thinking(seconds: float) -> str:
    """Return the status line of a model that thinks, where its thinking is not shown."""
    return f"thinking for {seconds:.0f} s; Ctrl-C stops"


def format_resumed(event: Resumed, *, verbose: bool = False) -> str:
    """Return the words that say that a cut answer goes on."""
    words = "the answer goes on where it was cut off; the prompt is billed again"
    if verbose:
        words += f" (resumed by {event.strategy}, {event.overlap} characters repeated)"
    return words


def format_ending(answer: Answer) -> str:
    """Return the words that say why an answer is not whole, or an empty string."""
    words = _ENDINGS.get(answer.status, "")
    if not words and answer.tool_calls:
        names = ", ".join(f"`{call.name}`" for call in answer.tool_calls)
        words = f"the model asked for {names}; tools are not run"
    return words


def format_footer(answer: Answer, *, model: str, prices: Prices | None = None) -> str:
    """Return the one line about an answer: model, tokens, timings, cost, attempts, status.

    Args:
        answer: The answer, with usage summed over its attempts.
        model: The model that was asked for; the one that answered is preferred.
        prices: What the model costs, or None if that is not known.
    """
    parts = [sanitize_line(answer.model or model)]
    usage, timings = answer.usage, answer.timings
    mark = "~" if usage is not None and usage.estimated else ""
    if usage is not None:
        cached = f" ({usage.cached_tokens:,} cached)" if usage.cached_tokens else ""
        parts.append(f"{mark}{usage.prompt_tokens:,} tokens in{cached}")
        parts.append(f"{mark}{usage.completion_tokens:,} out")
    if timings.first_token_s is not None:
        parts.append(f"first token {timings.first_token_s:.2f} s")
    if timings.tokens_per_s is not None:
        parts.append(f"{mark}{timings.tokens_per_s:.1f} tokens/s")
    if usage is not None and prices is not None:
        parts.append(f"cost {mark}{format_cost(compute_cost(usage, prices))}")
    if answer.attempts > 1:
        parts.append(f"{answer.attempts} attempts")
    if answer.status is not AnswerStatus.COMPLETE:
        parts.append(answer.status.value.replace("_", " "))
    return " · ".join(part for part in parts if part)


def format_cost(cost: float) -> str:
    """Return an amount with as many decimals as its first two digits need, at least two."""
    for decimals in range(2, 8):
        if cost >= 10 ** (1 - decimals):
            return f"{cost:.{decimals}f}"
    return f"{cost:.8f}".rstrip("0").rstrip(".")


def format_seconds(seconds: float) -> str:
    """Return a wait in whole seconds, or with a decimal when it is shorter than one."""
    if seconds >= 1:
        return f"{-(-seconds // 1):.0f} s"
    return f"{max(seconds, 0):.1f} s"
