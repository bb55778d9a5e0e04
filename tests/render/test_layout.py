"""Pieces become lines, the same in a preview as when they are final."""

from tests.render.documents import EXAMPLES, MIXED, get_texts, lay_out, read_pieces
from tokenhub_cli.render.blocks import BlockReader
from tokenhub_cli.render.layout import Layout
from tokenhub_cli.render.lines import measure_line
from tokenhub_cli.render.theme import AUTO


def test_blocks_are_parted_by_an_empty_line() -> None:
    """One empty line stands between blocks, however many the writer left."""
    assert get_texts(lay_out(read_pieces("# a\nb\n\n\n\n- c\n***\n", []), 10)) == [
        *("a", "", "b", "", "• c", "", "─" * 10),
    ]


def test_a_preview_changes_nothing() -> None:
    """Looking at the tail, as often as one likes, leaves the final lines as they are."""
    reader, layout = BlockReader(), Layout(AUTO, 40, 10)
    lines = []
    for character in MIXED:
        for piece in reader.feed(character):
            lines += layout.commit(piece)
        layout.preview(reader.read_tail())
    for piece in reader.finish():
        lines += layout.commit(piece)
    assert lines == lay_out(read_pieces(MIXED, []), 40, 10)


def test_a_preview_is_what_would_be_final() -> None:
    """Final lines and the preview together are the text so far."""
    reader, layout = BlockReader(), Layout(AUTO, 40, 60)
    lines = []
    for end in range(0, len(MIXED), 7):
        for piece in reader.feed(MIXED[end : end + 7]):
            lines += layout.commit(piece)
        seen = lines + layout.preview(reader.read_tail())
        assert seen == lay_out(read_pieces(MIXED[: end + 7], []), 40, 60)


def test_no_line_is_wider_than_it_may_be() -> None:
    """Whatever the document, lines fit (tables and deep nesting on wide enough screens)."""
    for example in EXAMPLES:
        for line in lay_out(read_pieces(example, []), 60):
            assert measure_line(line) <= 60, example
