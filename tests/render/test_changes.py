"""What turns lines into others is written, and little else."""

from tokenhub_cli.render.changes import encode_changes, encode_line
from tokenhub_cli.render.lines import PLAIN, Line, Style


def plain(*texts: str) -> list[Line]:
    return [((text, PLAIN),) if text else () for text in texts]


def test_the_end_of_an_unsure_line_is_found_by_writing_it() -> None:
    """Nobody but the terminal knows its column."""
    for text, end in (("a 👍🏽", "\r\x1b[?7la 👍🏽\x1b[?7h"), ("漢", "\x1b[3G")):
        changes, _ = encode_changes(plain("one", text), plain("uno", text))
        assert changes == f"\x1b[1A\runo\x1b[1B{end}"


def test_what_is_aligned_is_put_into_its_column() -> None:
    """After characters of unsure width, and only there, the gap erased; in a part of a line too."""
    for text, column in (("ab", ""), ("👍🏽", "\x1b[K\x1b[7G"), ("漢", "")):
        line = ((f"x {text}", PLAIN), (" │ ", Style(is_aligned=True)), ("end", PLAIN))
        assert encode_line(line) == f"x {text}{column} │ end"
        assert encode_line(line, 2 + len(text)) == f"{column} │ end"
        assert encode_line(line, 3 + len(text)) == "│ end"


def test_styles_and_links_are_opened_and_closed() -> None:
    """A line leaves no style and no link open."""
    line = (("a", Style("1")), ("b", Style("3", "https://x")), ("c", PLAIN))
    assert encode_line(line) == ("\x1b[1ma\x1b]8;;https://x\x1b\\\x1b[0;3mb\x1b]8;;\x1b\\\x1b[mc")


def test_what_stands_beside_a_change_is_not_written_again() -> None:
    """A cell of a table that grows costs its words, and the way to the line's end if need be."""
    bar = (" │ ", Style("2"))
    old, new = (
        ((text, PLAIN), bar, ("漢字 of this", PLAIN)) for text in ("a cell      ", "a cell grows")
    )
    assert encode_changes([old], [new]) == ("\x1b[8Ggrows\x1b[28G", 1)
    changes, _ = encode_changes([old, *plain("one")], [new, *plain("two")])
    assert changes == "\x1b[1A\x1b[8Ggrows\x1b[1B\rtwo"


def test_a_blank_needs_no_style_of_its_own() -> None:
    """One that is bold or faint looks as a plain one does; one that is underlined does not."""
    bar = ("│", Style("2"))
    for sgr, changed in (("1", " "), ("4", "\x1b[m \x1b[4m")):
        word = ("a", Style(sgr))
        assert encode_line((word, (" ", PLAIN), word)) == f"\x1b[{sgr}ma{changed}a\x1b[m"
    assert encode_line((bar, ("  ", PLAIN), bar, ("  ", PLAIN))) == "\x1b[2m│  │  \x1b[m"
