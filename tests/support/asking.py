"""Our own client against the embedded gateway, without a process: question in, events out."""

from dataclasses import dataclass

from tokenhub_cli.chat.message import Role, build_message
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.gateway.client import GatewayClient
from tokenhub_cli.gateway.quirks import QuirkMemory
from tokenhub_cli.gateway.reader import AnswerReader
from tokenhub_cli.gateway.transport import Endpoint, Transport
from tokenhub_cli.wire.events import Ended, Event, TextDelta
from tokenhub_cli.wire.recovery import Policy
from tokenhub_cli.wire.request import AnswerRequest


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of a question: the text as it was shown, all events, and the last of them."""

    text: str
    events: tuple[Event, ...]
    ended: Ended


def ask_gateway(
    gateway: DemoGateway,
    question: str,
    *,
    model: str = "gpt-4o",
    idle_timeout: float = 45.0,
    first_token_timeout: float = 180.0,
    chance: float = 0.0,
) -> Asked:
    """Ask as `tokenhub ask` does: reader thread, watchdog, retries and resuming.

    Args:
        gateway: Whom to ask.
        question: What.
        model: Of which model.
        idle_timeout: Seconds from one data event to the next.
        first_token_timeout: Seconds until the first one.
        chance: What chance says of each wait between attempts: 0 is the shortest, 1 the longest.
    """
    endpoint = Endpoint(
        base_url=gateway.base_url,
        key="sk-test",
        connect_timeout=5.0,
        first_token_timeout=first_token_timeout,
        idle_timeout=idle_timeout,
    )
    transport = Transport(endpoint)
    client = GatewayClient(transport, QuirkMemory(None), Policy(), chance=lambda: chance)
    request = AnswerRequest(model, (build_message(Role.USER, question),))
    reader = AnswerReader(client, client.answer(request))
    events: list[Event] = []
    while not (events and isinstance(events[-1], Ended)):
        event = reader.next_event(0.5)
        if event is not None:
            events.append(event)
    reader.cancel()
    reader.join(5)
    transport.close()
    text = "".join(event.text for event in events if isinstance(event, TextDelta))
    ended = events[-1]
    assert isinstance(ended, Ended)
    return Asked(text, tuple(events), ended)
