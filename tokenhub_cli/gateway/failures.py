"""Errors met below HTTP, turned into ours, once, at the edge.

Sorted by type, never by searching the message: the cause chain of an httpx error ends in the
exception of the system that explains it.
"""

import socket
import ssl
from collections.abc import Iterator

import h11
import httpx

from tokenhub_cli.errors import (
    ConnectError,
    ConnectionLostError,
    GatewayError,
    NameResolutionError,
    NotHttpError,
    ProtocolError,
    TimedOutError,
    TlsError,
)

DOCTOR_HINT = "`tokenhub doctor` shows where it fails"
PROXY_HINT = "`env | grep -i proxy` shows what is set; `NO_PROXY` lists what needs none"

# httpx's error -> ours and its words, most specific first; {host} and {url} are filled in.
KINDS: tuple[tuple[type[Exception], type[GatewayError], str], ...] = (
    (httpx.ProxyError, ConnectError, "the proxy to `{host}` refused the connection"),
    (httpx.ConnectTimeout, TimedOutError, "no connection to `{url}` in time"),
    (httpx.TimeoutException, TimedOutError, "no answer from `{url}` in time"),
    (httpx.ConnectError, ConnectError, "no connection to `{url}`"),
    (httpx.LocalProtocolError, ProtocolError, "the request to `{host}` is not valid HTTP"),
    (httpx.UnsupportedProtocol, ProtocolError, "`{url}` is no address of a gateway"),
)


def classify_transport_failure(
    error: Exception, base_url: str, *, peer: str = "", has_response: bool = False
) -> GatewayError:
    """Return our error for one of httpx's, ssl's or the system's.

    Args:
        error: What was raised while connecting, sending or reading.
        base_url: The gateway's, named in the message.
        peer: Host and port that were connected to: a proxy's, if they are not the gateway's.
        has_response: Whether the response's head had come: what breaks after it is a cut.
    """
    host = httpx.URL(base_url).host
    causes = tuple(_walk_causes(error))
    if _is_proxy(peer, base_url) and isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        reason = _describe_system_error(causes)
        if not any(isinstance(cause, ssl.SSLError) for cause in causes):
            return ConnectError(f"no connection to the proxy `{peer}`{reason}", hint=PROXY_HINT)
    if isinstance(error, httpx.ConnectError):
        explained = _classify_connect_cause(causes, host)
        if explained is not None:
            return explained
    if not has_response and any(isinstance(cause, h11.RemoteProtocolError) for cause in causes):
        # Only the parser raises h11's error; where a connection just ends, httpcore raises its own.
        return ProtocolError(f"`{host}` does not speak HTTP", hint=DOCTOR_HINT)
    for kind, ours, words in KINDS:
        if isinstance(error, kind):
            reason = _describe_system_error(causes)
            return ours(words.format(host=host, url=base_url) + reason, hint=DOCTOR_HINT)
    return ConnectionLostError(f"the connection to `{host}` was lost", hint=DOCTOR_HINT)


def build_not_http_error(base_url: str, peer: str) -> NotHttpError:
    """Return the error for a server whose first bytes are not those of an HTTP response.

    Args:
        base_url: The gateway's.
        peer: As in `classify_transport_failure`.
    """
    return NotHttpError(
        f"what answers at `{peer}` is no HTTP server",
        hint=PROXY_HINT
        if _is_proxy(peer, base_url)
        else "check scheme, host and port: `tokenhub config get base_url`",
    )


def _is_proxy(peer: str, base_url: str) -> bool:
    host = peer.rpartition(":")[0]
    return bool(host) and host != httpx.URL(base_url).raw_host.decode()


def _classify_connect_cause(causes: tuple[BaseException, ...], host: str) -> GatewayError | None:
    for cause in causes:
        match cause:
            case socket.gaierror():
                return NameResolutionError(
                    f"the name `{host}` could not be resolved",
                    hint="check the network and `tokenhub config get base_url`",
                )
            case ssl.SSLCertVerificationError():
                return TlsError(
                    f"the certificate of `{host}` is not trusted: {cause.verify_message}",
                    hint="behind a company proxy, name its certificate: "
                    "`export SSL_CERT_FILE=/path/to/company-ca.pem`",
                )
            case ssl.SSLError():
                return TlsError(
                    f"no encrypted connection to `{host}` could be made",
                    hint="check the scheme and port: `tokenhub config get base_url`",
                )
    return None


def _walk_causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def _describe_system_error(causes: tuple[BaseException, ...]) -> str:
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno and cause.strerror:
            return f": {cause.strerror.lower()}"
    return ""
