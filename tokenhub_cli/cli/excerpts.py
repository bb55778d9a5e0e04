"""What `tokenhub history search` prints: excerpts with the hits marked."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tokenhub_cli.cli.moments import format_age
from tokenhub_cli.render.columns import Excerpt, format_excerpts, format_values

if TYPE_CHECKING:
    from tokenhub_cli.render.columns import Screen
    from tokenhub_cli.store.search import Found


def build_found_rows(found: "Sequence[Found]") -> list[dict[str, Any]]:
    """Return one object for each conversation found."""
    names = ("conversation", "title", "updated_at", "turn", "place", "hits")
    return [
        {
            **{name: getattr(hit, name) for name in names},
            "excerpt": [{"text": piece.text, "hit": piece.hit} for piece in hit.excerpt],
        }
        for hit in found
    ]


def format_found(found: "Sequence[Found]", screen: "Screen | None", now: float) -> str:
    """Return the conversations found, the best first.

    On a terminal each has a heading and an excerpt; in a pipe each is a line of id, title, place
    and excerpt, the hits between `**`.
    """
    if screen is None:
        return format_values((hit.conversation, hit.title, hit.place, _mark(hit)) for hit in found)
    return format_excerpts(
        (
            Excerpt(
                (hit.conversation, format_age(hit.updated_at, now), hit.title),
                [(piece.text, piece.hit) for piece in hit.excerpt],
            )
            for hit in found
        ),
        screen,
    )


def _mark(hit: "Found") -> str:
    return "".join(f"**{piece.text}**" if piece.hit else piece.text for piece in hit.excerpt)
