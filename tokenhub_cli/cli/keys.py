"""`tokenhub keys`: store keys, and say where they are found, never what they are."""

import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from tokenhub_cli.cli.context import (
    TYPER_OPTIONS,
    Context,
    build_help,
    read_context,
    write_json,
    write_line,
    write_notice,
)
from tokenhub_cli.cli.gateway_flags import AsJsonFlag, BaseUrlFlag, ProfileFlag
from tokenhub_cli.errors import (
    ConfigurationError,
    CredentialError,
    GatewayError,
    InputError,
    MissingKeyError,
    RefusedKeyError,
)
from tokenhub_cli.interrupts import catch_signals, leave
from tokenhub_cli.settings.keys import (
    KEY_VARIABLE,
    Key,
    check_destination,
    check_key,
    fingerprint,
    format_target,
    require_key,
)
from tokenhub_cli.settings.paths import Paths, find_paths
from tokenhub_cli.settings.resolve import Settings, resolve_settings
from tokenhub_cli.wire.origin import build_origin

LONGEST_INPUT = 65_536

app = typer.Typer(
    **TYPER_OPTIONS,
    help=build_help(
        "Store API keys, and say where they are found.",
        "tokenhub keys set",
        "pass show tokenhub | tokenhub keys set",
        "tokenhub keys list",
        details=(
            "A key is found in TOKENHUB_API_KEY, else by the key_command, else in the system's "
            "keyring if the settings chose it, else in a private file. A stored key belongs to the "
            "origin (scheme, host, port) that it was stored for, and is sent to no other."
        ),
    ),
)


@app.command(
    "set",
    # words are taken to be refused unseen: the usual error would repeat a key typed here
    context_settings={"allow_extra_args": True, **TYPER_OPTIONS["context_settings"]},
    help=build_help(
        "Store the key of a gateway.",
        "tokenhub keys set",
        "tokenhub keys set --profile work",
        "pass show tokenhub | tokenhub keys set",
        details=(
            "The key is read unseen from the terminal, or from standard input. It is not taken "
            "from the command line: it would sit in process lists and shell history. The gateway "
            "is asked for its models with it, which costs nothing; a key that it refuses is not "
            "stored."
        ),
    ),
)
def set_key(
    call: typer.Context,
    *,
    profile: ProfileFlag = None,
    base_url: BaseUrlFlag = None,
    no_verify: Annotated[
        bool, typer.Option("--no-verify", help="Store the key without asking the gateway.")
    ] = False,
) -> None:
    """Store the key of a gateway in the keyring, if chosen, or the credentials file."""
    if call.args:
        from tokenhub_cli.cli.wrong_usage import build_key_error

        raise build_key_error()
    context = read_context()
    paths = find_paths(context.environ)
    settings = resolve_settings(context.environ, paths, profile, {"base_url": base_url})
    origin = check_destination(settings, "`tokenhub keys set`")
    value = read_key(context, origin)
    finding = (
        ""
        if no_verify or settings.keyless
        else _try_key(settings, paths, Key(value, "the input", origin))
    )
    place = _store_key(settings, paths, origin, value)
    write_notice(f"stored the key {fingerprint(value)} for `{origin}` in {place}")
    if finding:
        write_notice(finding)
    for notice in _build_notices(settings, context):
        write_notice(f"note: {notice}")


def _try_key(settings: Settings, paths: Paths, key: Key) -> str:
    """Return what the gateway says of a key that is about to be stored.

    Raises:
        RefusedKeyError: The gateway refused it.
    """
    from tokenhub_cli.cli.verification import verify_key

    try:
        return verify_key(settings, paths, key)
    except RefusedKeyError as error:
        raise RefusedKeyError(
            f"{error.message}; it is not stored",
            hint="`tokenhub keys set --no-verify` stores it all the same",
            status=error.status,
            request_id=error.request_id,
        ) from None
    except GatewayError as error:
        return f"note: the key could not be verified: {error.message}"


@app.command(
    "check",
    help=build_help(
        "Ask the gateway whether it accepts the key.",
        "tokenhub keys check",
        "tokenhub keys check --profile work",
        details="It is asked for its models, which costs nothing.",
    ),
)
def check_stored_key(profile: ProfileFlag = None, base_url: BaseUrlFlag = None) -> None:
    """Print which key is used, from where, and what the gateway says of it."""
    from tokenhub_cli.cli.verification import verify_key

    environ = read_context().environ
    paths = find_paths(environ)
    settings = resolve_settings(environ, paths, profile, {"base_url": base_url})
    key = require_key(settings, environ, paths)
    if key is None:
        write_line(f"no key is sent to `{build_origin(settings.base_url)}`")
    else:
        if key.notice:
            write_notice(f"note: {key.notice}")
        write_line(f"{fingerprint(key.value)} for `{key.origin}`, from {key.source}")
    write_line(verify_key(settings, paths, key))


def read_key(context: Context, origin: str) -> str:
    """Read a key unseen from the terminal, or from standard input, and check it.

    Raises:
        InputError: There is nothing to read, or it is too long.
        MalformedKeyError: It holds characters that no header may hold.
    """
    if context.stdin_is_terminal:
        return check_key(_ask_for_key(origin), "the terminal")
    data = sys.stdin.buffer.read(LONGEST_INPUT + 1)
    if len(data) > LONGEST_INPUT:
        raise InputError(
            "standard input holds more than a key",
            hint="pipe in the key alone: `pass show tokenhub | tokenhub keys set`",
        )
    if not data.strip():
        raise InputError(
            "standard input is empty: a key was expected",
            hint="`tokenhub keys set` in a terminal asks for it",
        )
    return check_key(data.decode(errors="replace").strip(), "standard input")


def _ask_for_key(origin: str) -> str:
    """Ask on the terminal without echo; refuse rather than show what is typed."""
    import warnings
    from getpass import GetPassWarning, getpass

    with warnings.catch_warnings(), catch_signals(leave):  # the terminal gets its echo back
        warnings.simplefilter("error", GetPassWarning)
        try:
            return getpass(f"Key for {origin} (not shown): ").strip()
        except GetPassWarning:
            raise InputError(
                "this terminal would show the key while it is typed",
                hint="pipe it in: `pass show tokenhub | tokenhub keys set`",
            ) from None
        except EOFError:
            raise InputError("no key was typed", hint="`tokenhub keys set` asks again") from None
        except (KeyboardInterrupt, SystemExit):
            write_notice("")  # the terminal does not show ^C either, and the cursor is in mid-line
            raise


def _store_key(settings: Settings, paths: Paths, origin: str, value: str) -> str:
    if settings.keyring:
        from tokenhub_cli.settings.system_keyring import save_to_keyring

        save_to_keyring(origin, value)
        return "the system's keyring"
    from tokenhub_cli.settings.credentials import save_credential

    save_credential(paths.credentials_file, origin, value)
    return f"`{paths.credentials_file}`"


def _build_notices(settings: Settings, context: Context) -> Iterator[str]:
    if context.environ.get(KEY_VARIABLE):
        yield f"`{KEY_VARIABLE}` is set and goes before it"
    elif settings.key_command:
        yield f"`key_command` is set ({settings.origins['key_command']}) and goes before it"
    if settings.keyless:
        yield "`keyless` is on for this gateway: no key is sent there"


@app.command(
    "list",
    help=build_help(
        "Print which key is found for which gateway, and where.",
        "tokenhub keys list",
        "tokenhub keys list --json",
        details="A key is named by a short fingerprint of its SHA-256, never shown.",
    ),
)
def list_keys(
    profile: ProfileFlag = None,
    base_url: BaseUrlFlag = None,
    as_json: AsJsonFlag = False,  # noqa: FBT002 - typer reads a flag from a boolean with a default
) -> None:
    """Print origin, place and fingerprint of each key; the one in use first."""
    context = read_context()
    paths = find_paths(context.environ)
    settings = resolve_settings(context.environ, paths, profile, {"base_url": base_url})
    rows = list(_build_rows(settings, context, paths))
    if as_json:
        write_json({"v": 1, "keys": rows})
        return
    if not rows:
        write_notice("no keys; store one: `tokenhub keys set`")
        return
    widths = [max(len(row[column] or "") for row in rows) for column in ("origin", "fingerprint")]
    for row in rows:
        name = row["fingerprint"] or ""
        write_line(f"{row['origin']:{widths[0]}}  {name:{widths[1]}}  {row['source']}")


def _build_rows(settings: Settings, context: Context, paths: Paths) -> Iterator[dict[str, Any]]:
    """Yield the keys for the gateway in force in the order of search, then the stored ones.

    A `key_command` is not run for this: it may ask a password manager.
    """
    from tokenhub_cli.settings.credentials import read_credentials, tighten_credentials

    origin = build_origin(settings.base_url)
    if context.environ.get(KEY_VARIABLE):
        name = fingerprint(context.environ[KEY_VARIABLE])
        yield _build_row(origin, f"environment `{KEY_VARIABLE}`", name)
    if settings.key_command:
        yield _build_row(origin, f"`key_command` ({settings.origins['key_command']})", None)
    if settings.keyring:
        from tokenhub_cli.settings.system_keyring import read_keyring

        value = read_keyring(origin)
        if value:
            yield _build_row(origin, "keyring", fingerprint(value))
    notice = tighten_credentials(paths.credentials_file)
    if notice:
        write_notice(f"note: {notice}")
    for stored, value in sorted(read_credentials(paths.credentials_file).items()):
        yield _build_row(stored, "credentials file", fingerprint(value))


def _build_row(origin: str, source: str, name: str | None) -> dict[str, Any]:
    return {"origin": origin, "source": source, "fingerprint": name}


@app.command(
    "remove",
    help=build_help(
        "Remove the stored key of a gateway.",
        "tokenhub keys remove",
        "tokenhub keys remove --base-url https://gateway.example/v1",
    ),
)
def remove_key(profile: ProfileFlag = None, base_url: BaseUrlFlag = None) -> None:
    """Remove the key of a gateway from the keyring, if chosen, and the credentials file."""
    from tokenhub_cli.settings.credentials import remove_credential

    environ = read_context().environ
    paths = find_paths(environ)
    settings = resolve_settings(environ, paths, profile, {"base_url": base_url})
    origin = build_origin(settings.base_url)
    removed = remove_credential(paths.credentials_file, origin)
    if settings.keyring:
        from tokenhub_cli.settings.system_keyring import remove_from_keyring

        told = "; the one in the credentials file is removed" if removed else ""
        try:
            removed = remove_from_keyring(origin) or removed
        except CredentialError as error:
            raise CredentialError(
                f"{error.message}: a key of `{origin}` may still be in it{told}",
                hint=f"once it is unlocked: `tokenhub keys remove{format_target(settings)}`",
            ) from None
        except ConfigurationError as error:
            raise ConfigurationError(f"{error.message}{told}", hint=error.hint) from None
    if not removed:
        raise MissingKeyError(
            f"no key is stored for `{origin}`", hint="what is stored: `tokenhub keys list`"
        )
    write_notice(f"removed the key of `{origin}`")


@app.command("path", help=build_help("Print where the credentials file is.", "tokenhub keys path"))
def print_path() -> None:
    """Print where the credentials file is, whether it exists or not."""
    write_line(str(find_paths(read_context().environ).credentials_file))
