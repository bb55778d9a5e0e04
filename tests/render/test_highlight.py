"""Code is coloured line by line, rightly."""

import pytest

from tokenhub_cli.render.highlight import LineHighlighter
from tokenhub_cli.render.lines import Line, Style
from tokenhub_cli.render.theme import AUTO, MONOCHROME, choose_theme

COMMENT, STRING, KEYWORD = Style("2;3"), Style("33"), Style("34")


def color(language: str, code: str) -> list[Line]:
    highlighter = LineHighlighter(language, AUTO)
    return [highlighter.color_line(line) for line in code.split("\n")]


def find_style(line: Line, word: str) -> Style:
    return next(style for text, style in line if word in text)


@pytest.mark.parametrize(
    ("language", "code", "styles"),
    [
        ("python", 'x = """a\nb\n"""\nif x: pass', {1: ("b", STRING), 3: ("if", KEYWORD)}),
        ("c", "int a; /* one\ntwo\n*/ return;", {1: ("two", COMMENT), 2: ("return", KEYWORD)}),
        ("css", "/* one\ntwo */\na { b: c }", {1: ("two", COMMENT), 2: ("a", KEYWORD)}),
        ("java", "/* x\n y */ class A {}", {1: ("y", COMMENT)}),
        ("html", "<!-- one\ntwo -->\n<p>", {1: ("two", COMMENT), 2: ("p", KEYWORD)}),
        ("js", "`a\nb`\nif (1) {}", {1: ("b", STRING), 2: ("if", KEYWORD)}),
        ("haskell", "{- a\nb -}\nx", {1: ("b", COMMENT)}),
        ("rust", "/* a\nb */ fn x() {}", {1: ("b", COMMENT), 0: ("a", COMMENT)}),
    ],
)
def test_what_spans_lines_is_coloured_on_each(
    language: str, code: str, styles: dict[int, tuple[str, Style]]
) -> None:
    """Strings and comments over several lines are known although lines come one by one."""
    lines = color(language, code)
    for number, (word, style) in styles.items():
        assert find_style(lines[number], word) == style


@pytest.mark.parametrize("language", ["python", "js", "json", "yaml", "bash", "sql", "diff", "c"])
def test_colouring_keeps_the_code(language: str) -> None:
    """Whatever the lexer makes of it, the text stays."""
    code = 'def f(x): # \'\n\n  {"a": [1, 2]} /* - b: |\n+ é 漢字 `x` <a>\n    "unclosed'
    lines = ["".join(text for text, _ in line) for line in color(language, code)]
    assert lines == code.split("\n")


def test_an_opening_mark_within_a_string_opens_nothing() -> None:
    """A comment's mark in a string is a string."""
    lines = color("c", 'char *s = "/*";\nint x;')
    assert find_style(lines[1], "int") == Style("36")


@pytest.mark.parametrize("language", ["", "no-such-language"])
def test_an_unknown_language_is_plain(language: str) -> None:
    """Code of no known language has no colours."""
    assert color(language, "if x:")[0] == (("if x:", Style()),)


def test_without_colour_code_is_plain() -> None:
    """Monochrome themes do not load a lexer."""
    assert LineHighlighter("python", MONOCHROME).color_line("if x:") == (("if x:", Style()),)


def test_a_line_of_data_is_not_coloured() -> None:
    """A very long line is shown as it is."""
    line = "x = 1; " * 2000
    assert LineHighlighter("python", AUTO).color_line(line) == ((line, Style()),)


def test_a_copy_goes_its_own_way() -> None:
    """What is only previewed does not change the state."""
    highlighter = LineHighlighter("python", AUTO)
    highlighter.copy().color_line('"""open')
    assert find_style(highlighter.color_line("if x:"), "if") == KEYWORD


@pytest.mark.parametrize(
    ("environ", "sgr"),
    [({"COLORTERM": "truecolor"}, "1;38;2;102;217;239"), ({}, "38;5;81")],
)
def test_a_named_code_theme_uses_the_colours_there_are(environ: dict[str, str], sgr: str) -> None:
    """A pygments style is shown in 24-bit colours or in the nearest of 256."""
    theme = choose_theme("dark", environ, use_color=True, code_theme="monokai")
    line = LineHighlighter("python", theme).color_line("if x:")
    assert find_style(line, "if").sgr.removeprefix("1;") == sgr.removeprefix("1;")


def test_an_unknown_code_theme_falls_back() -> None:
    """A style that does not exist costs the style, not the answer."""
    theme = choose_theme("auto", {}, use_color=True, code_theme="no-such-style")
    assert find_style(LineHighlighter("python", theme).color_line("if x:"), "if") == KEYWORD
