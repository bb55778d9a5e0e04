"""The models that a gateway offers, as they are kept on disk, and the names near a wrong one.

The kept list is a small text file, one name a line, that completion scripts read without starting
Python; its age is the file's. Each base URL has a file of its own, because two of them at one
origin may offer different models. Names that hold what a terminal must not see are left out: the
file goes where a shell completes words. How a gateway is asked is `gateway/listing.py`'s.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tokenhub_cli.private_files import make_directories, open_replacement

LONGEST_NAME = 200
MOST_NAMES = 10_000
LONGEST_FILE_NAME = 120


@dataclass(frozen=True, slots=True)
class Catalog:
    """A gateway's models, sorted by name, and how many seconds ago it said so."""

    names: tuple[str, ...]
    age_s: float = 0.0


def locate_catalog(directory: Path, base_url: str) -> Path:
    """Return where the list of a gateway is kept.

    Args:
        directory: What holds the lists of all gateways.
        base_url: The gateway's; its name in the file is percent-encoded, or hashed if it is long.
    """
    from urllib.parse import quote

    name = quote(base_url.rstrip("/"), safe="")
    if len(name) > LONGEST_FILE_NAME:
        from hashlib import sha256

        name = sha256(name.encode()).hexdigest()
    return directory / f"{name}.txt"


def read_catalog(path: Path, now: float) -> Catalog | None:
    """Return the kept list, or None if there is none that can be read.

    Args:
        path: As `locate_catalog` returns it.
        now: Seconds since the epoch.
    """
    try:
        names = path.read_text(encoding="utf-8").splitlines()
        changed = path.stat().st_mtime
    except (OSError, UnicodeDecodeError):
        return None
    return Catalog(choose_names(names), max(now - changed, 0.0)) if names else None


def save_catalog(path: Path, names: Iterable[str]) -> bool:
    """Keep a list; return whether it could be kept, which is no reason to fail if it could not."""
    text = "".join(f"{name}\n" for name in names)
    try:
        make_directories(path.parent)
        with open_replacement(path, is_lasting=False) as file:
            file.write(text.encode())
    except OSError:
        return False
    return True


def find_near_names(name: str, names: Iterable[str], *, count: int = 3) -> tuple[str, ...]:
    """Return those of `names` that were probably meant by `name`, the likeliest first.

    Case and a vendor's prefix (`openai/gpt-4o`) do not matter; a name that begins like it, or holds
    it, comes before one that is merely spelt alike.
    """
    from difflib import get_close_matches

    by_folded = {_fold(known): known for known in names}
    wanted = _fold(name)
    if not wanted:
        return ()
    same = [known for folded, known in by_folded.items() if folded == wanted]
    alike = [by_folded[folded] for folded in get_close_matches(wanted, by_folded, n=count)]
    holding = sorted(
        (known for folded, known in by_folded.items() if wanted in folded),
        key=lambda known: (not _fold(known).startswith(wanted), len(known), known),
    )
    return tuple(dict.fromkeys([*same, *alike, *holding]))[:count]


def _fold(name: str) -> str:
    return name.casefold().rpartition("/")[2]


def choose_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names that can be shown and completed; spaces are no part of any."""
    chosen = {
        name
        for name in names
        if name.isprintable() and 0 < len(name) <= LONGEST_NAME and " " not in name
    }
    return tuple(sorted(chosen)[:MOST_NAMES])
