"""What was pushed into the scrollback is found again in other lines."""

from tokenhub_cli.render.lines import PLAIN, Line, Style
from tokenhub_cli.render.scrolled import ScrolledText


def plain(*texts: str) -> list[Line]:
    return [((text, PLAIN),) if text else () for text in texts]


def pass_over(
    scrolled: ScrolledText, final: list[Line], tail: list[Line]
) -> tuple[list[Line], list[Line]]:
    shown, left = scrolled.pass_over(final, tail)
    return list(shown), list(left)


def remember(text: str) -> ScrolledText:
    scrolled = ScrolledText()
    scrolled.add(text)
    return scrolled


def test_nothing_pushed_out_changes_nothing() -> None:
    """Without a resize the picture is shown as it is."""
    assert pass_over(ScrolledText(), plain("a"), plain("b")) == (plain("a"), plain("b"))


def test_lines_of_another_width_are_found() -> None:
    """White space and line breaks do not count, and what follows is shown from its first word."""
    scrolled = remember("one two three\nfour")
    assert pass_over(scrolled, [], plain("one two", "three four", "five")) == ([], plain("five"))


def test_a_line_is_shown_from_where_the_pushed_out_text_ends() -> None:
    """In the middle of a line, and with the styles of its rest."""
    bold = Style("1")
    line = (("one two", PLAIN), (" three four", bold))
    assert pass_over(remember("one two th"), [], [line]) == ([], [(("ree four", bold),)])
    assert pass_over(remember("one two"), [], [line]) == ([], [(("three four", bold),)])


def test_marks_that_were_closed_meanwhile_do_not_count() -> None:
    """Emphasis that was open is shown with its marks, and without them once it is closed."""
    scrolled = remember("**one two [three\n│ four")
    assert pass_over(scrolled, [], plain("one two three", "four five")) == ([], plain("five"))


def test_blank_lines_go_with_what_is_before_them() -> None:
    """Those between lines that were pushed out, and after the last one as many as were."""
    scrolled = remember("one\n\ntwo")
    assert pass_over(scrolled, [], plain("one", "", "two", "", "x")) == ([], plain("", "x"))
    scrolled = remember("one\n")
    assert pass_over(scrolled, [], plain("one", "", "", "x")) == ([], plain("", "x"))


def test_a_blank_line_that_became_final_is_passed_over_once() -> None:
    """The next one between other lines is shown."""
    scrolled = remember("one\n")
    assert pass_over(scrolled, plain("one"), plain("")) == ([], [])
    assert pass_over(scrolled, plain(""), plain("two")) == ([], plain("two"))
    scrolled = remember("one\n")
    assert pass_over(scrolled, plain("one", ""), []) == ([], [])
    assert pass_over(scrolled, [], plain("", "two")) == ([], plain("", "two"))


def test_what_becomes_final_is_forgotten() -> None:
    """The pushed out text is followed from frame to frame, until its end has been given out."""
    scrolled = remember("one two\nthree four")
    assert pass_over(scrolled, plain("one"), plain("two three", "four", "x")) == ([], plain("x"))
    assert pass_over(scrolled, plain("two three"), plain("four", "y")) == ([], plain("y"))
    assert pass_over(scrolled, plain("four y"), plain("one two")) == (plain("y"), plain("one two"))
    assert pass_over(scrolled, [], plain("one two")) == ([], plain("one two"))


def test_a_table_of_other_widths_is_passed_over_row_by_row() -> None:
    """Where the words come in another order, as long as all of a line's words were pushed out."""
    scrolled = remember("a b │ c d\ne f │ g h\ni j │")
    tail = plain("a │ c", "b │ d", "e │ g", "f │ h", "i │ k", "j │ l")
    assert pass_over(scrolled, tail[:2], tail[2:]) == ([], tail[4:])
    assert pass_over(scrolled, tail[2:5], tail[5:]) == (tail[4:5], tail[5:])
    assert pass_over(scrolled, [], plain("a b")) == ([], plain("a b"))


def test_a_word_counts_as_often_as_it_was_pushed_out() -> None:
    """Rows that say the same as others are not lost."""
    scrolled = remember("no │ yes\nyes │ no")
    tail = plain("no", "yes", "no", "yes", "yes", "no")
    assert pass_over(scrolled, [], tail)[1] == tail[4:]


def test_other_text_is_shown_whole() -> None:
    """Thinking gives way to one line about it; the answer is not measured by it."""
    scrolled = remember("thinking for 3 s\nabout one two")
    assert pass_over(scrolled, plain("thought for 4 s", "one"), plain("two")) == (
        plain("thought for 4 s", "one"),
        plain("two"),
    )
    assert pass_over(scrolled, [], plain("about")) == ([], plain("about"))


def test_a_picture_that_is_shorter_is_passed_over_whole() -> None:
    """More was pushed out than there is now: nothing is shown until there is more."""
    scrolled = remember("one two three")
    assert pass_over(scrolled, [], plain("one", "two")) == ([], [])
    assert pass_over(scrolled, plain("one two three four"), []) == (plain("four"), [])
