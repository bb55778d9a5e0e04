"""What the rounds of one answer amount to: what they cost, and what is known of its end."""

from tokenhub_cli.chat.usage import Usage, sum_usage
from tokenhub_cli.gateway.asking import Asking
from tokenhub_cli.gateway.ladder import Ladder
from tokenhub_cli.gateway.quirks import KnownQuirks
from tokenhub_cli.gateway.round import Round


class Stock:
    """What is known after each round.

    `idle_rounds` is how many in a row brought no new character, refused rungs not counted.
    `unverified_ends` is how often in a row text came that ended in good order, but the gateway did
    not say that this is the end.

    Args:
        quirks: What is known of the gateway; learns how its streams end.
        ladder: Learns which rungs were refused, and which did not fit.
        asking: What was asked, for guessing what it cost.
    """

    def __init__(self, quirks: KnownQuirks, ladder: Ladder, asking: Asking) -> None:
        self._quirks = quirks
        self._ladder = ladder
        self._asking = asking
        self._usages: list[Usage] = []
        self.idle_rounds = 0
        self.unverified_ends = 0

    @property
    def is_unverified(self) -> bool:
        """Whether the text so far ended so."""
        return self.unverified_ends > 0

    @property
    def usage(self) -> Usage | None:
        """What all rounds cost, or None where none was billed."""
        return sum_usage(tuple(self._usages))

    def take(self, outcome: Round, length: int) -> None:
        """Settle a round that is over, and bring everything up to date with it.

        Args:
            outcome: The round.
            length: Characters of the answer so far.
        """
        outcome.settle()
        if outcome.is_accepted:
            resumed = length - outcome.characters if self._ladder.strategy else 0
            guess = self._asking.estimate_usage(resumed, outcome.characters)
            self._usages.append(outcome.usage or guess)
        if outcome.is_finished:
            lacks_done = self._asking.request.stream and not outcome.is_done
            self._quirks.learn(lacks_finish_reason=False, lacks_done=lacks_done)
        elif self._is_habit(outcome):
            self._quirks.learn(lacks_finish_reason=True)
        # The end of a continuation that was not joined says nothing of our answer.
        if outcome.is_unverified and not outcome.is_unjoined:
            self.unverified_ends += bool(outcome.characters) or not self.unverified_ends
        elif outcome.characters:
            self.unverified_ends = 0
        if self._ladder.note_refusal(outcome):
            return  # not a round: nothing was tried
        self._ladder.note_acceptance(outcome)
        self._ladder.note_misfit(outcome)
        self.idle_rounds = 0 if outcome.characters else self.idle_rounds + 1

    def _is_habit(self, outcome: Round) -> bool:
        """Whether the text ended in good order twice, and that was all: no end is ever said.

        Had there been more, or something else, the first end may have been false, as resellers'
        are when what is behind them breaks.
        """
        says_nothing_new = not (outcome.characters or outcome.is_unjoined)
        return self.is_unverified and outcome.is_unverified and says_nothing_new
