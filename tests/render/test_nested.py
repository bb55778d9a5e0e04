"""What stands inside list items and quotes."""

import pytest

from tests.render.documents import get_texts, lay_out, read_pieces
from tokenhub_cli.render.theme import choose_theme


def show(text: str, columns: int = 30, *, screen_reader: bool = False) -> list[str]:
    theme = choose_theme("auto", {}, use_color=False, screen_reader=screen_reader)
    return get_texts(lay_out(read_pieces(text, []), columns, theme=theme))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("- a\n- b", ["• a", "• b"]),
        ("- a\n\n- b", ["• a", "", "• b"]),
        ("- a\n  - b\n    - c\n      - d", ["• a", "  ◦ b", "    ▪ c", "      • d"]),
        ("9. a\n10. b", [" 9. a", "10. b"]),
        ("1. a\n1. b", [" 1. a", " 2. b"]),
        ("0. a", [" 0. a"]),
        ("- a\n\n  [x] b", ["• a", "", "  [x] b"]),
        ("- [x] a\n  ---", ["• [x] a"]),
        ("- - a\n  -\n- b", ["• ◦ a", "  ◦", "• b"]),
        ("- [ ] a\n- [x] b\n- [X] c", ["☐ a", "☑ b", "☑ c"]),
        ("1. [ ] a\n2. [x] b", [" 1. ☐ a", " 2. ☑ b"]),
        ("- a\n\n  b\n- # c", ["• a", "", "  b", "• c"]),
        ("-\n- a", ["•", "• a"]),
        ("> a\n> > b\n>\n> c", ["▌ a", "▌ ▌ b", "▌", "▌ c"]),
        (">", ["▌"]),
        ("- ```\n  a\n\n  b\n  ```", ["•   a", "", "    b"]),
        ("- a | b\n  --|--\n  1 | 2", ["• a   │ b", "  ────┼────", "  1   │ 2"]),
        ("- one two three four five six seven", ["• one two three four five six", "  seven"]),
        ("> <div>\n> x", ["▌ <div>", "▌ x"]),
    ],
)
def test_items_and_quotes_hold_blocks(text: str, lines: list[str]) -> None:
    """Marks hang, contents are indented, the writer's gaps are kept."""
    assert show(text) == lines


def test_marks_for_screen_readers_are_words_and_signs() -> None:
    """Nothing is drawn that would be read out as a shape."""
    text = "# a\n- b\n  - c\n- [x] d\n\n> e\n\n***\n\na|b\n-|-\n1|2"
    assert show(text, screen_reader=True) == [
        *("# a", "", "- b", "  - c", "- [x] d", "", "> e", "", "* * *", "", "a    b", "", "1    2"),
    ]


def test_very_deep_nesting_stays_on_the_screen() -> None:
    """A hundred levels cost neither the text, nor an error, nor an endless line."""
    for text in ("> " * 100 + "deep", "- " * 100 + "deep", "> " * 25 + "deep"):
        lines = show(text, 40)
        assert "deep" in "".join(lines)
        assert max(map(len, lines)) <= 40


@pytest.mark.parametrize("columns", [4, 10, 19, 39, 79])
@pytest.mark.parametrize("mark", ["- ", "1. ", "> "])
def test_marks_take_half_of_a_line_at_most(mark: str, columns: int) -> None:
    """Each item of a deep list stays on the screen, with its own mark and room for words."""
    indent = mark if mark == "> " else " " * len(mark)
    text = "".join(f"{indent * depth}{mark}to be\n{indent * depth}\n" for depth in range(15))
    lines = show(text, columns)
    assert max(map(len, lines)) <= columns
    if columns >= 19:
        assert sum(line.endswith("to be") for line in lines) == 15
        assert max(line.find("to be") for line in lines) <= columns // 2


def test_the_innermost_marks_are_those_that_stay() -> None:
    """What stands too deep is indented as far as what it stands in."""
    text = "".join("  " * depth + f"- {depth}\n" for depth in range(6))
    assert show(text, 9) == ["• 0", "  ◦ 1", "  ▪ 2", "  • 3", "  ◦ 4", "  ▪ 5"]
