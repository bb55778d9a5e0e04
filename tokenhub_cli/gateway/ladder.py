"""Where an answer stands on the ladder of ways to ask for its rest, and what is learned on it.

A refused rung is not tried again for this answer. It is remembered for good once the gateway took
another way of asking: then it was the rung, and not this one conversation, which may be too long or
not to the gateway's liking. So is a rung whose continuation did not fit, once another one has
joined. A rung that has joined is never given up again.
"""

from tokenhub_cli.gateway.quirks import KnownQuirks
from tokenhub_cli.gateway.round import Round
from tokenhub_cli.wire.recovery import Resume, refuses_rung
from tokenhub_cli.wire.strategy import Strategy


class Ladder:
    """The ladder of one answer.

    `strategy` is the rung to ask by, None while nothing has to be resumed; `words` is how many
    words the seam holds.

    Args:
        quirks: What is known of the gateway; learns from what happens.
    """

    def __init__(self, quirks: KnownQuirks) -> None:
        self._quirks = quirks
        self.strategy: Strategy | None = None
        self.words = 1
        self.refused = frozenset(map(Strategy, quirks.now.refused_strategies))
        self._refused_now: set[Strategy] = set()
        self._unjoined: set[Strategy] = set()
        self._proven: set[Strategy] = set()

    def step(self, decision: Resume) -> None:
        """Take the rung that was decided on."""
        self.strategy, self.words = decision.strategy, decision.words

    def has_proven(self, strategy: Strategy | None) -> bool:
        """Whether a continuation of that rung was joined before."""
        return strategy in self._proven

    def note_join(self, outcome: Round) -> None:
        """Remember that the round's rung works here, and which ones do not."""
        if outcome.strategy is not None:
            self._proven.add(outcome.strategy)
            self._ban(self._unjoined - self._proven)

    def note_refusal(self, outcome: Round) -> bool:
        """Take note if the round's rung was refused; tell whether it was."""
        if outcome.strategy is None or not refuses_rung(outcome.failure):
            return False
        self.refused |= {outcome.strategy}
        self._refused_now.add(outcome.strategy)
        return True

    def note_acceptance(self, outcome: Round) -> None:
        """Remember the rungs that were refused before the gateway took this one."""
        if outcome.strategy is not None and outcome.is_accepted:
            self._ban(self._refused_now)

    def note_misfit(self, outcome: Round) -> None:
        """Take note if what came by the round's rung did not fit, and not by bad luck."""
        if outcome.strategy and outcome.is_unjoined and not outcome.merely_differs:
            self._unjoined.add(outcome.strategy)

    def _ban(self, rungs: set[Strategy]) -> None:
        known = self._quirks.now.refused_strategies
        self._quirks.learn(refused_strategies=known | {rung.value for rung in rungs})
