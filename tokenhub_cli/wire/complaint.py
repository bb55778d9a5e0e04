"""Finds what a gateway complains about, in every shape in which gateways complain.

An object with `message`, `type`, `param` and `code` under `error` is the protocol's own; others
write plain text there, put the fields at the top (vLLM, with `"object": "error"`), use `detail`
(FastAPI: a text or a list with `loc` and `msg`), `errors`, or `message` beside `success: false` or
a `status`, wrap any of these in a list, or put an upstream error's JSON into their own message.
Proxies send plain text and HTML pages; anything may be gzipped.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tokenhub_cli.wire.documents import decode_json
from tokenhub_cli.wire.reported import find_error
from tokenhub_cli.wire.words import find_title, is_markup

MAX_BODY = 64 * 1024
"""Only so many bytes of a body are looked at."""

_GZIP = b"\x1f\x8b"
_MESSAGE_NAMES = ("message", "msg", "error_message", "error_msg", "errmsg", "detail", "title")
_REQUEST_ID = re.compile(
    r"\s*[(\[]\s*request[ _-]?id\s*[:=]?\s*([\w.:-]{1,128})\s*[)\]]", re.IGNORECASE
)
_CUT_MESSAGE = re.compile(r'"(?:message|msg|detail|error)"\s*:\s*"((?:[^"\\]|\\.)*)', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a gateway said about a failure; every part may be empty. The words are foreign."""

    message: str = ""
    type: str = ""
    code: str = ""
    parameter: str = ""
    request_id: str = ""
    is_page: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """Code and type in lower case, the more exact first."""
        return tuple(kind.lower() for kind in (self.code, self.type) if kind)

    @property
    def status(self) -> int | None:
        """The HTTP status that the code names, or None."""
        return int(self.code) if re.fullmatch("[45][0-9][0-9]", self.code) else None


def parse_body(body: bytes) -> Complaint:
    """Return what the body of a failed response complains about."""
    body = body[:MAX_BODY]
    if body.startswith(_GZIP):
        body = _unpack(body)
    text = body.decode("utf-8-sig", "replace").strip()
    if is_markup(text):
        return Complaint(message=find_title(text), is_page=True)
    try:
        document = decode_json(text)
    except (ValueError, RecursionError):
        cut = _CUT_MESSAGE.search(text) if text.startswith(("{", "[")) else None
        return _take_request_id(Complaint(message=_unescape(cut[1]) if cut else text))
    error = find_error(document)
    return parse_error(text if error is None else error)


def parse_error(error: object) -> Complaint:
    """Return what an error's JSON value complains about."""
    if isinstance(error, list):
        error = next((item for item in error if item), "")
    if isinstance(error, dict):
        return _take_request_id(_parse_fields(error))
    return _take_request_id(Complaint(message=_read(error)))


def _parse_fields(error: Mapping[str, Any]) -> Complaint:
    message, parameter = "", _read(error.get("param"))
    for name in _MESSAGE_NAMES:
        message, location = _read_message(error.get(name))
        parameter = parameter or location
        if message:
            break
    if not message and error.get("errors"):
        message, _ = _read_message(error["errors"])
    if not message and isinstance(error.get("error"), str):
        message = error["error"]
    complaint = Complaint(
        message=message,
        type=_read(error.get("type")) or _read(error.get("status")),
        code=_read(error.get("code")) or _read(error.get("status")),
        parameter=parameter.strip().split(".")[-1],
        request_id=_read(error.get("request_id")),
    )
    return _merge(complaint, _parse_nested(error, message))


def _parse_nested(error: Mapping[str, Any], message: str) -> Complaint:
    """Return the upstream's complaint that a reseller passes on inside its own."""
    metadata = error.get("metadata")
    raw = metadata.get("raw") if isinstance(metadata, dict) else None
    for nested in (raw, message, error.get("detail")):
        inner = find_error(_read_embedded(nested) if isinstance(nested, str) else nested)
        if isinstance(inner, dict) and inner is not error:
            # One level is what resellers add; deeper nesting is somebody's play.
            words, location = _read_message(inner.get("message"))
            return Complaint(
                message=words,
                type=_read(inner.get("type")),
                code=_read(inner.get("code")),
                parameter=_read(inner.get("param")) or location,
            )
        if isinstance(inner, str):
            return Complaint(message=inner)
    return Complaint()


def _read_embedded(text: str) -> object:
    """Return the JSON that begins at the first brace of a text, or None."""
    start = text.find("{")
    try:
        return decode_json(text[start:]) if start != -1 else None
    except (ValueError, RecursionError):
        return None


def _merge(outer: Complaint, inner: Complaint) -> Complaint:
    """Return the inner words with the outer facts, and the inner ones where those are missing."""
    return Complaint(
        message=inner.message or outer.message,
        type=outer.type or inner.type,
        code=outer.code or inner.code,
        parameter=outer.parameter or inner.parameter,
        request_id=outer.request_id,
    )


def _read_message(value: object) -> tuple[str, str]:
    """Return the words of a message field, and the field that FastAPI locates them at."""
    if isinstance(value, list):
        value = next((item for item in value if item), "")
    if isinstance(value, dict):
        location = value.get("loc")
        name = _read(location[-1]) if isinstance(location, list) and location else ""
        words = _read(value.get("msg")) or _read(value.get("message")) or _read(value.get("error"))
        return (f"{name}: {words}" if name and words else words), name
    return (value, "") if isinstance(value, str) else ("", "")


def _read(value: object) -> str:
    """Return a string or number as a string; anything else, which no message is, as none."""
    if isinstance(value, str):
        return value
    return str(value) if type(value) in (int, float) else ""


def _take_request_id(complaint: Complaint) -> Complaint:
    """Move a request id that was written into the message to its own place."""
    found = _REQUEST_ID.search(complaint.message)
    if not found:
        return complaint
    message = complaint.message[: found.start()] + complaint.message[found.end() :]
    return Complaint(
        message=message.strip(),
        type=complaint.type,
        code=complaint.code,
        parameter=complaint.parameter,
        request_id=complaint.request_id or found[1],
    )


def _unescape(text: str) -> str:
    """Return the beginning of a JSON string as text, as well as it can be read."""
    try:
        return str(decode_json(f'"{text}"'))
    except ValueError:
        return text


def _unpack(body: bytes) -> bytes:
    """Return at most `MAX_BODY` bytes of a gzipped body, or nothing if it is not one."""
    import zlib

    try:
        return zlib.decompressobj(wbits=31).decompress(body, MAX_BODY)
    except zlib.error:
        return b""
