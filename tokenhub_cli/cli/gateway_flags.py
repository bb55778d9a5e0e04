"""The flags that commands beside `ask` share, gateways above all; light, unlike `flags.py`."""

from typing import Annotated, Literal

import typer

ProfileFlag = Annotated[
    str | None, typer.Option("--profile", metavar="NAME", help="The gateway of this profile.")
]
BaseUrlFlag = Annotated[
    str | None, typer.Option("--base-url", metavar="URL", help="The gateway at this URL.")
]
AsJsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ColorFlag = Annotated[
    Literal["auto", "always", "never"],
    typer.Option("--color", help="Colours; `auto` asks the terminal."),
]
