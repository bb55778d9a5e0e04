"""The system's keyring, through the optional package `keyring`.

Its service is `tokenhub` and its user name the origin. Each call runs in a thread with a limit of
three seconds: a locked or absent desktop keyring can keep a caller waiting for ever. Backends that
keep nothing are refused.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from tokenhub_cli.errors import ConfigurationError, CredentialError

SERVICE = "tokenhub"
TIME_LIMIT_S = 3.0
USELESS_MODULES = ("keyring.backends.null", "keyring.backends.fail")


def read_keyring(origin: str, *, limit_s: float = TIME_LIMIT_S) -> str:
    """Return the key of `origin`, or an empty string.

    Raises:
        ConfigurationError: There is no keyring to use.
        CredentialError: The keyring failed, or did not answer in time.
    """
    return str(_call(lambda keyring: keyring.get_password(SERVICE, origin) or "", limit_s))


def save_to_keyring(origin: str, value: str, *, limit_s: float = TIME_LIMIT_S) -> None:
    """Store the key of `origin`, and read it back before calling it stored.

    Raises:
        ConfigurationError: There is no keyring to use.
        CredentialError: The keyring failed, did not answer in time, or did not keep the key.
    """

    def save(keyring: Any) -> bool:
        keyring.set_password(SERVICE, origin, value)
        return bool(keyring.get_password(SERVICE, origin) == value)

    if not _call(save, limit_s):
        raise CredentialError(
            "the keyring did not keep the key", hint="`tokenhub config set keyring false`"
        )


def remove_from_keyring(origin: str, *, limit_s: float = TIME_LIMIT_S) -> bool:
    """Remove the key of `origin`; say whether there was one.

    Raises:
        ConfigurationError: There is no keyring to use.
        CredentialError: The keyring failed, or did not answer in time.
    """

    def remove(keyring: Any) -> bool:
        if keyring.get_password(SERVICE, origin) is None:
            return False
        keyring.delete_password(SERVICE, origin)
        return True

    return bool(_call(remove, limit_s))


def _call(action: Callable[[Any], Any], limit_s: float) -> Any:
    """Run `action` on the keyring in a thread that does not outlive the limit for us."""
    from threading import Thread

    results: list[Any] = []
    failures: list[Exception] = []

    def run() -> None:
        try:
            results.append(action(_open_keyring()))
        except Exception as error:  # noqa: BLE001 - each backend raises errors of its own
            failures.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(limit_s)
    if results:
        return results[0]
    if failures and isinstance(failures[0], ConfigurationError):
        raise failures[0]
    # a backend's own words are not repeated: they could hold what it was given
    problem = f"failed ({type(failures[0]).__name__})" if failures else "did not answer in time"
    raise CredentialError(
        f"the system's keyring {problem}",
        hint="unlock it, or do without: `tokenhub config set keyring false`",
    )


def _open_keyring() -> Any:
    try:
        keyring: Any = import_module("keyring")
    except ImportError:
        raise ConfigurationError(
            "`keyring` is on, but the package `keyring` is not installed",
            hint="`pip install keyring` beside tokenhub, or `tokenhub config set keyring false`",
        ) from None
    backend = keyring.get_keyring()
    is_empty_chain = getattr(backend, "backends", None) == []
    if type(backend).__module__ in USELESS_MODULES or is_empty_chain:
        raise ConfigurationError(
            "`keyring` is on, but this system offers no keyring",
            hint="`tokenhub config set keyring false`",
        )
    return keyring
