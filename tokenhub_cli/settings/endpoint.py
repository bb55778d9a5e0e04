"""Base URLs: what is accepted, and what counts as loopback."""

from urllib.parse import SplitResult, urlsplit

from tokenhub_cli.wire.loopback import is_loopback
from tokenhub_cli.wire.origin import DEFAULT_PORTS, encode_host

KNOWN_ENDINGS = ("/chat/completions", "/completions", "/models")


def check_base_url(text: str) -> str:
    """Return the base URL without a trailing slash.

    Raises:
        ValueError: It cannot be used; the text says what is expected, and repeats no part of it
            that could be a secret.
    """
    if not text.isprintable() or " " in text:
        raise ValueError("a URL without white space or control characters")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("a URL such as `https://ai-tokenhub.com/v1`") from None
    if parts.scheme not in DEFAULT_PORTS:
        raise ValueError("a URL that begins with `https://` or `http://`")
    if "@" in parts.netloc:
        raise ValueError("a URL without a user name or password in it")
    if not parts.hostname or port == 0:
        raise ValueError("a URL with a host, such as `https://ai-tokenhub.com/v1`")
    if "?" in text or "#" in text:
        raise ValueError("a URL without `?` or `#`")
    _check_host(parts)
    base_url = text.rstrip("/")
    for ending in KNOWN_ENDINGS:
        if base_url.endswith(ending):
            raise ValueError(f"the URL before `{ending}`")
    return base_url


def _check_host(parts: SplitResult) -> None:
    try:
        encode_host(parts.hostname or "")
    except UnicodeError:
        raise ValueError("a URL with a valid host name") from None


def is_local(base_url: str) -> bool:
    """Say whether the host is this machine (`wire/loopback.py`)."""
    return is_loopback(urlsplit(base_url).hostname or "")


def is_plain(base_url: str) -> bool:
    """Say whether what is sent there could be read on the way: http, and not to this machine."""
    return urlsplit(base_url).scheme == "http" and not is_local(base_url)
