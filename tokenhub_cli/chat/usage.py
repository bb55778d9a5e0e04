"""Token counts, their sums over attempts, and what they cost."""

from dataclasses import dataclass

PER_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Usage:
    """How many tokens an answer took.

    `cached_tokens` are the part of `prompt_tokens` that the gateway had cached. `estimated` is set
    when any figure was not reported but guessed. `attempts` counts the requests that were billed:
    a resumed answer bills its prompt again.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0
    cached_tokens: int = 0
    estimated: bool = False
    attempts: int = 1

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and answer have together; a guess after more than one attempt."""
        if self.attempts <= 1:
            return self.total_tokens
        return self.prompt_tokens // self.attempts + self.completion_tokens

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            total_tokens=self.total_tokens + other.total_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            estimated=self.estimated or other.estimated,
            attempts=self.attempts + other.attempts,
        )


@dataclass(frozen=True, slots=True)
class Prices:
    """What a model costs, in one currency, per million tokens.

    `cached` is the price of cached prompt tokens; None means the ordinary prompt price.
    """

    prompt: float
    completion: float
    cached: float | None = None


def estimate_usage(prompt_characters: int, completion_characters: int) -> Usage:
    """Return a marked guess, at four characters a token, for a gateway that reports no usage."""
    prompt_tokens = -(-prompt_characters // 4)
    completion_tokens = -(-completion_characters // 4)
    return Usage(
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
        total_tokens=prompt_tokens + completion_tokens,
        estimated=True,
    )


def sum_usage(usages: tuple[Usage, ...]) -> Usage | None:
    """Return the sum over attempts, or None if there is nothing to sum."""
    if not usages:
        return None
    total = usages[0]
    for usage in usages[1:]:
        total += usage
    return total


def compute_cost(usage: Usage, prices: Prices) -> float:
    """Return the cost of `usage` in the currency of `prices`."""
    cached_price = prices.prompt if prices.cached is None else prices.cached
    fresh_tokens = max(usage.prompt_tokens - usage.cached_tokens, 0)
    return (
        fresh_tokens * prices.prompt
        + usage.cached_tokens * cached_price
        + usage.completion_tokens * prices.completion
    ) / PER_MILLION
