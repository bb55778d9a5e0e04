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
    "spec",
    [
        "",
        "nonsense",
        "cut",
        "cut:x",
        "cut:1:gently",
        "200",
        "drip:0",
        "no_done:1",
        "429:a",
        "stall:1:1:x",
        "goes_on:well",
    ],
)
def test_a_spec_that_means_nothing_is_named(spec: str) -> None:
    """The error repeats the spec and says where they are listed."""
    with pytest.raises(UsageError) as caught:
        parse_fault(spec)
    assert f"`{spec}`" in caught.value.message
    assert caught.value.hint
