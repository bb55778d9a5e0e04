"""The connection itself: TLS, proxies, redirects, and where a key never goes."""

import gc
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.support.client import MODEL, ask, find_end, open_client
from tests.support.gateways import find_free_port
from tests.support.program import MARKED_KEY
from tests.support.relays import Certificate, Relay, make_certificate
from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.demo.faults import Fault, Oddity, Redirects
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.demo.texts import POEM
from tokenhub_cli.errors import ConnectionLostError, TlsError, UnsafeKeyError
from tokenhub_cli.gateway.transport import Endpoint, Transport
from tokenhub_cli.wire.recovery import Policy

ONCE = Policy(max_retries=0)
# The import takes so long that the second thread comes in the middle of it.
TWO_THREADS = """
import sys, threading, time
from tokenhub_cli.gateway.transport import Endpoint, Transport
class Slow:
    def find_spec(name, path=None, target=None):
        if name == "httpcore":
            time.sleep(0.2)
sys.meta_path.insert(0, Slow)
made = []
make = lambda: made.append(Transport(Endpoint("http://127.0.0.1:9/v1")))
threads = [threading.Thread(target=make) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert len(made) == 2
assert "httpcore" in sys.modules and "anyio" not in sys.modules
"""
PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def no_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests see no proxy and no certificates but their own."""
    for name in (*PROXY_VARIABLES, "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate that no system trusts."""
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def gateway() -> Iterator[DemoGateway]:
    """A gateway at full speed that takes any key."""
    with DemoGateway(tokens_per_second=None) as running:
        yield running


def test_an_untrusted_certificate_is_refused(
    certificate: Certificate, gateway: DemoGateway
) -> None:
    """The error says so, names the remedy, and neither key nor question was sent."""
    with (
        Relay(gateway.port, tls=certificate.context) as relay,
        open_client(relay.base_url) as client,
    ):
        ended = find_end(ask(client))
        assert relay.connections == 1  # not retried
    assert isinstance(ended.error, TlsError)
    assert ended.error.exit_code == 6
    assert "certificate of `127.0.0.1` is not trusted" in ended.error.message
    assert "SSL_CERT_FILE" in ended.error.hint
    assert gateway.exchanges == []


def test_ssl_cert_file_is_trusted(
    certificate: Certificate, gateway: DemoGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A company's certificate named by `SSL_CERT_FILE` makes the connection good."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    with (
        Relay(gateway.port, tls=certificate.context) as relay,
        open_client(relay.base_url) as client,
    ):
        ended = find_end(ask(client))
    assert (ended.status, ended.text) == (AnswerStatus.COMPLETE, POEM)


def test_a_certificate_for_another_name_is_refused(
    certificate: Certificate, gateway: DemoGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trusted certificate of somebody else is no good."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    with (
        Relay(gateway.port, tls=certificate.context) as server,
        Relay(server.port, is_proxy=True) as proxy,
    ):
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        with open_client("https://another.example/v1") as client:
            ended = find_end(ask(client))
    assert isinstance(ended.error, TlsError)
    assert gateway.exchanges == []


def test_an_answer_over_tls_is_cut_and_resumed(
    certificate: Certificate, gateway: DemoGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A TLS connection that ends without a goodbye is a cut like any other."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    with (
        Relay(gateway.port, tls=certificate.context, cuts=(3000, 4000)) as relay,
        open_client(relay.base_url) as client,
    ):
        ended = find_end(ask(client))
        assert relay.connections == 3
    assert (ended.status, ended.text) == (AnswerStatus.COMPLETE, POEM)


def test_https_to_a_port_that_speaks_none() -> None:
    """The hint leads to scheme and port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def refuse() -> None:
            accepted, _ = listener.accept()
            with accepted:
                accepted.recv(65_536)
                accepted.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")

        server = threading.Thread(target=refuse)
        server.start()
        with open_client(f"https://127.0.0.1:{listener.getsockname()[1]}/v1") as client:
            ended = find_end(ask(client))
        server.join()
    assert isinstance(ended.error, TlsError)
    assert "tokenhub config get base_url" in ended.error.hint


def test_http_to_a_port_that_speaks_tls(certificate: Certificate, gateway: DemoGateway) -> None:
    """A clear failure, no hang, no traceback."""
    with (
        Relay(gateway.port, tls=certificate.context) as relay,
        open_client(relay.base_url.replace("https:", "http:"), policy=ONCE) as client,
    ):
        ended = find_end(ask(client))
    assert ended.error is not None
    assert ended.error.exit_code == 6
    assert ended.error.hint


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_an_http_proxy_is_used(
    name: str, gateway: DemoGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gateway without a key, over plain http, through the proxy of the environment."""
    gateway.close()
    with (
        DemoGateway(tokens_per_second=None, key=None) as open_gateway,
        Relay(open_gateway.port, is_proxy=True) as proxy,
    ):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        with open_client("http://gateway.example/v1", key="") as client:
            ended = find_end(ask(client))
    assert ended.text == POEM
    assert proxy.targets == ["http://gateway.example/v1/chat/completions"]


def test_https_goes_through_a_proxy_unread(
    certificate: Certificate, gateway: DemoGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through `CONNECT`: the proxy learns the host's name and never the key."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    with (
        Relay(gateway.port, tls=certificate.context) as server,
        Relay(server.port, is_proxy=True) as proxy,
    ):
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        with open_client("https://gateway.example/v1") as client:
            ended = find_end(ask(client))
    assert ended.text == POEM
    assert proxy.targets == ["gateway.example:443"]
    assert MARKED_KEY.encode() not in b"".join(proxy.heads)


def test_loopback_never_goes_through_a_proxy(
    gateway: DemoGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gateway on this machine is reached directly: else its key would leave the machine."""
    with Relay(gateway.port, is_proxy=True) as proxy:
        for name in ("HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        with open_client(gateway.base_url) as client:
            assert find_end(ask(client)).text == POEM
        assert proxy.connections == 0


def test_a_proxy_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """One error line, exit code 6."""
    proxy = f"127.0.0.1:{find_free_port()}"
    monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy}")
    with open_client("https://gateway.example/v1", policy=ONCE) as client:
        ended = find_end(ask(client))
    assert ended.error is not None
    assert ended.error.exit_code == 6
    assert ended.error.message == f"no connection to the proxy `{proxy}`: connection refused"
    assert "NO_PROXY" in ended.error.hint


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    """Neither key nor question goes where a gateway points to; the error names the remedy."""
    with DemoGateway(tokens_per_second=None) as other:
        fault = Redirects(f"{other.base_url}/chat/completions", status)
        with (
            DemoGateway(tokens_per_second=None, every=(fault,)) as gateway,
            open_client(gateway.base_url) as client,
        ):
            ended = find_end(ask(client))
        assert other.connections_accepted == 0
    assert ended.error is not None
    assert ended.error.exit_code == 6
    assert "redirects elsewhere" in ended.error.message
    assert "base_url" in ended.error.hint


@pytest.mark.parametrize(
    "base_url", ["http://gateway.example/v1", "http://10.0.0.1/v1", "http://127.0.0.1.evil.example"]
)
def test_a_key_is_never_sent_in_the_clear(base_url: str) -> None:
    """Over plain http to another machine there is no transport at all, if there is a key."""
    with pytest.raises(UnsafeKeyError) as raised:
        Transport(Endpoint(base_url, MARKED_KEY))
    assert raised.value.exit_code == 4
    assert MARKED_KEY not in raised.value.message + raised.value.hint
    Transport(Endpoint(base_url)).close()


def test_a_key_is_not_in_a_representation() -> None:
    """An endpoint in a log or traceback shows neither the key nor the headers."""
    endpoint = Endpoint("https://gateway.example/v1", MARKED_KEY, {"X-Key": MARKED_KEY})
    assert MARKED_KEY not in repr(endpoint)


def test_plain_http_has_no_tls_context() -> None:
    """Certificates cost half of a start-up, and even an empty context half a mebibyte."""

    def count_contexts() -> int:
        return sum(isinstance(found, ssl.SSLContext) for found in gc.get_objects())

    before = count_contexts()
    plain = Transport(Endpoint("http://127.0.0.1:1/v1"))
    assert count_contexts() == before
    secure = Transport(Endpoint("https://127.0.0.1:1/v1"))
    assert count_contexts() == before + 1
    plain.close()
    secure.close()


@pytest.mark.parametrize("fault", [Oddity.CLOSES])
def test_a_connection_closed_meanwhile_is_replaced(fault: Fault) -> None:
    """llama.cpp closes after each answer: the next question is asked at once on a fresh one.

    Even where no retries are allowed: nothing of the first try was read by anyone.
    """
    with (
        DemoGateway(tokens_per_second=None, every=(fault,)) as gateway,
        open_client(gateway.base_url, policy=ONCE) as client,
    ):
        for _ in range(5):
            ended = find_end(ask(client))
            assert (ended.status, ended.text) == (AnswerStatus.COMPLETE, POEM)
        assert len(gateway.exchanges) == 5


def test_a_refused_connection_is_not_a_stale_one(gateway: DemoGateway) -> None:
    """After a good answer the gateway is gone: that is a failure like any other."""
    with open_client(gateway.base_url, policy=ONCE) as client:
        assert find_end(ask(client)).text == POEM
        gateway.stop()
        assert find_end(ask(client)).error is not None
        assert not client.transport.is_stale


def test_the_request_says_who_asks(gateway: DemoGateway) -> None:
    """User agent, the key as a bearer token, the profile's headers, and nothing compressed."""
    with open_client(gateway.base_url, headers={"X-Team": "blue"}) as client:
        find_end(ask(client))
    headers = gateway.requests[0].headers
    assert headers["authorization"] == f"Bearer {MARKED_KEY}"
    assert headers["accept-encoding"] == "identity"
    assert headers["user-agent"].startswith("tokenhub/")
    assert headers["x-team"] == "blue"
    body = gateway.requests[0].body
    assert isinstance(body, dict)
    assert body["model"] == MODEL


def test_abort_ends_a_read_at_once(gateway: DemoGateway) -> None:
    """From another thread, or beforehand: the reader gets our own error, if it needed more."""
    transport = Transport(Endpoint(gateway.base_url, MARKED_KEY))
    with suppress(ConnectionLostError), transport.open("GET", "/models") as response:
        transport.abort()
        response.read()
    transport.abort()
    with transport.open("GET", "/models") as response:
        assert response.status_code == 200
    switch = threading.Event()
    switch.set()
    with (
        pytest.raises(ConnectionLostError, match="given up"),
        transport.open("GET", "/models", switch=switch),
    ):
        pass
    transport.close()


def test_a_closed_transport_says_so_as_an_error_of_ours() -> None:
    """Closed by another thread between two requests, it raises what callers expect of a cut."""
    transport = Transport(Endpoint("http://127.0.0.1:9/v1"))
    transport.close()
    with pytest.raises(ConnectionLostError), transport.open("GET", "/models"):
        pass


def test_two_threads_may_make_the_first_connections() -> None:
    """As a warm-up and a question do that did not wait for it: neither fails in an import."""
    done = subprocess.run(
        [sys.executable, "-c", TWO_THREADS], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
