"""The questions typed before, on disk: for Up, Ctrl-R and suggestions.

One JSON string a line, 0600, bounded. What looks like a key is not kept, nor is a very long text.
Nothing here raises: a file that cannot be used is said once, and the prompt goes on without it.

Memory holds the newest entries alone. The older ones are read again by each prompt in which someone
looks that far back, and let go with it.
"""

import asyncio
import json
import os
import re
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable
from itertools import islice
from pathlib import Path

from prompt_toolkit.history import History

from tokenhub_cli.private_files import PRIVATE_FILE, make_directories, open_replacement

MOST_ENTRIES = 2000
MOST_BYTES = 1024 * 1024
MOST_IN_MEMORY = 200  # entries
LONGEST_ENTRY = 20_000  # characters

# Beginnings of keys that vendors document, private keys, tokens (JWT), and what a header holds;
# compiled when the first entry is kept, not at the start.
_KEYS = (
    r"\b(?:sk|pk|rk)[-_][\w-]{12,}|\bgh[pousr]_\w{16,}|\bgithub_pat_\w{16,}|\bglpat-[\w-]{16,}"
    r"|\bxox[abeprs]-[\w-]{8,}|\bhf_\w{16,}|\bAKIA[0-9A-Z]{12,}|\bAIza[\w-]{20,}"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}|-----BEGIN [A-Z ]*PRIVATE KEY|\bBearer\s+[\w.~+/-]{12,}"
    r"|(?i:api[_-]?key|secret|password|passwd|token)\s*[=:]\s*\S{8,}"
)
_LONG_WORD = r"(?<![\w/+=.-])[\w+=-]{32,}(?![\w/.-])"


def looks_like_key(text: str) -> bool:
    """Tell whether a text holds what looks like a key or another secret."""
    if re.search(_KEYS, text):
        return True
    return any(_is_random(match.group()) for match in re.finditer(_LONG_WORD, text))


def _is_random(word: str) -> bool:
    """Whether a long word mixes small and capital letters and digits, as random ones do."""
    return (
        any(c.islower() for c in word)
        and any(c.isupper() for c in word)
        and sum(c.isdigit() for c in word) > 2  # noqa: PLR2004 - fewer occur in names
    )


class PromptHistory(History):
    """The prompt's history.

    Args:
        path: The file, or None to keep nothing beyond this run.
        expand: Gives a question as it is sent, from how it stands in the prompt.
        warn: Told, once, that the file cannot be used.
        is_secret: Tells of a text, besides what looks like a key, that it is not to be kept.
    """

    def __init__(
        self,
        path: Path | None,
        expand: Callable[[str], str] = str,
        warn: Callable[[str], None] = lambda _: None,
        is_secret: Callable[[str], bool] = lambda _: False,
    ) -> None:
        super().__init__()
        self._path = path
        self._expand = expand
        self._warn = warn
        self._is_secret = is_secret
        self._has_warned = False
        self._is_loaded = False
        self._newest: deque[str] = deque(maxlen=None if path is None else MOST_IN_MEMORY)
        self._is_wanted = asyncio.Event()

    async def load(self) -> AsyncGenerator[str, None]:
        """Yield entries for a prompt, the newest first; the older ones after `look_further`."""
        self._load_newest()
        newest = tuple(reversed(self._newest))
        for entry in newest:
            yield entry
        self._is_wanted = asyncio.Event()
        if len(newest) == self._newest.maxlen:  # else there are no others
            await self._is_wanted.wait()
            shown = {self._expand(entry) for entry in newest}
            for entry in self.load_history_strings():
                if entry not in shown:
                    yield entry

    def look_further(self) -> None:
        """Give the prompt that is running the older entries as well."""
        self._is_wanted.set()

    def get_strings(self) -> list[str]:
        """Return the newest entries, the last one last: for suggestions."""
        return list(self._newest)

    def append_string(self, string: str) -> None:
        """Add an entry, in memory and on disk."""
        self._load_newest()
        self._newest.append(string)
        self.store_string(string)

    def load_history_strings(self) -> Iterable[str]:
        """Return the kept entries, the newest first."""
        if self._path is None:
            return []
        entries: list[str] = []
        try:
            if self._path.stat().st_mode & 0o077:
                self._path.chmod(0o600)
            data = self._path.read_bytes()
            entries = decode_entries(data)
            if len(data) > MOST_BYTES or len(entries) > MOST_ENTRIES:
                entries = bound_entries(entries)
                with open_replacement(self._path) as file:
                    file.writelines(map(encode_entry, entries))
        except FileNotFoundError:
            return []
        except OSError as error:
            self._complain(error)
        return reversed(entries)

    def store_string(self, string: str) -> None:
        """Keep an entry, unless it is not to be kept."""
        text = self._expand(string)
        if self._path is None or len(text) > LONGEST_ENTRY:
            return
        if self._is_secret(text) or looks_like_key(text):
            return
        try:
            make_directories(self._path.parent)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)
            try:
                os.write(descriptor, encode_entry(text))
            finally:
                os.close(descriptor)
        except OSError as error:
            self._complain(error)

    def count(self) -> int:
        """Return how many entries are in memory."""
        return len(self._newest)

    def _load_newest(self) -> None:
        if not self._is_loaded:
            self._is_loaded = True
            self._newest.extendleft(islice(self.load_history_strings(), MOST_IN_MEMORY))

    def _complain(self, error: OSError) -> None:
        if not self._has_warned:
            self._has_warned = True
            self._newest = deque(self._newest)  # there is no other place for them
            self._warn(f"questions are not remembered in `{self._path}`: {error.strerror}")


def encode_entry(text: str) -> bytes:
    """Return an entry's line."""
    return json.dumps(text, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def decode_entries(data: bytes) -> list[str]:
    """Return the entries of a file, the oldest first; lines that are damaged are left out."""
    entries: list[str] = []
    for line in data.decode("utf-8", "replace").split("\n"):
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, str) and entry:
            entries.append(entry)
    return entries


def bound_entries(entries: list[str]) -> list[str]:
    """Return the newest entries, half of what is allowed, so that the file can grow again."""
    kept: list[str] = []
    size = 0
    for entry in reversed(entries[-MOST_ENTRIES // 2 :]):
        size += len(encode_entry(entry))
        if size > MOST_BYTES // 2:
            break
        kept.append(entry)
    return kept[::-1]
