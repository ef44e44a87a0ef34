"""Show a sequence of gestures on the hand, one after the other, on time."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from emgrig.config import Hold, Sweep
from emgrig.control.rig_client import RigClient
from emgrig.control.v1 import hand_pb2
from emgrig.errors import HandError

__all__ = ["Cue", "CuePlan", "Plan", "cue_through"]


class Plan(Protocol):
    """What is shown, one after the other."""

    @property
    def duration_s(self) -> float:
        """From the first cue to the end of the last one, seconds."""

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

    @property
    def duration_s(self) -> float:
        """From the first cue to the end of the last one, seconds."""
        return self.hold_s * self.n_rounds * len(self.gestures)

    def holds(self) -> Iterator[Hold]:
        """Yield what is shown, in order."""
        for _ in range(self.n_rounds):
            for name in self.gestures:
                yield Hold(name, self.hold_s)


@dataclass(frozen=True, slots=True)
class Cue:
    """A gesture that was asked for.

    Attributes:
        name: Gesture.
        t: LSL clock at which it was asked, seconds.
    """

    name: str
    t: float


def cue_through(
    client: RigClient,
    plan: Plan,
    show: Callable[[float, str], None],
    *,
    clock: Callable[[], float],
    stop: threading.Event | None = None,
) -> list[Cue]:
    """Cue a plan; returns when the last gesture was held to its end. No sweep outlives it.

    Args:
        client: Whose hand is cued.
        plan: What and when.
        show: Called with (seconds elapsed, gesture) some times a second.
        clock: Monotonic seconds.
        stop: Ends it early.

    Raises:
        HandError: The hand did not apply a cue, or the timing of a sweep.
        PeerError: vhi-bridge does not answer.
    """
    waiting = stop or threading.Event()
    start, until_s = clock(), 0.0
    cuer = _Cuer(client)

    def hold(until_s: float, name: str) -> None:
        while (elapsed_s := clock() - start) < until_s:
            show(elapsed_s, name)
            if waiting.wait(min(0.1, until_s - elapsed_s)):
                break

    try:
        for name, seconds, sweep in plan.holds():
            if waiting.is_set():
                break
            cuer.cue(name, sweep)
            # From the plan's own times, so that slow answers do not add up.
            until_s += seconds
            hold(until_s, name)
    finally:
        cuer.end()
    return cuer.cues


class _Cuer:
    """Tells the hand, and remembers what it was told."""

    def __init__(self, client: RigClient) -> None:
        self._client = client
        self._told: Sweep | None = None
        self._is_sweeping = False
        self.cues: list[Cue] = []

    def cue(self, name: str, sweep: Sweep | None) -> None:
        if sweep is not None and sweep != self._told:
            _set_speed(self._client, sweep)
            self._told = sweep
        self._is_sweeping = sweep is not None
        self.cues.append(_cue(self._client, name, self._is_sweeping))

    def end(self) -> None:
        """End a sweep: it was cued by a person, so nothing else would."""
        if self._is_sweeping:
            _cue(self._client, self._client.rig.classes[0], False)


def _set_speed(client: RigClient, sweep: Sweep) -> None:
    speed = hand_pb2.HandSpeed(
        frequency_hz=1 / sweep.close_s, hold_s=sweep.hold_s, rest_s=sweep.rest_s
    )
    client.call("vhi-bridge", "Hand.SetSpeed", speed)


def _cue(client: RigClient, name: str, sweep: bool) -> Cue:
    request = hand_pb2.CueGestureRequest(name=name, sweep=sweep)
    reply = client.call("vhi-bridge", "Hand.CueGesture", request)
    if not reply.applied:
        raise HandError(
            f"expected the hand to show {name}, got: {reply.message}; see emgrig hand status"
        )
    return Cue(reply.name, reply.t)
