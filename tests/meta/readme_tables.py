"""Writes the README's tables from the program's own: `python -m tests.meta.readme_tables`."""

from collections.abc import Iterable
from pathlib import Path

from tokenhub_cli.cli.topics import MEANINGS
from tokenhub_cli.repl.commands import COMMANDS

README = Path(__file__).parents[2] / "README.md"


def build_table(heads: tuple[str, str], rows: Iterable[tuple[str, str]]) -> str:
    lines = [f"| {heads[0]} | {heads[1]} |", "|---|---|"]
    lines += [f"| {first} | {second} |" for first, second in rows]
    return "\n".join(lines)


def build_tables(text: str) -> str:
    """Return the README's text with its generated tables made anew."""
    commands = (
        (f"`/{c.name} {c.arguments}".rstrip().replace("|", "\\|") + "`", c.help) for c in COMMANDS
    )
    codes = ((str(int(code)), meaning) for code, meaning in MEANINGS.items())
    for name, table in (
        ("commands", build_table(("command", "does"), commands)),
        ("exit codes", build_table(("code", "means"), codes)),
    ):
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        head, _, rest = text.partition(begin)
        _, _, tail = rest.partition(end)
        text = f"{head}{begin}\n{table}\n{end}{tail}"
    return text


if __name__ == "__main__":
    README.write_text(build_tables(README.read_text("utf-8")), "utf-8")
