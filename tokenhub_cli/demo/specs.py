"""Faults are written so.

    spec                       fault
    cut:400                    cut by FIN after 400 bytes of body; cut:400:rst, cut:400:clean
    cut:12p                    the same after 12 pieces of text
    stall:400:30               silent for 30 s after 400 bytes (or 12p)
    stall:400:30:pings         the same, with `: PING` all the while
    drip                       a byte at a time; drip:7, drip:7:0.01 (seconds between)
    slow:5                     5 s of silence before the first byte
    holds:30                   the connection is held open for 30 s after the last byte
    429                        any status from 400 to 599 will do; 503
    429:2                      with Retry-After: 2; 429:date:2 and 429:ms:1500 say it otherwise
    quota                      429 whose words say that the quota is used up; quota:402
    error:object               an error inside the stream; error:text:12 after 12 pieces; shapes:
                               object text event words choice object_field detail bare
    comments                   `: PING` before each event; comments:100:0.5 begins with 100 of them,
                               half a second apart; comments:endless, comments:endless:0.5
    html                       a proxy's page with 502; html:200
    huge                       an error body of 200 MB; huge:50
    bomb                       1 GB packed by gzip; bomb:4000 (MB)
    refuses:stream_options     400 if the request has that field; refuses:temperature:422
    redirect:URL               307 to that URL
    type:text/plain            another content type; `type:` for none
    goes_on:trims              how a partial answer is gone on with, as --continuation;
                               goes_on:repeats_words:5
    no_done                    the stream ends without [DONE]
    no_finish                  no finish_reason, though [DONE] comes
    swallows                   no finish_reason unless include_usage was asked for
    escapes                    the text holds escape codes that drive a terminal
    bidi                       the text holds marks that reorder or hide text
    crlf ascii no_space        lines end in CRLF; only ASCII, the rest escaped; `data:` unspaced
    junk                       something follows [DONE]
    closes                     the connection is closed after the answer, unannounced
    no_answer                  the connection is closed before any byte
    unstreamed                 a complete JSON body though a stream was asked for
    empty                      200 with an empty body
    endless_line               a line that never ends
    echoes_key                 401 whose words repeat the key

Each spec is for the next request in turn. `+` joins several faults of one request, `*3` after a
spec is for three requests, `*` for all of them, and `ok` lets one request pass:

    --fault 429:2 --fault ok --fault 'drip:3+cut:400:rst*10' --fault 'closes*'
"""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TypeVar

from tokenhub_cli.demo.continuation import Continuation
from tokenhub_cli.demo.faults import (
    Bomb,
    Comments,
    ContentType,
    Cut,
    Drip,
    End,
    ErrorInside,
    ErrorShape,
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
)
from tokenhub_cli.errors import UsageError

_MEGABYTE = 1_000_000
_MOST_MEGABYTES = 100_000
_MOST = 1_000_000_000  # bytes, pieces, seconds of Retry-After
_MOST_REQUESTS = 100_000
_LONGEST_S = 86_400  # a day
_DIGITS = re.compile("[0-9]{1,18}")  # `int` takes signs, spaces and other scripts' digits as well
_DECIMAL = re.compile(r"[0-9]{1,18}(\.[0-9]{1,18})?")
_HINT = "`tokenhub demo serve --help`"


def format_table() -> str:
    r"""Return this module's docstring for a help text, which keeps lines after a `\b`."""
    paragraphs = (__doc__ or "").split("\n\n")
    return "\n\n".join(
        f"\b\n{paragraph}" if paragraph.startswith("    ") else paragraph
        for paragraph in paragraphs
    )


Parsed = TypeVar("Parsed")
Choice = TypeVar("Choice", bound=StrEnum)


class WrongSpecError(ValueError):
    """What is wrong with a spec, as the end of a sentence."""


def parse_faults(
    specs: Sequence[str],
) -> tuple[tuple[tuple[Fault, ...], ...], tuple[Fault, ...]]:
    """Return the plan of `specs`: the faults of each request in turn, and those of all requests.

    Raises:
        UsageError: A spec cannot be understood.
    """
    planned: list[tuple[Fault, ...]] = []
    every: list[Fault] = []
    for spec in specs:
        names, star, count = spec.rpartition("*") if _is_repeated(spec) else (spec, "", "")
        faults = tuple(parse_fault(part) for part in names.split("+") if part != "ok")
        if star and not count:
            every += faults
        else:
            planned += [faults] * _explain(spec, _parse_count, count or "1", 1, _MOST_REQUESTS)
    return tuple(planned), tuple(every)


def _is_repeated(spec: str) -> bool:
    _, star, count = spec.rpartition("*")
    return bool(star) and (not count or count.isdecimal())


def parse_fault(spec: str) -> Fault:
    """Return the fault that one spec means; the module's table lists them.

    Raises:
        UsageError: The spec cannot be understood.
    """
    name, *arguments = spec.split(":", 1 if spec.startswith(("redirect:", "type:")) else -1)
    if name.isdecimal():
        return _explain(spec, _parse_status, name, *arguments)
    if name in _PARSERS:
        return _explain(spec, _PARSERS[name], *arguments)
    return _explain(spec, _parse_oddity, spec)


def _explain(spec: str, parse: Callable[..., Parsed], *arguments: object) -> Parsed:
    """Return what `parse` makes of the arguments; its error names the spec."""
    try:
        return parse(*arguments)
    except WrongSpecError as error:
        reason = f"{error}"
    except TypeError:  # more of them, or fewer, than the parser has
        reason = "it takes other values"
    raise UsageError(f"the fault `{spec}` cannot be understood: {reason}", hint=_HINT)


def _parse_count(text: str, least: int = 0, most: int = _MOST) -> int:
    if not _DIGITS.fullmatch(text) or not least <= int(text) <= most:
        raise WrongSpecError(f"`{text}` is no whole number from {least} to {most:,}")
    return int(text)


def _parse_number(text: str, most: int) -> float:
    if not _DECIMAL.fullmatch(text) or float(text) > most:
        raise WrongSpecError(f"`{text}` is no number from 0 to {most:,}")
    return float(text)


def _parse_seconds(text: str) -> float:
    return _parse_number(text, _LONGEST_S)


def _parse_error_status(text: str) -> int:
    return _parse_count(text, 400, 599)  # the statuses that mean an error (RFC 9110, 15)


def _choose(choices: type[Choice], word: str) -> Choice:
    if word not in set(choices):
        raise WrongSpecError(f"`{word}` is none of " + ", ".join(f"`{name}`" for name in choices))
    return choices(word)


def _parse_oddity(word: str) -> Fault:
    if word not in set(Oddity):
        raise WrongSpecError("no fault has that name")
    return Oddity(word)


def _parse_point(text: str) -> tuple[int, int | None]:
    if text.endswith("p"):
        return 0, _parse_count(text[:-1])
    return _parse_count(text), None


def _parse_cut(point: str, end: str = "fin") -> Fault:
    return Cut(*_parse_point(point), end=_choose(End, end))


def _parse_stall(point: str, seconds: str, *pings: str) -> Fault:
    if pings not in ((), ("pings",)):
        raise WrongSpecError(f"`{':'.join(pings)}` is none of `pings`")
    return Stall(_parse_seconds(seconds), *_parse_point(point), pings=bool(pings))


def _parse_drip(size: str = "1", pause: str = "0") -> Fault:
    return Drip(_parse_count(size, 1), _parse_seconds(pause))


def _parse_status(status: str, *retry_after: str) -> Fault:
    code = _parse_error_status(status)
    if not retry_after:
        return Fails(code)
    *form, amount = retry_after
    if len(form) > 1:
        raise TypeError
    said = _choose(RetryAfterForm, *form) if form else RetryAfterForm.SECONDS
    seconds = _parse_number(amount, _MOST)
    return Fails(code, seconds / 1000 if said is RetryAfterForm.MILLISECONDS else seconds, said)


def _parse_error(shape: str, after: str = "0") -> Fault:
    return ErrorInside(_choose(ErrorShape, shape), _parse_count(after))


def _parse_comments(count: str = "1", pause: str = "0") -> Fault:
    return Comments(None if count == "endless" else _parse_count(count), _parse_seconds(pause))


def _parse_refuses(field: str, status: str = "400") -> Fault:
    if not field:
        raise WrongSpecError("it names no field")
    return Refuses(field, _parse_error_status(status))


def _parse_redirect(url: str) -> Fault:
    if not url or not url.isprintable() or " " in url:
        raise WrongSpecError(f"`{url}` is no URL")
    return Redirects(url)


def _parse_type(value: str) -> Fault:
    if not value.isprintable():
        raise WrongSpecError(f"`{value}` is no content type")
    return ContentType(value)


def _parse_way(way: str, *words: str) -> Fault:
    chosen = _choose(Continuation, way)
    if not words:
        return GoesOn(chosen)
    count, *more = words
    if chosen is not Continuation.REPEATS_WORDS or more:
        raise TypeError
    return GoesOn(chosen, _parse_count(count, 1))


def _parse_size(text: str) -> int:
    return _parse_count(text, 1, _MOST_MEGABYTES) * _MEGABYTE


_PARSERS: dict[str, Callable[..., Fault]] = {
    "cut": _parse_cut,
    "stall": _parse_stall,
    "drip": _parse_drip,
    "slow": lambda seconds: Slow(_parse_seconds(seconds)),
    "holds": lambda seconds: Holds(_parse_seconds(seconds)),
    "quota": lambda status="429": Fails(_parse_error_status(status), quota=True),
    "error": _parse_error,
    "comments": _parse_comments,
    "goes_on": _parse_way,
    "html": lambda status="502": Html(_parse_count(status, 200, 599)),
    "huge": lambda size="200": HugeError(_parse_size(size)),
    "bomb": lambda size="1000": Bomb(_parse_size(size)),
    "refuses": _parse_refuses,
    "redirect": _parse_redirect,
    "type": _parse_type,
}
