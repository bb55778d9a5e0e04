"""The lines of code fences."""

import pytest

from tokenhub_cli.render.fences import (
    Fence,
    find_code_blocks,
    is_closing,
    parse_language,
    parse_opening,
    strip_indent,
)


@pytest.mark.parametrize(
    ("line", "fence"),
    [
        ("```\n", Fence("```", 0, "")),
        ("  ~~~~ python title=x\n", Fence("~~~~", 2, "python title=x")),
        ("``` a`b\n", None),
        ("    ```\n", None),
        ("``\n", None),
    ],
)
def test_an_opening_line_is_known(line: str, fence: Fence | None) -> None:
    """Three marks or more, indented by three blanks at most."""
    assert parse_opening(line) == fence


@pytest.mark.parametrize(
    ("line", "closes"),
    [("````\n", True), ("`````  \n", True), ("```\n", False), ("~~~~\n", False), ("```` x", False)],
)
def test_a_fence_is_closed_by_its_own_mark(line: str, *, closes: bool) -> None:
    """The same mark, at least as often, and nothing else."""
    assert is_closing(Fence("````", 0, ""), line) is closes


def test_a_fence_takes_its_own_indentation_away() -> None:
    """Code keeps what it is indented beyond its fence."""
    assert strip_indent(Fence("```", 2, ""), "    code\n") == "  code\n"
    assert strip_indent(Fence("```", 2, ""), " code\n") == "code\n"
    assert strip_indent(Fence("```", 2, ""), " \tcode\n") == "  code\n"


def test_the_language_is_the_first_word() -> None:
    """The rest of an info string is for others."""
    assert parse_language("python title=x") == "python"
    assert parse_language("") == ""


def test_code_blocks_are_found() -> None:
    """All fences of a text, nested marks inside, the last one open."""
    text = "a\n```py\none\n```\n~~~~\n```\n~~~~\n  ```\n  two"
    assert find_code_blocks(text) == ["one\n", "```\n", "two"]


@pytest.mark.parametrize("separator", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028"])
def test_only_line_ends_of_markdown_end_a_line_of_code(separator: str) -> None:
    """What Python calls a line end besides (a form feed, say) is a character of the code."""
    text = f"  ```\n  x = '{separator}  ```'\n  y\n  ```\n"
    assert find_code_blocks(text) == [f"x = '{separator}  ```'\ny\n"]
    assert find_code_blocks("```\r\none\rtwo\n```\r") == ["one\rtwo\n"]
