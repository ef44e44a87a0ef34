"""Have the rig show a sequence of gestures by itself; watch it, and end it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from emgrig.config import Hold
from emgrig.control.rig_client import RigClient
from emgrig.control.v1 import hand_pb2
from emgrig.errors import PeerError, PeerLostError, RequestError

__all__ = [
    "BRIDGE_ENDED",
    "MAX_STEPS",
    "CuePlan",
    "Plan",
    "cancel_protocol",
    "start_protocol",
    "watch_protocol",
]

MAX_STEPS = 20_000
"""At the shortest hold more than an hour; a request is at most 1 MiB."""

BRIDGE_ENDED = (
    "vhi-bridge ended while it ran, and its cues with it; a take of it goes on: "
    "stop it (emgrig record stop) or discard it"
)


class Plan(Protocol):
    """What is shown, one after the other."""

    def holds(self) -> Iterator[Hold]:
        """Yield what is shown, in order."""


@dataclass(frozen=True, slots=True)
class CuePlan:
    """Gestures in turn.

    Attributes:
        gestures: Shown one after the other, then again.
        hold_s: How long each is shown.
        n_rounds: How often the whole list is shown.
    """

    gestures: Sequence[str]
    hold_s: float
    n_rounds: int

    def holds(self) -> Iterator[Hold]:
        """Yield what is shown, in order."""
        for _ in range(self.n_rounds):
            for name in self.gestures:
                yield Hold(name, self.hold_s)


def start_protocol(client: RigClient, plan: Plan, name: str, take_name: str | None = None) -> Any:
    """Begin a plan, which then needs nobody.

    Args:
        client: Whose hand is cued.
        plan: What and when.
        name: For people.
        take_name: Of the take that is recorded meanwhile, may be empty; None records nothing.

    Returns:
        ``ProtocolStatus``.

    Raises:
        RequestError: A gesture is none, a protocol or a take runs already.
        PeerError: vhi-bridge or the recorder does not answer.
    """
    holds = list(plan.holds())
    if len(holds) > MAX_STEPS:
        raise RequestError(
            f"expected at most {MAX_STEPS} cues and rests in a protocol, got {len(holds)}; "
            "lower repetitions, and record several takes"
        )
    request = hand_pb2.StartProtocolRequest(name=name, take_name=take_name)
    for hold in holds:
        is_swept = hold.sweep is not None
        request.steps.add(gesture=hold.name, hold_s=hold.seconds, sweep=is_swept)
    sweep = next((hold.sweep for hold in holds if hold.sweep is not None), None)
    if sweep is not None:
        request.speed.frequency_hz = 1 / sweep.close_s
        request.speed.hold_s, request.speed.rest_s = sweep.hold_s, sweep.rest_s
    return client.call("vhi-bridge", "Hand.StartProtocol", request)


def watch_protocol(client: RigClient) -> Iterator[Any]:
    """Yield ``ProtocolStatus`` some times a second until the protocol and its session are done.

    Raises:
        RequestError: It was cancelled, or its session cannot be made.
        PeerError: The hand did not show a cue; vhi-bridge ended, and with it the cues.
    """
    try:
        yield from client.of("vhi-bridge").stream(
            "Hand.WatchProtocol", hand_pb2.WatchProtocolRequest()
        )
    except PeerLostError as error:
        raise PeerError(f"{error}; {BRIDGE_ENDED}") from error


def cancel_protocol(client: RigClient) -> bool:
    """End the protocol under way, whoever began it; returns whether there was one.

    Raises:
        PeerError: vhi-bridge does not answer.
    """
    request = hand_pb2.CancelProtocolRequest()
    return bool(client.call("vhi-bridge", "Hand.CancelProtocol", request).was_running)
