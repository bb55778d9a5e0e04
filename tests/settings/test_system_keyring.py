"""The real keyring package, with a backend that lives in this process."""

import sys
import threading
from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null
from keyring.errors import PasswordDeleteError

from tests.settings.conftest import MARKED_KEY
from tokenhub_cli.errors import ConfigurationError, CredentialError
from tokenhub_cli.settings.credentials import save_credential
from tokenhub_cli.settings.keys import find_key
from tokenhub_cli.settings.paths import Paths
from tokenhub_cli.settings.resolve import resolve_settings
from tokenhub_cli.settings.system_keyring import (
    read_keyring,
    remove_from_keyring,
    save_to_keyring,
)

ORIGIN = "https://ai-tokenhub.com"


class MemoryKeyring(KeyringBackend):
    """Keeps passwords in a dictionary; may be told to forget, to hang or to fail."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.forgets = False
        self.failure: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()

    def get_password(self, service: str, username: str) -> str | None:
        """Return the password, once the gate is open."""
        self.gate.wait(10)
        if self.failure:
            raise self.failure
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep the password, unless told to forget."""
        if not self.forgets:
            self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget the password."""
        try:
            del self.kept[service, username]
        except KeyError:
            raise PasswordDeleteError(username) from None


@pytest.fixture
def backend() -> Iterator[MemoryKeyring]:
    """The keyring of this test."""
    previous = keyring.get_keyring()
    memory = MemoryKeyring()
    keyring.set_keyring(memory)
    yield memory
    memory.gate.set()
    keyring.set_keyring(previous)


def test_a_key_is_stored_found_and_removed_by_origin(backend: MemoryKeyring) -> None:
    """The service is `tokenhub`, the user name the origin."""
    assert read_keyring(ORIGIN) == ""
    save_to_keyring(ORIGIN, "sk-1")
    assert backend.kept == {("tokenhub", ORIGIN): "sk-1"}
    assert read_keyring(ORIGIN) == "sk-1"
    assert read_keyring("https://other.example") == ""
    assert remove_from_keyring(ORIGIN)
    assert not remove_from_keyring(ORIGIN)


def test_a_keyring_that_does_not_keep_is_found_out(backend: MemoryKeyring) -> None:
    """A key is read back before it is called stored."""
    backend.forgets = True
    with pytest.raises(CredentialError, match="did not keep the key"):
        save_to_keyring(ORIGIN, MARKED_KEY)


def test_a_keyring_that_does_not_answer_is_given_up(backend: MemoryKeyring) -> None:
    """A locked desktop keyring cannot hold the program."""
    backend.gate.clear()
    with pytest.raises(CredentialError, match="did not answer in time"):
        read_keyring(ORIGIN, limit_s=0.1)


def test_a_keyrings_own_words_are_not_repeated(backend: MemoryKeyring) -> None:
    """An error of the backend may hold what it was given: its kind alone is told."""
    backend.failure = RuntimeError(MARKED_KEY)
    with pytest.raises(CredentialError, match=r"failed \(RuntimeError\)") as caught:
        read_keyring(ORIGIN)
    assert MARKED_KEY not in caught.value.message


@pytest.mark.parametrize("useless", [null.Keyring, fail.Keyring])
def test_a_backend_that_keeps_nothing_is_refused(
    backend: MemoryKeyring, useless: type[KeyringBackend]
) -> None:
    """The null and fail backends are no keyring."""
    assert backend.kept == {}
    keyring.set_keyring(useless())
    with pytest.raises(ConfigurationError, match="offers no keyring"):
        save_to_keyring(ORIGIN, MARKED_KEY)


def test_an_empty_chain_of_backends_is_refused(
    backend: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chain without links is no keyring either."""
    assert backend.kept == {}
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [])
    keyring.set_keyring(chainer.ChainerBackend())  # type: ignore[no-untyped-call]
    with pytest.raises(ConfigurationError, match="offers no keyring"):
        read_keyring(ORIGIN)


def test_a_missing_package_names_the_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra the message says which package, the hint how to go on."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConfigurationError, match="not installed") as caught:
        read_keyring(ORIGIN)
    assert "tokenhub config set keyring false" in caught.value.hint


def test_the_keyring_is_asked_only_if_chosen_and_before_the_file(
    environ: dict[str, str], paths: Paths, backend: MemoryKeyring
) -> None:
    """`keyring = true` puts it before the credentials file; without it, it is left alone."""
    save_to_keyring(ORIGIN, "sk-ring")
    save_credential(paths.credentials_file, ORIGIN, "sk-file")
    found = [find_key(resolve_settings(environ, paths), environ, paths)]
    paths.config_file.write_text("keyring = true\n")
    found.append(find_key(resolve_settings(environ, paths), environ, paths))
    backend.kept.clear()
    found.append(find_key(resolve_settings(environ, paths), environ, paths))
    assert [key.value for key in found if key] == ["sk-file", "sk-ring", "sk-file"]
