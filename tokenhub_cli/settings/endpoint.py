"""Base URLs: what is accepted, the origin that a key belongs to, and what counts as loopback."""

from urllib.parse import SplitResult, urlsplit

from tokenhub_cli.wire.loopback import is_loopback

DEFAULT_PORTS = {"http": 80, "https": 443}
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
        _encode_host(parts.hostname or "")
    except UnicodeError:
        raise ValueError("a URL with a valid host name") from None


def build_origin(base_url: str) -> str:
    """Return scheme, host and port of a checked base URL, the default port left out.

    This is the origin of RFC 6454: what a key is bound to.
    """
    parts = urlsplit(base_url)
    host = _encode_host(parts.hostname or "")
    if ":" in host:
        host = f"[{host}]"
    if parts.port is None or parts.port == DEFAULT_PORTS[parts.scheme]:
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{parts.port}"


def is_local(base_url: str) -> bool:
    """Say whether the host is this machine (`wire/loopback.py`)."""
    return is_loopback(urlsplit(base_url).hostname or "")


def is_plain(base_url: str) -> bool:
    """Say whether what is sent there could be read on the way: http, and not to this machine."""
    return urlsplit(base_url).scheme == "http" and not is_local(base_url)


def _encode_host(host: str) -> str:
    if host.isascii():
        return host
    return host.encode("idna").decode("ascii")
