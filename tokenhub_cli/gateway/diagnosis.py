"""The way to a gateway, step by step: proxy, name, connection, certificate, clock.

Each step is tried by itself, so that the first one that fails is the cause, and those after it are
left out. The judgements (`judge_…`) are pure; the rest does one thing each and hands over what it
saw. Nothing is sent to the gateway here, and no key is needed.
"""

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from tokenhub_cli.errors import (
    ConfigurationError,
    ConnectError,
    NameResolutionError,
    TimedOutError,
    TlsError,
    UnreachableError,
)
from tokenhub_cli.gateway.certificates import build_tls_context
from tokenhub_cli.gateway.finding import Finding, Verdict, fail
from tokenhub_cli.gateway.proxies import find_proxy
from tokenhub_cli.wire.loopback import is_loopback
from tokenhub_cli.wire.origin import DEFAULT_PORTS

SHOW_ADDRESS = "tokenhub config get base_url"
COMPANY_HINT = "behind a company proxy, name its certificate in SSL_CERT_FILE"
COMPANY_COMMAND = "export SSL_CERT_FILE=/path/to/company-ca.pem"
SHOWN_ADDRESSES = 3
TRIED_ADDRESSES = 3  # each may take the whole timeout
EXPIRES_SOON_S = 14 * 86_400
SKEW_TOLERATED_S = 60.0


def examine_way(base_url: str, *, timeout: float) -> Iterator[Finding]:
    """Yield what is found on the way to the gateway; the last finding may be a failure.

    Args:
        base_url: A checked base URL.
        timeout: Seconds for each step.
    """
    parts = urlsplit(base_url)
    proxy = find_proxy(base_url)
    if proxy:
        words = f"`{proxy.address}` is used; name, connection and certificate are its business"
        hint = "an exception: `export NO_PROXY=" + (parts.hostname or "") + "`"
        yield Finding("proxy", Verdict.INFO, words, hint, facts=(("proxy", proxy.address),))
        return
    yield Finding("proxy", Verdict.OK, "none is used")
    host = parts.hostname or ""
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    try:
        begun = time.monotonic()
        addresses = resolve_name(host, port, timeout)
        shown = ", ".join(addresses[:SHOWN_ADDRESSES])
        yield Finding("dns", Verdict.OK, f"`{host}` is {shown} ({_describe_time(begun)})")
        begun = time.monotonic()
        with connect(addresses, port, timeout) as connection:
            address = str(connection.getpeername()[0])
            yield Finding("tcp", Verdict.OK, f"{address}, port {port} ({_describe_time(begun)})")
            if parts.scheme == "https":
                yield from examine_tls(connection, host)
            else:
                yield judge_plain(host)
    except NameResolutionError as error:
        yield fail("dns", error, SHOW_ADDRESS)
    except TlsError as error:
        yield fail("tls", error, COMPANY_COMMAND)
    except ConfigurationError as error:  # the certificates that the environment names
        yield fail("tls", error)
    except UnreachableError as error:
        yield fail("tcp", error, SHOW_ADDRESS)


def resolve_name(host: str, port: int, timeout: float) -> list[str]:
    """Return the addresses of a host.

    The system's resolver knows no timeout, so it runs in a thread, which is left behind.

    Raises:
        NameResolutionError: It has none, or none came in time.
    """
    found: list[str] = []
    problem: list[str] = []

    def resolve() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(str(row[4][0]) for row in rows))
        except (OSError, UnicodeError) as error:
            problem.append(getattr(error, "strerror", "") or str(error))

    thread = threading.Thread(target=resolve, daemon=True)
    thread.start()
    thread.join(timeout)
    if found:
        return found
    reason = problem[0].lower() if problem else f"no answer within {timeout:g} s"
    raise NameResolutionError(
        f"the name `{host}` could not be resolved: {reason}",
        hint="check the network and the base URL",
    )


def connect(addresses: list[str], port: int, timeout: float) -> socket.socket:
    """Return a connection to the first of up to three addresses that takes one.

    Raises:
        ConnectError: None of these does.
        TimedOutError: The last one did not answer in time.
    """
    problem: OSError | None = None
    for address in addresses[:TRIED_ADDRESSES]:
        try:
            return socket.create_connection((address, port), timeout)
        except OSError as error:
            problem = error
    place = f"`{addresses[0]}`, port {port}"
    if isinstance(problem, TimeoutError):
        raise TimedOutError(
            f"no connection to {place} within {timeout:g} s", hint="a firewall may swallow it"
        )
    reason = f": {problem.strerror.lower()}" if problem and problem.strerror else ""
    raise ConnectError(f"no connection to {place}{reason}", hint="is the base URL right?")


def examine_tls(connection: socket.socket, host: str) -> Iterator[Finding]:
    """Yield what is found of the encryption and the certificate.

    Raises:
        TlsError: There is no trusted encrypted connection.
        ConfigurationError: The certificates that the environment names are none.
    """
    begun = time.monotonic()
    try:
        with build_tls_context().wrap_socket(connection, server_hostname=host) as secure:
            version = secure.version() or "TLS"
            certificate: Any = secure.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        raise TlsError(
            f"the certificate of `{host}` is not trusted: {error.verify_message}",
            hint=_advise_on_certificate(error.verify_message),
        ) from None
    except (ssl.SSLError, OSError) as error:
        reason = getattr(error, "reason", "") or error.strerror or str(error)
        words = str(reason).replace("_", " ").lower()
        raise TlsError(
            f"no encrypted connection to `{host}` could be made: {words}",
            hint="check the scheme and port of the base URL",
        ) from None
    yield judge_certificate(certificate, version, time.time(), _describe_time(begun))


def judge_certificate(
    certificate: Mapping[str, Any], version: str, now: float, took: str
) -> Finding:
    """Judge a trusted certificate as `ssl` describes it: who issued it, and until when it holds."""
    issuer = dict(pair for group in certificate.get("issuer", ()) for pair in group)
    name = issuer.get("organizationName") or issuer.get("commonName") or "an unnamed issuer"
    words = f"{version}, certificate by {name}"
    until = certificate.get("notAfter")
    left = ssl.cert_time_to_seconds(until) - now if until else None
    if left is not None:
        words += f", valid for {left / 86_400:.0f} days"
    words += f" ({took})"
    is_short = left is not None and left < EXPIRES_SOON_S
    verdict = Verdict.WARNING if is_short else Verdict.OK
    hint = "the gateway's owner should renew it" if is_short else ""
    return Finding("tls", verdict, words, hint)


def judge_plain(host: str) -> Finding:
    """Judge http:// without encryption: fine on this machine only."""
    if is_loopback(host):
        return Finding("tls", Verdict.OK, "not encrypted, which is fine on this machine")
    return Finding(
        "tls",
        Verdict.WARNING,
        "not encrypted: what you send can be read on the way, and no key is sent",
        "use an `https://` base URL",
        SHOW_ADDRESS,
    )


def judge_clock(date: str, now: float) -> Finding:
    """Judge this machine's clock by the `Date` of a response that just came (RFC 9110, 6.6.1)."""
    from email.utils import parsedate_to_datetime

    try:
        skew = now - parsedate_to_datetime(date).timestamp()
    except (TypeError, ValueError):
        return Finding("clock", Verdict.SKIPPED, "the gateway sends no date to compare with")
    facts = (("skew_s", round(skew)),)
    if abs(skew) <= SKEW_TOLERATED_S:
        return Finding("clock", Verdict.OK, "agrees with the gateway's to a minute", facts=facts)
    direction = "ahead of" if skew > 0 else "behind"
    return Finding(
        "clock",
        Verdict.WARNING,
        f"{abs(skew):.0f} s {direction} the gateway's",
        "certificates and waits for a date may be misjudged: set this machine's clock",
        facts=facts,
    )


def _advise_on_certificate(reason: str) -> str:
    if "not yet valid" in reason:
        return "is this machine's clock right?"
    if "expired" in reason:
        return "the gateway's owner must renew it; or is this machine's clock wrong?"
    if "match" in reason:
        return "is the host in the base URL right?"
    return f"{COMPANY_HINT}: `{COMPANY_COMMAND}`"


def _describe_time(begun: float) -> str:
    return f"{(time.monotonic() - begun) * 1000:.0f} ms"
