r"""The one Markdown parser, and what our dialect leaves out.

CommonMark with tables and strikethrough, and five decisions for a text that grows while it is read:

- Link reference definitions are not applied but shown as written, and so are their uses: a
  definition may come after the text that uses it, when that text is in the scrollback already.
- HTML is shown as written, never interpreted, save `<br>`.
- A table's header is a line that would else be a paragraph's (as in GitHub's specification): an
  item or a heading that is finished is never made a table by the line after it.
- A paragraph longer than `paragraphs.LONG_PARAGRAPH` characters is one to its end: no underline
  turns it into a heading, no delimiter row its last line into a table.
- Mathematics is left as text (`render/formulas.py`); so a backslash before a bracket stays, too,
  but for a bracket that only looks like it, as in `\[1] Smith`.
"""

import re
from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import table
from markdown_it.token import Token

from tokenhub_cli.render.formula_blocks import Resumed, add_formula_blocks, build_environment
from tokenhub_cli.render.formulas import FORMULA, add_formulas, find_closing

# Levels of tokens. markdown-it drops what is nested deeper, so the caller shows that as written.
MOST_LEVELS = 60
# Text in which no rule within a line finds anything: most cells of tables, for example.
_PLAIN_TEXT = re.compile(r"[^\\`*_~\[<&$\n]*")


@cache
def get_parser() -> MarkdownIt:
    """Return the parser of whole documents."""
    parser = _build_parser()
    parser.options["maxNesting"] = MOST_LEVELS
    # markdown-it tries tables before everything else.
    parser.block.ruler.before("lheading", "late_table", table, {"alt": ["paragraph"]})
    # Links are judged where they are shown: a link that is not safe is shown as text.
    vars(parser)["validateLink"] = _accept
    return parser


@cache
def get_long_paragraph_parser() -> MarkdownIt:
    """Return the parser of a block that is known to be a paragraph."""
    return _build_parser().disable("lheading")


def parse_blocks(text: str, resumed: Resumed | None = None) -> list[Token]:
    """Return the block tokens of `text`; their inline content is not parsed yet.

    Args:
        text: Markdown.
        resumed: A paragraph in it that was begun before, if something is open in it.
    """
    return _parse_block_level(get_parser(), text, resumed, has_headings=True)


def parse_long_paragraph(text: str, resumed: Resumed | None = None) -> list[Token]:
    """Return the block tokens of a text that begins with a long paragraph."""
    return _parse_block_level(get_long_paragraph_parser(), text, resumed, has_headings=False)


def is_too_deep(tokens: Sequence[Token]) -> bool:
    """Whether the parser may have dropped what stands innermost in these blocks."""
    return any(
        token.level >= MOST_LEVELS - 1 and token.nesting == 1 and token.type != "paragraph_open"
        for token in tokens
    )


def parse_inline(text: str, display: str = "") -> list[Token]:
    """Return the inline tokens of a paragraph's, heading's or cell's text.

    Args:
        text: The text.
        display: The opening mark of the formula inside which it begins, if it does.
    """
    tokens: list[Token] = []
    parser = get_parser()
    if display:
        end = find_closing(display, text) or len(text)
        tokens.append(Token(FORMULA, "", 0, markup=display, content=text[:end]))
        text = text[end:]
    if _PLAIN_TEXT.fullmatch(text):
        return [*tokens, Token("text", "", 0, content=text)] if text else tokens
    parser.inline.parse(text, parser, {}, tokens)
    return tokens


def group_children(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """Return the blocks on the highest level among `tokens`, each with all its tokens."""
    groups: list[Sequence[Token]] = []
    depth = first = 0
    for index, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            groups.append(tokens[first : index + 1])
            first = index + 1
    return groups


def get_lines(tokens: Sequence[Token]) -> tuple[int, int]:
    """Return the first line of a block and the line after its last one."""
    lines = tokens[0].map
    assert lines is not None, "every block token has its lines"
    return lines[0], lines[1]


def _build_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("strikethrough").disable("reference")
    return add_formula_blocks(add_formulas(parser))


def _accept(_url: str) -> bool:
    return True


def _parse_block_level(
    parser: MarkdownIt, text: str, resumed: Resumed | None, *, has_headings: bool
) -> list[Token]:
    tokens: list[Token] = []
    environment = build_environment(resumed, has_headings=has_headings)
    # markdown-it-py reads beyond the end where HTML in an item in a quote ends with a bare `>`.
    ended = text if text.endswith("\n") else text + "\n"
    parser.block.parse(ended, parser, environment, tokens)
    return tokens
