"""How the embedded gateway goes on when a partial answer comes back to it.

Real gateways differ in this more than in anything else, so each way that was seen is one
`Continuation`. A partial answer comes back in one of two shapes: as the *trailing* message, of role
assistant (with or without a flag such as `prefix: true`), or as the last message but one, followed
by an *anchor*: a user's message that asks to go on.

    way                trailing assistant message         anchor
    EXACT              goes on exactly                    goes on exactly
    TRIMS              without the white space first      the same
    ADDS_SPACE         with a space first                 the same
    REWRAPS            the partial, a newline for each    the same
                       white space, then the rest
    REPEATS_WORDS      the partial's last words first     the same
    STARTS_OVER        the whole answer again             the same
    ECHOES_PREFIX      the partial, then the rest         the same
    ANOTHER_LAST_WORD  its first word is another          the same
    ANNOUNCES          an announcement, then the rest     the same
    SOMETHING_ELSE     an unrelated sentence              the same
    EMPTY              nothing, `stop`                    the same
    REFUSES            400                                goes on exactly
    REFUSES_FLAGS      422 with a flag, else exactly      goes on exactly
    FOLLOWS_ANCHOR     a new answer, from its top         goes on exactly

A model that thinks goes on from a trailing message only if its reasoning comes back beside it
(`reasoning_content` or `reasoning`); else it thinks again and starts over. After an anchor it
thinks again, and follows.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

FLAGS = ("continue_final_message", "add_generation_prompt")
MESSAGE_FLAGS = ("prefix", "partial")
ANNOUNCEMENT = "Here is the continuation:\n\n"
UNRELATED = "The kettle, meanwhile, had opinions of its own about the weather."
NOT_OURS = " (The embedded gateway cannot go on with words that it did not write.)"

# What anchors say, our own client's (`wire/request.py`) and people's in a chat.
_ASKS_TO_GO_ON = re.compile(
    r"\b(continue|go on|carry on|resume|proceed|cut off|the rest)\b", re.IGNORECASE
)


class Continuation(StrEnum):
    """A way to go on with a partial answer; the module's table says what each does."""

    EXACT = "exact"
    TRIMS = "trims"
    ADDS_SPACE = "adds_space"
    REWRAPS = "rewraps"
    REPEATS_WORDS = "repeats_words"
    STARTS_OVER = "starts_over"
    ECHOES_PREFIX = "echoes_prefix"
    ANOTHER_LAST_WORD = "another_last_word"
    ANNOUNCES = "announces"
    SOMETHING_ELSE = "something_else"
    EMPTY = "empty"
    REFUSES = "refuses"
    REFUSES_FLAGS = "refuses_flags"
    FOLLOWS_ANCHOR = "follows_anchor"


class Conversation(NamedTuple):
    """What the messages come down to.

    Attributes:
        question: The user's words that the answer is to.
        partial: The answer so far, or None if the answer is to begin.
        trailing: The partial is the trailing message (else it is followed by an anchor).
        brings_thoughts: The model's reasoning came back beside the partial.
    """

    question: str
    partial: str | None
    trailing: bool
    brings_thoughts: bool = False


def read_text(content: object) -> str:
    """Return the words of a message's `content`: a string, or the text parts of a list."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = (part for part in content if isinstance(part, dict))
        return "\n\n".join(part["text"] for part in parts if isinstance(part.get("text"), str))
    return ""


def read_conversation(messages: Sequence[Mapping[str, Any]]) -> Conversation:
    """Return the question, and the partial answer if one came back."""
    roles = [message.get("role") for message in messages]
    texts = [read_text(message.get("content")) for message in messages]
    users = [index for index, role in enumerate(roles) if role == "user"]
    last = len(messages) - 1
    question = texts[users[-1]] if users else ""
    if roles[last] == "assistant":
        thoughts = messages[last].get("reasoning_content") or messages[last].get("reasoning")
        return Conversation(question, texts[last], trailing=True, brings_thoughts=bool(thoughts))
    is_anchor = (
        len(users) > 1
        and users[-1] == last
        and roles[last - 1] == "assistant"
        and _ASKS_TO_GO_ON.search(question)
    )
    if is_anchor:
        return Conversation(texts[users[-2]], texts[last - 1], trailing=False)
    return Conversation(question, None, trailing=False)


def find_flag(body: Mapping[str, Any]) -> str:
    """Return the name of the field that asks to go on with the last message, or an empty string."""
    for name in FLAGS:
        if name in body:
            return name
    last = body["messages"][-1]
    for name in MESSAGE_FLAGS:
        if name in last:
            return name
    return ""


def continue_text(way: Continuation, answer: str, partial: str, *, words: int = 3) -> str:
    """Return what `way` writes after `partial`, where `answer` is the whole answer.

    Args:
        way: How this gateway goes on. The refusals are the caller's; here they go on exactly.
        answer: The whole answer.
        partial: What came back of it.
        words: How many words REPEATS_WORDS repeats.
    """
    rest = answer[len(partial) :] if answer.startswith(partial) else NOT_OURS
    texts = {
        Continuation.TRIMS: rest.lstrip(),
        Continuation.ADDS_SPACE: " " + rest,
        Continuation.REWRAPS: re.sub(r"\s+", "\n", partial) + rest,
        Continuation.REPEATS_WORDS: _find_last_words(partial, words) + rest,
        Continuation.STARTS_OVER: answer,
        Continuation.ECHOES_PREFIX: partial + rest,
        Continuation.ANOTHER_LAST_WORD: re.sub(r"\S+", "otherwise", rest, count=1),
        Continuation.ANNOUNCES: ANNOUNCEMENT + rest.lstrip(),
        Continuation.SOMETHING_ELSE: UNRELATED,
        Continuation.EMPTY: "",
    }
    return texts.get(way, rest)


def _find_last_words(text: str, count: int) -> str:
    starts = [match.start() for match in re.finditer(r"\S+", text)]
    return text[starts[-count] :] if len(starts) >= count > 0 else text
