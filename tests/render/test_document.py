"""One answer on one terminal."""

import itertools
from contextlib import suppress

import pytest

from tests.support.terminal import open_terminal
from tokenhub_cli.render.document import Document
from tokenhub_cli.render.outlet import Outlet
from tokenhub_cli.render.presentation import Presentation


def open_document(written: list[str]) -> Document:
    presentation = Presentation(lambda: 0.0, use_color=True, understands_escapes=True)
    return Document(presentation, written.append, {}, 40, 10)


def test_words_are_appended_only_to_plain_text() -> None:
    """Text goes on as it is in a paragraph or an item, but not in code, tables or open marks."""
    for source, may_append in (
        ("Some words", True),
        ("- an item", True),
        ("> a quote", True),
        ("**bold** and", True),
        ("a **bold", False),
        ("a [link", False),
        ("```\ncode", False),
        ("a | b\n--|--\n1 | 2", False),
        ("1", False),
        ("Some words\n", False),
    ):
        document = open_document([])
        document.feed(source)
        document.paint("", 0.0)
        assert document.append(" more") is may_append, source


def test_a_blank_at_the_end_is_shown_with_the_next_word() -> None:
    """A trailing blank is not painted, and not lost."""
    written: list[str] = []
    document = open_document(written)
    document.feed("one ")
    document.paint("", 0.0)
    assert written == ["one"]
    assert document.append("two")
    assert written == ["one", " two"]


def test_an_address_is_a_hyperlink_once_it_is_whole() -> None:
    """Until then nobody wants to follow it, and each letter more costs little."""
    written: list[str] = []
    document = open_document(written)
    for text in ("[a](https://x.example/a) [b](https://x.example/b", "c", ")"):
        written.append("")
        document.feed(text)
        document.paint("", 0.0)
    first, more, last = "".join(written[:2]), written[3], "".join(written[4:])
    assert "]8;;https://x.example/a\x1b" in first
    assert "]8;;https://x.example/b" not in first
    assert more == "\x1b[21G\x1b[2mc\x1b[m)"
    assert last.count("]8;;https://x.example/bc\x1b") == 2


def test_a_document_on_a_terminal_can_be_abandoned() -> None:
    """Whatever was open, the cursor is left on a line of its own."""
    with open_terminal(40, 10) as terminal:
        presentation = Presentation(lambda: 0.0, use_color=True, understands_escapes=True)
        document = Document(presentation, Outlet(terminal.stream).write, {}, 40, 10)
        document.feed("- one\n- **two")
        document.paint("waiting", 0.0)
        document.abandon()
        assert "waiting" not in "".join(terminal.read_screen())
        assert terminal.screen.cursor.x == 0


@pytest.mark.parametrize("text", ["", "- one\n- two"])
@pytest.mark.parametrize("is_written", [True, False], ids=["after", "before"])
@pytest.mark.parametrize("number", range(5))
def test_a_document_abandoned_at_any_write_keeps_its_text_and_no_status(
    number: int, text: str, *, is_written: bool
) -> None:
    """A second Ctrl-C may come right before or after a write, as the status comes or goes."""
    writes = itertools.count()
    with open_terminal(40, 10) as terminal:

        def write(text: str) -> None:
            is_struck = armed and next(writes) == number
            if is_written or not is_struck:
                Outlet(terminal.stream).write(text)
            if is_struck:
                armed.clear()
                document.abandon()
                raise SystemExit

        armed: list[bool] = []
        presentation = Presentation(lambda: 0.0, use_color=True, understands_escapes=True)
        document = Document(presentation, write, {}, 40, 10)
        document.feed(text)
        document.paint("", 0.0)
        armed.append(True)
        with suppress(SystemExit):
            document.paint("waiting", 0.0)
            document.paint("still waiting", 0.0)
            document.paint("", 0.0)
        shown = "".join(terminal.read_all())
        assert "waiting" not in shown
        assert ("one" in shown, "two" in shown) == (bool(text), bool(text))


def test_a_status_in_a_wide_script_is_cut_to_the_width() -> None:
    """What a gateway gives as its reason may take two columns a character; it never wraps."""
    with open_terminal(40, 10) as terminal:
        presentation = Presentation(lambda: 0.0, use_color=True, understands_escapes=True)
        document = Document(presentation, Outlet(terminal.stream).write, {}, 40, 10)
        document.paint("請求過多" * 10, 0.0)
        document.paint("", 0.0)
        assert terminal.read_all() == []
