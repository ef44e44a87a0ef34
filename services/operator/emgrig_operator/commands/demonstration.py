"""``demo``: the whole loop, unattended."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from emgrig_operator.commands.options import Config, Json, example
from emgrig_operator.locating import find_rig
from emgrig_operator.output import EXIT_FAILED, Output

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(epilog=example("emgrig demo", "emgrig demo --task classification --json"))(demo)


def demo(
    out: Annotated[
        Path, typer.Option(help="folder for the report, its picture and the demo's own rig")
    ] = Path("build/demo"),
    task: Annotated[
        Literal["regression", "classification"], typer.Option(help="what is learned")
    ] = "regression",
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Cue, record, train, predict and see, on a rig of its own; exit 0 only if every check held."""
    # Matplotlib and SciPy take seconds to import; no other command should wait for them.
    from emgrig_operator.demo.playing_through import run_demo
    from emgrig_operator.demo.telling import tell

    output = Output(as_json)
    report = run_demo(out, find_rig(config), output, task=task)
    tell(report, output)
    output.result(report)
    if not report["ok"]:
        raise typer.Exit(EXIT_FAILED)
