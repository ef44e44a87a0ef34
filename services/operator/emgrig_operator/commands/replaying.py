"""``replay``: a session as LSL streams."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from emgrig_operator.commands.options import Json, example
from emgrig_operator.output import Output

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(
        epilog=example(
            "emgrig replay build/real/grip_force_myo_v08-test.session.zip",
            "emgrig replay TAKE.session.zip --name MyEMG --speed 4 --loop",
        )
    )(replay)


def replay(  # noqa: PLR0913 - one parameter per option of the command line
    session: Annotated[Path, typer.Argument(help="a .session.zip")],
    name: Annotated[str, typer.Option(help="LSL name of the stream emg")] = "TestEMG1",
    stream: Annotated[
        list[str] | None, typer.Option(help="only this stream; may be given several times")
    ] = None,
    speed: Annotated[
        float,
        typer.Option(
            min=0.01,
            max=1000,
            help="above 1 the time stamps, which keep their spacing, run ahead of the clock",
        ),
    ] = 1.0,
    loop: Annotated[bool, typer.Option("--loop", help="begin again after the end")] = False,
    wait: Annotated[
        float, typer.Option(min=0, help="seconds to wait for a listener, then start anyway")
    ] = 5.0,
    as_json: Json = False,
) -> None:
    """Play a session as LSL streams: original timing, several streams in step, gaps kept."""
    # Reading sessions takes a second to import; no other command should wait for it.
    from emgrig.recording import open_session

    from emgrig_operator.playing import Player, read_tracks

    output = Output(as_json)
    with open_session(session) as reader:
        player = Player(read_tracks(reader, name, set(stream or ())), session, speed)
    if not player.wait_for_consumer(wait):
        output.say("nobody listens to the EMG yet; starting anyway")
    with output.progress() as progress:
        task = progress.add_task("replaying", total=player.schedule.duration_s)
        stop = _stop_on_signals()
        playback = player.play(
            stop, loop=loop, show=lambda done_s: progress.update(task, completed=done_s)
        )
    counts = ", ".join(f"{key} {count}" for key, count in playback.pushed.items())
    output.say(f"replayed {counts}; at most {1000 * playback.late_s:.1f} ms late")
    output.result({"samples": playback.pushed, "late_s": playback.late_s, "speed": speed})


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
