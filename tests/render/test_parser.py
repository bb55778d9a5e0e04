"""Our dialect of Markdown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it.token import Token

from tests.render.documents import lay_out, read_pieces
from tokenhub_cli.render.parser import (
    get_parser,
    parse_blocks,
    parse_inline,
    parse_long_paragraph,
)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("[a]: https://x.example\n", "paragraph_open"),
        ("a | b\n--|--\n", "table_open"),
        ("# a | b\n--|--\n", "heading_open"),
        ("- a | b\n--|--\n", "bullet_list_open"),
        ("a\n===\n", "heading_open"),
        ("<div>\n", "html_block"),
    ],
)
def test_blocks_are_told_apart(text: str, first: str) -> None:
    """Definitions are text, and a table's header is a line that would else be a paragraph's."""
    assert parse_blocks(text)[0].type == first


@pytest.mark.parametrize("text", ["a\n===\n", "a | b\n--|--\n", "[a]: /b\n"])
def test_a_long_paragraph_is_not_made_anything_else(text: str) -> None:
    """Neither an underline nor a delimiter row turns it."""
    assert parse_long_paragraph(text)[0].type == "paragraph_open"


@pytest.mark.parametrize("text", [">1. <!--\n>", ">-\n>   <!--\n>", "> - <div>\n>   x\n>"])
def test_html_in_an_item_in_a_quote_may_end_with_the_quotes_mark(text: str) -> None:
    """A text that ends there is no error: what was cut off anywhere may end so."""
    assert parse_blocks(text)[0].type == "blockquote_open"
    assert lay_out(read_pieces(text, list(range(len(text)))))


def test_unsafe_links_are_links_too() -> None:
    """Whether a link may be followed is decided where it is shown."""
    assert parse_inline("[a](javascript:x)")[0].type == "link_open"


def test_a_use_of_a_definition_is_text() -> None:
    """The definition may be anywhere, so its use is shown as written."""
    assert [token.type for token in parse_inline("[text][ref]")] == ["text"]


@given(st.text(st.sampled_from("ab !]()>:/.\"'\t{}|#-+=@ 1é漢") | st.characters(codec="utf-8")))
def test_plain_text_is_read_as_the_parser_would(text: str) -> None:
    """A text in which no rule finds anything is one token, with or without the parser."""
    tokens: list[Token] = []
    parser = get_parser()
    parser.inline.parse(text, parser, {}, tokens)
    assert parse_inline(text) == tokens
