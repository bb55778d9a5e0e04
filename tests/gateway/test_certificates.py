"""Whose certificates are trusted."""

import ssl
from pathlib import Path

import pytest

from tokenhub_cli.errors import ConfigurationError
from tokenhub_cli.gateway.certificates import build_tls_context


def test_the_server_is_verified() -> None:
    """Its certificate must be valid and its own."""
    context = build_tls_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_a_file_without_certificates_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`SSL_CERT_FILE` with something else in it: configuration, not a broken output."""
    file = tmp_path / "passwd"
    file.write_text("root:x:0:0::/root:/bin/sh\n")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(ConfigurationError, match="no certificates can be read") as caught:
        build_tls_context()
    assert str(file) in caught.value.message
    assert "`unset SSL_CERT_FILE`" in caught.value.hint


def test_a_file_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A typing error in `SSL_CERT_FILE` must not end in doubts about the gateway's certificate."""
    file = tmp_path / "company-ca.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(ConfigurationError, match="no certificates can be read") as caught:
        build_tls_context()
    assert str(file) in caught.value.message
