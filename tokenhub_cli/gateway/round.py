"""What one attempt brought, and what its end means."""

from dataclasses import dataclass

from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.chat.usage import Usage
from tokenhub_cli.errors import ConnectionLostError, GatewayDownError, TokenHubError
from tokenhub_cli.wire.finish import classify_finish
from tokenhub_cli.wire.seam import SeamJoiner, SeamState
from tokenhub_cli.wire.strategy import Strategy


@dataclass(slots=True)
class Round:
    """One attempt's outcome, filled in as its events come.

    `joiner` is set where the attempt asked for the rest of an answer. `strategy` is the rung it
    asked by; None where it asked afresh, be it because so little had come. `has_begun` is set once
    anything came, `has_answer` once text or a tool call did, new or not; `characters` counts the
    new text. `is_joined` is set once that was found and told; `is_disproved` once text followed a
    `finish_reason`, and `is_waited_out` where nothing more followed though the connection stood;
    `is_cut_short` where the connection ended before the seam was settled; `is_accepted` once the
    gateway took the request, so that it is billed.
    """

    joiner: SeamJoiner | None = None
    strategy: Strategy | None = None
    finish_reason: str = ""
    is_done: bool = False
    failure: TokenHubError | None = None
    has_begun: bool = False
    has_answer: bool = False
    characters: int = 0
    is_joined: bool = False
    is_disproved: bool = False
    is_waited_out: bool = False
    is_cut_short: bool = False
    usage: Usage | None = None
    is_accepted: bool = False
    is_concluded: bool = False

    @property
    def is_unjoined(self) -> bool:
        """Whether a continuation came that could not be joined; a mere cut does not count."""
        return (
            self.joiner is not None
            and self.joiner.state is SeamState.REFUSED
            and not self.is_cut_short
        )

    @property
    def is_doubtful(self) -> bool:
        """Whether it was not joined although it fitted."""
        return self.joiner is not None and self.joiner.doubtful

    @property
    def merely_differs(self) -> bool:
        """Whether it was not joined although it went on: another sample may well be joined."""
        return self.joiner is not None and (self.joiner.doubtful or self.joiner.continues)

    @property
    def ending(self) -> AnswerStatus:
        """What the gateway said of the end; UNVERIFIED where it did not say, or not of ours."""
        if not self.finish_reason or self.is_unjoined:
            return AnswerStatus.UNVERIFIED
        return classify_finish(self.finish_reason)

    @property
    def is_unverified(self) -> bool:
        """Whether an answer ended in good order, but without a `finish_reason`.

        `[DONE]` alone says nothing at all: resellers write it after failures, too.
        """
        is_in_order = self.is_done and self.failure is None
        return is_in_order and self.has_answer and not self.finish_reason

    @property
    def is_finished(self) -> bool:
        """Whether the gateway said that this was the end.

        Some say it with every piece; then it says nothing, and `[DONE]` or silence must follow.
        """
        is_over = self.is_done or self.is_waited_out or not self.is_disproved
        return bool(self.finish_reason) and is_over

    def settle(self) -> None:
        """Decide what the end of the attempt was: called once, after its last event."""
        if self.is_finished:
            # The answer was over; what broke afterwards is no matter. Unless it broke off itself.
            self.failure = None
            if classify_finish(self.finish_reason) is AnswerStatus.FAILED:
                self.failure = GatewayDownError(
                    f"the gateway broke the answer off with `{self.finish_reason}`",
                    hint="ask again, or try another model: `tokenhub models list`",
                )
        elif self.failure is None and not self.is_done and not self.is_unjoined:
            self.failure = ConnectionLostError(
                "the stream ended before the answer did",
                hint="`tokenhub doctor` shows whether the gateway ends its streams as it should",
            )

    def describe(self) -> str:
        """Word why the answer does not simply end here."""
        if self.failure is not None:
            return self.failure.message
        if self.ending is AnswerStatus.LENGTH:
            return "the length limit was reached"
        if self.is_unjoined:
            return "the continuation did not fit"
        if not self.has_answer:
            return "the gateway ended the stream without an answer"
        return "the gateway did not say that the answer is complete"
