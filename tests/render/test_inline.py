"""The words inside a paragraph."""

import pytest

from tokenhub_cli.render.inline import close_marks, is_safe_address, style_text
from tokenhub_cli.render.lines import Style
from tokenhub_cli.render.theme import choose_theme

THEME = choose_theme("auto", {}, use_color=True)


def get_text(source: str) -> str:
    return "".join(text for text, _ in style_text(source, THEME))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("**a** *b* ~~c~~ `d`", "a b c d"),
        ("one\ntwo  \nthree<br>four", "one two\nthree\nfour"),
        ("[a](https://x.example)", "a (https://x.example)"),
        ("[https://x.example](https://x.example)", "https://x.example"),
        ("<me@x.example>", "me@x.example"),
        ("![a cat](cat.png)", "[image: a cat] (cat.png)"),
        ("<b>x</b>", "<b>x</b>"),
        ("$a_1 * b_2$ and 2 * 3 * 4", "$a_1 * b_2$ and 2 * 3 * 4"),
        ("[later][ref] and [x]", "[later][ref] and [x]"),
        ("&#x202E;&#x9;&amp;", "<U+202E>    &"),
        ("[](https://x.example)", "(https://x.example)"),
    ],
)
def test_inline_elements_become_words(source: str, text: str) -> None:
    """Marks vanish, addresses stay in sight, what is no Markdown stays as it is."""
    assert get_text(source) == text


def test_styles_add_up() -> None:
    """Emphasis within strong emphasis is both."""
    assert style_text("**a *b***", THEME) == (("a ", Style("1")), ("b", Style("1;3")))


@pytest.mark.parametrize(
    ("url", "is_safe"),
    [
        ("https://x.example/a?b=c", True),
        ("HTTP://x.example", True),
        ("mailto:a@x.example", True),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("https://x.example/\x1b\\", False),
        ("https://exämple", False),
        ("/relative", False),
    ],
)
def test_only_web_and_mail_addresses_are_safe(url: str, *, is_safe: bool) -> None:
    """Nothing else is made a hyperlink, and no address can end the sequence it stands in."""
    assert is_safe_address(url) is is_safe


@pytest.mark.parametrize(
    ("growing", "closed"),
    [
        ("a **bold wor", "a **bold wor**"),
        ("a **bold ", "a **bold**"),
        ("a **bold*", "a **bold**"),
        ("a **", "a"),
        ("a `co", "a `co`"),
        ("a `", "a `"),
        ("a [link](https://x", "a [link](https://x)"),
        ("**done** and", "**done** and"),
        ("```", "```"),
    ],
)
def test_open_marks_are_closed_for_show(growing: str, closed: str) -> None:
    """Growing words are styled before their closing mark comes."""
    assert close_marks(growing) == closed
