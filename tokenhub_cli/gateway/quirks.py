"""What a gateway turned out not to take or not to send, remembered per origin and model.

Learned from refusals and endings, never configured: a parameter we added ourselves and that was
refused is left out from then on; a rung of the resume ladder that was refused is skipped; a gateway
that never sends a `finish_reason` is not suspected of a cut each time; one that never sends
`[DONE]` is hardly waited for after an answer. Kept as JSON in the state directory; losing the file
costs one silent retry each.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tokenhub_cli.private_files import make_directories, open_replacement
from tokenhub_cli.wire.strategy import Strategy

FORMAT = 1
RUNGS = frozenset(rung.value for rung in Strategy)


@dataclass(frozen=True, slots=True)
class Quirks:
    """What is known of one model at one origin.

    `refused_parameters` are names of request fields, `refused_strategies` rungs of the ladder.
    """

    refused_parameters: frozenset[str] = frozenset()
    refused_strategies: frozenset[str] = frozenset()
    lacks_finish_reason: bool = False
    lacks_done: bool = False


class QuirkMemory:
    """The file of quirks.

    Args:
        path: The file, or None to remember nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def recall(self, origin: str, model: str) -> Quirks:
        """Return what is known; nothing if the file is missing or cannot be read."""
        entry = self._read().get(_build_name(origin, model), {})
        return Quirks(
            refused_parameters=_read_names(entry.get("refused_parameters")),
            refused_strategies=_read_names(entry.get("refused_strategies")) & RUNGS,
            lacks_finish_reason=entry.get("lacks_finish_reason") is True,
            lacks_done=entry.get("lacks_done") is True,
        )

    def remember(self, origin: str, model: str, quirks: Quirks) -> None:
        """Keep what is known. A directory that cannot be written is no reason to stop an answer."""
        if self._path is None:
            return
        entries = self._read()
        entries[_build_name(origin, model)] = {
            "refused_parameters": sorted(quirks.refused_parameters),
            "refused_strategies": sorted(quirks.refused_strategies),
            "lacks_finish_reason": quirks.lacks_finish_reason,
            "lacks_done": quirks.lacks_done,
        }
        with suppress(OSError):
            make_directories(self._path.parent)
            with open_replacement(self._path, is_lasting=False) as file:
                file.write(json.dumps({"v": FORMAT, "entries": entries}, indent=1).encode())

    def forget(self) -> bool:
        """Remove all that was learned; return whether there was anything.

        Raises:
            OSError: The file is there and cannot be removed.
        """
        if self._path is None:
            return False
        try:
            self._path.unlink()
        except FileNotFoundError:
            return False
        return True

    def _read(self) -> dict[str, Mapping[str, Any]]:
        if self._path is None:
            return {}
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        entries = content.get("entries") if isinstance(content, dict) else None
        if not isinstance(entries, dict) or content.get("v") != FORMAT:
            return {}
        return {name: entry for name, entry in entries.items() if isinstance(entry, dict)}


class KnownQuirks:
    """What is known of one model at one origin, growing with what is learned.

    Args:
        memory: The file.
        origin: Scheme, host and port.
        model: The model.
    """

    def __init__(self, memory: QuirkMemory, origin: str, model: str) -> None:
        self._memory = memory
        self._origin = origin
        self._model = model
        self.now = memory.recall(origin, model)

    def learn(self, **changes: Any) -> None:
        """Change fields of `now`, and remember that if it is news."""
        learned = replace(self.now, **changes)
        if learned != self.now:
            self.now = learned
            self._memory.remember(self._origin, self._model, learned)


def _build_name(origin: str, model: str) -> str:
    return f"{origin} {model}"


def _read_names(value: Any) -> frozenset[str]:
    names = value if isinstance(value, list) else ()
    return frozenset(name for name in names if isinstance(name, str))
