"""``vhi check``: move everything that a hand can move, and report what moved."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import Annotated

import pylsl
import typer
from emgrig.config import HAND_PORT
from emgrig.control import HandV1Client, HandV2Client
from emgrig.errors import HandError

from emgrig_operator.checking_hand import LABELS, Checked, check_first, check_second, generation_of
from emgrig_operator.commands.options import Json
from emgrig_operator.output import EXIT_FAILED, Output

__all__ = ["check"]

_FIND_S = 10.0
_PULL_S = 2.0
# An ack comes before the frame that shows it: contracts/vhi.md 2.1.
_FRAMES_LATER = 4


def check(
    host: Annotated[
        str, typer.Option(envvar="VHI_GRPC_HOST", help="of the hand's commands")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(envvar="VHI_GRPC_PORT", min=1, max=65535, help="of the hand's commands")
    ] = HAND_PORT,
    seconds: Annotated[float, typer.Option(min=0.5, max=30, help="length of one sweep")] = 2.0,
    as_json: Json = False,
) -> None:
    """Move everything that the hand can move, one after another, and report what moved.

    With the rig down: the poses that it sends go before what is checked.
    """
    output = Output(as_json)
    first = HandV1Client(host, port, deadline_s=5.0)
    second = HandV2Client(host, port, deadline_s=5.0)
    try:
        generation = generation_of(first, second)
        output.say(f"{host}:{port} speaks {generation}")
        shown = _Shown()
        if generation == "v2":
            checks = check_second(second, shown, duration_s=seconds)
        else:
            checks = check_first(first, shown)
        # Closed at once if telling it fails: what is checked is let go then.
        with closing(checks):
            checked = _told(output, checks)
    finally:
        first.close()
        second.close()
    _finish(output, generation, checked)


class _Shown:
    """What the control hand shows now, from its own stream."""

    def __init__(self) -> None:
        found = pylsl.resolve_byprop("name", "VHI_Control", 1, _FIND_S)
        if not found:
            raise HandError(
                "expected the LSL stream 'VHI_Control' of the hand, got none; start the hand"
            )
        self._inlet = pylsl.StreamInlet(found[0], recover=False)

    def __call__(self) -> Sequence[float]:
        self._inlet.open_stream(_FIND_S)
        self._inlet.flush()
        for _ in range(_FRAMES_LATER):
            sample, _ = self._inlet.pull_sample(_PULL_S)
        if sample is None or len(sample) != len(LABELS):
            raise HandError("expected 9 numbers on 'VHI_Control', got none; is the hand alive?")
        return [float(value) for value in sample]


def _told(output: Output, checks: Iterable[Checked]) -> list[Checked]:
    """Print each result as it comes."""
    done = []
    for one in checks:
        moved = ", ".join(f"{name} {value:+.4g}" for name, value in one.moved.items())
        words = f"  ({one.words})" if one.words else ""
        mark = "fine  " if one.is_fine else "BROKEN"
        output.say(f"{mark}  {one.name:32}  {moved or 'nothing moved'}{words}")
        done.append(one)
    return done


def _finish(output: Output, generation: str, checked: Sequence[Checked]) -> None:
    broken = [one.name for one in checked if not one.is_fine]
    output.say(f"{len(checked)} checked, {len(broken)} broken")
    results = [
        {"name": one.name, "fine": one.is_fine, "moved": one.moved, "message": one.words}
        for one in checked
    ]
    output.result({"protocol": generation, "checked": results, "broken": broken})
    if broken:
        raise typer.Exit(EXIT_FAILED)
