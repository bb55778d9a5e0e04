"""The words inside a paragraph, heading or cell, with their styles. Pure.

Text comes sanitised, yet a character reference (`&#x202E;`) can still name a control character, so
what the parser made of it is sanitised again. An address is always shown; it is a hyperlink (OSC 8)
only if it is safe to follow: http, https or mailto, in plain ASCII.
"""

import re

from markdown_it.token import Token

from tokenhub_cli.render.formulas import DISPLAY_MARKS
from tokenhub_cli.render.lines import PLAIN, TAB_WIDTH, Line, Run, Style, merge_runs
from tokenhub_cli.render.parser import parse_inline
from tokenhub_cli.render.sanitize import sanitize
from tokenhub_cli.render.theme import Theme

_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_SAFE_ADDRESS = re.compile(r"(?:https?://|mailto:)[!-~]+", re.IGNORECASE)
_UNPAIRED_BACKTICK = re.compile(r"(?<!`)`(?!`)")
_UNFINISHED_LINK = re.compile(r"\[[^\[\]]+\]\([^()\s]*\Z")


def style_text(text: str, theme: Theme, base: Style = PLAIN, display: str = "") -> Line:
    """Return the runs of a text with inline Markdown; a newline in a run is a hard line break.

    Args:
        text: The source.
        theme: How the elements look.
        base: The style of plain words.
        display: The opening mark of the formula inside which it begins, if it does.
    """
    return _Inliner(theme, base).style(parse_inline(text, display))


def close_marks(text: str) -> str:
    """Return a growing line with its last open code span or strong emphasis closed.

    So words are seen emphasised before their closing mark comes, and no mark flashes up.
    """
    if "`" in text and len(_UNPAIRED_BACKTICK.findall(text)) % 2:
        return text if text.endswith("`") else text + "`"
    if _UNFINISHED_LINK.search(text):
        return text + ")"
    if text.count("**") % 2:
        words = text.rstrip("* ")
        return words + "**" if words and not text.endswith("**") else words
    return text


def is_safe_address(url: str) -> bool:
    """Whether following `url` is no more than opening a web page or a mail window."""
    return _SAFE_ADDRESS.fullmatch(url) is not None


class _Inliner:
    def __init__(self, theme: Theme, base: Style) -> None:
        self._theme = theme
        self._styles = [base]
        self._runs: list[Run] = []
        self._links: list[tuple[str, int]] = []  # address, and the run its text begins at

    def style(self, tokens: list[Token]) -> Line:
        for token in tokens:
            self._add_token(token)
        return merge_runs(self._runs)

    def _add_token(self, token: Token) -> None:  # noqa: C901, PLR0912 - one line a type
        theme = self._theme
        match token.type:
            case "text" | "text_special":
                self._add(token.content)
            case "softbreak":
                self._add(" ")
            case "hardbreak":
                self._add("\n")
            case "formula":
                is_display = token.markup or token.content.startswith(DISPLAY_MARKS)
                self._add(token.content if is_display else token.content.replace("\n", " "))
            case "code_inline":
                self._add(token.content, theme.code or "1")
            case "strong_open":
                self._styles.append(self._styles[-1].add(theme.strong))
            case "em_open":
                self._styles.append(self._styles[-1].add(theme.emphasis))
            case "s_open":
                self._styles.append(self._styles[-1].add(theme.strike))
            case "link_open":
                self._open_link(str(token.attrGet("href") or ""))
            case "link_close":
                self._close_link()
            case "image":
                self._add_image(token)
            case "html_inline":
                is_break = _LINE_BREAK.fullmatch(token.content)
                self._add("\n" if is_break else token.content, "" if is_break else theme.faint)
            case "strong_close" | "em_close" | "s_close":
                self._styles.pop()

    def _add(self, text: str, sgr: str = "") -> None:
        text = sanitize(text).replace("\t", " " * TAB_WIDTH)
        self._runs.append((text, self._styles[-1].add(sgr)))

    def _open_link(self, href: str) -> None:
        self._links.append((href, len(self._runs)))
        url = href if self._theme.uses_links and is_safe_address(href) else ""
        self._styles.append(Style(self._styles[-1].add(self._theme.link).sgr, url))

    def _close_link(self) -> None:
        href, first = self._links.pop()
        shown = "".join(text for text, _ in self._runs[first:])
        style = self._styles.pop()
        if href and shown not in {href, href.removeprefix("mailto:")}:
            before = self._styles[-1]
            self._runs.append((" (" if shown else "(", before))
            address = Style(before.add(self._theme.address).sgr, style.url)
            self._runs.append((sanitize(href), address))
            self._runs.append((")", before))

    def _add_image(self, token: Token) -> None:
        self._open_link(str(token.attrGet("src") or ""))
        self._add(f"[image: {token.content}]" if token.content else "[image]")
        self._close_link()
