"""The constant-chunk template: most chunks of a stream differ in one JSON string only.

Of two chunks with the same text before and after one JSON string, the second has the first one's
meaning with that string exchanged. So once a chunk was parsed in full, and it is known which of its
strings is the answer's piece, a later chunk with the same head and tail needs only that string
decoded. This costs a quarter of `json.loads` and is exact:

- JSON is read from left to right. After the same head a parser is in the same state, expecting the
  same value; if exactly one string token stands between head and tail, it is that value, and the
  tail is read as before.
- That the string at this place *is* `choices[0].delta.content` is proved when the template is made,
  by parsing the chunk once more with another string in its place: the documents must be equal but
  for that one value. Repeated keys or look-alikes inside other strings fail this proof.
- That the string is one valid token is proved for each chunk: no quotation mark, backslash or
  unprintable character within it (then it stands for itself), or else by the JSON decoder, which
  must end exactly at the tail.

What does not match, or would need more care than its text (a lone surrogate), is left to the full
parse.
"""

from typing import Any

from tokenhub_cli.wire.documents import decode_json, decode_json_at

_PROBE = "\u2460 this is not what any gateway sends \u2461"
_KEY = '"content"'


class ChunkTemplate:
    """Recognises the chunks of one stream that say nothing but one more piece of text."""

    __slots__ = ("_candidate", "_head", "_tail")

    def __init__(self) -> None:
        self._candidate: tuple[str, str] | None = None
        self._head = ""
        self._tail = ""

    def match(self, data: str) -> str | None:
        """Return the piece of text that is all `data` says, or None to have it parsed in full."""
        head, tail = self._head, self._tail
        if not head or not data.startswith(head) or not data.endswith(tail):
            return None
        text = data[len(head) : -len(tail)]
        if text.isprintable() and '"' not in text and "\\" not in text:
            # Head and tail may overlap in a shorter chunk, whose slice then is empty as well.
            return text if text or len(data) == len(head) + len(tail) else None
        return _read_string(data, len(head) - 1, len(data) - len(tail) + 1)

    def learn(self, data: str, document: dict[str, Any], text: str) -> None:
        """Note a chunk that was parsed in full and said nothing but one more piece of text.

        Args:
            data: The chunk as it came.
            document: `decode_json(data)`, with one choice.
            text: Its `choices[0].delta.content`, not empty.

        A shape is looked at when it comes twice in a row, so that streams whose every chunk differs
        (an id, a timestamp) pay next to nothing.
        """
        split = _split(data, text)
        if split is None or split == (self._head, self._tail):
            return
        if split != self._candidate:
            self._candidate = split
        elif _is_exact(split, document, text):
            self._head, self._tail = split


def _split(data: str, text: str) -> tuple[str, str] | None:
    """Return what stands before and after the first string under the key that equals `text`.

    The head ends with the string's opening quotation mark, the tail begins with the closing one.
    """
    start = data.find(_KEY)
    while start != -1:
        start += len(_KEY)
        opening = data.find('"', start)
        if opening != -1 and data[start:opening].strip() == ":":
            value, end = decode_json_at(data, opening)
            if value == text:
                return data[: opening + 1], data[end - 1 :]
        start = data.find(_KEY, start)
    return None


def _is_exact(split: tuple[str, str], document: dict[str, Any], text: str) -> bool:
    """Prove that the string between head and tail is the answer's piece and nothing else is."""
    head, tail = split
    try:
        probe = decode_json(f"{head}{_PROBE}{tail}")
        delta = probe["choices"][0]["delta"]
        if delta["content"] != _PROBE:
            return False
        delta["content"] = text
        return bool(probe == document)
    except RecursionError:  # nested nearly as deep as the parser goes
        return False


def _read_string(data: str, start: int, end: int) -> str | None:
    """Return the JSON string that stands exactly at `data[start:end]`, if it is UTF-8 text."""
    if start + 2 > end:
        return None
    try:
        text, stop = decode_json_at(data, start)
        if stop != end:
            return None
        text.encode()
    except ValueError:  # not JSON, or a lone surrogate
        return None
    return str(text)
