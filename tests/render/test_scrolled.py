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
    """Only what comes after them is shown again."""
    before = "| a | b |\n|--|--|\n| one | two |\n| four | three |\n"
    after = before.replace("four", "more")
    scrolled, lines = ScrolledText(), show_table(WIDE, before)
    scrolled.add(lines, len(lines))
    shown = " ".join(get_texts(pass_over(scrolled, [], show_table(LIST, after))[1]))
    assert "more" in shown
    assert "one" not in shown
    assert "two" not in shown


def test_each_cell_goes_on_where_it_was_cut() -> None:
    """Of a row with wrapped cells, side by side; all rows before it are passed over."""
    scrolled, lines = ScrolledText(), show_table(WRAPS)
    assert get_texts(lines) == [
        *("Name  │ What", "──────┼──────", "one   │ three", "two   │ four", "      │ five"),
        *("six   │ eight", "seven │ nine", "      │ ten"),
    ]
    scrolled.add(lines, 6)
    shown = pass_over(scrolled, [], show_table(LIST))[1]
    assert get_texts(shown) == ["seven", "What:", "nine", "ten"]
    shown = pass_over(scrolled, [], show_table(WIDE))[1]
    assert get_texts(shown) == ["    seven │       nine ten"]
    assert pass_over(scrolled, [], lines) == ([], lines[6:])


def test_a_row_that_is_cut_twice_goes_on_after_the_second_cut() -> None:
    """What is pushed out of the rest of a row is more of its cells."""
    scrolled, lines = ScrolledText(), show_table(WRAPS)
    scrolled.add(lines, 3)
    wide = pass_over(scrolled, [], show_table(WIDE))[1]
    assert get_texts(wide) == ["    two   │       four five", "six seven │ eight nine ten"]
    scrolled.add(wide, 0, len("    two   │       fo"))
    assert get_texts(pass_over(scrolled, [], lines)[1]) == [
        *("      │   ur", "      │ five", "six   │ eight", "seven │ nine", "      │ ten"),
    ]
    assert get_texts(pass_over(scrolled, lines[:5], lines[5:])[0]) == [
        "      │   ur",
        "      │ five",
    ]
    assert pass_over(scrolled, [], lines) == ([], lines)


def test_a_row_that_became_final_leaves_the_cut_of_the_next() -> None:
    """Rows that were pushed out whole are forgotten with what they say."""
    scrolled, lines = ScrolledText(), show_table(WRAPS)
    scrolled.add(lines, 6)
    assert pass_over(scrolled, lines[:5], lines[5:]) == ([], lines[6:])
    assert pass_over(scrolled, lines[5:], plain("rest")) == (lines[6:], plain("rest"))


def test_a_line_that_was_broken_is_shown_from_where_it_was_pushed_out() -> None:
    """In a list, too, without the header that it repeats."""
    scrolled, lines = ScrolledText(), show_table(WIDE)
    scrolled.add(lines, 3, len("six seven │ eig"))
    shown = pass_over(scrolled, [], show_table(LIST))[1]
    assert get_texts(shown) == ["   ht", "nine", "ten"]
    scrolled, lines = ScrolledText(), show_table(LIST)
    after_header = get_texts(lines).index("What:", 8)
    scrolled.add(lines, after_header + 1)
    assert get_texts(pass_over(scrolled, [], lines)[1]) == ["eight", "nine", "ten"]
    shown = pass_over(scrolled, [], show_table(WIDE))[1]
    assert get_texts(shown) == ["          │ eight nine ten"]


def test_a_header_and_the_first_row_are_cut_alike() -> None:
    """A list begins with both, one cell after the other."""
    scrolled, lines = ScrolledText(), show_table(LIST)
    assert get_texts(lines[:5]) == ["Name:", "one", "two", "What:", "three"]
    scrolled.add(lines, 2)
    shown = get_texts(pass_over(scrolled, [], show_table(WIDE))[1])
    assert [shown[0], shown[2]] == ["          │ What", "    two   │ three four five"]
    scrolled.add(lines[2:], 3)
    shown = get_texts(pass_over(scrolled, [], show_table(WIDE))[1])
    assert shown == ["          │       four five", "six seven │ eight nine ten"]


@pytest.mark.parametrize(("mark", "first"), [("- ", "•"), ("1. ", " 1."), ("> ", "▌")])
def test_the_mark_of_an_item_is_not_shown_again(mark: str, first: str) -> None:
    """With the rest of its first row or of its first line; the bar of a quote stays."""
    columns, bar = 30, first if mark == "> " else ""
    for text in (WRAPPED, "one two three four five six seven\n"):
        indent = mark if bar else " " * len(mark)
        lines = show_table(columns, mark + text.strip().replace("\n", f"\n{indent}"))
        assert get_texts(lines)[0].startswith(first)
        scrolled = ScrolledText()
        scrolled.add(lines, 0, 9)
        (rest, *others) = get_texts(pass_over(scrolled, [], lines)[1])
        assert rest.startswith(bar.ljust(len(get_texts(lines)[0].split()[0]) + 1))
        assert first not in rest or bar
        assert others == get_texts(lines[1:])


def test_a_header_may_have_been_shown_before_it_was_one() -> None:
    """Until the line below it came it was text like any other, with its bars."""
    scrolled = remember("one two\n\n| Name | What |")
    lines = [*plain("one two", ""), *show_table(WIDE)]
    assert pass_over(scrolled, [], lines) == ([], lines[3:])


def test_a_header_may_have_been_cut_before_it_was_one() -> None:
    """And once more after that, in the middle of the same cell."""
    scrolled = remember("| Name | W")
    assert get_texts(pass_over(scrolled, [], show_table(WIDE))[1])[0] == "          │  hat"
    lines = show_table(WIDE)
    scrolled.add(lines[:1], 0, len("Name      │ Wha"))
    assert get_texts(pass_over(scrolled, [], lines)[1])[0] == "          │    t"


def test_an_address_may_have_grown() -> None:
    """The mark at its end had been shown already."""
    texts = [f"| a |\n|--|\n| [x]({url}) |\n" for url in ("https://e/", "https://e/more")]
    scrolled, lines = ScrolledText(), show_table(WIDE, texts[0])
    assert get_texts(lines)[-1] == "x (https://e/)"
    scrolled.add(lines, len(lines))
    assert get_texts(pass_over(scrolled, [], show_table(WIDE, texts[1]))[1]) == [
        " " * len("x (https://e/") + "more)"
    ]


def test_an_address_may_have_grown_between_two_cuts() -> None:
    """What is pushed out then goes on with the address, and not with the mark of its end."""
    texts = [
        f"| a | b |\n|--|--|\n| [x]({url}) | y |\n" for url in ("https://e/", "https://e/more")
    ]
    scrolled, lines = ScrolledText(), show_table(WIDE, texts[0])
    scrolled.add(lines, 2, len("x (https://e/)"))
    rest = pass_over(scrolled, [], show_table(WIDE, texts[1]))[1]
    assert get_texts(rest) == [" " * len("x (https://e/") + "more) │ y"]
    scrolled.add(rest, 0, len("x (https://e/mo"))
    assert get_texts(pass_over(scrolled, [], show_table(WIDE, texts[1]))[1]) == [
        " " * len("x (https://e/mo") + "re) │ y"
    ]


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
