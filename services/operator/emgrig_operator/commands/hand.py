"""``cue``, ``session``, ``hand``: commands to the virtual hand, through vhi-bridge."""

from typing import Annotated, Any, Literal

import typer
from emgrig.control import hand_pb2

from emgrig_operator.commands.options import Config, Json, example
from emgrig_operator.locating import connect, find_rig
from emgrig_operator.output import EXIT_FAILED, Output, values_of

__all__ = ["register"]

BRIDGE = "vhi-bridge"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(epilog=example("emgrig cue Fist", "emgrig cue Fist --sweep"))(cue)
    app.command(epilog=example("emgrig session on"))(session)
    room = typer.Typer(no_args_is_help=True, help="See and tune what goes to the hand.")
    room.command("status", epilog=example("emgrig hand status --json"))(hand_status)
    room.command("output", epilog=example("emgrig hand output off"))(hand_output)
    room.command(
        "filter", epilog=example("emgrig hand filter one_euro --min-cutoff 1.5 --beta 0.05")
    )(hand_filter)
    room.command("freeze", epilog=example("emgrig hand freeze on"))(hand_freeze)
    room.command("speed", epilog=example("emgrig hand speed --frequency 0.5 --hold 1"))(hand_speed)
    room.command("smoothing", epilog=example("emgrig hand smoothing on --speed 5"))(hand_smoothing)
    app.add_typer(room, name="hand")


def cue(
    gesture: Annotated[
        str, typer.Argument(help="a class of [rig] classes that the hand knows, such as Fist")
    ],
    sweep: Annotated[
        bool, typer.Option(help="go in and out of it until the next cue, instead of holding it")
    ] = False,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Show a gesture on the control hand and tell the generator and the recorder."""
    output = Output(as_json)
    with connect(find_rig(config)) as client:
        request = hand_pb2.CueGestureRequest(name=gesture, sweep=sweep)
        reply = client.call(BRIDGE, "Hand.CueGesture", request)
    words = "" if reply.applied else f", but the hand did not apply it: {reply.message}"
    output.say(f"cued {reply.name} (class {reply.class_index}) at LSL time {reply.t:.3f} s{words}")
    output.result(values_of(reply))
    if not reply.applied:
        raise typer.Exit(EXIT_FAILED)


def session(
    gate: Annotated[Literal["on", "off"], typer.Argument(help="on or off")],
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Open or close the session gate; while it is on, the hand's own keyboard does nothing."""
    _change(config, as_json, "SetSession", hand_pb2.SetSessionRequest(active=gate == "on"))


def hand_status(config: Config = None, as_json: Json = False) -> None:
    """Show the hand's state, its movements, and the newest poses."""
    _change(config, as_json, "GetHand", hand_pb2.GetHandRequest())


def hand_output(
    switch: Annotated[Literal["on", "off"], typer.Argument(help="on or off")],
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Let predictions reach the hand, or bring it to rest and keep it there."""
    _change(config, as_json, "SetOutput", hand_pb2.SetOutputRequest(enabled=switch == "on"))


def hand_filter(  # noqa: PLR0913 - one parameter per option of the command line
    kind: Annotated[Literal["identity", "gaussian", "one_euro"], typer.Argument()],
    min_cutoff: Annotated[float | None, typer.Option(help="one_euro, Hz")] = None,
    beta: Annotated[float | None, typer.Option(help="one_euro")] = None,
    d_cutoff: Annotated[float | None, typer.Option(help="one_euro, Hz")] = None,
    window: Annotated[int | None, typer.Option(help="gaussian, poses")] = None,
    sigma: Annotated[float | None, typer.Option(help="gaussian, poses")] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Choose the output filter and its parameters; what is not named stays."""
    request = hand_pb2.OutputFilter(
        kind=kind,
        min_cutoff_hz=min_cutoff,
        beta=beta,
        d_cutoff_hz=d_cutoff,
        window=window,
        sigma=sigma,
    )
    _change(config, as_json, "SetFilter", request)


def hand_freeze(
    switch: Annotated[Literal["on", "off"], typer.Argument(help="on; off stops the hand")],
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Freeze the control hand in its motion, or stop it; a hand of generation 2 cannot."""
    _change(config, as_json, "SetFreeze", hand_pb2.SetFreezeRequest(frozen=switch == "on"))


def hand_speed(
    frequency: Annotated[
        float | None, typer.Option(help="one over the seconds of a closing, Hz")
    ] = None,
    hold: Annotated[float | None, typer.Option(help="at full excursion, s")] = None,
    rest: Annotated[float | None, typer.Option(help="at rest, s")] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Set the timing of cues with --sweep; what is not named stays."""
    request = hand_pb2.HandSpeed(frequency_hz=frequency, hold_s=hold, rest_s=rest)
    _change(config, as_json, "SetSpeed", request)


def hand_smoothing(
    switch: Annotated[Literal["on", "off"], typer.Argument(help="on or off")],
    speed: Annotated[
        float | None, typer.Option(help="share of the way per second; if not named it stays")
    ] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Let the hand itself glide to each pose; see also the rig's own, `emgrig hand filter`."""
    request = hand_pb2.HandSmoothing(enabled=switch == "on", speed=speed)
    _change(config, as_json, "SetSmoothing", request)


def _change(config: Config, as_json: bool, method: str, request: Any) -> None:
    output = Output(as_json)
    with connect(find_rig(config)) as client:
        document = values_of(client.call(BRIDGE, f"Hand.{method}", request))
    output.lines(document)
    output.result(document)
