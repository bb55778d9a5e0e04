r"""Mathematics, which is left as text: what counts as a formula, for the parser. Pure.

A formula is shown as it was sent, with no emphasis and no escapes in it. Within a line it is
`\(...\)`, `$...$`, `\[...\]`, `$$...$$` or `\begin{x}...\end{x}`, closed in the same paragraph. A
single `$` opens one only before a character and after no digit, and closes one only after a
character and before no digit, as prices do neither; what holds a backtick is none.

A line that begins with `\[`, `$$` or `\begin{x}` begins a block, unless the formula ends on that
line and words follow. The block reaches to the line with the closing mark, or to a blank line. So
the first line alone decides: the lines of a block that grows are certain one by one. That is why
this is not a plugin's work: those that exist look for the closing mark first, so a mark that never
closes would make of everything after it what nobody can know before the end.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

FORMULA_BLOCK = "formula_block"
FORMULA = "formula"
DISPLAY_MARKS = ("$$", "\\[", "\\begin")

_LONGEST = 2000  # characters between `\begin` and `\end` in a line of text
_FORMULA = re.compile(
    rf"""
    \\\( (?:[^\\`]|\\[^()])+ \\\)
    | \\\[ (?:[^\\`]|\\[^\[\]])+ \\\]
    | (?<!\$) \$\$ (?!\$) (?:[^\\`$]|\\.|\$(?!\$))+ \$\$
    | (?<![\d$]) \$ (?![\s$]) (?:[^\\`$]|\\.)+ (?<!\s) \$ (?!\d)
    | \\begin\{{(?P<name>[A-Za-z]{{1,16}}\*?)\}}
      (?:[^\\`]|\\(?!(?:begin|end)\{{(?P=name)\}})){{0,{_LONGEST}}} \\end\{{(?P=name)\}}
    """,
    re.VERBOSE | re.DOTALL,
)
# What opens a formula that has not been closed; a price may wait for no second `$`.
OPEN_FORMULA = r"\\[(\[]|\\begin\{|\$(?![\s\d])"
_MARKS = frozenset({"\\(", "\\)", "\\[", "\\]"})
_OPENING = re.compile(r"\$\$(?!\$)|\\\[|\\begin\{([A-Za-z]{1,16}\*?)\}")
_CLOSING = {
    "$$": re.compile(r"(?<!\\)\$\$"),
    "\\[": re.compile(r"(?<!\\)(?:\\\\)*\\\]"),
}
_PUNCTUATION = " \t.,;:!?"


def add_formulas(parser: MarkdownIt) -> MarkdownIt:
    """Add the rules for formulas to a parser, and return it."""
    parser.block.ruler.after(
        "fence", FORMULA_BLOCK, _parse_block, {"alt": ["paragraph", "blockquote", "list"]}
    )
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
    if mark not in _MARKS:
        return False
    # Not an escape: a formula that is open yet must not change its look when it is closed.
    if not silent:
        state.pending += mark
    state.pos += len(mark)
    return True


def _parse_block(state: StateBlock, first: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's own signature
    line = _read_line(state, first)
    opening = _OPENING.match(line) if line[:1] in {"$", "\\"} else None
    if opening is None or state.is_code_block(first):
        return False
    mark = opening.group()
    closing = _CLOSING.get(mark) or re.compile(re.escape(f"\\end{{{opening[1]}}}"))
    closed = closing.search(line, opening.end())
    if closed is not None and line[closed.end() :].strip(_PUNCTUATION):
        return False
    if silent:
        return True
    following = first + 1
    while closed is None and following < end and not _is_outside(state, following):
        closed = closing.search(_read_line(state, following))
        following += 1
    token = state.push(FORMULA_BLOCK, "", 0)
    token.map = [first, following]
    token.content = state.getLines(first, following, state.blkIndent, keepLastLF=True)
    state.line = following
    return True


def _read_line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _is_outside(state: StateBlock, line: int) -> bool:
    return state.isEmpty(line) or state.sCount[line] < state.blkIndent
