"""Makes faults happen: functions from responses to responses, and from frames to frames.

Nothing here touches a socket. Faults of one request apply in the order given, but for those that
part an event: they come last, because the others change whole ones.
"""

import time
from collections.abc import Iterator
from dataclasses import replace

from tokenhub_cli.demo import breaking
from tokenhub_cli.demo.answers import PreparedAnswer
from tokenhub_cli.demo.connection import ReceivedRequest
from tokenhub_cli.demo.faults import (
    Bomb,
    Comments,
    ContentType,
    Cut,
    Drip,
    ErrorInside,
    Fails,
    Fault,
    GoesOn,
    Holds,
    Html,
    HugeError,
    Oddity,
    Redirects,
    Refuses,
    RetryAfterForm,
    Slow,
    Stall,
    Verbatim,
)
from tokenhub_cli.demo.frames import Frame, Kind, Response, build_whole_response
from tokenhub_cli.demo.protocol import RefusalError, asks_for_usage, build_refusal, encode_json
from tokenhub_cli.demo.respond import Responder

_STREAM = "text/event-stream"
_PAGE = b"""<!DOCTYPE html>
<html><head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>
"""
_PARTING = (Cut, Drip, Stall)
_PLANTS = {
    # The clipboard, the title, the screen, a colour, a cursor movement, C1, a bell.
    Oddity.ESCAPES: (
        "\x1b]52;c;cm0gLXJmIH4=\x07\x1b]0;owned\x07\x1b[2J\x1b[H\x1b[31mred\x1b[0m"
        "\x1b[1A\x1b[2K\x9b31m\x07\x08\x7f"
    ),
    # Right-to-left override, isolates, a zero-width space, tag characters.
    Oddity.BIDI: "\u202egnp.exe\u202c \u2066isolated\u2069 zero\u200bwidth \U000e0041\U000e0042",
}


def respond_with_faults(
    responder: Responder, request: ReceivedRequest, request_id: str, faults: tuple[Fault, ...]
) -> Response:
    """Return the response to `request` with all of `faults` in it."""
    for fault in faults:
        match fault:
            case Oddity.ESCAPES | Oddity.BIDI:
                responder = _plant(responder, _PLANTS[fault])
            case Oddity.UNSTREAMED if isinstance(request.body, dict):
                content = encode_json({**request.body, "stream": False})
                request = replace(request, content=content)
            case GoesOn(way, words):
                responder = replace(responder, continuation=way, repeated_words=words)
    response = responder.respond(request, request_id)
    for fault in sorted(faults, key=lambda fault: isinstance(fault, _PARTING)):
        response = apply_fault(fault, response, request, request_id)
    return response


def _plant(responder: Responder, planted: str) -> Responder:
    def answer(question: str, model: str) -> PreparedAnswer:
        said = responder.find_answer(question, model)
        middle = len(said.text) // 2
        return said._replace(text=f"{said.text[:middle]}{planted}{said.text[middle:]}")

    return replace(responder, answers=answer)


def apply_fault(  # noqa: PLR0911 - a table, one row for each fault
    fault: Fault, response: Response, request: ReceivedRequest, request_id: str
) -> Response:
    """Return `response` with one more fault in it."""
    replaced = _refuse(fault, request, request_id) or _say_something_else(fault)
    if replaced is not None:
        return replaced
    match fault:
        case Slow(seconds):
            return replace(response, delay_s=response.delay_s + seconds)
        case ContentType(value):
            return replace(response, content_type=value)
        case Oddity.NO_ANSWER:
            return replace(response, silent=True)
        case Oddity.CLOSES:
            return replace(response, closes=True, announces_close=False)
        case Oddity.SWALLOWS if isinstance(request.body, dict) and asks_for_usage(request.body):
            return response
    return replace(response, frames=_change_frames(fault, response))


def _change_frames(  # noqa: PLR0911 - a table, one row for each fault
    fault: Fault, response: Response
) -> Iterator[Frame]:
    frames = iter(response.frames)
    match fault:
        case Cut():
            return breaking.cut(frames, fault, ends_clean=response.length is None)
        case Stall():
            return breaking.stall(frames, fault)
        case Drip():
            return breaking.drip(frames, fault)
        case Holds(seconds):
            return breaking.hold(frames, seconds)
        case ErrorInside():
            return breaking.report_error(frames, fault)
        case Comments():
            return breaking.add_comments(frames, fault)
        case Oddity.NO_DONE:
            return (frame for frame in frames if frame.kind is not Kind.DONE)
        case Oddity.NO_FINISH | Oddity.SWALLOWS:
            return (frame for frame in frames if frame.kind is not Kind.FINISH)
        case Oddity():
            return breaking.change_dialect(frames, fault)
    return frames


def _refuse(fault: Fault, request: ReceivedRequest, request_id: str) -> Response | None:
    """Return an error in the protocol's own words, if `fault` is one."""
    match fault:
        case Fails():
            return _fail(fault, request_id)
        case Refuses(field, status) if isinstance(request.body, dict) and field in request.body:
            message = f"Unsupported parameter: `{field}`"
            refusal = RefusalError(status, message, code="unsupported_parameter", param=field)
            return build_refusal(refusal, request_id)
        case Oddity.ECHOES_KEY:
            key = request.headers.get("authorization", "").partition(" ")[2]
            refusal = RefusalError(401, f"Invalid token: {key}", code="invalid_api_key")
            return build_refusal(refusal, request_id)
    return None


def _say_something_else(fault: Fault) -> Response | None:  # noqa: PLR0911 - a row for each fault
    """Return a response that is not the protocol's at all, if `fault` is one."""
    match fault:
        case Oddity.EMPTY:
            return build_whole_response(200, b"", content_type=_STREAM)
        case Oddity.ENDLESS_LINE:
            return Response(
                200, breaking.repeat_for_ever(b"data: ", b"x" * breaking.BLOCK_BYTES), _STREAM
            )
        case Html(status):
            return build_whole_response(status, _PAGE, content_type="text/html; charset=utf-8")
        case HugeError(size, status):
            blocks = breaking.fill(b'{"error":{"message":"', b"no ", size)
            return Response(status, blocks, length=size)
        case Bomb(size):
            headers = (("Content-Encoding", "gzip"),)
            return Response(200, breaking.compress_zeros(size), _STREAM, headers)
        case Verbatim(writes, status, content_type, headers):
            frames = [Frame(Kind.OTHER, data) for data in writes]
            return Response(status, frames, content_type, headers)
        case Redirects(location, status):
            return build_whole_response(status, b"", headers=(("Location", location),))
    return None


def _fail(fault: Fails, request_id: str) -> Response:
    refusal = RefusalError(fault.status, "Something broke", kind="server_error", code="internal")
    if fault.quota:
        refusal = RefusalError(
            fault.status,
            "You exceeded your current quota, please check your plan and billing details",
            kind="insufficient_quota",
            code="insufficient_quota",
        )
    elif fault.status == 429:  # noqa: PLR2004 - Too Many Requests, by its number as in `Fails(429)`
        refusal = RefusalError(429, "Rate limit reached", kind="requests", code="rate_limited")
    if fault.message:
        refusal.message = fault.message
    response = build_refusal(refusal, request_id)
    if fault.retry_after is None:
        return response
    return replace(response, headers=(_build_retry_after(fault.retry_after, fault.form),))


def _build_retry_after(seconds: float, form: RetryAfterForm) -> tuple[str, str]:
    match form:
        case RetryAfterForm.MILLISECONDS:
            return "Retry-After-Ms", f"{seconds * 1000:.0f}"
        case RetryAfterForm.DATE:
            when = time.gmtime(time.time() + seconds)
            return "Retry-After", time.strftime("%a, %d %b %Y %H:%M:%S GMT", when)
        case _:
            return "Retry-After", f"{seconds:g}"
