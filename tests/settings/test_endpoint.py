"""Base URLs, origins and loopback."""

import pytest

from tokenhub_cli.settings.endpoint import check_base_url, is_local, is_plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ai-tokenhub.com/v1", "begins with `https://`"),
        ("ftp://host/v1", "begins with `https://`"),
        ("localhost:11434/v1", "begins with `https://`"),
        ("https:///v1", "with a host"),
        ("https://host:0/v1", "with a host"),
        ("https://host:99999/v1", "such as"),
        ("https://host:port/v1", "such as"),
        ("https://[::1/v1", "such as"),
        ("https://sk-MARKED@host/v1", "without a user name or password"),
        ("https://me:sk-MARKED@host/v1", "without a user name or password"),
        ("https://host/v1?key=sk-MARKED", "without `?` or `#`"),
        ("https://host/v1#sk-MARKED", "without `?` or `#`"),
        ("https://host/v1?", "without `?` or `#`"),
        ("https://host/v 1", "white space"),
        ("https://host\n/v1", "white space"),
        ("https://host/v1\x1b[0m", "white space"),
        ("https://a..ü/v1", "valid host name"),
        ("https://host/v1/chat/completions", "before `/chat/completions`"),
        ("https://host/v1/models/", "before `/models`"),
        ("", "begins with"),
    ],
)
def test_a_base_url_that_cannot_be_used_says_what_is_expected(text: str, expected: str) -> None:
    """No part of the URL is repeated: it could be a secret."""
    with pytest.raises(ValueError, match="URL") as caught:
        check_base_url(text)
    assert expected in str(caught.value)
    assert "MARKED" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "https://ai-tokenhub.com/v1",
        "http://localhost:11434/v1",
        "http://[::1]:80",
        "https://ü.de/v1",
    ],
)
def test_a_usable_base_url_loses_its_last_slash_only(text: str) -> None:
    """Everything else stays as it was written."""
    assert check_base_url(text) == text
    assert check_base_url(text + "/") == text


@pytest.mark.parametrize(
    ("base_url", "loopback"),
    [
        ("http://localhost", True),
        ("http://127.0.0.1:8080", True),
        ("http://127.255.0.9", True),
        ("http://[::1]/v1", True),
        ("http://localhost.example", False),
        ("http://127.0.0.1.example", False),
        ("http://0.0.0.0", False),
        ("http://192.168.0.1", False),
        ("http://2130706433", False),
    ],
)
def test_loopback_is_this_machine_alone(base_url: str, loopback: bool) -> None:  # noqa: FBT001 - a table of cases
    """Names that only look like it are not loopback, so a key is not sent in the clear to them."""
    assert is_local(base_url) is loopback
    assert is_plain(base_url) is not loopback
    assert not is_plain(base_url.replace("http:", "https:"))
