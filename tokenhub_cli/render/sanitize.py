"""Defuses what a server or a model sent before a terminal shows it.

Text can drive a terminal: move the cursor, set the title, write the clipboard, reorder or hide
words. After `sanitize` nothing but visible characters, newline and tab is left, and joiners and
selectors where the writing system or an emoji needs them. The scheme:

    a control character              its picture: ESC is shown as ␛, BEL as ␇, DEL as ␡
    a whole colour sequence          dropped: `ESC [ 31 m` changes nothing but the look
    any other escape sequence        kept in sight, its ESC (or C1 byte) made visible: ␛]52;c;…␇
    CR LF, CR, U+2028, U+2029        a newline, so that nothing is overwritten
    C1, bidi overrides and isolates  named: <U+202E>
    tag characters, selectors        named, unless part of an emoji or ideograph
    zero-width space, BOM, …         dropped: they only hide
    ZWJ, ZWNJ                        kept after an emoji or a letter that joins, else dropped
    a lone surrogate                 U+FFFD, the replacement character

No text is swallowed: an unterminated sequence cannot hide the rest of an answer. Pieces may be cut
anywhere; what a `Sanitizer` gives for all pieces is what `sanitize` gives for the whole.
"""

import re
import unicodedata

BLACK_FLAG = "\U0001f3f4"
REPLACEMENT = "\ufffd"

_DROPPED = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u2060-\u2064\u3164\ufeff\uffa0"
)
_NAMED = (
    "\x80-\x9f\u202a-\u202e\u2065-\u206f\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
_SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_JOINERS = "\u200c\u200d"
_CONTROLS = "\x00-\x08\x0b-\x1f\x7f"

_ANY_SUSPECT = re.compile(
    f"[{_CONTROLS}{_DROPPED}{_NAMED}{_SELECTORS}{_JOINERS}\u2028\u2029\ud800-\udfff]"
)
# A colour sequence (ECMA-48, 8.3.117 SGR) and a subdivision flag (Unicode TS 51, ED-14a) are
# judged whole. Their lengths are bounded, so that what has to be held back is bounded too.
_COLOUR = r"(?P<colour>\x1b\[[0-9;:]{0,64}m)"
_FLAG = "(?P<flag>\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f)"
_SUSPECT = re.compile(
    rf"{_COLOUR}|{_FLAG}|(?P<newline>\r\n?|[\u2028\u2029])|(?P<control>[{_CONTROLS}])"
    rf"|(?P<dropped>[{_DROPPED}])|(?P<joiner>[{_JOINERS}])|(?P<selector>[{_SELECTORS}])"
    r"|(?P<surrogate>[\ud800-\udfff])"
    rf"|(?P<named>[{_NAMED}])"
)
_MAY_GO_ON = re.compile(
    r"(?:\x1b(?:\[[0-9;:]{0,64})?"
    "|\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{0,6})\\Z"
)
_PICTURES = {chr(code): chr(0x2400 + code) for code in range(0x20)} | {"\x7f": "\u2421"}

_LAST_LATIN_LIKE = "\u058f"  # below: scripts whose letters never join
_FIRST_SYMBOL = "\u2010"
PLACEHOLDER_END = ">"  # what stands on the screen where a character was shown as its number
_KEYCAP_BASES = "0123456789#*©®"


class Sanitizer:
    """Sanitises a text that comes in pieces."""

    def __init__(self) -> None:
        self._held = ""  # the beginning of what may become a colour sequence or a flag
        self._previous = ""  # the last character judged, which joiners and selectors follow
        self._refused_until = -1  # where a selector ended that was shown as its number instead

    def feed(self, text: str) -> str:
        """Return what of the text so far is certain and was not returned before."""
        if not text:
            return ""
        is_clean = not _ANY_SUSPECT.search(text) and BLACK_FLAG not in text
        if is_clean and not self._held and self._previous != "\r":
            self._previous = text[-1]
            return text
        text = self._held + text
        undecided = _MAY_GO_ON.search(text)
        self._held = undecided.group() if undecided else ""
        return self._defuse(text[: len(text) - len(self._held)])

    def finish(self) -> str:
        """Return what was held back, made visible."""
        held, self._held = self._held, ""
        return self._defuse(held)

    def _defuse(self, text: str) -> str:
        if not text:
            return ""
        if self._previous == "\r" and text[0] == "\n":
            # The carriage return was shown as this line's end already.
            self._previous = "\n"
            text = text[1:]
        self._refused_until = -1
        safe = _SUSPECT.sub(self._replace, text)
        if text:
            self._previous = PLACEHOLDER_END if self._refused_until == len(text) else text[-1]
        return safe

    def _replace(self, match: re.Match[str]) -> str:
        found = match.group()
        start = match.start()
        previous = match.string[start - 1] if start else self._previous
        if start and start == self._refused_until:
            previous = PLACEHOLDER_END
        replacement = f"<U+{ord(found[0]):04X}>"
        match match.lastgroup:
            case "colour" | "dropped":
                replacement = ""
            case "flag":
                replacement = found
            case "newline":
                replacement = "\n"
            case "control":
                replacement = _PICTURES[found]
            case "surrogate":
                replacement = REPLACEMENT
            case "joiner":
                replacement = found if _joins(previous) else ""
            case "selector" if _takes_selector(previous):
                replacement = found
            case "selector":
                self._refused_until = match.end()
        return replacement


def sanitize(text: str) -> str:
    """Return `text` with everything defused that could drive a terminal."""
    if not _ANY_SUSPECT.search(text):
        return text
    sanitizer = Sanitizer()
    return sanitizer.feed(text) + sanitizer.finish()


def sanitize_line(text: str) -> str:
    """Return `text` defused and on one line, for messages, names and titles."""
    return " ".join(sanitize(text).split())


def escape_json(text: str) -> str:
    """Return JSON with everything escaped that `sanitize` would change: the value is the same.

    Args:
        text: JSON; such characters stand in its strings alone.
    """
    return _ANY_SUSPECT.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def _joins(previous: str) -> bool:
    """Whether a joiner after `previous` shapes something: a joining script or an emoji."""
    if not previous or previous in _JOINERS or previous <= _LAST_LATIN_LIKE:
        return False
    return previous == "\ufe0f" or unicodedata.category(previous) in {
        *("Lo", "Lm", "Mn", "Mc", "So", "Sk"),
    }


def _takes_selector(previous: str) -> bool:
    """Whether a variation selector may follow: one after a symbol, ideograph or keycap base."""
    if not previous or _ANY_SUSPECT.match(previous):
        return False
    is_visible = unicodedata.category(previous)[0] not in "CMZ"
    return previous in _KEYCAP_BASES or (previous >= _FIRST_SYMBOL and is_visible)
