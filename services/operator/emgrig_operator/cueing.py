"""Show a sequence of gestures on the hand, one after the other, on time."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from emgrig.control import hand_pb2
from emgrig.errors import HandError

from emgrig_operator.clients import RigClient

__all__ = ["Cue", "CuePlan", "cue_through"]


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

    def steps(self) -> Iterator[tuple[float, str]]:
        """Yield (seconds after the start, gesture)."""
        for i in range(self.n_rounds * len(self.gestures)):
            yield i * self.hold_s, self.gestures[i % len(self.gestures)]


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
    plan: CuePlan,
    show: Callable[[float, str], None],
    *,
    clock: Callable[[], float],
    stop: threading.Event | None = None,
) -> list[Cue]:
    """Cue a plan; returns when the last gesture was held to its end.

    Args:
        client: Whose hand is cued.
        plan: What and when.
        show: Called with (seconds elapsed, gesture) some times a second.
        clock: Monotonic seconds.
        stop: Ends it early.

    Raises:
        HandError: The hand did not apply a cue.
        PeerError: vhi-bridge does not answer.
    """
    waiting = stop or threading.Event()
    start, cues = clock(), []

    def hold(until_s: float, name: str) -> None:
        while (elapsed_s := clock() - start) < until_s:
            show(elapsed_s, name)
            if waiting.wait(min(0.1, until_s - elapsed_s)):
                break

    for at_s, name in plan.steps():
        if waiting.is_set():
            break
        cues.append(_cue(client, name))
        hold(at_s + plan.hold_s, name)
    return cues


def _cue(client: RigClient, name: str) -> Cue:
    request = hand_pb2.CueGestureRequest(name=name)
    reply = client.call("vhi-bridge", "Hand.CueGesture", request)
    if not reply.applied:
        raise HandError(
            f"expected the hand to show {name}, got: {reply.message}; see emgrig hand status"
        )
    return Cue(reply.name, reply.t)
