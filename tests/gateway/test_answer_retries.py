"""Before the first text: what is asked again, when, and how often."""

import pytest

from tests.support.client import (
    Waits,
    ask,
    find_end,
    open_client,
)
from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.demo.faults import (
    Cut,
    ErrorInside,
    Fails,
    Fault,
    Oddity,
    RetryAfterForm,
)
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.demo.texts import POEM
from tokenhub_cli.wire.events import Retrying
from tokenhub_cli.wire.recovery import Policy


@pytest.mark.parametrize(
    ("fault", "waits"),
    [
        (Fails(408), [0.25]),
        (Fails(409), [0.25]),
        (Fails(500), [0.25]),
        (Fails(502), [0.25]),
        (Fails(503), [0.25]),
        (Fails(504), [0.25]),
        (Fails(429), [1.0]),
        (Fails(429, retry_after=7), [7.0]),
        (Fails(429, retry_after=1.5, form=RetryAfterForm.MILLISECONDS), [1.5]),
        (Fails(503, retry_after=3), [3.0]),
        (Oddity.NO_ANSWER, [0.25]),
        (Cut(10), [0.25]),
        (Oddity.EMPTY, [0.25]),
        (ErrorInside(), [0.25]),
    ],
    ids=repr,
)
def test_what_may_pass_is_retried(fault: Fault, waits: list[float]) -> None:
    """Before any text, what may pass by itself is asked again, after the wait asked for."""
    pauses = Waits()
    with (
        DemoGateway(tokens_per_second=None, faults=(fault,)) as gateway,
        open_client(gateway.base_url, pause=pauses, chance=0.5) as client,
    ):
        events = ask(client)
    ended = find_end(events)
    assert (ended.status, ended.text) == (AnswerStatus.COMPLETE, POEM)
    assert pauses.seconds == waits
    assert [event.wait_s for event in events if isinstance(event, Retrying)] == waits


def test_a_date_says_how_long_to_wait() -> None:
    """`Retry-After` as a date is measured against the gateway's own clock."""
    pauses = Waits()
    fault = Fails(429, retry_after=9, form=RetryAfterForm.DATE)
    with (
        DemoGateway(tokens_per_second=None, faults=(fault,)) as gateway,
        open_client(gateway.base_url, pause=pauses) as client,
    ):
        assert find_end(ask(client)).status is AnswerStatus.COMPLETE
    assert pauses.seconds == [pytest.approx(9, abs=1.1)]


@pytest.mark.parametrize(
    ("fault", "exit_code"),
    [
        (Fails(400), 8),
        (Fails(401), 4),
        (Fails(403), 4),
        (Fails(404), 8),
        (Fails(413), 8),
        (Fails(422), 8),
        (Fails(402), 5),
        (Fails(429, quota=True), 5),
        (Fails(429, retry_after=600), 5),
        (Oddity.ECHOES_KEY, 4),
    ],
    ids=repr,
)
def test_what_does_not_pass_is_not_retried(fault: Fault, exit_code: int) -> None:
    """A refusal is final: one request, an error with a hint, and never the key in its words."""
    key = "sk-MARKED-0123456789abcdef"
    with (
        DemoGateway(tokens_per_second=None, faults=(fault,)) as gateway,
        open_client(gateway.base_url, key=key) as client,
    ):
        ended = find_end(ask(client))
        assert len(gateway.exchanges) == 1
    assert (ended.status, ended.text) == (AnswerStatus.FAILED, "")
    assert ended.error is not None
    assert ended.error.exit_code == exit_code
    assert ended.error.hint
    assert key not in ended.error.message + ended.error.hint


def test_retries_are_bounded() -> None:
    """After `--max-retries` the last failure is the error; the waits double up to then."""
    pauses = Waits()
    with (
        DemoGateway(tokens_per_second=None, every=(Fails(503),)) as gateway,
        open_client(
            gateway.base_url, pause=pauses, chance=0.5, policy=Policy(max_retries=3)
        ) as client,
    ):
        ended = find_end(ask(client))
        assert len(gateway.exchanges) == 4
    assert ended.error is not None
    assert ended.error.exit_code == 6
    assert pauses.seconds == [0.25, 0.5, 1.0]
