r"""Mathematics, which is left as text: what counts as a formula. Pure.

A formula is shown as it was sent, with no emphasis and no escapes in it. Within a line it is
`\(...\)`, `$...$`, `\[...\]`, `$$...$$` or `\begin{x}...\end{x}`, closed in the same paragraph. A
single `$` opens one only before a character and after no digit, and closes one only after a
character and before no digit, as prices do neither; what holds a backtick is none.

A `$$`, `\[` or `\begin{x}` at the end of a line opens a display: what follows is the formula, up to
the closing mark or to the paragraph's end. A display that follows words is a part of their
paragraph; a line that begins with a mark begins a block of its own (`render/formula_blocks.py`).
Either way the lines up to the opening one decide (after `$$` one more), so those that follow are
certain one by one.
That is why this is not a plugin's work: those that exist look for the closing mark first, so a mark
that never closes would make of everything after it what nobody can know before the end.

In `\[1] Smith` the bracket is only escaped: it is no mark where a bare `]` closes it on its line.

A long paragraph is given out in parts (`render/paragraphs.py`), so what is open in it must be known
at any place from what was known at an earlier one: `follow` reads on, line by line.
"""

import re
from typing import Literal, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

FORMULA = "formula"
DISPLAY_MARKS = ("$$", "\\[", "\\begin")
ENVIRONMENT = r"\\begin\{([A-Za-z]{1,16}\*?)\}"
# `\[` that a bare bracket closes on its line, as in `\[1] Smith`.
ESCAPED_BRACKET = r"\\\[(?=[^\[\]\\\s][^\[\]\\\n]*\])"
LONGEST_MARK = 24  # characters: `\begin{` with a name in it
ENDLESS_MARKS = 100  # a longer row of `$`, backslashes and backticks means nothing

_LONGEST = 2000  # characters between `\begin` and `\end` in a line of text
_FORMULA = re.compile(
    rf"""
    \\\( (?:[^\\`]|\\[^()])+ \\\)
    | (?!{ESCAPED_BRACKET}) \\\[ (?:[^\\`]|\\[^\[\]])+ \\\]
    | (?<!\$) \$\$ (?!\$) (?:[^\\`$]|\\.|\$(?!\$))+ \$\$
    | (?<![\d$]) \$ (?![\s$]) (?:[^\\`$]|\\.)+ (?<!\s) \$ (?!\d)
    # A display, which may have no closing mark.
    | \\begin\{{(?P<opened>[A-Za-z]{{1,16}}\*?)\}} [ \t]*\n
      (?:[^\\]|\\(?!end\{{(?P=opened)\}}).)* (?:\\end\{{(?P=opened)\}}|\\?\Z)
    | \\begin\{{(?P<name>[A-Za-z]{{1,16}}\*?)\}}
      (?:[^\\`]|\\(?!(?:begin|end)\{{(?P=name)\}})){{0,{_LONGEST}}} \\end\{{(?P=name)\}}
    | (?<!\$) \$\$ [ \t]*\n (?:[^\\$]|\\.|\$(?!\$))* (?:\$\$|\\?\Z)
    | \\\[ [ \t]*\n (?:[^\\]|\\[^\]])* (?:\\\]|\\?\Z)
    """,
    re.VERBOSE | re.DOTALL,
)
# What opens a formula that has not been closed; a price may wait for no second `$`.
OPEN_FORMULA = r"\\[(\[]|\\begin\{|\$(?![\s\d])"
_MARKS = frozenset({"\\(", "\\)", "\\[", "\\]"})
_ESCAPED_BRACKET = re.compile(ESCAPED_BRACKET)
# What has a meaning for `follow`: each is certain by itself, wherever a part begins.
_TOKEN = re.compile(
    rf"(?P<endless>[\\$`]{{{ENDLESS_MARKS},}})|\\(?:begin|end)\{{[A-Za-z]{{1,16}}\*?\}}"
    r"|\\.|\$+|`+"
)


class Opened(NamedTuple):
    """What is open at a place in a paragraph.

    Attributes:
        mark: What opened it: the mark of a formula or a row of backticks. Empty if nothing is
            open, a newline if nothing can be before the line ends.
        place: What followed the mark on its line: nothing yet, words, or nothing at all: that is
            a display, in which the place lies.
    """

    mark: str = ""
    place: Literal["new", "beside", "display"] = "beside"

    @property
    def display(self) -> str:
        """The mark of the display in which the place lies, or an empty string."""
        return self.mark if self.place == "display" else ""

    def end_line(self) -> "Opened":
        """Return what is open on the next line."""
        match self.place:
            case "new":
                return Opened(self.mark, "display")
            case "beside" if self.mark != "$$":
                return NOTHING_OPENED
        return self

    def add_words(self) -> "Opened":
        """Return what is open after more on the same line."""
        if self.place != "new":
            return self
        return Opened("$$") if self.mark == "$$" else NOTHING_OPENED


NOTHING_OPENED = Opened()


def follow(opened: Opened, text: str) -> Opened:
    """Return what is open after a part of a paragraph.

    Args:
        opened: What is open before it.
        text: The part; white space or wide characters part it from what is before and after.
    """
    for index, line in enumerate(text.split("\n")):
        opened = follow_line(opened.end_line() if index else opened, line)
    return opened


def follow_line(opened: Opened, line: str) -> Opened:
    """Return what is open after a line, or a part of one; see `follow`."""
    if opened.mark == "\n":
        return opened
    end = 0
    for match in _TOKEN.finditer(line):
        token, end = match.group(), match.end()
        opened = opened.add_words()
        if match["endless"]:
            return Opened("\n")
        if not opened.mark:
            opened = _open(token)
        elif _is_closing(opened.mark, token):
            opened = NOTHING_OPENED
    return opened.add_words() if line[end:].strip() else opened


def find_closing(mark: str, text: str, start: int = 0) -> int | None:
    """Return where a formula's closing mark has ended, or None if there is none.

    Args:
        mark: Its opening mark.
        text: What to look in.
        start: A place inside the formula.
    """
    for match in _TOKEN.finditer(text, start):
        if _is_closing(mark, match.group()):
            return match.end()
    return None


def add_formulas(parser: MarkdownIt) -> MarkdownIt:
    """Add the rule for formulas within a line to a parser, and return it."""
    parser.inline.ruler.before("escape", FORMULA, _parse_inline)
    return parser


def _parse_inline(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's own signature
    source, start = state.src, state.pos
    if source[start] not in "\\$":
        return False
    match = _FORMULA.match(source, start, state.posMax)
    if match is not None:
        if not silent:
            token = state.push(FORMULA, "", 0)
            token.content = match.group()
        state.pos = match.end()
        return True
    mark = source[start : min(start + 2, state.posMax)]
    if mark not in _MARKS or _ESCAPED_BRACKET.match(source, start, state.posMax):
        return False
    # Not an escape: a formula that is open yet must not change its look when it is closed.
    if not silent:
        state.pending += mark
    state.pos += len(mark)
    return True


def _open(token: str) -> Opened:
    if token in {"$$", "\\["} or token.startswith("\\begin{"):
        return Opened(token, "new")
    return Opened(token) if token.startswith("`") else NOTHING_OPENED


def _is_closing(mark: str, token: str) -> bool:
    if mark == "$$":
        return token.startswith("$$")
    if mark.startswith("`"):
        return token.lstrip("\\") == mark  # a backslash escapes nothing in code
    return token == ("\\]" if mark == "\\[" else mark.replace("begin", "end", 1))
