"""An emulated screen with a scrollback, without what pyte spends on leafing through it."""

import pyte


class Screen(pyte.HistoryScreen):
    """Takes attributes as any object does.

    pyte's own wraps every event, each piece of text among them, to leave the page of the history
    that it may be showing. No test leafs through the pages.

    Args:
        columns: The width.
        rows: The height.
    """

    __getattribute__ = object.__getattribute__

    def __init__(self, columns: int, rows: int) -> None:
        super().__init__(columns, rows, history=100_000, ratio=0.5)
