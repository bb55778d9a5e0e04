"""The origin of a gateway: what a key belongs to, and what is remembered of gateways goes by."""

from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


def build_origin(base_url: str) -> str:
    """Return scheme, host and port of a checked base URL, the default port left out.

    This is the origin of RFC 6454; nothing else of the URL, a user name say, is in it.
    """
    parts = urlsplit(base_url)
    host = encode_host(parts.hostname or "")
    if ":" in host:
        host = f"[{host}]"
    if parts.port is None or parts.port == DEFAULT_PORTS[parts.scheme]:
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{parts.port}"


def encode_host(host: str) -> str:
    """Return a host's name in ASCII.

    Raises:
        UnicodeError: It is no valid name.
    """
    return host if host.isascii() else host.encode("idna").decode("ascii")
