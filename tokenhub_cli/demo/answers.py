"""What the embedded gateway says.

It is no model: it picks a prepared text by the question, the same one each time, and where no text
fits it says what it is and what it received.

    the question                                     the answer
    asks for a poem, or the model is `demo-poet`     a poem
    greets                                           one line
    asks to count to N (at most 100,000)             the numbers, a line each
    mentions Markdown                                a tour of it
    asks for a long text, a story, an essay          some four thousand words
    asks for a table                                 a table
    asks for code, a function, a script              code and prose
    anything else                                    an honest line or two

`demo-thinker` says the same, after some reasoning.
"""

import re
from typing import NamedTuple

THINKER = "demo-thinker"
POET = "demo-poet"
MODELS = ("gpt-4o", "gpt-4o-mini", POET, THINKER)

MOST_COUNTED = 100_000
MOST_QUOTED = 200

# Tried in order; compiled only when a question comes, which keeps the start fast.
_PATTERNS = (
    (r"\bpoems?\b", "POEM"),
    (r"\A\W*(hi|hello|hey|good (morning|day|evening)|hola|hallo)\b.{0,24}\Z", "HELLO"),
    (r"\bcount (?:up )?to (?P<last>\d{1,6})\b", "COUNT"),
    (r"\bmarkdown\b", "TOUR"),
    (r"\b(long|story|essay|prose|novel|thousands? (of )?words)\b", "PROSE"),
    (r"\btables?\b", "TABLE"),
    (r"\b(code|function|script|program|python|javascript|rust)\b", "CODE"),
)


class PreparedAnswer(NamedTuple):
    """An answer before it is cut into pieces."""

    text: str
    reasoning: str = ""
    finish_reason: str = "stop"


def pick_answer(question: str, model: str) -> PreparedAnswer:
    """Return the answer of `model` to `question`, always the same."""
    from tokenhub_cli.demo.texts import THOUGHTS

    text = _pick_text(question, model)
    return PreparedAnswer(text, reasoning=THOUGHTS if model == THINKER else "")


def _pick_text(question: str, model: str) -> str:
    from tokenhub_cli.demo import texts

    if model == POET:
        return texts.POEM
    for pattern, name in _PATTERNS:
        found = re.search(pattern, question, re.IGNORECASE)
        if found is None:
            continue
        if name == "COUNT":
            return count_lines(min(int(found["last"]), MOST_COUNTED))
        if name == "PROSE":
            from tokenhub_cli.demo.prose import write_prose

            return write_prose()
        return str(getattr(texts, name))
    return describe_question(question, model)


def count_lines(last: int) -> str:
    """Return the numbers from 1 to `last`, a line each."""
    return "".join(f"{number}\n" for number in range(1, last + 1))


def describe_question(question: str, model: str) -> str:
    """Return the answer to what no text fits: who answers, and what arrived."""
    words = len(question.split())
    quoted = " ".join(question.split())
    if len(quoted) > MOST_QUOTED:
        quoted = quoted[:MOST_QUOTED].rstrip() + " …"
    return (
        "This is the embedded demo gateway, not a model, so it has prepared texts and no opinions. "
        f"It received {words} {'word' if words == 1 else 'words'} for `{model}`: “{quoted}”\n"
    )
