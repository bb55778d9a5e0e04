"""How long a gateway asks us to wait."""

import pytest

from tokenhub_cli.wire.waiting import MAX_WAIT_S, parse_wait

NOW = 784_111_777.0  # Sun, 06 Nov 1994 08:49:37 GMT
LATER = 1_800_000_000.0


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"retry-after": "20"}, 20),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "30s"}, 30),
        ({"retry-after": "-3"}, 0),
        ({"retry-after": "999999999"}, MAX_WAIT_S),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "1e9"}, None),
        ({"retry-after": "٣"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "Sun, 06 Nov 1994 08:49:57 GMT"}, 20),
        ({"retry-after": "Sunday, 06-Nov-94 08:49:57 GMT"}, 20),
        ({"retry-after": "Sun Nov  6 08:49:57 1994"}, 20),
        ({"retry-after": "Sun, 06 Nov 1994 08:49:07 GMT"}, 0),
        ({"retry-after": "at 12 o'clock"}, None),
        (
            {
                "retry-after": "Sun, 06 Nov 1994 10:00:20 GMT",
                "date": "Sun, 06 Nov 1994 10:00:00 GMT",
            },
            20,
        ),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"x-ratelimit-reset-requests": "1m30s"}, 90),
        ({"x-ratelimit-reset-tokens": "20ms"}, 0.02),
        ({"x-ratelimit-reset-tokens": "2m59.56s"}, 179.56),
        ({"x-ratelimit-reset": "30"}, 30),
        ({"x-ratelimit-reset": "bogus"}, None),
        (
            {
                "x-ratelimit-reset-requests": "1s",
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-tokens": "6m0s",
                "x-ratelimit-remaining-tokens": "149984",
            },
            1,
        ),
        ({"retry-after": "2", "x-ratelimit-reset": "30"}, 2),
    ],
)
def test_headers_say_how_long(headers: dict[str, str], wait: float | None) -> None:
    """Seconds, dates, milliseconds and the vendors' own headers, in this order."""
    found = parse_wait(headers, now=NOW)
    assert found == (None if wait is None else pytest.approx(wait))


@pytest.mark.parametrize("value", [f"{LATER + 20:.0f}", f"{(LATER + 20) * 1000:.0f}"])
def test_a_moment_is_measured_from_now(value: str) -> None:
    """A reset may be a moment since the epoch, in seconds or in milliseconds."""
    assert parse_wait({"x-ratelimit-reset": value}, now=LATER) == 20


@pytest.mark.parametrize(
    ("words", "wait"),
    [
        ("Please try again in 20s.", 20),
        ("try again in 500ms", 0.5),
        ("Retry after 2 minutes", 120),
        ("please retry in 1.5 seconds", 1.5),
        ("try again in 250 milliseconds", 0.25),
        ("try again in 1 hour", 3600),
        ("try again later", None),
    ],
)
def test_the_message_says_how_long_where_no_header_does(words: str, wait: float | None) -> None:
    """Words come last."""
    assert parse_wait({}, now=NOW, words=words) == wait
    assert parse_wait({"retry-after": "1"}, now=NOW, words=words) == 1
