"""The small files that completion scripts read instead of starting Python.

One name a line; what follows a tab is its description. They lie in `completion` in the cache
directory, are written where the names change, and are only for convenience: whatever goes wrong
with them is no failure, and losing them costs nothing but suggestions. `cli/shells/__init__.py`
says who reads them.
"""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tokenhub_cli.private_files import make_directories, open_replacement
from tokenhub_cli.settings.paths import Paths

if TYPE_CHECKING:
    from tokenhub_cli.settings.sources import ConfigFile

MOST_CONVERSATIONS = 50
LONGEST_TITLE = 60


def save_config_names(paths: Paths, config: "ConfigFile") -> None:
    """Write the names of profiles and aliases after an edit of the configuration file."""
    save_names(
        paths,
        "profiles",
        ((name, str(table.get("base_url", ""))) for name, table in config.profiles.items()),
    )
    save_names(
        paths,
        "aliases",
        ((name, table["model"]) for name, table in config.models.items() if "model" in table),
    )


def note_templates(paths: Paths) -> None:
    """Write the names of the templates as they are now, after one was made or removed."""
    from tokenhub_cli.settings.templates import list_names

    names = list_names(paths.templates_directory)
    save_names(paths, "templates", ((name, "") for name in names))


def note_conversation(paths: Paths, conversation_id: str, title: str) -> None:
    """Put a conversation at the head of the list, after a question of it was kept."""
    file = locate_names(paths, "conversations")
    lines = [_build_line(conversation_id, title), *_read_lines(file)]
    by_id = {line.partition("\t")[0]: line for line in reversed(lines)}  # the newest title counts
    order = dict.fromkeys(line.partition("\t")[0] for line in lines)
    _write_lines(file, [by_id[name] for name in order][:MOST_CONVERSATIONS])


def save_conversations(paths: Paths, conversations: Iterable[tuple[str, str]]) -> None:
    """Write the newest conversations, ids with titles, after some were removed or renamed."""
    save_names(paths, "conversations", list(conversations)[:MOST_CONVERSATIONS])


def save_names(paths: Paths, kind: str, rows: Iterable[tuple[str, str]]) -> None:
    """Write the file of a kind.

    Args:
        paths: Where the cache directory is.
        kind: `profiles`, `aliases`, `conversations` or `templates`.
        rows: Names with descriptions, which may be empty.
    """
    lines = [_build_line(name, description) for name, description in rows if name.isprintable()]
    _write_lines(locate_names(paths, kind), lines)


def locate_names(paths: Paths, kind: str) -> Path:
    """Return where the file of a kind is."""
    return paths.cache_directory / "completion" / f"{kind}.txt"


def _build_line(name: str, description: str) -> str:
    """Return a line in which nothing can drive a terminal: not all shells sanitise."""
    words = "".join(letter if letter.isprintable() else " " for letter in description).split()
    shown = " ".join(words)
    if len(shown) > LONGEST_TITLE:
        shown = shown[: LONGEST_TITLE - 1] + "…"
    return f"{name}\t{shown}" if shown else name


def _read_lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []


def _write_lines(file: Path, lines: list[str]) -> None:
    if lines == _read_lines(file):
        return
    with suppress(OSError):
        make_directories(file.parent)
        with open_replacement(file, is_lasting=False) as stream:
            stream.write("".join(f"{line}\n" for line in lines).encode())
