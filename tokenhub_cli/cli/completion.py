"""`tokenhub completion`: print a completion script; and write those of the repository.

`python -m tokenhub_cli.cli.completion completions` makes the files in `completions/` anew; a test
holds that they are fresh.
"""

from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from tokenhub_cli.cli.context import TYPER_OPTIONS, build_help, write_line
from tokenhub_cli.cli.tree import Node, read_tree

app = typer.Typer(**TYPER_OPTIONS)


class Shell(StrEnum):
    """The shells that there are scripts for."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


# The files of `completions/`, under the names that the shells look for.
FILE_NAMES = {
    Shell.BASH: "tokenhub.bash",
    Shell.ZSH: "_tokenhub",
    Shell.FISH: "tokenhub.fish",
    Shell.POWERSHELL: "tokenhub.ps1",
}
MANUAL_NAME = "tokenhub.1"


@app.command(
    help=build_help(
        "Print the completion script of a shell.",
        "tokenhub completion bash > ~/.local/share/bash-completion/completions/tokenhub",
        "tokenhub completion fish > ~/.config/fish/completions/tokenhub.fish",
        details="How to install it in each shell: `tokenhub help completion`.",
    )
)
def completion(shell: Annotated[Shell, typer.Argument(help="The shell.")]) -> None:
    """Print the completion script of a shell, made from the command tree."""
    write_line(build_script(shell, read_tree()).removesuffix("\n"))


def build_script(shell: Shell, tree: Node) -> str:
    """Return the completion script of a shell for the tree."""
    module = import_module(f"tokenhub_cli.cli.shells.{shell.value}")
    script: str = module.build_script(tree)
    return script


def build_files(tree: Node) -> dict[str, str]:
    """Return what `completions/` holds, by file name."""
    from tokenhub_cli.cli.manual import build_manual

    files = {name: build_script(shell, tree) for shell, name in FILE_NAMES.items()}
    return files | {MANUAL_NAME: build_manual(tree)}


def write_files(directory: Path) -> None:
    """Write the scripts and the manual, in UTF-8 with line feeds on every system."""
    directory.mkdir(exist_ok=True)
    for name, text in build_files(read_tree()).items():
        (directory / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    import sys

    write_files(Path(sys.argv[1]))
