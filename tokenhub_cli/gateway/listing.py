"""Asks a gateway for its models: `GET /models`, in every shape that was seen.

The same request tells whether a key is accepted; it costs nothing.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from tokenhub_cli.errors import GatewayError, ProtocolError, RefusedRequestError, UnknownModelError
from tokenhub_cli.gateway.catalog import (
    choose_names,
    find_near_names,
    locate_catalog,
    read_catalog,
    save_catalog,
)
from tokenhub_cli.gateway.transport import Transport
from tokenhub_cli.wire.failure import classify_reported, classify_response

LIMIT_S = 20.0  # seconds for the whole list
SUGGESTING_LIMIT_S = 3.0  # where it only serves to better a hint
LARGEST_BODY = 16 * 1024 * 1024

# Where a response may keep its list, and an entry its name, the usual one first.
LIST_FIELDS = ("data", "models", "items", "list", "result", "results")
NAME_FIELDS = ("id", "name", "model", "model_name")

NOT_LISTED_HINT = "name the model yourself: `tokenhub config set model NAME`"


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
    return choose_names(map(_find_name, document))


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
