"""Two emulated screens that disagree about joined characters, as terminals do.

They know widths from `wcwidth`, not from the program under test.
"""

import unicodedata

from pyte import modes
from wcwidth import iter_graphemes, wcwidth

from tests.support.screens import Screen

FAMILY = "👨\u200d👩\u200d👧"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
JOINED = (
    *(FAMILY, "👩🏽\u200d🔬", "🏳\ufe0f\u200d🌈", "🇩🇪", SCOTLAND, "👍🏽", "1\ufe0f\u20e3"),
    *("❤\ufe0f", "⚡\ufe0f", "👍\ufe0e", "e\u0301", "か\u3099", "葛\U000e0100", "ｶﾞ"),
    *("\u1112\u1161\u11ab", "क\u094dष", "नमस्ते", "कि", "กำ", "น้ำ", "می\u200cخ", "شَ"),
)
_VOWELS_AND_FINALS = ("\u1160", "\u11ff")  # of Hangul
_EMOJI_SELECTOR = "\ufe0f"


class AddingScreen(Screen):
    """Takes each character for itself, as xterm and VTE do, and none for narrower than any does.

    `wraps` counts the lines that the screen itself has broken because they met its edge.
    """

    def __init__(self, columns: int, rows: int) -> None:
        super().__init__(columns, rows)
        self.wraps = 0

    @property
    def display(self) -> list[str]:
        """The lines in sight."""
        rows = (self.buffer[row] for row in range(self.lines))
        return ["".join(row[column].data for column in range(self.columns)) for row in rows]

    def draw(self, data: str) -> None:
        """Show text where the cursor stands."""
        for char in data:
            line, column = self.buffer[self.cursor.y], self._find_last()
            before = line[column].data if column is not None else ""
            if column is not None and self._goes_on(before, char):
                line[column] = line[column]._replace(data=before + char)
                self._widen(column, self._measure(before + char))
            else:
                self._put(char, max(self._measure(char), 1))

    def _goes_on(self, _before: str, char: str) -> bool:
        return self._measure(char) == 0

    def _measure(self, cell: str) -> int:
        """Return the columns of what stands in one cell; only its first character counts."""
        first = cell[0]
        is_jamo = _VOWELS_AND_FINALS[0] <= first <= _VOWELS_AND_FINALS[1]
        return 1 if is_jamo or unicodedata.category(first) == "Mc" else max(wcwidth(first), 0)

    def _find_last(self) -> int | None:
        """Return the column of the cell before the cursor."""
        column = self.cursor.x - 1
        if column > 0 and not self.buffer[self.cursor.y][column].data:
            column -= 1
        return column if column >= 0 else None

    def _put(self, char: str, width: int) -> None:
        if self.cursor.x + width > self.columns:
            if modes.DECAWM in self.mode:
                self.wraps += 1
                self.carriage_return()
                self.linefeed()
            else:
                self.cursor.x = self.columns - width
        line = self.buffer[self.cursor.y]
        line[self.cursor.x] = self.cursor.attrs._replace(data=char)
        self._widen(self.cursor.x, width)

    def _widen(self, column: int, width: int) -> None:
        for stub in range(column + 1, min(column + width, self.columns)):
            self.buffer[self.cursor.y][stub] = self.cursor.attrs._replace(data="")
        self.cursor.x = min(column + width, self.columns)
        self.dirty.add(self.cursor.y)


class JoiningScreen(AddingScreen):
    """Takes what is joined for one character, as kitty and iTerm2 do."""

    def _goes_on(self, before: str, char: str) -> bool:
        return len(list(iter_graphemes(before + char))) == 1

    def _measure(self, cell: str) -> int:
        if _EMOJI_SELECTOR in cell:
            return 2
        return max(max(wcwidth(char), 0) for char in cell)


SCREENS = (AddingScreen, JoiningScreen)
