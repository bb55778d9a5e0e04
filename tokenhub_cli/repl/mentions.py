"""Files named in a question, as `@path`."""

import re
import stat
from pathlib import Path

from tokenhub_cli.attachments import detect_media_type

# `@` at the beginning of a word; quotes hold a path with spaces together.
_MENTION = re.compile(r'(?<!\S)@(?:"([^"\n]+)"|(\S+))')
_OPEN_MENTION = re.compile(r'(?<!\S)@("[^"\n]*|[^\s"]\S*|)$')
_SENTENCE_MARKS = ".,;:!?)]}'\""
SIGNATURE_BYTES = 16


def find_mentions(text: str) -> list[str]:
    """Return the files that `text` names as `@path`, each once; other words with `@` stay words."""
    found: dict[str, None] = {}
    for quoted, bare in _MENTION.findall(text):
        for name in (quoted, bare, bare.rstrip(_SENTENCE_MARKS)):
            if name and _is_file(name):
                found[str(expand_path(name))] = None
                break
    return list(found)


def find_open_mention(text: str) -> str | None:
    """Return the path that is being typed at the end of `text`, its quote included, or None."""
    match = _OPEN_MENTION.search(text)
    return match and match[1]


def sort_files(paths: list[str]) -> tuple[list[str], list[str]]:
    """Return the paths of texts and those of pictures, by their first bytes."""
    texts: list[str] = []
    pictures: list[str] = []
    for path in paths:
        (pictures if is_picture(path) else texts).append(path)
    return texts, pictures


def is_picture(path: str) -> bool:
    """Tell whether a file begins as a picture does; what cannot be read does not."""
    try:
        with Path(path).open("rb") as file:
            return bool(detect_media_type(file.read(SIGNATURE_BYTES)))
    except OSError:
        return False


def is_stream(path: str) -> bool:
    """Tell whether a path leads to what is read once, as it comes: a pipe, socket or device."""
    try:
        mode = Path(path).stat().st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode) or stat.S_ISSOCK(mode)


def expand_path(text: str) -> Path:
    """Return the path that a person typed, `~` expanded, quotes around it taken off."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    try:
        return Path(text).expanduser()
    except RuntimeError:  # no such user
        return Path(text)


def _is_file(name: str) -> bool:
    try:
        return expand_path(name).is_file()
    except (OSError, ValueError):  # too long for a name, or a zero byte in it
        return False
