"""``predict``, ``models``: which model runs, and whether it runs."""

from typing import Annotated, Any

import typer
from emgrig.control import predictor_pb2
from rich.table import Table

from emgrig_operator.commands.options import Config, Json, example
from emgrig_operator.locating import connect, find_rig
from emgrig_operator.output import Output, values_of

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    room = typer.Typer(no_args_is_help=True, help="Load models and switch predicting.")
    room.command("load", epilog=example("emgrig predict load", "emgrig predict load MODEL_ID"))(
        load
    )
    room.command("rollback", epilog=example("emgrig predict rollback"))(rollback)
    room.command("on", epilog=example("emgrig predict on"))(on)
    room.command("off", epilog=example("emgrig predict off"))(off)
    room.command("status", epilog=example("emgrig predict status --json"))(status)
    app.add_typer(room, name="predict")
    app.command(epilog=example("emgrig models"))(models)


def load(
    model_id: Annotated[str, typer.Argument(help="empty for the newest")] = "",
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Load a model; it takes over at a window boundary."""
    request = predictor_pb2.LoadModelRequest(model_id=model_id)
    _call(config, as_json, "LoadModel", request)


def rollback(config: Config = None, as_json: Json = False) -> None:
    """Go back to the model before this one."""
    _call(config, as_json, "Rollback", predictor_pb2.RollbackRequest())


def on(config: Config = None, as_json: Json = False) -> None:
    """Start predicting."""
    request = predictor_pb2.SetPredictingRequest(predicting=True)
    _call(config, as_json, "SetPredicting", request)


def off(config: Config = None, as_json: Json = False) -> None:
    """Stop predicting; the hand goes to rest."""
    request = predictor_pb2.SetPredictingRequest(predicting=False)
    _call(config, as_json, "SetPredicting", request)


def status(config: Config = None, as_json: Json = False) -> None:
    """Show the loaded model and how many predictions it made."""
    _call(config, as_json, "GetPredictor", predictor_pb2.GetPredictorRequest())


def models(config: Config = None, as_json: Json = False) -> None:
    """List the models on disk, newest first; needs no running rig."""
    # The models' room imports SciPy, which takes seconds; no other command should wait for it.
    from emgrig.models import list_bundles

    output = Output(as_json)
    listing = list_bundles(find_rig(config).models_dir)
    table = Table(title="models")
    for heading in ("model", "kind", "created", "outputs", "sessions"):
        table.add_column(heading, overflow="fold")
    rows = [_row(bundle) for bundle in listing.bundles]
    for row in rows:
        table.add_row(*(_words(value) for value in row.values()))
    output.table(table)
    for name, error in listing.broken.items():
        output.say(f"{name}: {error}")
    output.result({"models": rows, "broken": {k: str(v) for k, v in listing.broken.items()}})


def _row(bundle: Any) -> dict[str, Any]:
    manifest = bundle.manifest
    return {
        "model_id": bundle.id,
        "kind": manifest.kind,
        "created": manifest.created.isoformat(timespec="seconds"),
        "outputs": manifest.output_names,
        "sessions": [session.name for session in manifest.sessions],
    }


def _words(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _call(config: Config, as_json: bool, method: str, request: Any) -> None:
    output = Output(as_json)
    with connect(find_rig(config)) as client:
        # Loading reads and checks the weights: more than a moment for a big model.
        reply = client.call("predictor", f"Predictor.{method}", request, 30.0)
    document = values_of(reply)
    output.lines(document)
    output.result(document)
