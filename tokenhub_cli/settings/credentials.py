"""The private credentials file: keys by origin, as JSON.

`{"v": 1, "keys": {"https://ai-tokenhub.com": "…"}}`. JSON, not TOML, because nobody edits it and
reading it costs no further import. The file is 0600 before its first byte is written; file and
directory are tightened when they are found loose. Its content is never part of a message.
"""

from pathlib import Path
from typing import Any

from tokenhub_cli.errors import ConfigurationError, describe_cause
from tokenhub_cli.private_files import PRIVATE_DIRECTORY, PRIVATE_FILE
from tokenhub_cli.settings.files import lock_file, make_private_directory, replace_file, tighten

FORMAT_VERSION = 1


def read_credentials(path: Path) -> dict[str, str]:
    """Return the stored keys by origin; a file that does not exist holds none.

    Raises:
        ConfigurationError: The file cannot be read or is not what this program wrote.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigurationError(
            f"the credentials file `{path}` cannot be read: {describe_cause(error)}",
            hint="`tokenhub keys path` names the file",
        ) from None
    return _decode_credentials(data, path)


def _decode_credentials(data: bytes, path: Path) -> dict[str, str]:
    import json

    try:
        document: Any = json.loads(data)
    except (ValueError, RecursionError):
        document = None
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, dict) or not all(isinstance(key, str) for key in keys.values()):
        raise ConfigurationError(
            f"the credentials file `{path}` is damaged",
            hint="move it away and store the key again: `tokenhub keys set`",
        )
    return keys


def tighten_credentials(path: Path) -> str:
    """Make file and directory private if they were found loose.

    Returns:
        A notice that says so, or an empty string.

    Raises:
        StoreError: They are loose and cannot be changed.
    """
    loose = [
        f"`{found}`"
        for found, mode in ((path.parent, PRIVATE_DIRECTORY), (path, PRIVATE_FILE))
        if tighten(found, mode)
    ]
    return f"{' and '.join(loose)} could be opened by others: private now" if loose else ""


def save_credential(path: Path, origin: str, value: str) -> None:
    """Store the key of `origin`, in place of the one it had.

    Raises:
        ConfigurationError: The file is damaged.
        StoreError: It cannot be written.
    """
    make_private_directory(path.parent)
    with lock_file(path):
        keys = read_credentials(path)
        keys[origin] = value
        tighten(path.parent, PRIVATE_DIRECTORY)
        _write_credentials(path, keys)


def remove_credential(path: Path, origin: str) -> bool:
    """Remove the key of `origin`; say whether there was one.

    Raises:
        ConfigurationError: The file is damaged.
        StoreError: It cannot be written.
    """
    if origin not in read_credentials(path):
        return False
    with lock_file(path):
        keys = read_credentials(path)
        keys.pop(origin, None)
        _write_credentials(path, keys)
    return True


def _write_credentials(path: Path, keys: dict[str, str]) -> None:
    import json

    document = {"v": FORMAT_VERSION, "keys": keys}
    text = json.dumps(document, indent=2) + "\n"
    replace_file(path, text.encode(), mode=PRIVATE_FILE)
