"""The tour of `tokenhub demo`: an answer whose connection is really cut twice, and arrives whole.

The gateway, the question and the words around it are here; who streams the answer is the caller's
business, since the embedded gateway knows no client.
"""

from tokenhub_cli.demo.delivery import Outcome
from tokenhub_cli.demo.faults import Cut, End
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.demo.texts import POEM

MODEL = "gpt-4o"
QUESTION = "Write a poem"
FAULTS = (Cut(after_pieces=45), Cut(after_pieces=40, end=End.RST))

INTRODUCTION = """\
A gateway now runs inside this program, on a real socket. It has no model, only prepared texts.
It is going to be asked for a poem, and to cut the connection twice in mid-answer: once by closing
it, once by a reset. Watch the poem, not the network:
"""

NEXT_STEPS = """\
What next:
  tokenhub ask --demo "Show me a Markdown tour"    the same gateway, without the cuts
  tokenhub demo serve                              a gateway to build and test against
  tokenhub keys set                                store your key, and ask real models
"""


def open_tour(tokens_per_second: float | None = 60.0) -> DemoGateway:
    """Return the gateway of the tour, open; the caller closes it."""
    return DemoGateway(key=None, tokens_per_second=tokens_per_second, faults=FAULTS)


def describe_tour(gateway: DemoGateway, text: str) -> str:
    """Return what really happened, in one sentence.

    Args:
        gateway: The gateway of the tour, after the answer.
        text: The answer as it was shown.
    """
    outcomes = [exchange.outcome for exchange in gateway.exchanges]
    cuts = outcomes.count(Outcome.BROKEN_OFF)
    happened = (
        f"The connection was cut {_count_times(cuts)}, "
        f"and the gateway was asked {_count_times(len(outcomes))}"
    )
    if text == POEM:
        return f"{happened}: all {len(text)} characters are there, each of them once."
    return f"{happened}: {len(text)} of {len(POEM)} characters arrived."


def _count_times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")
