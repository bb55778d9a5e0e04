"""The model's thinking as lines: dim above the answer, or folded into one. Pure."""

from tokenhub_cli.render.lines import TAB_WIDTH, Line, Style, wrap_runs
from tokenhub_cli.render.sanitize import Sanitizer

THINKING_LINES = 4  # of what is folded in the end


class Thinking:
    """The model's thinking, dim above the answer, or folded into one line once it is over."""

    def __init__(self, is_folded: bool) -> None:  # noqa: FBT001 - the one thing it is told
        self._is_folded = is_folded
        self._sanitizer = Sanitizer()
        self._text = ""
        self._since: float | None = None
        self._has_begun = False

    @property
    def is_open(self) -> bool:
        """Whether there is thinking that the answer has not ended yet."""
        return self._since is not None

    def feed(self, text: str, now: float) -> None:
        """Take a piece."""
        if self._since is None:
            self._since = now
        self._text += self._sanitizer.feed(text)

    def lay_out(self, sgr: str, columns: int, now: float) -> tuple[list[Line], list[Line]]:
        """Return the lines that are final and those that are not."""
        style = Style(sgr)
        if self._is_folded:
            lines = wrap_runs([(self._text[-THINKING_LINES * columns :].strip(), style)], columns)
            head = f"thinking for {now - (self._since or now):.0f} s"
            return [], [((head, style),), *lines[-THINKING_LINES:]]
        text = self._text.expandtabs(TAB_WIDTH)
        if not self._has_begun:
            text = text.lstrip("\n")
            self._has_begun = bool(text)
        words = text.rstrip("\n")
        *lines, last = wrap_runs([(words, style)], columns)
        self._text = "".join(part for part, _ in last) + text[len(words) :]
        return lines, [last]

    def take_lines(self, sgr: str, columns: int, now: float) -> list[Line]:
        """Return the lines that are final; nothing else is shown where nothing is repainted."""
        return self.lay_out(sgr, columns, now)[0] if self.is_open else []

    def close(self, sgr: str, columns: int, now: float) -> list[Line]:
        """Return the last lines; the answer begins, or nothing more comes."""
        if self._since is None:
            return []
        style = Style(sgr)
        self._text += self._sanitizer.finish()
        text, since = self._text.strip("\n"), self._since
        self._text, self._since, self._has_begun = "", None, False
        if self._is_folded:
            return [((f"thought for {now - since:.0f} s", style),)]
        return wrap_runs([(text.expandtabs(TAB_WIDTH), style)], columns) if text else []
