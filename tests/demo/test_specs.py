"""Faults as they are written on the command line."""

import re

import pytest

from tokenhub_cli.demo import specs
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
from tokenhub_cli.demo.specs import parse_fault, parse_faults
from tokenhub_cli.errors import UsageError


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        ("cut:400", Cut(400)),
        ("cut:400:rst", Cut(400, end=End.RST)),
        ("cut:12p:clean", Cut(after_pieces=12, end=End.CLEAN)),
        ("stall:400:30", Stall(30, 400)),
        ("stall:3p:0.5", Stall(0.5, after_pieces=3)),
        ("stall:3p:1:pings", Stall(1, after_pieces=3, pings=True)),
        ("drip", Drip()),
        ("drip:7:0.01", Drip(7, 0.01)),
        ("slow:5", Slow(5)),
        ("holds:30", Holds(30)),
        ("503", Fails(503)),
        ("429:2", Fails(429, 2)),
        ("429:date:2", Fails(429, 2, RetryAfterForm.DATE)),
        ("429:ms:1500", Fails(429, 1.5, RetryAfterForm.MILLISECONDS)),
        ("quota", Fails(429, quota=True)),
        ("quota:402", Fails(402, quota=True)),
        ("error:text:12", ErrorInside(ErrorShape.TEXT, 12)),
        ("comments", Comments()),
        ("comments:100:0.5", Comments(100, 0.5)),
        ("comments:endless", Comments(None)),
        ("html:200", Html(200)),
        ("huge:50", HugeError(50_000_000)),
        ("bomb", Bomb(1_000_000_000)),
        ("refuses:temperature:422", Refuses("temperature", 422)),
        ("redirect:http://127.0.0.1:9/v1", Redirects("http://127.0.0.1:9/v1")),
        ("type:text/plain", ContentType("text/plain")),
        ("type:", ContentType("")),
        ("goes_on:trims", GoesOn(Continuation.TRIMS)),
        ("goes_on:repeats_words:5", GoesOn(Continuation.REPEATS_WORDS, 5)),
        ("no_done", Oddity.NO_DONE),
    ],
)
def test_a_spec_means_a_fault(spec: str, fault: Fault) -> None:
    """Each row of the table is read as the fault that it names."""
    assert parse_fault(spec) == fault


def test_every_oddity_is_in_the_table() -> None:
    """The help lists every word that can be written."""
    words = set(re.findall(r"[a-z_]+", specs.__doc__ or ""))
    assert {str(oddity) for oddity in Oddity} <= words
    assert {str(shape) for shape in ErrorShape} <= words


def test_specs_make_a_plan() -> None:
    """Specs are for the next requests in turn; `+` joins, `*N` repeats, `*` is for all."""
    planned, every = parse_faults(["429:2", "ok", "drip:3+cut:400:rst*2", "closes*"])
    both = (Drip(3), Cut(400, end=End.RST))
    assert planned == ((Fails(429, 2),), (), both, both)
    assert every == (Oddity.CLOSES,)


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("", "no fault has that name"),
        ("nonsense", "no fault has that name"),
        ("no_done:1", "no fault has that name"),
        ("cut", "it takes other values"),
        ("cut:1:rst:2", "it takes other values"),
        ("cut:x", "`x` is no whole number from 0 to 1,000,000,000"),
        ("cut:-5", "`-5` is no whole number from 0 to 1,000,000,000"),
        ("cut:-5p", "`-5` is no whole number"),
        ("cut:p", "`` is no whole number"),
        ("cut:1_0", "`1_0` is no whole number"),
        ("cut:٣", "`٣` is no whole number"),
        ("cut: 3", "` 3` is no whole number"),
        ("cut:1000000001", "`1000000001` is no whole number"),
        ("cut:1:gently", "`gently` is none of `fin`, `rst`, `clean`"),
        ("cut:1:", "`` is none of `fin`, `rst`, `clean`"),
        ("stall:1:-1", "`-1` is no number from 0 to 86,400"),
        ("stall:1:1:x", "`x` is none of `pings`"),
        ("stall:1:1:", "`` is none of `pings`"),
        ("drip:0", "`0` is no whole number from 1 to"),
        ("drip:3:-0.1", "`-0.1` is no number from 0 to 86,400"),
        ("slow:nan", "`nan` is no number"),
        ("slow:inf", "`inf` is no number"),
        ("slow:1e9", "`1e9` is no number"),
        ("slow:86401", "`86401` is no number from 0 to 86,400"),
        ("holds:-1", "`-1` is no number"),
        ("200", "`200` is no whole number from 400 to 599"),
        ("600", "`600` is no whole number from 400 to 599"),
        ("429:a", "`a` is no number"),
        ("429:-2", "`-2` is no number from 0 to 1,000,000,000"),
        ("429:", "`` is no number"),
        ("429:2:", "`2` is none of `seconds`, `date`, `ms`"),
        ("429:date:", "`` is no number"),
        ("429:date:1e300", "`1e300` is no number"),
        ("quota:200", "`200` is no whole number from 400 to 599"),
        ("error:object:-2", "`-2` is no whole number"),
        ("error:loudly", "`loudly` is none of `object`,"),
        ("comments:-4", "`-4` is no whole number"),
        ("comments:1:-1", "`-1` is no number"),
        ("html:0", "`0` is no whole number from 200 to 599"),
        ("huge:-1", "`-1` is no whole number from 1 to 100,000"),
        ("bomb:999999999", "`999999999` is no whole number from 1 to 100,000"),
        ("refuses:", "it names no field"),
        ("refuses:seed:200", "`200` is no whole number from 400 to 599"),
        ("redirect:", "`` is no URL"),
        ("redirect:http://a\r\nEvil: 1", "is no URL"),
        ("type:a\r\nEvil: 1", "is no content type"),
        ("goes_on:well", "`well` is none of `exact`,"),
        ("goes_on:trims:5", "it takes other values"),
        ("goes_on:repeats_words:0", "`0` is no whole number from 1 to"),
    ],
)
def test_a_spec_that_means_nothing_is_named(spec: str, reason: str) -> None:
    """The error repeats the spec, says what is wrong with it and where they are listed."""
    with pytest.raises(UsageError) as caught:
        parse_fault(spec)
    assert caught.value.message.startswith(f"the fault `{spec}` cannot be understood: ")
    assert reason in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("spec", ["closes*0", "closes*100001", "closes*٣", "ok*99999999999"])
def test_a_spec_is_for_a_sensible_number_of_requests(spec: str) -> None:
    """None at all would do nothing, and a plan is kept in memory."""
    with pytest.raises(
        UsageError, match=r"cannot be understood: `[^`]+` is no whole number from 1"
    ):
        parse_faults([spec])
