"""Rows as a table for a terminal, as wide as it is; every cell is sanitised.

Programs get lines or JSON instead: a table is for people only. rich measures wide characters and
folds long cells; it is imported at the first table.
"""

from collections.abc import Sequence

from tokenhub_cli.render.sanitize import sanitize_line

Cell = str | tuple[str, str]


def format_table(
    columns: Sequence[str], rows: Sequence[Sequence[Cell]], *, width: int, use_color: bool
) -> str:
    """Return the table as text that ends with a newline.

    Args:
        columns: The headings.
        rows: The cells; a pair is a text and its style (`red`, `bold`, `dim` …).
        width: The terminal's, in columns.
        use_color: Whether styles are shown.
    """
    from io import StringIO

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in table.columns:
        column.overflow = "fold"
    for row in rows:
        pairs = ((cell, "") if isinstance(cell, str) else cell for cell in row)
        table.add_row(*(Text(sanitize_line(text), style) for text, style in pairs))
    output = StringIO()
    console = Console(
        file=output,
        width=width,
        color_system="standard" if use_color else None,
        force_terminal=use_color,
        legacy_windows=False,
        _environ={},
    )
    console.print(table)
    return "".join(line.rstrip() + "\n" for line in output.getvalue().splitlines())
