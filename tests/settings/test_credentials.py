"""The private credentials file, on a real disk."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.settings.conftest import MARKED_KEY
from tokenhub_cli.errors import ConfigurationError, StoreError
from tokenhub_cli.settings.credentials import (
    read_credentials,
    remove_credential,
    save_credential,
)

ORIGIN = "https://ai-tokenhub.com"
OTHER = "http://localhost:11434"

posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no mode bits")


def test_keys_are_kept_by_origin(tmp_path: Path) -> None:
    """Each origin has one key; storing one leaves the others alone."""
    path = tmp_path / "keys" / "credentials.json"
    save_credential(path, ORIGIN, "sk-1")
    save_credential(path, OTHER, "sk-2")
    save_credential(path, ORIGIN, "sk-3")
    assert read_credentials(path) == {ORIGIN: "sk-3", OTHER: "sk-2"}
    assert remove_credential(path, ORIGIN)
    assert not remove_credential(path, ORIGIN)
    assert read_credentials(path) == {OTHER: "sk-2"}


@posix_only
def test_the_file_is_private_under_any_umask(tmp_path: Path) -> None:
    """With umask 0, every directory and file that is made is for the user's eyes alone."""
    previous = os.umask(0)
    try:
        save_credential(tmp_path / "home" / "keys" / "credentials.json", ORIGIN, MARKED_KEY)
    finally:
        os.umask(previous)
    modes = {
        path.relative_to(tmp_path).as_posix(): stat.S_IMODE(path.stat().st_mode)
        for path in tmp_path.rglob("*")
    }
    assert modes == {
        "home": 0o700,
        "home/keys": 0o700,
        "home/keys/credentials.json": 0o600,
        "home/keys/.credentials.json.lock": 0o600,
    }


@posix_only
def test_no_byte_is_written_before_the_file_is_private(tmp_path: Path) -> None:
    """Each file that is opened for writing is made with 0600, and nothing is opened looser."""
    program = (
        "import os, stat, sys\n"
        "from pathlib import Path\n"
        "from tokenhub_cli.settings.credentials import save_credential\n"
        "os.umask(0)\n"
        "def watch(event, arguments):\n"
        "    if event == 'open' and arguments[2] & (os.O_WRONLY | os.O_RDWR):\n"
        "        opened.append(str(arguments[0]))\n"
        "opened = []\n"
        "real_fdopen = os.fdopen\n"
        "def fdopen(descriptor, *rest):\n"
        "    print(oct(stat.S_IMODE(os.fstat(descriptor).st_mode)), os.fstat(descriptor).st_size)\n"
        "    return real_fdopen(descriptor, *rest)\n"
        "os.fdopen = fdopen\n"
        "sys.addaudithook(watch)\n"
        "save_credential(Path(sys.argv[1]), 'https://h', 'sk-MARKED')\n"
        "print(len([name for name in opened if name.endswith('credentials.json')]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "keys" / "credentials.json"],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert done.stdout.split() == ["0o600", "0", "0"]


@pytest.mark.parametrize(
    "data", [b"", b"sk-MARKED", b"[]", b'{"keys": {"a": 1}}', b"\xff", b"[" * 9999]
)
def test_a_damaged_file_is_named_and_not_repeated(tmp_path: Path, data: bytes) -> None:
    """What is in it may be a key: it appears in no message, and is not overwritten."""
    path = tmp_path / "credentials.json"
    path.write_bytes(data)
    for action in (lambda: read_credentials(path), lambda: save_credential(path, ORIGIN, "sk-1")):
        with pytest.raises(ConfigurationError, match="damaged") as caught:
            action()
        assert str(path) in caught.value.message
        assert "MARKED" not in caught.value.message + caught.value.hint
    assert path.read_bytes() == data


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file in the directory's place is an error, and nothing of the key is left behind."""
    (tmp_path / "keys").write_text("in the way")
    with pytest.raises((StoreError, ConfigurationError)) as caught:
        save_credential(tmp_path / "keys" / "credentials.json", ORIGIN, MARKED_KEY)
    assert str(tmp_path / "keys") in caught.value.message
    assert MARKED_KEY not in caught.value.message


def test_two_processes_lose_no_key(tmp_path: Path) -> None:
    """Two processes that each store twenty keys leave forty."""
    path = tmp_path / "keys" / "credentials.json"
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from tokenhub_cli.settings.credentials import save_credential\n"
        "for number in range(20):\n"
        "    save_credential(Path(sys.argv[1]), f'https://{sys.argv[2]}-{number}', 'sk-1')\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(path), name]) for name in ("a", "b")
    ]
    assert [process.wait(60) for process in running] == [0, 0]
    assert len(read_credentials(path)) == 40
