"""A gateway's words are made safe before anybody sees them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wire.stream_text import SECRET
from tokenhub_cli.wire.words import MAX_WORDS, find_title, is_markup, redact, summarise_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a\n\tb  c\r\n", "a b c"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]52;c;aGk=\x07x\x1b]0;t\x1b\\y", "xy"),
        ("a\x00\x7f\x9b\u202e\u2066\u200bb\ud800", "ab"),
        ("a\u2028b\u3000c", "a b c"),
        ("春 é 🙂", "春 é 🙂"),
    ],
)
def test_words_are_one_line_without_control(text: str, words: str) -> None:
    """White space is one space; what moves cursors or hides is gone."""
    assert summarise_words(text) == words


def test_the_key_is_taken_out_in_every_spelling() -> None:
    """Plain, in another case, percent-encoded, or with control characters between."""
    secret = "sk/a+b=c&0123456789"
    for echo in (
        secret,
        secret.upper(),
        "sk%2Fa%2Bb%3Dc%260123456789",
        "sk%2fa%2bb%3dc%260123456789",
        "sk/a%2Bb%3Dc%260123456789",
        "\x00".join(secret),
    ):
        assert summarise_words(f"key {echo}!", [secret]) == "key [key]!"


def test_placeholders_of_keyless_servers_are_no_secrets() -> None:
    """A word that serves as a key where none is needed stays readable."""
    assert redact("ollama is not running", ["ollama", ""]) == "ollama is not running"


def test_a_key_at_the_cut_is_gone_before_the_cut() -> None:
    """Words are redacted first and shortened then."""
    text = "x" * (MAX_WORDS - 10) + SECRET + "y" * 100
    words = summarise_words(text, [SECRET])
    assert SECRET[:8] not in words
    assert len(words) == MAX_WORDS


@settings(max_examples=200, deadline=None, database=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_any_words_are_safe(before: str, after: str) -> None:
    """Whatever is said, one printable line without the key comes out."""
    words = summarise_words(f"{before}{SECRET}{after}", [SECRET])
    assert words.isprintable()
    assert SECRET not in words
    assert words.encode()


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("<html><title>502 Bad Gateway</title>", "502 Bad Gateway"),
        ('<!DOCTYPE html>\n<TITLE lang="en">\n a &lt;b&gt; </TITLE>', "a <b>"),
        ("<html><body>x</body>", ""),
        ("<title>open", ""),
    ],
)
def test_a_page_is_known_by_its_title(page: str, title: str) -> None:
    """Of a page the title alone is worth showing."""
    assert find_title(page) == title


def test_a_page_is_told_from_words() -> None:
    """Markup begins a page, an angle bracket alone does not."""
    assert is_markup(" <!doctype html>")
    assert is_markup("<?xml version='1.0'?>")
    assert not is_markup("<p is missing")
