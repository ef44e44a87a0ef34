"""Options that several commands have, written once."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Config", "Json", "example"]

Config = Annotated[
    Path | None,
    typer.Option(
        "--config", envvar="EMGRIG_CONFIG", help="rig.toml (here, in deploy/, or the checkout's)"
    ),
]

Json = Annotated[
    bool, typer.Option("--json", help="print one JSON object on the last line of standard output")
]


def example(*lines: str) -> str:
    """Return the foot of a help page: how the command is used."""
    shown = "\n\n".join(f"    {line}" for line in lines)
    return f"[bold]Example[/bold]\n\n{shown}"
