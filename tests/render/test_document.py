"""One answer on one terminal."""

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


def test_a_document_on_a_terminal_can_be_abandoned() -> None:
    """Whatever was open, the cursor is left on a line of its own."""
    with open_terminal(40, 10) as terminal:
        presentation = Presentation(lambda: 0.0, use_color=True, understands_escapes=True)
        document = Document(presentation, Outlet(terminal.stream).write, {}, 40, 10)
        document.feed("- one\n- **two")
        document.paint("waiting", 0.0)
        document.abandon(erases_status=True)
        assert "waiting" not in "".join(terminal.read_screen())
        assert terminal.screen.cursor.x == 0


def test_a_status_in_a_wide_script_is_cut_to_the_width() -> None:
    """What a gateway gives as its reason may take two columns a character; it never wraps."""
    with open_terminal(40, 10) as terminal:
        presentation = Presentation(lambda: 0.0, use_color=True, understands_escapes=True)
        document = Document(presentation, Outlet(terminal.stream).write, {}, 40, 10)
        document.paint("請求過多" * 10, 0.0)
        document.paint("", 0.0)
        assert terminal.read_all() == []
