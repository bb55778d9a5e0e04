"""The table of `tokenhub history stats`: usage by day and model, and what it cost."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tokenhub_cli.chat.usage import Prices, compute_cost
from tokenhub_cli.errors import UsageError
from tokenhub_cli.settings.paths import find_paths
from tokenhub_cli.settings.resolve import resolve_settings

if TYPE_CHECKING:
    from tokenhub_cli.render.columns import Screen
    from tokenhub_cli.store.statistics import DayUsage

BAR_WIDTH = 16


def build_count_rows(
    days: "Iterable[DayUsage]", environ: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return one object for each day and model; `cost` is None where no price is known."""
    prices: dict[str, Prices | None] = {}
    rows: list[dict[str, Any]] = []
    for day in days:
        if day.model not in prices:
            prices[day.model] = _find_prices(day.model, environ)
        price = prices[day.model]
        rows.append(
            {
                "day": day.day,
                "model": day.model,
                "turns": day.turns,
                "prompt_tokens": day.usage.prompt_tokens,
                "completion_tokens": day.usage.completion_tokens,
                "cached_tokens": day.usage.cached_tokens,
                "total_tokens": day.usage.total_tokens,
                "estimated": day.usage.estimated,
                "unreported": day.unreported,
                "cost": None if price is None else round(compute_cost(day.usage, price), 6),
            }
        )
    return rows


def format_counts(rows: list[dict[str, Any]], screen: "Screen | None") -> str:
    """Return the rows as a table; on a terminal with sums and a bar for each."""
    from tokenhub_cli.render.columns import Column, format_bar, format_table

    columns = [
        Column("day", style="cyan"),
        Column("model", flexible=True),
        Column("turns", right=True),
        Column("prompt", right=True, optional=True),
        Column("answer", right=True, optional=True),
        Column("tokens", right=True),
        Column("cost", right=True),
    ]
    cells = [_build_cells(row) for row in rows]
    if screen is None:
        return format_table(columns, cells, None)
    largest = max((row["total_tokens"] for row in rows), default=0)
    for cell, row in zip(cells, rows, strict=True):
        cell.append(format_bar(row["total_tokens"], largest, BAR_WIDTH))
    columns.append(Column("", style="green"))
    if len(rows) > 1:
        cells.append([*_build_cells(_sum(rows)), ""])
    return format_table(columns, cells, screen)


def _build_cells(row: Mapping[str, Any]) -> list[str]:
    names = ("turns", "prompt_tokens", "completion_tokens", "total_tokens")
    cost = "" if row["cost"] is None else f"{row['cost']:.4f}"
    return [row["day"], row["model"], *(str(row[name]) for name in names), cost]


def _sum(rows: list[dict[str, Any]]) -> dict[str, Any]:
    costs = [row["cost"] for row in rows if row["cost"] is not None]
    names = ("turns", "prompt_tokens", "completion_tokens", "total_tokens")
    totals = {name: sum(row[name] for row in rows) for name in names}
    return {"day": "sum", "model": "", "cost": sum(costs) if costs else None, **totals}


def _find_prices(model: str, environ: Mapping[str, str]) -> Prices | None:
    try:
        return resolve_settings(environ, find_paths(environ), None, {"model": model}).prices
    except UsageError:  # an imported model may have a name that no one can ask for
        return None
