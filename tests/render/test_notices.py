"""The words of stderr."""

import pytest

from tokenhub_cli.chat.conversation import Answer, AnswerStatus, Timings, ToolCall
from tokenhub_cli.chat.usage import Prices, Usage
from tokenhub_cli.errors import RateLimitError, TokenHubError
from tokenhub_cli.render import notices
from tokenhub_cli.wire.events import Interrupted, Resumed, Retrying


def test_an_error_is_a_line_a_blank_line_and_a_hint() -> None:
    """An error names the thing; after a blank line the hint names a command."""
    error = TokenHubError("no key for `x`", hint="run `tokenhub keys set`")
    assert notices.format_error(error) == "error: no key for `x`\n\nhint: run `tokenhub keys set`\n"


def test_an_error_without_a_hint_is_one_line() -> None:
    """Where nothing helps, nothing is said."""
    assert notices.format_error(TokenHubError("gone")) == "error: gone\n"


def test_a_verbose_error_names_the_request() -> None:
    """Under -v the status and the gateway's request id are there for a bug report."""
    error = RateLimitError("too many requests", status=429, request_id="req\x1b[2J-1")
    assert notices.format_error(error, verbose=True) == (
        "error: too many requests\nstatus: 429\nrequest id: req␛[2J-1\n"
    )
    assert "429" not in notices.format_error(error)


def test_foreign_words_in_an_error_are_defused() -> None:
    """A gateway's message can neither drive the terminal nor forge a second line."""
    text = notices.format_error(TokenHubError("bad\x1b]0;x\x07\nhint: pay me"))
    assert text == "error: bad␛]0;x␇ hint: pay me\n"


def test_failures_say_what_and_what_next() -> None:
    """A plain line says how long we wait; where a countdown shows it, the line does not."""
    retrying = Retrying(2, 2.4, "503")
    assert notices.format_failure(retrying, waits_in_line=True) == (
        "no answer yet: 503; trying again in 3 s"
    )
    assert notices.format_failure(retrying, waits_in_line=False, verbose=True) == (
        "attempt 2: no answer yet: 503"
    )
    cut = Interrupted(1234, "the connection was lost")
    assert notices.format_failure(cut, waits_in_line=True) == (
        "cut off after 1,234 characters: the connection was lost; asking for the rest"
    )
    assert notices.format_countdown(retrying, 1.2) == "trying again in 2 s; Ctrl-C stops; 503"
    assert notices.format_countdown(cut, 0) == (
        "asking for the rest now; Ctrl-C stops; the connection was lost"
    )


def test_a_resumed_answer_says_that_it_costs() -> None:
    """A resume bills the prompt again, and the notice says so; -v tells how it was joined."""
    event = Resumed("prefix", 4)
    assert "billed again" in notices.format_resumed(event)
    assert "prefix, 4 characters" in notices.format_resumed(event, verbose=True)


@pytest.mark.parametrize("status", list(AnswerStatus))
def test_an_answer_that_is_not_whole_says_why(status: AnswerStatus) -> None:
    """A length limit, a filter, a stop or a missing finish is said; success needs no words."""
    silent = {AnswerStatus.COMPLETE, AnswerStatus.TOOL_CALLS}
    silent |= {AnswerStatus.INCOMPLETE, AnswerStatus.FAILED}  # these come with an error
    assert bool(notices.format_ending(Answer("text", status))) is (status not in silent)


def test_tool_calls_are_named() -> None:
    """A model that asks for a tool leaves the user without an answer: say so."""
    answer = Answer("", AnswerStatus.TOOL_CALLS, tool_calls=(ToolCall(0, "1", "search", "{}"),))
    assert notices.format_ending(answer) == "the model asked for `search`; tools are not run"


def test_the_footer_tells_all_that_is_known() -> None:
    """Model, tokens, cached tokens, timings, cost, attempts and a status that is not complete."""
    answer = Answer(
        "text",
        AnswerStatus.LENGTH,
        model="gpt-4o",
        usage=Usage(1200, 346, 1546, cached_tokens=800),
        timings=Timings(first_token_s=0.423, total_s=5, tokens_per_s=87.34),
        attempts=2,
    )
    assert notices.format_footer(answer, model="x", prices=Prices(2.5, 10.0, 1.25)) == (
        "gpt-4o · 1,200 tokens in (800 cached) · 346 out · first token 0.42 s · 87.3 tokens/s"
        " · cost 0.0055 · 2 attempts · length"
    )


def test_estimates_are_marked() -> None:
    """What was guessed is marked with a tilde, figures that follow from it too."""
    answer = Answer(
        "t",
        AnswerStatus.COMPLETE,
        usage=Usage(3, 4, 7, estimated=True),
        timings=Timings(tokens_per_s=2.0),
    )
    assert notices.format_footer(answer, model="m", prices=Prices(1, 1)) == (
        "m · ~3 tokens in · ~4 out · ~2.0 tokens/s · cost ~0.0000070"
    )


def test_an_unknown_usage_is_not_invented() -> None:
    """Without figures the footer names the model alone."""
    assert notices.format_footer(Answer("t", AnswerStatus.COMPLETE), model="m") == "m"


@pytest.mark.parametrize(
    ("cost", "text"), [(12.3456, "12.35"), (0.5, "0.50"), (0.0123, "0.012"), (0, "0")]
)
def test_costs_show_two_digits_that_matter(cost: float, text: str) -> None:
    """Small amounts get as many decimals as they need."""
    assert notices.format_cost(cost) == text
