"""Which proxy leads to a gateway."""

import sys
import time

import pytest

from tests.support.client import ask, find_end, open_client
from tests.support.gateways import ScriptedServer
from tokenhub_cli.errors import ConfigurationError, ConnectError
from tokenhub_cli.gateway.proxies import ChosenProxy, find_proxy, is_excepted
from tokenhub_cli.gateway.transport import Endpoint, Transport
from tokenhub_cli.wire.recovery import Policy

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def no_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests see no proxy but their own."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize(
    ("variables", "proxy"),
    [
        ({}, None),
        ({"HTTP_PROXY": "http://p:1"}, None),
        ({"HTTPS_PROXY": "http://p:1"}, ChosenProxy("http://p:1", "HTTPS_PROXY")),
        ({"https_proxy": "p:1"}, ChosenProxy("http://p:1", "HTTPS_PROXY")),
        ({"ALL_PROXY": "socks5://p:1"}, ChosenProxy("socks5://p:1", "ALL_PROXY")),
        (
            {"ALL_PROXY": "http://p:1", "HTTPS_PROXY": "http://q:1"},
            ChosenProxy("http://q:1", "HTTPS_PROXY"),
        ),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "gateway.example"}, None),
    ],
)
def test_the_scheme_chooses_the_proxy(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], proxy: ChosenProxy | None
) -> None:
    """The scheme's own variable comes before `ALL_PROXY`; `NO_PROXY` excepts."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert find_proxy("https://gateway.example/v1") == proxy


@pytest.mark.parametrize("host", ["localhost:8443", "127.0.0.1", "[::1]:1"])
def test_no_proxy_leads_to_this_machine(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    """It cannot reach what listens here."""
    monkeypatch.setenv("HTTPS_PROXY", "http://p:1")
    assert find_proxy(f"https://{host}/v1") is None


def test_a_proxy_s_address_leaves_out_its_password() -> None:
    """It is what may be shown."""
    assert ChosenProxy("http://user:p@ss@p:1", "HTTPS_PROXY").address == "http://p:1"


@pytest.mark.parametrize(
    ("host", "exceptions", "excepted"),
    [
        ("gateway.example", "", False),
        ("gateway.example", "*", True),
        ("gateway.example", "localhost, gateway.example", True),
        ("gateway.example", "GATEWAY.EXAMPLE", True),
        ("gateway.example", "example", True),
        ("gateway.example", ".example", True),
        ("gateway.example", "*.example", True),
        ("gateway.example", "way.example", False),
        ("gateway.example", "gateway.example:443", True),
        ("gateway.example", "gateway.example:8443", False),
        ("gateway.example:8443", "gateway.example:8443", True),
        ("gateway.example", "https://gateway.example", True),
        ("gateway.example", "http://gateway.example", False),
        ("gateway.example", "fe80::/10, ::1/128, [::1], fd00::/8, 10.0.0.0/8, ,:,[,a/b", False),
        ("10.1.2.3", "10.0.0.0/8", True),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "192.168.0.0/16", False),
        ("[fd00::7]", "fd00::/8", True),
        ("[fd00::7]", "[fd00::7]", True),
        ("[fd00::7]:8443", "[fd00::7]:8443", True),
        ("[fd00::7]:8443", "[fd00::7]:443", False),
        ("[fd00::7]", "fd00:0:0::7", True),
        ("[fd00::7]", "fe80::/10,::1/128", False),
    ],
)
def test_exceptions_are_names_addresses_and_networks(
    host: str, exceptions: str, *, excepted: bool
) -> None:
    """Every form that is legal elsewhere is understood; what makes no sense covers nothing."""
    assert is_excepted(f"https://{host}/v1", exceptions) is excepted


@pytest.mark.parametrize("value", ["foo://bar", "http://h:PORT"])
def test_a_proxy_that_is_none_is_told_by_its_variable(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    """Configuration, with a hint; the value, which may hold a password, is not quoted."""
    monkeypatch.setenv("HTTPS_PROXY", value)
    with pytest.raises(ConfigurationError, match="`HTTPS_PROXY` holds no address") as caught:
        Transport(Endpoint("https://gateway.example/v1"))
    assert value not in caught.value.message + caught.value.hint
    assert "unset HTTPS_PROXY" in caught.value.hint


def test_a_socks_proxy_says_what_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra: one error that names it."""
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    monkeypatch.setitem(sys.modules, "socksio", None)
    with pytest.raises(ConfigurationError, match="`ALL_PROXY` speaks SOCKS") as caught:
        Transport(Endpoint("https://gateway.example/v1"))
    assert "tokenhub-cli[socks]" in caught.value.hint


def test_exceptions_do_no_harm_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """`NO_PROXY` alone changes nothing, whatever it holds."""
    monkeypatch.setenv("NO_PROXY", "fe80::/10,[::1],*:,http://")
    assert find_proxy("https://gateway.example/v1") is None
    Transport(Endpoint("https://gateway.example/v1")).close()


def test_a_silent_proxy_is_given_up_within_the_time_to_connect(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The way through it is a part of connecting: the first token's timeout begins after it."""
    with ScriptedServer([60]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        begun = time.monotonic()
        with open_client(
            "https://gateway.example/v1",
            policy=Policy(max_retries=0),
            connect_timeout=0.3,
            first_token_timeout=30.0,
        ) as client:
            ended = find_end(ask(client))
        assert time.monotonic() - begun < 5
    assert isinstance(ended.error, ConnectError)
    assert f"no connection to the proxy `127.0.0.1:{proxy.port}`" in ended.error.message
