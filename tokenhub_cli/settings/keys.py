"""Where the key comes from, and the rules that keep it from leaking.

Order: `TOKENHUB_API_KEY`, the `key_command`, the system's keyring if the settings chose it, the
private credentials file. A stored key belongs to the origin (scheme, host, port) that it was stored
for; the variable's belongs to the base URL in force. No key goes over plain http, except to this
machine. `OPENAI_API_KEY` is never used. Messages name where a key came from, never a character of
it.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from tokenhub_cli.errors import MalformedKeyError, MissingKeyError, UnsafeKeyError
from tokenhub_cli.settings.endpoint import is_local, is_plain
from tokenhub_cli.settings.paths import Paths
from tokenhub_cli.settings.resolve import FLAG, Settings
from tokenhub_cli.settings.schema import format_profile_flag, quote_name
from tokenhub_cli.wire.origin import build_origin

KEY_VARIABLE = "TOKENHUB_API_KEY"
BASE_URL_VARIABLE = "TOKENHUB_BASE_URL"
LONGEST_KEY = 8192


class Key:
    """A key that is fit to be sent.

    Attributes:
        value: The secret; not part of the repr.
        source: Where it was found, for messages.
        origin: The only origin that it may be sent to.
        notice: What the user is to be told about finding it, or an empty string.
    """

    __slots__ = ("notice", "origin", "source", "value")

    def __init__(self, value: str, source: str, origin: str, notice: str = "") -> None:
        self.value = value
        self.source = source
        self.origin = origin
        self.notice = notice

    def __repr__(self) -> str:
        return f"Key({fingerprint(self.value)}, source={self.source!r}, origin={self.origin!r})"


def find_key(settings: Settings, environ: Mapping[str, str], paths: Paths) -> Key | None:
    """Return the key for the base URL in force, or None if there is none.

    Raises:
        UnsafeKeyError: There is a key, and it would travel in the clear.
        MalformedKeyError: It holds characters that no header may hold.
        CredentialError: The `key_command` or the keyring failed.
        ConfigurationError: The credentials file or the keyring cannot be used.
        StoreError: The credentials file is open to others and cannot be tightened.
    """
    if settings.keyless:
        return None
    origin = build_origin(settings.base_url)
    is_unsafe = is_plain(settings.base_url)
    if environ.get(KEY_VARIABLE):
        source = f"environment `{KEY_VARIABLE}`"
        if is_unsafe:
            raise _build_unsafe_error(source, settings)
        return Key(check_key(environ[KEY_VARIABLE], source), source, origin)
    if settings.key_command:
        source = f"`key_command` ({settings.origins['key_command']})"
        if is_unsafe:
            raise _build_unsafe_error(source, settings)
        from tokenhub_cli.settings.key_command import run_key_command

        printed = run_key_command(settings.key_command, environ, profile=settings.profile)
        return Key(check_key(printed, source), source, origin)
    if is_unsafe:
        return None  # none is ever stored for such an origin
    return find_stored_key(origin, paths, uses_keyring=settings.keyring)


def find_stored_key(origin: str, paths: Paths, *, uses_keyring: bool) -> Key | None:
    """Return the key stored for `origin` in the keyring, if chosen, or the credentials file.

    Raises:
        CredentialError: The keyring failed, or the key is malformed.
        ConfigurationError: The credentials file or the keyring cannot be used.
        StoreError: The credentials file is open to others and cannot be tightened.
    """
    if uses_keyring:
        from tokenhub_cli.settings.system_keyring import read_keyring

        value = read_keyring(origin)
        if value:
            return Key(check_key(value, "keyring"), "keyring", origin)
    from tokenhub_cli.settings.credentials import read_credentials, tighten_credentials

    value = read_credentials(paths.credentials_file).get(origin, "")
    if not value:
        return None
    notice = tighten_credentials(paths.credentials_file)
    return Key(check_key(value, "credentials file"), "credentials file", origin, notice)


def require_key(settings: Settings, environ: Mapping[str, str], paths: Paths) -> Key | None:
    """Return the key to send, or None where none is needed: `keyless`, or on this machine.

    Raises:
        MissingKeyError: The gateway is elsewhere, and no key was found.
        TokenHubError: As in `find_key`.
    """
    key = find_key(settings, environ, paths)
    if key is None and not settings.keyless and not is_local(settings.base_url):
        raise build_missing_key_error(settings, environ)
    return key


def build_missing_key_error(settings: Settings, environ: Mapping[str, str]) -> MissingKeyError:
    """Return the error for a gateway without a key, with the command that stores one."""
    origin = build_origin(settings.base_url)
    if is_plain(settings.base_url):
        return MissingKeyError(
            f"there is no key for `{origin}`, and none is sent over plain http",
            hint=f"if it needs none: {_advise_keyless(settings)}",
        )
    hint = f"`tokenhub keys set{format_target(settings)}`"
    if environ.get("OPENAI_API_KEY"):
        hint += "; `OPENAI_API_KEY` is set, and is never used: it belongs to another vendor"
    return MissingKeyError(f"there is no key for `{origin}`", hint=hint)


def check_key(value: str, source: str) -> str:
    """Return the key if it is made of visible ASCII characters, as RFC 6750 (2.1) has it.

    Args:
        value: The key.
        source: Where it came from, for the message.

    Raises:
        MalformedKeyError: It is not; the message never repeats any of it.
    """
    problem = ""
    if not value:
        problem = "is empty"
    elif len(value) > LONGEST_KEY:
        problem = f"is longer than {LONGEST_KEY} characters"
    elif "\n" in value or "\r" in value:
        problem = "holds a line break"
    elif any(character.isspace() for character in value):
        problem = "holds white space"
    elif not value.isascii():
        problem = "holds a character that is not ASCII"
    elif not value.isprintable():
        problem = "holds a control character"
    if problem:
        raise MalformedKeyError(f"the key from {source} {problem}", hint=_advise_anew(source))
    return value


def advise_on_refusal(settings: Settings, key: Key | None) -> str:
    """Return the hint for a gateway that refused the key, or wants one and got none."""
    if key is not None:
        return _advise_anew(key.source, settings)
    if settings.keyless:
        name = _locate_keyless(settings)
        return f"no key was sent: `keyless` is on; `tokenhub config set {name} false`"
    if is_plain(settings.base_url):
        return f"no key is sent over plain http; {_advise_https(settings)}"
    return f"no key was sent; `tokenhub keys set{format_target(settings)}` stores one"


def advise_on_quota(settings: Settings, key: Key | None) -> str:
    """Return the hint for an account that is used up; another key comes from where this one did."""
    top_up = "top the account up at the gateway"
    if key is None:
        return top_up
    if KEY_VARIABLE in key.source or "key_command" in key.source:
        return f"{top_up}; for another key: {_advise_anew(key.source, settings)}"
    return f"{top_up}, or use another key: `tokenhub keys set{format_target(settings)}`"


def _advise_anew(source: str, settings: Settings | None = None) -> str:
    """Return the hint for a key that cannot be used: a stored one does not replace every kind."""
    target = format_target(settings) if settings else ""
    if KEY_VARIABLE in source:
        return f"`unset {KEY_VARIABLE}`, or set it anew; `tokenhub keys set` stores a key instead"
    if "key_command" in source:
        chosen = format_profile_flag(settings.profile) if settings else ""
        return f"`tokenhub config get key_command{chosen}` shows the command that printed it"
    return f"set it again: `tokenhub keys set{target}`"


def _locate_keyless(settings: Settings) -> str:
    """Return the name of the setting `keyless` that counts for the profile in force."""
    head = ("profiles", settings.profile) if settings.profile else ()
    return quote_name((*head, "keyless"))


def _advise_keyless(settings: Settings) -> str:
    """Return what to do where the gateway needs no key: commands, and what follows them.

    `keyless` counts only for a base URL that the configuration file has as well.
    """
    place = settings.origins["base_url"]
    if place != FLAG and BASE_URL_VARIABLE not in place:
        return f"`tokenhub config set {_locate_keyless(settings)} true`"
    from shlex import quote

    name = urlsplit(settings.base_url).hostname or ""
    base_url, keyless = (quote_name(("profiles", name, each)) for each in ("base_url", "keyless"))
    url, name = quote(settings.base_url), quote(name)
    following = (
        f"`--profile {name}` in place of `--base-url`"
        if place == FLAG
        else f"`unset {BASE_URL_VARIABLE}` and `--profile {name}`"
    )
    return (
        f"`tokenhub config set {base_url} {url} && tokenhub config set {keyless} true`, "
        f"then {following}"
    )


def format_target(settings: Settings) -> str:
    """Return the flags that make a command speak of the same gateway."""
    if settings.origins["base_url"] == FLAG:
        from shlex import quote

        return f" --base-url {quote(settings.base_url)}"
    return format_profile_flag(settings.profile)


def check_destination(settings: Settings, source: str) -> str:
    """Return the origin that a key may go to.

    Raises:
        UnsafeKeyError: The key would travel in the clear.
    """
    if is_plain(settings.base_url):
        raise _build_unsafe_error(source, settings)
    return build_origin(settings.base_url)


def fingerprint(value: str) -> str:
    """Return a short name for a key that gives away none of its characters."""
    from hashlib import sha256

    return "sha256:" + sha256(value.encode(errors="backslashreplace")).hexdigest()[:8]


def _build_unsafe_error(source: str, settings: Settings) -> UnsafeKeyError:
    return UnsafeKeyError(
        f"the key from {source} would travel unencrypted to `{build_origin(settings.base_url)}`",
        hint=f"{_advise_https(settings)}; if it needs no key: {_advise_keyless(settings)}",
    )


def _advise_https(settings: Settings) -> str:
    from shlex import quote

    encrypted = quote(urlsplit(settings.base_url)._replace(scheme="https").geturl())
    return f"`tokenhub doctor --base-url {encrypted}` tells whether it takes https"
