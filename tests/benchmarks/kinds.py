"""Texts of every kind that live Markdown is measured with, of any length."""

import itertools
import random
from collections.abc import Callable

SAMPLE = """
the of and to in is you that it he was for on are with as his they be at one have this from or
had by hot but some what there we can out other were all your when up use word how said an each
she which do their time if will way about many then them write would like so these her long make
thing see him two has look more day could go come did my sound no most number who over know water
"""
WORDS = SAMPLE.split()
DICE = random.Random(7)  # noqa: S311 - sample text


def say(count: int) -> str:
    return " ".join(DICE.choice(WORDS) for _ in range(count)).capitalize() + "."


def write_prose(size: int) -> str:
    return fill(size, lambda: " ".join(say(12) for _ in range(5)) + "\n\n")


def write_paragraph(size: int) -> str:
    return fill(size, lambda: say(12) + " ")


def write_fence(size: int) -> str:
    lines: list[Callable[[], str]] = [
        lambda: f"def function_{DICE.randrange(999)}(argument: int) -> str:\n",
        lambda: f"    value = compute({DICE.randrange(999)}, name='text')  # a comment\n",
        lambda: "    return f'{value} items'\n\n",
        lambda: f"    for index in range({DICE.randrange(99)}):\n        print(index)\n",
    ]
    code = fill(size - 14, lambda: DICE.choice(lines)())  # noqa: PLW0108 - another each time
    return f"```python\n{code}\n```\n"


def write_list(size: int) -> str:
    return fill(size, lambda: f"- **{say(1)}** {say(DICE.randint(5, 25))}\n")


def write_table(size: int) -> str:
    head = "| Name | Value | Description |\n|------|------:|-------------|\n"
    return head + fill(
        size, lambda: f"| {say(1)} | {DICE.randrange(9999)} | {say(DICE.randint(3, 9))} |\n"
    )


def write_wrapped_table(size: int, *cells: tuple[int, int]) -> str:
    """Write a table of which each cell has as many words as it says, from and to."""
    head = "| Name " * len(cells) + "|\n" + "|---" * len(cells) + "|\n"
    return head + fill(
        size, lambda: "".join(f"| {say(DICE.randint(*words))} " for words in cells) + "|\n"
    )


def write_short_tables(size: int) -> str:
    rows = ((2, 2), (5, 15), (5, 15))
    return fill(size, lambda: f"{say(10)}\n\n{write_wrapped_table(600, *rows)}|\n\n")


def write_links(size: int) -> str:
    address = "https://example.com/"
    return fill(
        size, lambda: f"{say(3)} [{say(3)}]({address}{say(8).replace(' ', '/')}) {say(4)}\n\n"
    )


def write_nested_list(size: int) -> str:
    head = f"1. {say(2)}\n"
    return head + fill(size, lambda: f"   - **{say(1)}** {say(DICE.randint(5, 25))}\n")


def write_nested_code(size: int) -> str:
    return f"1. {say(5)}\n\n" + "".join(
        f"   {line}\n" if line else "\n" for line in write_fence(size).splitlines()
    )


def nest(text: str, first: str, others: str) -> str:
    """Put a text into an item or a quote."""
    return first + text.replace("\n", f"\n{others}").rstrip(" ")


def write_mixed(size: int) -> str:
    parts: list[Callable[[], str]] = [
        lambda: f"## {say(4)}\n\n",
        lambda: f"{say(12)} {say(9)} With **bold words** and `code`, {say(14)}\n\n",
        lambda: write_list(250) + "\n\n",
        lambda: write_fence(350) + "\n",
        lambda: write_table(300) + "|\n\n",
        lambda: f"> {say(12)}\n\n",
        lambda: write_prose(500),
    ]
    # In turns, not by chance: they differ in cost, so two lengths must hold the same mixture.
    turns = itertools.cycle(parts)
    return fill(size, lambda: next(turns)())  # noqa: PLW0108 - another each time


def fill(size: int, write: Callable[[], str]) -> str:
    parts: list[str] = []
    length = 0
    while length < size:
        parts.append(write())
        length += len(parts[-1])
    return "".join(parts)[:size]


KINDS: dict[str, Callable[[int], str]] = {
    "prose": write_prose,
    "mixed": write_mixed,
    "fence": write_fence,
    "list": write_list,
    "table": write_table,
    "paragraph": write_paragraph,
    "wrapped, 2": lambda size: write_wrapped_table(size, (1, 3), (15, 40)),
    "wrapped, 3": lambda size: write_wrapped_table(size, (1, 3), (8, 20), (10, 25)),
    "wrapped, 5": lambda size: write_wrapped_table(size, *[(4, 12)] * 5),
    "short tables": write_short_tables,
    "links": write_links,
    "nested list": write_nested_list,
    "code in item": write_nested_code,
    "item: code": lambda size: nest(write_fence(size), "- ", "  "),
    "item: paragr.": lambda size: nest(write_paragraph(size), "- ", "  "),
    "item: table": lambda size: nest(write_table(size), "- ", "  "),
    "item: wrapped": lambda size: nest(
        write_wrapped_table(size, (1, 3), (8, 20), (10, 25)), "- ", "  "
    ),
    "quote": lambda size: nest(write_prose(size), "> ", "> "),
    "quote: list": lambda size: nest(write_list(size), "> ", "> "),
    "quote: code": lambda size: nest(write_fence(size), "> ", "> "),
    "quote: table": lambda size: nest(write_table(size), "> ", "> "),
    "quote: paragr.": lambda size: nest(write_paragraph(size), "> ", "> "),
}
