"""What was pushed into the scrollback is found again in other lines."""

import pytest

from tests.render.documents import get_texts, lay_out, read_pieces
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
    lines = plain(*text.split("\n"))
    scrolled.add(lines, len(lines))
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


def test_a_rule_goes_with_the_words_before_it() -> None:
    """As blank lines do; the next rule is another one."""
    scrolled = remember("one\n\n────\n")
    assert pass_over(scrolled, plain("one"), plain("", "──")) == ([], [])
    assert pass_over(scrolled, plain("", "──", "", "two"), plain("", "──")) == (
        plain("two"),
        plain("", "──"),
    )
    assert pass_over(remember("one\n"), [], plain("one", "──")) == ([], plain("──"))


WRAPPED = (
    "| Name | What |\n|--|--|\n| one two | three four five |\n| six seven | eight nine ten |\n"
)
WIDE, WRAPS, LIST = 60, 13, 6  # columns in which each row is one line, several, or a list


def show_table(columns: int, text: str = WRAPPED) -> list[Line]:
    return lay_out(read_pieces(text, []), columns)


def test_a_table_is_found_again_cell_by_cell() -> None:
    """Whether its rows were lines, had wrapped cells side by side, or were a list."""
    rest = [(("rest", PLAIN),)]
    for before in (WIDE, WRAPS, LIST):
        for after in (WIDE, WRAPS, LIST):
            scrolled, pushed_out = ScrolledText(), show_table(before)
            scrolled.add(pushed_out, len(pushed_out))
            assert pass_over(scrolled, [], [*show_table(after), *rest]) == ([], rest)


@pytest.mark.parametrize("mark", ["> ", "> > ", "- ", "1. "])
def test_a_table_inside_of_others_is_found_again(mark: str) -> None:
    """Behind a bar or a mark, even where these take a line of their own."""
    indent = mark if ">" in mark else " " * len(mark)
    text = mark + WRAPPED.strip().replace("\n", f"\n{indent}")
    rest = [(("rest", PLAIN),)]
    for before in (WIDE, WRAPS + 6, LIST, 2):
        for after in (WIDE, WRAPS + 6, LIST, 2):
            scrolled, pushed_out = ScrolledText(), show_table(before, text)
            scrolled.add(pushed_out, len(pushed_out))
            assert pass_over(scrolled, [], [*show_table(after, text), *rest]) == ([], rest)


def test_a_row_with_a_line_without_words_is_one() -> None:
    """Its cells are read as wholes all the same."""
    text = "| a | b |\n|--|--|\n| one | two |\n| three<br><br>four | five |\n"
    scrolled, lines = ScrolledText(), show_table(WIDE, text)
    scrolled.add(lines, len(lines))
    assert pass_over(scrolled, [], show_table(LIST, text)) == ([], [])


def test_rows_before_one_that_says_something_else_are_passed_over() -> None:
    """An address grows before the mark that was shown at its end: only its row is shown again."""
    before = "| a | b |\n|--|--|\n| one | two |\n| [x](https://e/) | three |\n"
    after = before.replace("https://e/", "https://e/more")
    scrolled, lines = ScrolledText(), show_table(WIDE, before)
    scrolled.add(lines, len(lines))
    shown = " ".join(get_texts(pass_over(scrolled, [], show_table(LIST, after))[1]))
    assert "more)" in shown.replace(" ", "")
    assert "one" not in shown
    assert "two" not in shown


def test_a_row_of_which_a_part_was_pushed_out_is_shown_again() -> None:
    """If its cells were wrapped, side by side; all rows before it are passed over."""
    scrolled, lines = ScrolledText(), show_table(WRAPS)
    assert get_texts(lines[:7]) == [
        *("Name  │ What", "──────┼──────", "one   │ three", "two   │ four", "      │ five"),
        *("six   │ eight", "seven │ nine"),
    ]
    scrolled.add(lines, 6)
    shown = pass_over(scrolled, [], show_table(LIST))[1]
    assert get_texts(shown[1:]) == ["Name:", "six", "seven", "What:", "eight", "nine", "ten"]
    assert get_texts(pass_over(scrolled, [], show_table(WIDE))[1]) == ["six seven │ eight nine ten"]
    assert pass_over(scrolled, [], lines) == ([], lines[6:])


def test_a_row_that_reads_in_order_is_shown_from_where_it_was_pushed_out() -> None:
    """A line that the terminal broke, or an item of a list: without the header that it repeats."""
    scrolled, lines = ScrolledText(), show_table(WIDE)
    scrolled.add(lines, 3, len("six seven │ eig"))
    shown = pass_over(scrolled, [], show_table(LIST))[1]
    assert get_texts(shown) == ["ht", "nine", "ten"]
    scrolled, lines = ScrolledText(), show_table(LIST)
    after_header = get_texts(lines).index("What:", 8)
    scrolled.add(lines, after_header + 1)
    assert get_texts(pass_over(scrolled, [], lines)[1]) == ["eight", "nine", "ten"]
    assert get_texts(pass_over(scrolled, [], show_table(WIDE))[1]) == ["eight nine ten"]


def test_a_cell_that_says_what_the_header_says_is_not_lost() -> None:
    """What a list repeats is not taken for what was pushed out."""
    text = "| no | yes |\n|--|--|\n" + "| yes | no |\n" * 6
    scrolled, lines = ScrolledText(), show_table(WIDE, text)
    scrolled.add(lines, 4)
    shown = pass_over(scrolled, [], show_table(LIST, text))[1]
    assert get_texts(shown) == ["", "no:", "yes", "yes:", "no"] * 4


def test_words_in_another_order_are_passed_over_line_by_line() -> None:
    """As long as all of a line's words were pushed out."""
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
