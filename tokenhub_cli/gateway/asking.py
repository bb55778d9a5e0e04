"""What is sent for one answer: the request as this gateway takes it, afresh or for the rest."""

from typing import Any

from tokenhub_cli.chat.usage import Usage, estimate_usage
from tokenhub_cli.errors import RefusedRequestError, TokenHubError
from tokenhub_cli.gateway.quirks import KnownQuirks
from tokenhub_cli.wire.request import (
    AnswerRequest,
    build_body,
    build_continuation,
    guess_flavour,
    without_parameter,
)
from tokenhub_cli.wire.seam import Seam, plan_seam
from tokenhub_cli.wire.strategy import Strategy


class Asking:
    """The request of one answer, without what the gateway is known to refuse.

    `request` is what is sent by now.

    Args:
        request: The question.
        quirks: What is known of the gateway; learns which parameters it refuses.
        host: The gateway's host name.
    """

    def __init__(self, request: AnswerRequest, quirks: KnownQuirks, host: str) -> None:
        self._quirks = quirks
        self._host = host
        for name in quirks.now.refused_parameters:
            request = without_parameter(request, name) or request
        self.request = request

    def build_body(self) -> dict[str, Any]:
        """Return the body that asks for an answer."""
        return build_body(self.request)

    def build_continuation(
        self, strategy: Strategy, text: str, reasoning: str, *, words: int = 1
    ) -> tuple[dict[str, Any], Seam]:
        """Return the body that asks for the rest of an answer, and where that is to be joined.

        Args:
            strategy: The rung to ask by.
            text: What came so far.
            reasoning: The thinking that came before it.
            words: How many words the seam holds.
        """
        seam = plan_seam(text, words)
        flavour = guess_flavour(self.request.model, self._host)
        body = build_continuation(self.request, strategy, seam.prefix, reasoning, flavour=flavour)
        return body, seam

    def leave_out_refused(self, failure: TokenHubError | None) -> bool:
        """Leave out what was refused if it was us who added it; tell whether to ask again."""
        if not isinstance(failure, RefusedRequestError):
            return False
        name = failure.refused_parameter
        changed = without_parameter(self.request, name)
        known = self._quirks.now.refused_parameters
        if changed is None or name in known:
            return False
        self.request = changed
        self._quirks.learn(refused_parameters=known | {name})
        return True

    def estimate_usage(self, resumed: int, fresh: int) -> Usage:
        """Return a marked guess of what an attempt cost.

        Args:
            resumed: Characters of the answer that were sent back.
            fresh: Characters that came.
        """
        prompt = sum(message.characters for message in self.request.messages)
        return estimate_usage(prompt + resumed, fresh)
