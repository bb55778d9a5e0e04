"""Colours code line by line, carrying the lexer's state from one line to the next.

A line's colours depend on the lines before it alone, so that a finished line never changes and a
long fence costs the same for each line. pygments lexers match some things over several lines in
one go (block comments in C, Java, CSS). For these a line that opens one is tried with the closing
mark added: if all from the opening mark on becomes one comment or string, the lines up to the real
closing mark are that.
"""

from collections.abc import Hashable, Iterator, Mapping
from copy import copy
from functools import cache
from typing import Any

from tokenhub_cli.render.code_themes import find_code_theme
from tokenhub_cli.render.lines import PLAIN, TAB_WIDTH, Line, Run, Style, merge_runs
from tokenhub_cli.render.theme import Theme

MOST_REMEMBERED = 5_000  # lines
LONGEST_LINE = 5_000  # characters; a longer one is data, and is not coloured
_BLOCKS = (
    ("/*", "*/"),
    ("<!--", "-->"),
    ('"""', '"""'),
    ("'''", "'''"),
    ("{-", "-}"),
    ("(*", "*)"),
    ("--[[", "]]"),
    ("<#", "#>"),
)
_CUBE_EDGES = (47, 115, 155, 195, 235)  # half-way between the levels of the 256-colour palette
# The terminal's own sixteen colours.
_ANSI = {
    "Comment": "2;3",
    "Keyword": "34",
    "Keyword.Type": "36",
    "Keyword.Constant": "36",
    "Operator.Word": "34",
    "Name.Builtin": "36",
    "Name.Function": "32",
    "Name.Class": "1;32",
    "Name.Namespace": "36",
    "Name.Decorator": "35",
    "Name.Exception": "36",
    "Name.Tag": "34",
    "Name.Attribute": "36",
    "Literal.String": "33",
    "Literal.String.Escape": "35",
    "Literal.Number": "35",
    "Generic.Deleted": "31",
    "Generic.Inserted": "32",
    "Generic.Heading": "1",
    "Generic.Subheading": "1",
    "Generic.Prompt": "2",
    "Generic.Emph": "3",
    "Generic.Strong": "1",
}


# Lines and the states after them, by language, look, state before and text: code inside a quote
# is laid out again with each frame, and its lines have not changed.
_colored: dict[Hashable, tuple[Line, tuple[str, ...], tuple[str, Any] | None]] = {}


class LineHighlighter:
    """Colours the lines of one piece of code.

    Args:
        language: The name that the fence gives, or empty.
        theme: Says whether to colour and how.
    """

    def __init__(self, language: str, theme: Theme) -> None:
        self._lexer = _find_lexer(language) if language and theme.code_theme is not None else None
        self._styles = _load_styles(theme.code_theme or "", theme.true_color)
        self._look = language, theme.code_theme, theme.true_color
        self._stack: tuple[str, ...] = ("root",)
        self._block: tuple[str, Any] | None = None  # what closes it, and its type

    def color_line(self, line: str) -> Line:
        """Return the runs of the next line, given without its end."""
        text = line.expandtabs(TAB_WIDTH)
        if self._lexer is None or len(text) > LONGEST_LINE:
            return ((text, PLAIN),) if text else ()
        key = (*self._look, self._stack, self._block, text)
        known = _colored.get(key)
        if known is None:
            if len(_colored) >= MOST_REMEMBERED:
                _colored.clear()
            known = _colored[key] = merge_runs(self._color(text)), self._stack, self._block
        colored, self._stack, self._block = known
        return colored

    def copy(self) -> "LineHighlighter":
        """Return another one in the same state, for lines that are not final."""
        return copy(self)

    def _color(self, text: str) -> Iterator[Run]:
        if self._block is not None:
            closing, kind = self._block
            end = text.find(closing)
            if end < 0:
                yield text, self._find_style(kind)
                return
            end += len(closing)
            self._block = None
            yield text[:end], self._find_style(kind)
            text = text[end:]
        cut = self._find_open_block(text)
        for kind, value in self._lex(text[:cut]):
            yield value.replace("\n", ""), self._find_style(kind)
        if cut < len(text):
            yield text[cut:], self._find_style(self._get_block_kind())

    def _get_block_kind(self) -> Any:
        return self._block[1] if self._block else ""

    def _find_open_block(self, text: str) -> int:
        """Return where a block begins that this line leaves open, or the line's length."""
        for opening, closing in _BLOCKS:
            cut = text.rfind(opening)
            if cut < 0 or closing in text[cut + len(opening) :]:
                continue
            stack = self._stack
            tokens = [token for token in self._lex(text + closing) if token[1].strip("\n")]
            last = tokens[-1] if tokens else ("", "")
            is_known = self._stack != stack
            self._stack = stack
            if not is_known and last[1].removesuffix("\n") == text[cut:] + closing:
                self._block = closing, last[0]
                return cut
        return len(text)

    def _lex(self, text: str) -> Iterator[tuple[Any, str]]:
        lexer: Any = self._lexer
        if not _is_resumable(lexer):
            return iter([(kind, value) for _, kind, value in lexer.get_tokens_unprocessed(text)])
        tokens, self._stack = _lex_regex(lexer, text + "\n", self._stack)
        return iter(tokens)

    def _find_style(self, kind: Any) -> Style:
        name = str(kind).removeprefix("Token").removeprefix(".")
        while name:
            style = self._styles.get(name)
            if style is not None:
                return style
            name = name.rpartition(".")[0]
        return PLAIN


def _is_resumable(lexer: Any) -> bool:
    from pygments.lexer import RegexLexer

    method = type(lexer).get_tokens_unprocessed
    return bool(method is RegexLexer.get_tokens_unprocessed)


def _lex_regex(
    lexer: Any, text: str, stack: tuple[str, ...]
) -> tuple[list[tuple[Any, str]], tuple[str, ...]]:
    """Lex one line from a state; return its tokens and the state after it.

    This is pygments' own loop (`RegexLexer.get_tokens_unprocessed`), which takes a state and does
    not give one back.
    """
    from pygments.token import Error, Whitespace, _TokenType

    tokens: list[tuple[Any, str]] = []
    states = list(stack)
    rules = lexer._tokens  # noqa: SLF001 - pygments has no public way to resume
    position = 0
    while position < len(text):
        for match_rule, action, new_state in rules[states[-1]]:
            match = match_rule(text, position)
            if not match:
                continue
            if action is not None:
                if type(action) is _TokenType:
                    tokens.append((action, match.group()))
                else:
                    tokens += [(kind, value) for _, kind, value in action(lexer, match)]
            position = match.end()
            if new_state is not None:
                _change_state(states, new_state)
            break
        else:
            if text[position] == "\n":
                states = ["root"]
                tokens.append((Whitespace, "\n"))
            else:
                tokens.append((Error, text[position]))
            position += 1
    return tokens, tuple(states)


def _change_state(states: list[str], new_state: Any) -> None:
    if isinstance(new_state, int):
        del states[max(len(states) + new_state, 1) :]
        return
    for state in new_state if isinstance(new_state, tuple) else (new_state,):
        if state == "#pop":
            if len(states) > 1:
                states.pop()
        else:
            states.append(states[-1] if state == "#push" else state)


@cache
def _find_lexer(language: str) -> Any:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language.lower(), stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@cache
def _load_styles(code_theme: str, true_color: bool) -> Mapping[str, Style]:  # noqa: FBT001 - cached
    if not code_theme:
        return {name: Style(sgr) for name, sgr in _ANSI.items()}
    look = find_code_theme(code_theme)
    if look is None:
        return _load_styles("", true_color)
    styles = {}
    for kind, found in look:
        sgr = [code for name, code in (("bold", "1"), ("italic", "3")) if found[name]]
        if found["color"]:
            sgr.append(_encode_color(found["color"], true_color=true_color))
        styles[str(kind).removeprefix("Token").removeprefix(".")] = Style(";".join(sgr))
    return styles


def _encode_color(color: str, *, true_color: bool) -> str:
    """Return SGR parameters for a colour `rrggbb`: 24-bit, or the nearest of the 6x6x6 cube."""
    red, green, blue = (int(color[index : index + 2], 16) for index in (0, 2, 4))
    if true_color:
        return f"38;2;{red};{green};{blue}"
    # The cube's levels are 0, 95, 135, 175, 215 and 255.
    levels = [sum(value > edge for edge in _CUBE_EDGES) for value in (red, green, blue)]
    return f"38;5;{16 + 36 * levels[0] + 6 * levels[1] + levels[2]}"
