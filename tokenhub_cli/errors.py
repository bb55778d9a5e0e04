"""Every error this program raises on purpose, with its exit code.

    TokenHubError                     1   unexpected failure
    ├── UsageError                    2   wrong usage: flags, arguments
    │   └── InputError                2   a prompt, file or standard input that cannot be used
    ├── IncompleteAnswerError         3   some of the answer was delivered, not all
    ├── CredentialError               4   the key
    │   ├── MissingKeyError           4   no key was found
    │   ├── MalformedKeyError         4   the key holds characters that no header may hold
    │   ├── UnsafeKeyError            4   the key would travel in the clear or to another origin
    │   └── RefusedKeyError           4   the gateway refused the key (401, 403)
    ├── LimitError                    5   the account
    │   ├── RateLimitError            5   too many requests; passes by itself
    │   └── QuotaError                5   the quota or balance is used up; does not pass by itself
    ├── UnreachableError              6   network or gateway down; nothing received
    │   ├── NameResolutionError       6   the host's name is unknown
    │   ├── ConnectError              6   refused or unreachable, proxy failures included
    │   ├── TlsError                  6   no trusted encrypted connection
    │   ├── TimedOutError             6   no connection, no first piece, or no further piece in time
    │   ├── ConnectionLostError       6   cut while the request or answer was under way
    │   ├── GatewayDownError          6   408, 409, 5xx, or an error reported inside a stream
    │   └── ProtocolError             6   an answer that is not the protocol's
    │       └── NotHttpError          6   nor is it HTTP
    ├── ConfigurationError            7   configuration file, profile or setting
    ├── RefusedRequestError           8   the gateway refused the request (400, 404, 413, 422)
    │   └── UnknownModelError         8   the gateway does not offer that model
    ├── StoreError                    1   history or another file of ours cannot be used
    │   └── BusyStoreError            1   another process is writing to it
    └── OutputError                   1   what stdout is takes no more

Those of one attempt at a gateway (RefusedKeyError, LimitError, UnreachableError,
RefusedRequestError and all below them) are a `GatewayError` as well, which adds HTTP's facts.

`message` is one sentence that names the thing, literals in backticks. `hint` is a remedy, where
possible a command that can be run. Neither ever holds a key: whoever builds an error from foreign
words redacts them first (`wire/failure.py`).
"""

import errno
from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What the process tells its caller; `tokenhub help exit-codes` prints this table."""

    COMPLETE = 0
    UNEXPECTED = 1
    USAGE = 2
    INCOMPLETE = 3
    CREDENTIAL = 4
    LIMIT = 5
    UNREACHABLE = 6
    CONFIGURATION = 7
    REFUSED = 8
    INTERRUPTED = 130


class TokenHubError(Exception):
    """An error that a user meets: a message, a hint and an exit code.

    Args:
        message: One sentence, without a final full stop being required; literals in backticks.
        hint: What to do next, where possible a runnable command; empty if there is none.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.UNEXPECTED

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(TokenHubError):
    """The command line cannot be understood."""

    exit_code = ExitCode.USAGE


class InputError(UsageError):
    """A prompt, file or standard input cannot be used."""


class IncompleteAnswerError(TokenHubError):
    """Some of the answer was delivered, and the rest could not be had."""

    exit_code = ExitCode.INCOMPLETE


class CredentialError(TokenHubError):
    """There is no usable key."""

    exit_code = ExitCode.CREDENTIAL


class MissingKeyError(CredentialError):
    """No key was found for the gateway."""


class MalformedKeyError(CredentialError):
    """The key holds characters that no HTTP header may hold."""


class UnsafeKeyError(CredentialError):
    """The key would travel in the clear, or to an origin it was not stored for."""


class GatewayError(TokenHubError):
    """What a gateway said, or failed to say, in one attempt.

    Args:
        message: As in `TokenHubError`.
        hint: As in `TokenHubError`.
        status: The HTTP status, or None if the failure was met before or below HTTP.
        request_id: The gateway's name for the request, or an empty string.
        retry_after: Seconds the gateway asked us to wait, or None.
        refused_parameter: The request field that the gateway does not know at all, or empty.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        status: int | None = None,
        request_id: str = "",
        retry_after: float | None = None,
        refused_parameter: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.request_id = request_id
        self.retry_after = retry_after
        self.refused_parameter = refused_parameter


class RefusedKeyError(GatewayError, CredentialError):
    """The gateway refused the key (401, 403)."""


class LimitError(GatewayError):
    """The account's limits."""

    exit_code = ExitCode.LIMIT


class RateLimitError(LimitError):
    """Too many requests; passes by itself."""


class QuotaError(LimitError):
    """The quota or balance is used up; does not pass by itself."""


class UnreachableError(GatewayError):
    """The network or the gateway is down."""

    exit_code = ExitCode.UNREACHABLE


class NameResolutionError(UnreachableError):
    """The host's name is unknown."""


class ConnectError(UnreachableError):
    """The connection was refused or could not be made."""


class TlsError(UnreachableError):
    """No trusted encrypted connection could be made."""


class TimedOutError(UnreachableError):
    """No connection, no first piece or no further piece came in time."""


class ConnectionLostError(UnreachableError):
    """The connection was cut while the request or the answer was under way."""


class GatewayDownError(UnreachableError):
    """The gateway reported a failure of its own (408, 409, 5xx, or inside a stream)."""


class ProtocolError(UnreachableError):
    """What came back is not the protocol's."""


class NotHttpError(ProtocolError):
    """What came back is not even HTTP: another kind of server answers there."""


class RefusedRequestError(GatewayError):
    """The gateway refused the request itself (400, 404, 413, 422)."""

    exit_code = ExitCode.REFUSED


class UnknownModelError(RefusedRequestError):
    """The gateway does not offer the model."""


class ConfigurationError(TokenHubError):
    """The configuration file, a profile or a setting cannot be used."""

    exit_code = ExitCode.CONFIGURATION


class StoreError(TokenHubError):
    """History, or another file of ours, cannot be read or written."""


class BusyStoreError(StoreError):
    """Another process is writing to the history; passes by itself."""


class OutputError(TokenHubError):
    """Standard output takes no more.

    Args:
        cause: What the system said.
    """

    def __init__(self, cause: OSError) -> None:
        reason = describe_cause(cause)
        is_full = cause.errno in (errno.ENOSPC, errno.EDQUOT)
        super().__init__(
            f"the output cannot be written: {reason}",
            hint="`df -h` shows which disk is full"
            if is_full
            else "send it to a file: `tokenhub ask hello > answer.md`",
        )


def describe_cause(error: OSError) -> str:
    """Return what the system said of a failure, as the end of a sentence: `permission denied`."""
    words = error.strerror or type(error).__name__.lower()
    return words[:1].lower() + words[1:]  # a path in it stays as it is


def quote_path(path: object) -> str:
    """Return a path as a POSIX shell takes it, for a hint that is a command."""
    from shlex import quote

    return quote(str(path))
