"""Tells thinking from answer where a model writes `<think>…</think>` at the start of its content.

Only the very start counts, after white space at most: the same words later in an answer are the
answer's. White space at the beginning of the thinking and between `</think>` and the answer belongs
to neither. A tag may be cut over any number of pieces; what may still become one is held.
"""

_OPENING = "<think>"
_CLOSING = "</think>"


class ThinkSplitter:
    """Splits one stream of content."""

    __slots__ = ("_at_edge", "_held", "_state")

    def __init__(self) -> None:
        self._state = "start"
        self._held = ""
        self._at_edge = True  # white space is dropped until the first other character

    @property
    def is_settled(self) -> bool:
        """Whether everything from here on is the answer, unchanged."""
        return self._state == "answer"

    def feed(self, text: str) -> tuple[str, str]:
        """Return the reasoning and the answer that `text` makes certain, either possibly empty."""
        if self._state == "answer":
            return "", text
        text = self._held + text
        self._held = ""
        if self._state == "start":
            stripped = text.lstrip()
            if not stripped.startswith(_OPENING):
                if _OPENING.startswith(stripped):
                    self._held = text
                    return "", ""
                self._state = "answer"
                return "", text
            self._state = "thinking"
            text = stripped.removeprefix(_OPENING)
        if self._state == "thinking":
            thinking, closing, rest = text.partition(_CLOSING)
            if not closing:
                thinking, self._held = _hold_back(thinking)
                return self._trim(thinking), ""
            thinking = self._trim(thinking)
            self._state, self._at_edge = "gap", True
            return thinking, self._begin_answer(rest)
        return "", self._begin_answer(text)

    def finish(self) -> tuple[str, str]:
        """Return what is still held, as the reasoning or the answer that it then is."""
        held, self._held = self._held, ""
        if self._state == "thinking":
            return held, ""
        self._state = "answer"
        return "", held

    def _begin_answer(self, text: str) -> str:
        text = text.lstrip()
        if text:
            self._state = "answer"
        return text

    def _trim(self, thinking: str) -> str:
        if self._at_edge:
            thinking = thinking.lstrip()
            self._at_edge = not thinking
        return thinking


def _hold_back(text: str) -> tuple[str, str]:
    """Split off the longest end of `text` that may be the beginning of a closing tag."""
    start = text.rfind("<", -len(_CLOSING))
    if start != -1 and _CLOSING.startswith(text[start:]):
        return text[:start], text[start:]
    return text, ""
