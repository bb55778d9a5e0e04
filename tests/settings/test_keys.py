"""The order in which a key is looked for, and the rules that keep it from leaking."""

import os
import stat

import pytest

from tests.settings.conftest import MARKED_KEY
from tokenhub_cli.errors import (
    MalformedKeyError,
    MissingKeyError,
    UnsafeKeyError,
)
from tokenhub_cli.settings.credentials import save_credential
from tokenhub_cli.settings.keys import (
    Key,
    advise_on_quota,
    check_key,
    find_key,
    fingerprint,
    require_key,
)
from tokenhub_cli.settings.paths import Paths
from tokenhub_cli.settings.resolve import Settings, resolve_settings

HOME_ORIGIN = "https://ai-tokenhub.com"


def resolve(environ: dict[str, str], paths: Paths, config: str = "") -> Settings:
    paths.config_file.write_text(config, encoding="utf-8")
    return resolve_settings(environ, paths)


def test_the_order_is_variable_command_file(environ: dict[str, str], paths: Paths) -> None:
    """`TOKENHUB_API_KEY` goes before the `key_command`, that before the credentials file."""
    save_credential(paths.credentials_file, HOME_ORIGIN, "sk-stored")
    command = "key_command = 'echo sk-printed'"
    found = [
        find_key(resolve(environ, paths), environ, paths),
        find_key(resolve(environ, paths, command), environ, paths),
    ]
    environ["TOKENHUB_API_KEY"] = "sk-variable"
    found.append(find_key(resolve(environ, paths, command), environ, paths))
    assert [(key.value, key.source, key.origin) for key in found if key] == [
        ("sk-stored", "credentials file", HOME_ORIGIN),
        ("sk-printed", "`key_command` (config file)", HOME_ORIGIN),
        ("sk-variable", "environment `TOKENHUB_API_KEY`", HOME_ORIGIN),
    ]


@pytest.mark.parametrize(
    "base_url",
    [
        "https://ai-tokenhub.com:8443/v1",
        "https://api.ai-tokenhub.com/v1",
        "https://ai-tokenhub.com.evil.example/v1",
        "http://ai-tokenhub.com/v1",
        "http://ai-tokenhub.com:443/v1",
    ],
)
def test_a_stored_key_is_found_for_its_origin_alone(
    environ: dict[str, str], paths: Paths, base_url: str
) -> None:
    """Another scheme, host or port has no key."""
    save_credential(paths.credentials_file, HOME_ORIGIN, MARKED_KEY)
    settings = resolve({**environ, "TOKENHUB_BASE_URL": base_url}, paths)
    assert find_key(settings, environ, paths) is None


@pytest.mark.parametrize("base_url", ["https://AI-tokenhub.com/v2", "https://ai-tokenhub.com:443"])
def test_a_stored_key_is_found_however_its_origin_is_spelt(
    environ: dict[str, str], paths: Paths, base_url: str
) -> None:
    """Case, the default port and the path do not matter."""
    save_credential(paths.credentials_file, HOME_ORIGIN, MARKED_KEY)
    settings = resolve({**environ, "TOKENHUB_BASE_URL": base_url}, paths)
    key = find_key(settings, environ, paths)
    assert key is not None
    assert key.value == MARKED_KEY


@pytest.mark.parametrize("config", ["", "key_command = 'echo sk-x'\n"])
def test_no_key_goes_over_plain_http(environ: dict[str, str], paths: Paths, config: str) -> None:
    """A key and a base URL with http:// to another machine is an error, before anything is sent."""
    if not config:
        environ["TOKENHUB_API_KEY"] = MARKED_KEY
    settings = resolve(environ, paths, config + "base_url = 'http://192.0.2.1/v1'\n")
    with pytest.raises(UnsafeKeyError, match="unencrypted") as caught:
        find_key(settings, environ, paths)
    assert MARKED_KEY not in str(caught.value) + caught.value.hint
    https = "`tokenhub doctor --base-url https://192.0.2.1/v1`"
    assert caught.value.hint.startswith(https)
    assert caught.value.hint.endswith("`tokenhub config set keyless true`")


@pytest.mark.parametrize("host", ["localhost:1234", "127.0.0.1", "127.9.9.9:80", "[::1]:8080"])
def test_plain_http_to_this_machine_carries_a_key(
    environ: dict[str, str], paths: Paths, host: str
) -> None:
    """Loopback is no network."""
    environ["TOKENHUB_API_KEY"] = MARKED_KEY
    settings = resolve(environ, paths, f"base_url = 'http://{host}/v1'\n")
    key = find_key(settings, environ, paths)
    assert key is not None
    assert key.value == MARKED_KEY


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("sk-MARKED\nX-Evil: 1", "holds a line break"),
        ("Bearer sk-MARKED", "holds white space"),
        ("sk-MARKED\x1b[0m", "holds a control character"),
        ("sk-MARKED\x7f", "holds a control character"),
        ("sk-MARKEDü", "not ASCII"),
        ("", "is empty"),
        ("sk-MARKED" * 1000, "longer than"),
    ],
)
def test_a_key_that_no_header_may_hold_is_refused_unseen(value: str, problem: str) -> None:
    """The error names where the key came from and what is wrong, and none of its characters."""
    with pytest.raises(MalformedKeyError, match=problem) as caught:
        check_key(value, "environment `TOKENHUB_API_KEY`")
    assert "`TOKENHUB_API_KEY`" in caught.value.message
    assert "MARKED" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    ("source", "command"),
    [
        ("environment `TOKENHUB_API_KEY`", "`unset TOKENHUB_API_KEY`"),
        ("`key_command` (profile `work`)", "`tokenhub config get key_command`"),
        ("credentials file", "`tokenhub keys set`"),
    ],
)
def test_the_hint_for_a_bad_key_leads_to_where_it_comes_from(source: str, command: str) -> None:
    """The environment and `key_command` come before a stored key: storing one changes nothing."""
    with pytest.raises(MalformedKeyError) as caught:
        check_key("sk MARKED", source)
    assert command in caught.value.hint


def test_a_keyless_gateway_gets_no_key(environ: dict[str, str], paths: Paths) -> None:
    """`keyless = true` leaves even `TOKENHUB_API_KEY` unused."""
    environ["TOKENHUB_API_KEY"] = MARKED_KEY
    settings = resolve(environ, paths, "keyless = true\nbase_url = 'http://192.0.2.1/v1'\n")
    assert require_key(settings, environ, paths) is None


def test_a_missing_key_names_the_command_that_stores_one(
    environ: dict[str, str], paths: Paths
) -> None:
    """Elsewhere than on this machine a key is required; another vendor's is not taken for it."""
    environ["OPENAI_API_KEY"] = MARKED_KEY
    settings = resolve(environ, paths, "[profiles.work]\n")
    with pytest.raises(MissingKeyError, match=f"no key for `{HOME_ORIGIN}`") as caught:
        require_key(settings, environ, paths)
    assert caught.value.hint.startswith("`tokenhub keys set`")
    assert "never used" in caught.value.hint
    assert MARKED_KEY not in caught.value.hint


def test_a_local_server_needs_no_key(environ: dict[str, str], paths: Paths) -> None:
    """On this machine a missing key is no error."""
    settings = resolve(environ, paths, "base_url = 'http://localhost:11434/v1'\n")
    assert require_key(settings, environ, paths) is None


def test_a_key_does_not_show_itself() -> None:
    """Neither repr nor fingerprint holds a character run of the key."""
    key = Key(MARKED_KEY, "credentials file", HOME_ORIGIN)
    shown = repr(key) + str(key) + fingerprint(MARKED_KEY)
    assert "MARKED" not in shown
    assert "sk-" not in shown
    assert fingerprint("sk-1") == "sha256:" + "0f2c10bf"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no mode bits")
def test_a_loose_credentials_file_is_tightened_with_a_notice(
    environ: dict[str, str], paths: Paths
) -> None:
    """A file or directory that others could open is made private, and the user is told."""
    save_credential(paths.credentials_file, HOME_ORIGIN, MARKED_KEY)
    paths.credentials_file.chmod(0o644)
    paths.credentials_file.parent.chmod(0o755)
    settings = resolve(environ, paths)
    first, second = (find_key(settings, environ, paths) for _ in range(2))
    assert first is not None
    assert str(paths.credentials_file) in first.notice
    assert "private now" in first.notice
    assert second is not None
    assert second.notice == ""
    assert stat.S_IMODE(paths.credentials_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(paths.credentials_file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("config", "environ_key", "hint"),
    [
        (
            "",
            "sk-a",
            (
                "top the account up at the gateway; for another key: `unset TOKENHUB_API_KEY`, "
                "or set it anew; `tokenhub keys set` stores a key instead"
            ),
        ),
        (
            "key_command = 'echo sk-a'",
            "",
            (
                "top the account up at the gateway; for another key: "
                "`tokenhub config get key_command` shows the command that printed it"
            ),
        ),
        ("keyless = true", "", "top the account up at the gateway"),
    ],
)
def test_the_hint_for_a_used_up_account_follows_the_key(
    environ: dict[str, str], paths: Paths, config: str, environ_key: str, hint: str
) -> None:
    """Another key has to come from where this one did."""
    environ["TOKENHUB_API_KEY"] = environ_key
    settings = resolve(environ, paths, config)
    assert advise_on_quota(settings, find_key(settings, environ, paths)) == hint


def test_the_hint_for_a_used_up_account_names_the_gateway(
    environ: dict[str, str], paths: Paths
) -> None:
    """A stored key is replaced by one for the same gateway."""
    settings = resolve_settings(environ, paths, None, {"base_url": "https://other.example/v1"})
    key = Key("sk-a", "credentials file", "https://other.example")
    assert advise_on_quota(settings, key).endswith(
        "or use another key: `tokenhub keys set --base-url https://other.example/v1`"
    )
