"""``import``: sessions from other people's recordings."""

from pathlib import Path
from typing import Annotated

import typer

from emgrig_operator.commands.options import Json, example
from emgrig_operator.output import Output

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(
        "import",
        epilog=example(
            "emgrig import ../shared/data/grip_force_myo_v08 --out build/real",
            "emgrig import take.xdf --out build/real --split 0.7",
        ),
    )(import_)


def import_(
    sources: Annotated[list[Path], typer.Argument(help="folders of arrays, or .xdf files")],
    out: Annotated[Path, typer.Option("--out", help="folder for the sessions")],
    split: Annotated[
        float | None,
        typer.Option(min=0.05, max=0.95, help="cut by time: this part is train, the rest test"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write one session per split: NAME-train.session.zip, NAME-test.session.zip; gaps are kept."""
    # SciPy, Zarr and pyxdf take seconds to import; no other command should wait for them.
    from emgrig_operator.importing import import_recording

    output = Output(as_json)
    written = []
    with output.progress(counted=True) as progress:
        task = progress.add_task("importing", total=len(sources))
        for source in sources:
            for imported in import_recording(source, out, split):
                written.append(imported.as_dict())
                samples = ", ".join(f"{name} {n}" for name, n in imported.samples.items())
                output.say(f"{imported.path}: samples {samples}; {imported.gaps} gaps")
                for note in imported.notes:
                    output.say(f"  {note}")
            progress.update(task, advance=1)
    output.result({"sessions": written})
