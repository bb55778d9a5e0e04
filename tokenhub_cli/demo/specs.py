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

from collections.abc import Callable, Sequence

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
_HINT = "`tokenhub demo serve --help`"


def format_table() -> str:
    r"""Return this module's docstring for a help text, which keeps lines after a `\b`."""
    paragraphs = (__doc__ or "").split("\n\n")
    return "\n\n".join(
        f"\b\n{paragraph}" if paragraph.startswith("    ") else paragraph
        for paragraph in paragraphs
    )


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
            planned += [faults] * int(count or 1)
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
    try:
        if name.isdecimal():
            return _parse_status(int(name), *arguments)
        if name in _PARSERS:
            return _PARSERS[name](*arguments)
        return Oddity(name if not arguments else spec)
    except (TypeError, ValueError):
        message = f"the fault `{spec}` cannot be understood"
        raise UsageError(message, hint=_HINT) from None


def _parse_point(text: str) -> tuple[int, int | None]:
    if text.endswith("p"):
        return 0, int(text[:-1])
    return int(text), None


def _parse_cut(point: str, end: str = "fin") -> Fault:
    return Cut(*_parse_point(point), end=End(end))


def _parse_stall(point: str, seconds: str, pings: str = "") -> Fault:
    if pings not in ("", "pings"):
        raise ValueError(pings)
    return Stall(float(seconds), *_parse_point(point), pings=bool(pings))


def _parse_drip(size: str = "1", pause: str = "0") -> Fault:
    if int(size) < 1:
        raise ValueError(size)
    return Drip(int(size), float(pause))


def _parse_status(status: int, form: str = "", amount: str = "") -> Fault:
    if not 400 <= status <= 599:  # noqa: PLR2004 - the statuses that mean an error (RFC 9110)
        raise ValueError(status)
    if not form:
        return Fails(status)
    if not amount:
        return Fails(status, float(form))
    if form == "ms":
        return Fails(status, float(amount) / 1000, RetryAfterForm.MILLISECONDS)
    return Fails(status, float(amount), RetryAfterForm(form))


def _parse_error(shape: str, after: str = "0") -> Fault:
    return ErrorInside(ErrorShape(shape), int(after))


def _parse_comments(count: str = "1", pause: str = "0") -> Fault:
    return Comments(None if count == "endless" else int(count), float(pause))


def _parse_refuses(field: str, status: str = "400") -> Fault:
    return Refuses(field, int(status))


_PARSERS: dict[str, Callable[..., Fault]] = {
    "cut": _parse_cut,
    "stall": _parse_stall,
    "drip": _parse_drip,
    "slow": lambda seconds: Slow(float(seconds)),
    "holds": lambda seconds: Holds(float(seconds)),
    "quota": lambda status="429": Fails(int(status), quota=True),
    "error": _parse_error,
    "comments": _parse_comments,
    "goes_on": lambda way, words="3": GoesOn(Continuation(way), int(words)),
    "html": lambda status="502": Html(int(status)),
    "huge": lambda size="200": HugeError(int(size) * _MEGABYTE),
    "bomb": lambda size="1000": Bomb(int(size) * _MEGABYTE),
    "refuses": _parse_refuses,
    "redirect": Redirects,
    "type": ContentType,
}
