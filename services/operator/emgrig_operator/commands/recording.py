"""``record``: take EMG and the control hand side by side."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from emgrig.config import load_protocol
from emgrig.control import (
    CuePlan,
    Plan,
    RigClient,
    cancel_protocol,
    discard_take,
    recorder_pb2,
    start_protocol,
    start_take,
    stop_take,
    watch_protocol,
)
from emgrig.errors import PeerError, RequestError

from emgrig_operator.commands.options import Config, Json, example
from emgrig_operator.commands.sessions import session_document
from emgrig_operator.locating import connect, find_rig, operator_settings
from emgrig_operator.output import Output
from emgrig_operator.telling_quality import tell_quality

__all__ = ["record_cued", "register", "show_cues"]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    room = typer.Typer(no_args_is_help=True, help="Record sessions.")
    room.command("start", epilog=example("emgrig record start --take 'first day'"))(start)
    room.command("stop", epilog=example("emgrig record stop"))(stop)
    room.command("discard", epilog=example("emgrig record discard"))(discard)
    room.command("label", epilog=example("emgrig record label Fist", "emgrig record label"))(label)
    room.command("status", epilog=example("emgrig record status --json"))(status)
    room.command(
        "run",
        epilog=example(
            "emgrig record run --cues Rest,Fist --seconds 2",
            "emgrig record run --protocol deploy/examples/protocol-rest-fist.toml",
        ),
    )(run)
    app.add_typer(room, name="record")


def start(
    take: Annotated[str, typer.Option(help="free text; becomes part of the file's name")] = "",
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Start a recording."""
    _show(config, as_json, lambda client: start_take(client, take))


def stop(config: Config = None, as_json: Json = False) -> None:
    """Stop, and wait until the session file is made and checked against the journal."""
    output = Output(as_json)
    with connect(find_rig(config)) as client:
        info = _stop(client, output)
    _show_session(output, info)


def discard(config: Config = None, as_json: Json = False) -> None:
    """Stop, and throw the recording away."""
    _show(config, as_json, discard_take)


def label(
    name: Annotated[str, typer.Argument(help="a class of the rig; empty ends the label")] = "",
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Label what is recorded from now on."""
    request = recorder_pb2.LabelRequest(class_name=name)
    _show(config, as_json, lambda client: client.call("recorder", "Recorder.Label", request))


def status(config: Config = None, as_json: Json = False) -> None:
    """Show what is being recorded."""
    request = recorder_pb2.GetRecordingRequest()
    _show(config, as_json, lambda client: client.call("recorder", "Recorder.GetRecording", request))


def run(  # noqa: PLR0913 - one parameter per option of the command line
    cues: Annotated[str, typer.Option(help="gestures in turn, with commas")] = "Rest,Fist",
    seconds: Annotated[float, typer.Option(min=0.2, help="how long each is held")] = 2.0,
    rounds: Annotated[int, typer.Option(min=1, help="how often all are shown")] = 6,
    take: Annotated[str, typer.Option(help="free text")] = "",
    protocol: Annotated[
        Path | None, typer.Option(help="TOML file instead of --cues, --seconds and --rounds")
    ] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Record a whole cued sequence, make its session file, and say what it is worth."""
    output = Output(as_json)
    plan: Plan
    if protocol is not None:
        plan = load_protocol(protocol)
        gestures, take = plan.gestures, take or plan.take
    else:
        gestures = [word.strip() for word in cues.split(",") if word.strip()]
        plan = CuePlan(gestures, seconds, rounds)
    rig = find_rig(config)
    _check_gestures(gestures, rig.classes)
    with connect(rig) as client:
        info = record_cued(client, plan, output, take)
    _show_session(output, info)


def _check_gestures(gestures: Sequence[str], classes: Sequence[str]) -> None:
    """Find out before anything is recorded."""
    missing = sorted(set(gestures) - set(classes))
    if missing or not gestures:
        raise RequestError(
            f"expected gestures of {', '.join(classes)}, got {', '.join(missing) or 'none'}; name "
            "others, or add them to [rig] classes in rig.toml and start the rig again"
        )


def record_cued(client: RigClient, plan: Plan, output: Output, take: str = "") -> Any:
    """Have the rig record a plan; return the ``SessionInfo`` of the finished session.

    A sequence that fails is stopped and kept: what was recorded is never lost.

    Raises:
        RequestError: A recording or a protocol runs already; somebody cancelled this one.
        PeerError: A process does not answer; the hand does not show a cue.
    """
    newest = show_cues(client, plan, output, "recording", take)[-1]
    request = recorder_pb2.SessionRequest(session=newest.session)
    limit_s = operator_settings(client.rig).finish_deadline_s
    # Our first word to the recorder, which may be busy with that session.
    recorder = client.of("recorder")
    return recorder.call("Recorder.ShowSession", request, deadline_s=limit_s, wait=True)


def show_cues(
    client: RigClient, plan: Plan, output: Output, doing: str, take: str | None = None
) -> list[Any]:
    """Have the rig show a plan, with a progress bar; it goes on without us, but for Ctrl-C.

    Args:
        client: Whose hand is cued.
        plan: What and when.
        output: Where the bar is.
        doing: What happens meanwhile, for the bar.
        take: Of the recording meanwhile; None records nothing.

    Returns:
        Every ``ProtocolStatus`` that came.

    Raises:
        RequestError, PeerError: As for `start_protocol` and `watch_protocol`.
    """
    begun = start_protocol(client, plan, take or doing, take)
    seen: list[Any] = []
    try:
        with output.progress() as progress:
            task = progress.add_task(doing, total=begun.remaining_s)
            for status in watch_protocol(client):
                seen.append(status)
                words = f"{doing}: {status.gesture}" if status.gesture else "ending it"
                progress.update(task, completed=status.elapsed_s, description=words)
    except KeyboardInterrupt:
        with suppress(PeerError):
            cancel_protocol(client)
        raise
    return seen


def _stop(client: RigClient, output: Output) -> Any:
    limit_s = operator_settings(client.rig).finish_deadline_s
    with output.progress() as progress:
        progress.add_task("making the session file", total=None)
        return stop_take(client, limit_s)


def _show(config: Config, as_json: bool, ask: Callable[[RigClient], Any]) -> None:
    output = Output(as_json)
    with connect(find_rig(config)) as client:
        reply = ask(client)
    streams = {
        name: {"samples": count.samples, "gaps": count.gaps, "rate_hz": count.rate_hz}
        for name, count in reply.streams.items()
    }
    document = {
        "recording": reply.recording,
        "session": reply.session,
        "elapsed_s": reply.elapsed_s,
        "label": reply.label,
        "journal_bytes": reply.journal_bytes,
        "finishing": reply.finishing,
        "streams": streams,
    }
    output.lines(document)
    output.result(document)


def _show_session(output: Output, info: Any) -> None:
    document = session_document(info)
    streams = ", ".join(f"{name} {count.samples}" for name, count in info.streams.items())
    output.say(f"session {info.session}: {info.duration_s:.1f} s, {streams}, {info.gaps} gaps")
    output.say(info.path)
    document["quality"] = tell_quality(Path(info.path), output)
    output.result(document)
