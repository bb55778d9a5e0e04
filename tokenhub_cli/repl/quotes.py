'''Texts of many lines between `"""`, and lines that begin with a slash.'''

QUOTES = '"""'


def is_quote_open(text: str) -> bool:
    '''Tell whether a text that begins with `"""` waits for the `"""` at its end.'''
    stripped = text.strip()
    if not stripped.startswith(QUOTES):
        return False
    return len(stripped) < 2 * len(QUOTES) or not stripped.endswith(QUOTES)


def strip_quotes(text: str) -> str:
    '''Return a text without the `"""` around it.'''
    stripped = text.strip()
    if not stripped.startswith(QUOTES) or is_quote_open(text):
        return text
    return stripped[len(QUOTES) : -len(QUOTES)].strip("\n")


def is_command(text: str) -> bool:
    """Tell whether a line is a slash command; `//` begins a text with a slash."""
    return text.startswith("/") and not text.startswith("//")
