"""What a key belongs to, and what is remembered of a gateway goes by."""

import pytest

from tokenhub_cli.wire.origin import build_origin


@pytest.mark.parametrize(
    ("base_url", "origin"),
    [
        ("https://AI-TokenHub.com/v1", "https://ai-tokenhub.com"),
        ("https://ai-tokenhub.com:443", "https://ai-tokenhub.com"),
        ("http://ai-tokenhub.com:443", "http://ai-tokenhub.com:443"),
        ("http://host:80/x", "http://host"),
        ("http://[::1]:8080/v1", "http://[::1]:8080"),
        ("https://ü.de/v1", "https://xn--tda.de"),
        ("http://u:p@[::1]:80/v1?key=x", "http://[::1]"),
    ],
)
def test_an_origin_is_scheme_host_and_port(base_url: str, origin: str) -> None:
    """As in RFC 6454: lower case, ASCII, without the default port or a password."""
    assert build_origin(base_url) == origin
