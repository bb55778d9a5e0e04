"""What the embedded gateway says.

It is no model: it picks a prepared text by the question, the same one each time, and says honestly
what it is where no text fits.
"""

from dataclasses import dataclass

THINKER = "demo-thinker"
POET = "demo-poet"
MODELS = ("gpt-4o", "gpt-4o-mini", POET, THINKER)


@dataclass(frozen=True, slots=True)
class PreparedAnswer:
    """An answer before it is cut into pieces."""

    text: str
    reasoning: str = ""
    finish_reason: str = "stop"


POEM = """\
The spring wind walks the river's edge
and shakes the willows dry;
it counts the swallows on the ledge
and sends them up the sky.
"""


def pick_answer(question: str, model: str) -> PreparedAnswer:
    """Return the answer to `question`, always the same."""
    del model
    if "poem" in question.lower():
        return PreparedAnswer(POEM)
    return PreparedAnswer(f"This is the demo gateway, not a model. You asked: {question}\n")
