"""The models that a gateway offers, asked for by `GET /models`, and kept for completion.

The kept list is a small text file, one name a line, that completion scripts read without starting
Python; its age is the file's. Each base URL has a file of its own, because two of them at one
origin may offer different models. Names that hold what a terminal must not see are left out: the
file goes where a shell completes words.

The same request tells whether a key is accepted; it costs nothing.
"""

import os
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tokenhub_cli.errors import GatewayError, ProtocolError, RefusedRequestError, UnknownModelError
from tokenhub_cli.gateway.transport import Transport
from tokenhub_cli.wire.failure import classify_reported, classify_response

LIMIT_S = 20.0  # seconds for the whole list
SUGGESTING_LIMIT_S = 3.0  # where it only serves to better a hint
LARGEST_BODY = 16 * 1024 * 1024
LONGEST_NAME = 200
MOST_NAMES = 10_000
LONGEST_FILE_NAME = 120

# Where a response may keep its list, and an entry its name, the usual one first.
LIST_FIELDS = ("data", "models", "items", "list", "result", "results")
NAME_FIELDS = ("id", "name", "model", "model_name")

NOT_LISTED_HINT = "name the model yourself: `tokenhub config set model NAME`"


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
    return Catalog(_choose_names(names), max(now - changed, 0.0)) if names else None


def save_catalog(path: Path, names: Iterable[str]) -> bool:
    """Keep a list; return whether it could be kept, which is no reason to fail if it could not."""
    text = "".join(f"{name}\n" for name in names)
    beside = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        return False
    return True


def fetch_models(transport: Transport, *, limit_s: float = LIMIT_S) -> tuple[str, ...]:
    """Ask the gateway for its models and return their names, sorted.

    Args:
        transport: The connection.
        limit_s: Seconds for the whole response.

    Raises:
        GatewayError: The list could not be had, or is none.
    """
    return fetch_listing(transport, limit_s=limit_s)[0]


def fetch_listing(transport: Transport, *, limit_s: float = LIMIT_S) -> tuple[tuple[str, ...], str]:
    """Ask for the models; return their names and the `Date` of the response.

    Raises:
        GatewayError: As in `fetch_models`.
    """
    key = transport.endpoint.key
    secrets = (key,) if key else ()
    until = time.monotonic() + limit_s
    with transport.open("GET", "/models", read_timeout=limit_s) as response:
        body = _read_body(response, until)
        status, headers = response.status_code, dict(response.headers)
    if not 200 <= status < 300:  # noqa: PLR2004 - HTTP's success class
        raise _classify(status, headers, body, secrets)
    try:
        return decode_models(body, secrets=secrets), headers.get("date", "")
    except ValueError:
        raise _classify(status, headers, body, secrets) from None


def decode_models(body: bytes, *, secrets: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the names in the body of a response to `GET /models`, sorted, each once.

    Args:
        body: `{"data": [{"id": …}]}`, or a list under another name or bare, of objects or names,
            or an object with the names as its fields.
        secrets: What must not appear in an error's message.

    Raises:
        GatewayError: The gateway reports an error in a 200.
        ValueError: The body holds no list of models.
    """
    import json

    try:
        document = json.loads(body)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if isinstance(document, dict):
        if document.get("error") or document.get("success") is False:
            reported = document.get("error") or document
            raise classify_reported(reported, secrets=secrets)
        document = _find_list(document)
    if not isinstance(document, list):
        raise ValueError("no list of models")  # noqa: TRY004 - a wrong document, not a wrong call
    return _choose_names(map(_find_name, document))


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


def suggest_models(
    error: UnknownModelError, name: str, directory: Path, transport: Transport
) -> None:
    """Make the near names of the kept list the hint of `error`, where there are some.

    Without a kept list the gateway is asked once, for a moment, and its list is kept.

    Args:
        error: What the gateway said; its hint is changed.
        name: The model that was asked for.
        directory: Where lists are kept.
        transport: The connection.
    """
    path = locate_catalog(directory, transport.endpoint.base_url)
    kept = read_catalog(path, time.time())
    try:
        names = kept.names if kept else fetch_models(transport, limit_s=SUGGESTING_LIMIT_S)
    except GatewayError:
        return
    if kept is None:
        save_catalog(path, names)
    near = () if name in names else find_near_names(name, names)
    if near:
        choice = " or ".join(f"`{candidate}`" for candidate in near)
        error.hint = f"did you mean {choice}? All of them: `tokenhub models list`"


def _fold(name: str) -> str:
    return name.casefold().rpartition("/")[2]


def _read_body(response: httpx.Response, until: float) -> bytes:
    body = bytearray()
    for data in response.iter_raw():
        body += data
        if len(body) > LARGEST_BODY:
            raise ProtocolError(
                f"the gateway's list of models is larger than {LARGEST_BODY >> 20} MiB",
                hint=NOT_LISTED_HINT,
            )
        if time.monotonic() > until:
            raise ProtocolError(
                "the gateway's list of models did not come to an end", hint=NOT_LISTED_HINT
            )
    return bytes(body)


def _classify(
    status: int, headers: Mapping[str, str], body: bytes, secrets: tuple[str, ...]
) -> GatewayError:
    """Return the error that a response means; no model was asked for, so none can be unknown."""
    error = classify_response(status, headers, body, model="", now=time.time(), secrets=secrets)
    is_missing = isinstance(error, UnknownModelError) or error.status in (404, 405)
    if is_missing or (isinstance(error, ProtocolError) and 200 <= status < 300):  # noqa: PLR2004 - HTTP's success class
        return RefusedRequestError(
            f"the gateway does not list its models ({status})",
            hint=NOT_LISTED_HINT,
            status=status,
            request_id=error.request_id,
        )
    return error


def _find_list(document: Mapping[str, Any], *, depth: int = 0) -> Any:
    """Return the list in an object, or the names of an object of objects, or None."""
    for field in LIST_FIELDS:
        match document.get(field):
            case list() as entries:
                return entries
            case dict() as inner if depth == 0:
                found = _find_list(inner, depth=1)
                return found if found is not None else list(inner)
    return None


def _find_name(entry: Any) -> str:
    if isinstance(entry, dict):
        entry = next((entry[field] for field in NAME_FIELDS if entry.get(field)), "")
    return entry.strip() if isinstance(entry, str) else ""


def _choose_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names that can be shown and completed; spaces are no part of any."""
    chosen = {
        name
        for name in names
        if name.isprintable() and 0 < len(name) <= LONGEST_NAME and " " not in name
    }
    return tuple(sorted(chosen)[:MOST_NAMES])
