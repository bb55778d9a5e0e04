"""Scripted gateways: how each kind goes on with an answer that it is sent back.

A behaviour gets the whole answer that the model would have given (`answer`), what it was sent back
(`prefix`) and what had been shown (`received`, which no real gateway knows; it serves to place
repeated words), and returns the text of its continuation, or None for a refusal with status 400.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tokenhub_cli.errors import ConnectionLostError, RefusedRequestError
from tokenhub_cli.wire.recovery import Policy, Resume, Situation, decide_recovery
from tokenhub_cli.wire.seam import SeamJoiner, SeamState, plan_seam
from tokenhub_cli.wire.strategy import Strategy

Behaviour = Callable[[str, str, str], str | None]

CUT = ConnectionLostError("the connection was cut")
REFUSED = RefusedRequestError("refused", status=400)


def continue_exactly(answer: str, prefix: str, _received: str) -> str:
    """Go on where the prefix ends, as llama.cpp and vLLM do."""
    return answer[len(prefix) :]


def trim_space(answer: str, prefix: str, _received: str) -> str:
    """Go on without the white space at the seam."""
    return answer[len(prefix) :].lstrip()


def add_space(answer: str, prefix: str, _received: str) -> str:
    """Go on with one space too many."""
    return " " + answer[len(prefix) :]


def break_line(answer: str, prefix: str, _received: str) -> str:
    """Go on with a line break in place of the white space at the seam."""
    return "\n" + answer[len(prefix) :].lstrip()


def repeat_words(count: int, *, spaced: bool) -> Behaviour:
    """Return a gateway that says the last `count` words of the prefix again."""

    def behave(answer: str, prefix: str, _received: str) -> str:
        starts = [match.start() for match in re.finditer(r"\s*\S+", prefix)]
        text = answer[starts[-min(count, len(starts))] if starts else 0 :]
        return text if spaced else text.lstrip()

    return behave


def start_over(answer: str, _prefix: str, _received: str) -> str:
    """Say everything again; what a gateway that echoes the prefix sends, too (Mistral)."""
    return answer


def rewrap(answer: str, _prefix: str, received: str) -> str:
    """Say everything again, with a line break for each white space of what had been shown."""
    shown = received.rstrip()
    return re.sub(r"\s+", "\n", shown) + answer[len(shown) :]


def refuse(_answer: str, _prefix: str, _received: str) -> None:
    """Answer with status 400."""
    return


def apologise(_answer: str, _prefix: str, _received: str) -> str:
    """Say that it cannot go on."""
    return "I'm sorry, but I can't continue that message."


def announce(answer: str, prefix: str, _received: str) -> str:
    """Go on behind words of its own."""
    return "Here is the continuation:\n\n" + answer[len(prefix) :].lstrip()


def say_nothing(_answer: str, _prefix: str, _received: str) -> str:
    """End at once."""
    return ""


def choose_another_word(answer: str, prefix: str, received: str) -> str:
    """Sample another last word than the one that had been shown, and go on."""
    return " 0therwise" + answer[len(received) :].removeprefix(prefix)


EXACT: dict[str, Behaviour] = {"exact": continue_exactly}
KNOWN_PLACE: dict[str, Behaviour] = {
    "trims": trim_space,
    "adds a space": add_space,
    "newline first": break_line,
}
OTHER_PLACE: dict[str, Behaviour] = {
    **{f"repeats {count}": repeat_words(count, spaced=False) for count in (1, 2, 3, 5)},
    **{f"repeats {count} spaced": repeat_words(count, spaced=True) for count in (1, 2, 4)},
    "starts over": start_over,
    "rewraps": rewrap,
}
HOPELESS: dict[str, Behaviour] = {
    "refuses": refuse,
    "apologises": apologise,
    "announces": announce,
    "says nothing": say_nothing,
    "chooses another word": choose_another_word,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a user has in the end."""

    text: str
    complete: bool


def resume(
    answer: str,
    received: str,
    behaviour: Behaviour,
    *,
    by_rung: Mapping[Strategy, Behaviour] | None = None,
    cuts: tuple[int, ...] = (),
    size: int = 5,
) -> Outcome:
    """Resume as the client does, until the answer is finished or `decide_recovery` gives up.

    Args:
        answer: What the model would have said without a cut.
        received: What had come of it.
        behaviour: The gateway.
        by_rung: What it does differently by some rungs.
        cuts: After how many characters the first, second … continuation is cut; later ones are not.
        size: Characters in a piece.
    """
    situation = Situation(CUT, len(received), idle_rounds=0)
    ends = iter(cuts)
    while isinstance(decision := decide_recovery(situation, Policy(), 0.5), Resume):
        rung, idle = decision.strategy, situation.idle_rounds
        seam = plan_seam(received, decision.words)
        text = (by_rung or {}).get(rung, behaviour)(answer, seam.prefix, received)
        if text is None:
            refused = situation.refused | {rung}
            situation = Situation(REFUSED, len(received), idle, rung, refused)
            continue
        end = next(ends, len(text))
        joiner = SeamJoiner(seam)
        shown = "".join(joiner.feed(text[:end][at : at + size]) for at in range(0, end, size))
        shown += joiner.finish(finished=end >= len(text))
        received += shown
        joined = joiner.state is SeamState.JOINED
        if joined and end >= len(text):
            return Outcome(received, complete=True)
        situation = Situation(
            CUT if end < len(text) else None,
            len(received),
            0 if shown else idle + 1,
            rung,
            situation.refused,
            decision.words,
            unjoined=not joined,
            doubtful=joiner.doubtful,
            continues=joiner.continues,
            proven=joined or situation.proven,
        )
    return Outcome(received, complete=False)
