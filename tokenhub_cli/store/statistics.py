"""How much was asked and answered, by day and model."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tokenhub_cli.chat.usage import Usage

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class DayUsage:
    """What one model answered on one day (local time, `2026-11-22`).

    `usage` is the sum of what gateways reported, `unreported` the number of answers without it.
    """

    day: str
    model: str
    turns: int
    usage: Usage
    unreported: int


def sum_days(connection: "sqlite3.Connection", since: float) -> list[DayUsage]:
    """Return the sums of each day and model from `since` (seconds since 1970), oldest first."""
    rows = connection.execute(
        """
        SELECT date(created_at, 'unixepoch', 'localtime') AS day, model, count(*) AS turns,
            total(prompt_tokens) AS prompt, total(completion_tokens) AS completion,
            total(total_tokens) AS total, total(cached_tokens) AS cached,
            max(coalesce(estimated, 0)) AS estimated, total(billed_attempts) AS attempts,
            sum(status <> '' AND total_tokens IS NULL) AS unreported
        FROM turns WHERE created_at >= ? GROUP BY day, model ORDER BY day, turns DESC, model
        """,
        (since,),
    )
    return [
        DayUsage(
            day=row["day"],
            model=row["model"],
            turns=row["turns"],
            usage=Usage(
                prompt_tokens=int(row["prompt"]),
                completion_tokens=int(row["completion"]),
                total_tokens=int(row["total"]),
                cached_tokens=int(row["cached"]),
                estimated=bool(row["estimated"]),
                attempts=int(row["attempts"]),
            ),
            unreported=row["unreported"],
        )
        for row in rows
    ]
