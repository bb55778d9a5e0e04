"""Which hosts can only mean this machine: a key may go there without encryption."""


def is_loopback(host: str) -> bool:
    """Tell whether a host is `localhost`, in 127.0.0.0/8, or ::1.

    Other names under `.localhost` are left out: RFC 6761 (6.3) keeps them on the machine, but not
    every resolver does.

    Args:
        host: A name or an address, an IPv6 one without its brackets; lower case.
    """
    if host == "localhost":
        return True
    if ":" not in host and not host.startswith("127."):
        return False
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
