"""Which proxy leads to a gateway, by the variables or the system settings that name proxies.

Decided here and not by httpx, which fails on `NO_PROXY` entries that are legal elsewhere: IPv6
addresses in brackets, and networks (`fd00::/8`). Entries mean what they mean to curl: a name covers
itself and all below it, `*` is everything, a port or a scheme narrows an entry down.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import getproxies

from tokenhub_cli.wire.loopback import is_loopback
from tokenhub_cli.wire.origin import DEFAULT_PORTS


@dataclass(frozen=True, slots=True)
class ChosenProxy:
    """A proxy's URL, and the variable that names it."""

    url: str
    variable: str

    @property
    def address(self) -> str:
        """The URL without user name and password."""
        scheme, _, rest = self.url.rpartition("://")
        return f"{scheme}://{rest.rpartition('@')[2]}"


def find_proxy(base_url: str) -> ChosenProxy | None:
    """Return the proxy to a gateway, or None if there is none or none is wanted.

    A proxy cannot reach this machine's loopback, and must not see a key meant for it.
    """
    url = urlsplit(base_url)
    if is_loopback(url.hostname or ""):
        return None
    named = getproxies()
    name = next((name for name in (url.scheme, "all") if named.get(name)), "")
    if not name or is_excepted(base_url, named.get("no", "")):
        return None
    proxy = named[name] if "://" in named[name] else f"http://{named[name]}"
    return ChosenProxy(proxy, f"{name.upper()}_PROXY")


def is_excepted(base_url: str, exceptions: str) -> bool:
    """Tell whether a `NO_PROXY` value covers a gateway.

    Args:
        base_url: The gateway's, valid.
        exceptions: Entries, separated by commas; those that make no sense cover nothing.
    """
    url = urlsplit(base_url)
    host = (url.hostname or "").lower().rstrip(".")
    port = url.port or DEFAULT_PORTS.get(url.scheme)
    for entry in filter(None, (part.strip().lower() for part in exceptions.split(","))):
        scheme, _, rest = entry.rpartition("://")
        name, named_port = _split_port(rest)
        if scheme in {"", "all", url.scheme} and named_port in {"", str(port)}:
            domain = name.lstrip("*").strip(".")
            if name == "*" or (domain and (f".{host}").endswith(f".{domain}")):
                return True
            if _is_in_network(host, name):
                return True
    return False


def _split_port(entry: str) -> tuple[str, str]:
    """Return the host and the port of `host:port`, `[::1]:port`, `::1` or `fd00::/8`."""
    if entry.startswith("["):
        name, _, port = entry[1:].partition("]")
        return name, port.lstrip(":")
    name, _, port = entry.partition(":")
    return (entry, "") if ":" in port else (name, port)


def _is_in_network(host: str, network: str) -> bool:
    from ipaddress import ip_address, ip_network

    try:
        return ip_address(host) in ip_network(network, strict=False)
    except ValueError:  # one of them is a name
        return False
