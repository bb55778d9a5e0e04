"""Random rows of failures, over real sockets: whole, or an honest beginning of the whole."""

import random

import pytest

from tests.support.answers import LONG, SHORT
from tests.support.client import (
    JOINED,
    PATIENCE_S,
    build_request,
    find_end,
    open_client,
    read_events,
)
from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.demo.faults import (
    Comments,
    Cut,
    Drip,
    End,
    ErrorInside,
    ErrorShape,
    Fails,
    Fault,
    Oddity,
    Stall,
)
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.demo.texts import CODE, POEM, TABLE, TOUR
from tokenhub_cli.gateway.reader import AnswerReader
from tokenhub_cli.wire.recovery import Policy

TEXTS = (
    *(POEM, CODE, TABLE, TOUR, LONG),
    *SHORT.values(),
)
DIALECTS: tuple[Fault, ...] = (Oddity.CRLF, Oddity.ASCII, Comments())


def choose_faults(chance: random.Random) -> tuple[Fault, ...]:
    """Return what goes wrong with one request."""
    point = chance.randrange(1, 60)
    size = chance.randrange(1, 8000)
    end = chance.choice(list(End))
    rows: list[tuple[Fault, ...]] = [
        (Cut(size, end=end),),
        (Cut(after_pieces=point, end=end),),
        (Fails(chance.choice([408, 429, 500, 503])),),
        (Stall(30, after_pieces=point),),
        (ErrorInside(chance.choice(list(ErrorShape)), point),),
        (Drip(chance.randrange(1, 50)), Cut(size)),
        (chance.choice(DIALECTS), Cut(size)),
        (Oddity.NO_FINISH,),
        (Oddity.NO_ANSWER,),
    ]
    return chance.choice(rows)


@pytest.mark.parametrize("seed", range(60))
def test_no_row_of_failures_loses_or_doubles_a_character(seed: int) -> None:
    """Complete means the very text; anything else is a beginning of it, and says so."""
    chance = random.Random(seed)  # noqa: S311 - failures, not secrets
    text = chance.choice(TEXTS)
    plan = tuple(choose_faults(chance) for _ in range(chance.randrange(1, 8)))
    with (
        DemoGateway(
            tokens_per_second=None, answers=text, faults=plan, continuation=chance.choice(JOINED)
        ) as gateway,
        open_client(
            gateway.base_url,
            policy=Policy(max_retries=8),
            connect_timeout=0.2,
            first_token_timeout=0.3,
            idle_timeout=0.1,
        ) as client,
    ):
        reader = AnswerReader(client, client.answer(build_request()))
        ended = find_end(read_events(reader))
        client.cancel()  # a gateway that stalls behind `[DONE]` is not waited for
        assert reader.join(PATIENCE_S)
    if ended.status is AnswerStatus.COMPLETE:
        assert ended.text == text
        assert ended.error is None
    else:
        assert text.startswith(str(ended.text))
        assert ended.error is not None or ended.text == text
