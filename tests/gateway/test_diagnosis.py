"""The judgements of the way to a gateway: pure, one by one."""

import socket
import time

import pytest

from tokenhub_cli.errors import ConnectError, NameResolutionError, TlsError
from tokenhub_cli.gateway.diagnosis import (
    connect,
    examine_tls,
    examine_way,
    judge_certificate,
    judge_clock,
    judge_plain,
    resolve_name,
)
from tokenhub_cli.gateway.finding import Verdict, fail, find_command

DATE = "Sun, 22 Nov 2026 22:00:00 GMT"
SENT_AT = 1_795_384_800.0
CERTIFICATE = {
    "issuer": ((("organizationName", "Example CA"),), (("commonName", "CA 1"),)),
    "notAfter": "Nov 22 22:00:00 2026 GMT",
}


@pytest.mark.parametrize(
    ("skew", "verdict", "words"),
    [
        (0.0, Verdict.OK, "agrees"),
        (-59.0, Verdict.OK, "agrees"),
        (3600.0, Verdict.WARNING, "3600 s ahead of"),
        (-90.0, Verdict.WARNING, "90 s behind"),
    ],
)
def test_a_clock_that_is_off_by_more_than_a_minute_is_told(
    skew: float, verdict: Verdict, words: str
) -> None:
    """By the response's date."""
    found = judge_clock(DATE, SENT_AT + skew)
    assert found.verdict is verdict
    assert words in found.words


@pytest.mark.parametrize("date", ["", "yesterday", "Sun, 99 Nov 2026 22:00:00 GMT"])
def test_a_response_without_a_date_proves_nothing(date: str) -> None:
    """No guess is made."""
    assert judge_clock(date, SENT_AT).verdict is Verdict.SKIPPED


def test_a_certificate_is_judged_by_its_end() -> None:
    """The issuer is named; two weeks before the end there is a warning."""
    month_before = judge_certificate(CERTIFICATE, "TLSv1.3", SENT_AT - 30 * 86_400, "9 ms")
    assert month_before.verdict is Verdict.OK
    assert month_before.words == "TLSv1.3, certificate by Example CA, valid for 30 days (9 ms)"
    assert judge_certificate(CERTIFICATE, "TLSv1.3", SENT_AT - 86_400, "").verdict == "warning"
    assert "unnamed issuer" in judge_certificate({}, "TLSv1.3", SENT_AT, "").words


def test_plain_http_is_fine_on_this_machine_only() -> None:
    """Elsewhere others can read along."""
    assert judge_plain("127.0.0.1").verdict is Verdict.OK
    assert judge_plain("gateway.example").verdict is Verdict.WARNING


def test_a_proxy_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that requests take; behind it nothing is tried."""
    for name in ("no_proxy", "NO_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", "http://user:secret@proxy.example:3128")
    (found,) = examine_way("https://gateway.example/v1", timeout=1.0)
    assert found.facts == (("proxy", "http://proxy.example:3128"),)
    assert "`http://proxy.example:3128` is used" in found.words


def test_what_requests_except_from_the_proxy_is_tried_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A network in `NO_PROXY`, which the standard library does not know, means the same here."""
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "192.0.2.0/24")
    way = examine_way("https://192.0.2.1/v1", timeout=1.0)
    assert next(way).words == "none is used"


def test_a_name_without_an_address_is_an_error() -> None:
    """With the system's own reason."""
    with pytest.raises(NameResolutionError, match=r"`nowhere\.invalid` could not be resolved: "):
        resolve_name("nowhere.invalid", 443, 10.0)


def test_the_first_address_that_takes_a_connection_is_used() -> None:
    """As browsers do; if none does, the reason of the last is told."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        connect(["::1", "127.0.0.1"], port, 5.0).close()
    with pytest.raises(ConnectError, match=f"`127.0.0.1`, port {port}: connection refused"):
        connect(["127.0.0.1"], port, 5.0)


def test_a_server_that_speaks_no_tls_is_told_apart() -> None:
    """Scheme or port are wrong, which no certificate would mend."""
    here, there = socket.socketpair()
    with here, there:
        there.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        with pytest.raises(TlsError, match="no encrypted connection") as caught:
            list(examine_tls(here, "localhost"))
    assert "scheme and port" in caught.value.hint


def test_the_way_ends_with_the_first_failure() -> None:
    """Each step is a finding of its own."""
    begun = time.monotonic()
    found = list(examine_way("https://nowhere.invalid/v1", timeout=10.0))
    assert [(finding.check, finding.verdict.value) for finding in found] == [
        ("proxy", "ok"),
        ("dns", "failed"),
    ]
    assert time.monotonic() - begun < 10


def test_a_hint_gives_the_command_that_can_be_run() -> None:
    """Not one with a gap to fill, and not the doctor himself."""
    assert find_command("`tokenhub config set base_url URL`, or `tokenhub keys set`") == (
        "tokenhub keys set"
    )
    assert find_command("is the host right?") == ""
    error = ConnectError("no", hint="`tokenhub doctor` shows where it fails")
    assert (fail("tcp", error).hint, fail("tcp", error).command) == ("", "")
