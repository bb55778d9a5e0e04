"""What a client lends each of its answers: what is allowed after a failure, chance, patience."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tokenhub_cli.errors import UnknownModelError
from tokenhub_cli.wire.recovery import Policy


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms an answer is asked for.

    `max_continue` is how often to go on by itself after the length limit cut the answer; `chance`
    gives a number at least 0 and less than 1, anew at each call; `pause` waits so many seconds
    between two attempts, or until the switch is thrown; `explain` betters the hint for a model of
    that name that is not offered.
    """

    policy: Policy
    max_continue: int
    chance: Callable[[], float]
    pause: Callable[[threading.Event, float], Any]
    explain: Callable[[UnknownModelError, str], None]
