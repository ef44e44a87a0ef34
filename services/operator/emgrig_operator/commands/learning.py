"""``train``, ``evaluate``: models from sessions, and how good they are."""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from emgrig.config import Rig
from emgrig.control import RigClient, recorder_pb2, trainer_pb2
from emgrig.errors import RequestError
from emgrig.runtime import Job
from rich.progress import Progress

from emgrig_operator.commands.options import Config, Json, example
from emgrig_operator.locating import connect, find_rig
from emgrig_operator.output import Output

__all__ = ["register", "train_remotely"]

TRAINER_JOB = "emgrig_trainer.job"
"""No PyTorch in this process, and no service imports another: the trainer's own program."""

LOCAL_HOP_S = 0.05
"""Source: data/README.md of the shared recordings, whose baselines are the measure."""

_KEYS = {"windows": "windows held out", "border_count": "scored with borders"}
"""Words for what is not of the model: it knows all windows, and has 254 borders if not told."""

_ZERO_COUNTS = ("highpass_hz", "notch_hz", "sub_window_samples")
"""Options whose zero means something."""

Classes = Annotated[str, typer.Option(help="only these classes, with commas; empty for all")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(
        epilog=example(
            "emgrig train",
            "emgrig train --local build/real/grip_force_myo_v08-train.session.zip"
            " --target kinematics --json",
        )
    )(train)
    app.command(epilog=example("emgrig evaluate MODEL_ID build/real/x-test.session.zip --json"))(
        evaluate
    )


def train(  # noqa: PLR0913 - one parameter per option of the command line
    sessions: Annotated[
        list[str] | None, typer.Argument(help="names, or files with --local; the newest if none")
    ] = None,
    *,
    local: Annotated[bool, typer.Option("--local", help="here, without a running rig")] = False,
    target: Annotated[str, typer.Option(help="stream to learn; empty for the settings'")] = "",
    kind: Annotated[Literal["regression", "classification"], typer.Option()] = "regression",
    classes: Classes = "",
    highpass: Annotated[
        float | None,
        typer.Option(min=0, help="streaming high-pass, Hz; 0 off; as live if not given"),
    ] = None,
    notch: Annotated[
        float | None, typer.Option(min=0, help="mains notch, Hz; 0 off; as live if not given")
    ] = None,
    iterations: Annotated[int, typer.Option(min=0, help="0 for the settings'")] = 0,
    window: Annotated[
        float | None, typer.Option(min=0.01, help="window, s; as live if not given")
    ] = None,
    hop: Annotated[float, typer.Option(min=0, help="hop, s; 0: 0.05, or the rig's")] = 0.0,
    sub_window: Annotated[
        int | None, typer.Option(min=0, help="samples of a sub-window; 0 for the whole window")
    ] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Train a model; with --local in a process of its own here, else by the rig's trainer."""
    output = Output(as_json)
    options = {
        "kind": kind,
        "target": target,
        "classes": _words(classes),
        "highpass_hz": highpass,
        "notch_hz": notch,
        "iterations": iterations,
        "hop_s": hop,
        "window_s": window,
        "sub_window_samples": sub_window,
    }
    rig = find_rig(config)
    if local:
        result = _train_here(sessions or [], options, rig, output)
    else:
        with connect(rig) as client:
            names = sessions or [_newest_session(client)]
            result = train_remotely(client, names, options, output)
    _show_training(output, result)


def evaluate(  # noqa: PLR0913 - one parameter per option of the command line
    model_id: Annotated[str, typer.Argument(help="a model of the rig (emgrig models)")],
    sessions: Annotated[list[Path], typer.Argument(help="session files")],
    models: Annotated[
        Path | None, typer.Option(help="folder of models; the rig's if not given")
    ] = None,
    hop: Annotated[float, typer.Option(min=0.001, help="hop, s")] = LOCAL_HOP_S,
    classes: Classes = "",
    engine: Annotated[
        Literal["myoverse", "numpy"] | None,
        typer.Option(help="who calculates features; as in training if not given"),
    ] = None,
    predictions: Annotated[
        Path | None, typer.Option(help="write every window's prediction to this .npz")
    ] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Predict whole sessions and compare; needs no running rig."""
    output = Output(as_json)
    document = {
        "command": "evaluate",
        "model_id": model_id,
        "models_dir": str((models or find_rig(config).models_dir).resolve()),
        "sessions": [str(path.resolve()) for path in sessions],
        "hop_s": hop,
        "classes": _words(classes),
        "engine": engine,
        "predictions_file": str(predictions.resolve()) if predictions else None,
    }
    result = _run_shown(document, output)
    output.lines({key: _short(value) for key, value in result.items()})
    output.result(result)


def train_remotely(
    client: RigClient, sessions: list[str], options: Mapping[str, Any], output: Output
) -> dict[str, Any]:
    """Have the rig's trainer train; show its progress; return model_id, windows, validation.

    Raises:
        RequestError: The trainer refused.
        PeerError: It does not answer, or went away meanwhile.
    """
    fields = {key: value for key, value in options.items() if key != "target"}
    request = trainer_pb2.TrainRequest(
        sessions=sessions, target_stream=options.get("target", ""), **fields
    )
    model = None
    with output.progress(counted=True) as progress:
        show = _shower(progress)
        for update in client.of("trainer").stream("Trainer.Train", request):
            show({"stage": update.stage, "done": update.done, "total": update.total})
            model = update.model if update.HasField("model") else None
    if model is None:
        raise RequestError("expected a model at the end of the training, got none; see its log")
    manifest = json.loads(model.manifest_json)
    windows = manifest["validation"]["windows_trained"]
    return {"model_id": model.model_id, "windows": windows, "validation": manifest["validation"]}


def _train_here(
    files: list[str], options: Mapping[str, Any], rig: Rig, output: Output
) -> dict[str, Any]:
    if not files:
        raise RequestError("expected session files after --local, got none")
    paths = [str(Path(name).resolve()) for name in files]
    # Empty texts and zeros mean what rig.toml says.
    named = {k: v for k, v in options.items() if v or (k in _ZERO_COUNTS and v is not None)}
    document = {"command": "train", "rig": str(rig.path), "sessions": paths, "hop_s": LOCAL_HOP_S}
    return _run_shown(document | named, output)


def _run_shown(document: Mapping[str, Any], output: Output) -> dict[str, Any]:
    bars: AbstractContextManager[Progress] = output.progress(counted=True)
    with bars as progress, Job(TRAINER_JOB, document) as job:
        show = _shower(progress)
        for report in job.reports():
            show(report)
        return job.result


def _shower(progress: Progress) -> Callable[[Mapping[str, Any]], None]:
    """Show one bar per stage of a run."""
    tasks: dict[str, Any] = {}

    def show(update: Mapping[str, Any]) -> None:
        stage, total = str(update.get("stage", "")), update.get("total") or None
        if stage not in tasks:
            for task in tasks.values():
                progress.update(task, completed=progress.tasks[task].total)
            tasks[stage] = progress.add_task(stage, total=total)
        progress.update(tasks[stage], completed=update.get("done", 0), total=total)

    return show


def _newest_session(client: RigClient) -> str:
    reply = client.call("recorder", "Recorder.ListSessions", recorder_pb2.ListSessionsRequest())
    if not reply.sessions:
        raise RequestError("expected a session to train on, got none; record one first")
    return str(max(info.session for info in reply.sessions))


def _show_training(output: Output, result: dict[str, Any]) -> None:
    # Curves and scatter are for the console; the numbers that they are made of are here.
    result["validation"].pop("pictures", None)
    output.say(f"model {result['model_id']} of {result['windows']} windows")
    for key, value in result["validation"].items():
        output.say(f"  {_KEYS.get(key, key):<18} {_short(value)}")
    output.result(result)


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4f}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_short(item)}" for key, item in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(_short(item) for item in value)
    return str(value)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
