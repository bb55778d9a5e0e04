"""Makes one safe line of a gateway's own words: no key, no control character, no kilobytes."""

import re
from collections.abc import Sequence

MAX_WORDS = 600
"""The most characters of a gateway's words that reach the user."""

MIN_SECRET = 8
"""A shorter secret is a placeholder of a keyless server; taking it out would only garble words."""

_MAX_LOOKED_AT = 64 * 1024
_REDACTED = "[key]"
_ESCAPE_SEQUENCE = re.compile(
    r"""
      \x1b\[ [0-?]* [ -/]* [@-~]                       # CSI: colours, cursor
    | \x1b[\]PX^_] [^\x07\x1b]* (?: \x07 | \x1b\\ )?   # OSC, DCS and other strings
    | \x1b [ -/]* [0-~]                                # two-character sequences
    """,
    re.VERBOSE,
)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_MARKUP = re.compile(r"\s*<(?:!doctype\b|!--|html\b|head\b|body\b|\?xml\b)", re.IGNORECASE)


def summarise_words(text: str, secrets: Sequence[str] = ()) -> str:
    """Return foreign words as one line of at most 600 characters that is safe to show.

    Escape sequences, control and format characters (bidirectional controls among them) are dropped,
    white space is collapsed, and every one of `secrets`, plain or percent-encoded, in any case,
    becomes `[key]`. Only the first 64 Ki characters are looked at.
    """
    text = _ESCAPE_SEQUENCE.sub("", text[:_MAX_LOOKED_AT])
    text = redact(_drop_invisible(text), secrets)
    if len(text) > MAX_WORDS:
        text = text[: MAX_WORDS - 1].rstrip() + "…"
    return text


def redact(text: str, secrets: Sequence[str]) -> str:
    """Return `text` with every secret in it replaced by `[key]`."""
    for secret in secrets:
        if len(secret) < MIN_SECRET:
            continue
        for spelling in _list_spellings(secret):
            if spelling.lower() in text.lower():
                text = re.sub(re.escape(spelling), _REDACTED, text, flags=re.IGNORECASE)
    return text


def is_markup(text: str) -> bool:
    """Tell whether a body is an HTML or XML page rather than words."""
    return _MARKUP.match(text) is not None


def find_title(page: str) -> str:
    """Return the words of a page's title, or an empty string."""
    import html

    found = _TITLE.search(page)
    return html.unescape(found[1]).strip() if found else ""


def _list_spellings(secret: str) -> list[str]:
    from urllib.parse import quote, quote_plus

    spellings = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret)}
    return sorted(spellings, key=len, reverse=True)


def _drop_invisible(text: str) -> str:
    import unicodedata

    if not (text.isascii() and text.isprintable()):
        text = "".join(
            " " if character.isspace() else character
            for character in text
            if character.isspace() or not unicodedata.category(character).startswith("C")
        )
    return " ".join(text.split())
