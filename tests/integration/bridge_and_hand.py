"""A bridge and a hand of either generation, for the tests that look at both."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pylsl
from emgrig.config import Rig
from emgrig.control import hand_pb2
from emgrig.dsp import FLEXION_NAMES
from emgrig.messages import Message
from emgrig.testing import Process, start, wait_until
from emgrig.transport import Publisher, Subscriber

from tests.deadlines import MS

V2 = ["--protocol", "v2"]
FIST = [1.0] * 5


@contextmanager
def hand(rig: Rig, arguments: list[str] | None = None) -> Iterator[Process]:
    process = start("virtual-hand", rig, arguments or [])
    try:
        process.wait_ready()
        yield process
    finally:
        process.kill()


def status(bridge: Process):
    return bridge.client.call("Hand.GetHand", hand_pb2.GetHandRequest())


def wait_connected(bridge: Process, protocol: str) -> None:
    def is_there() -> bool:
        now = status(bridge)
        return now.connected and now.protocol == protocol

    wait_until(is_there, 20, lambda: f"{status(bridge)} {bridge.status().troubles}")


def cue(bridge: Process, name: str, *, sweep: bool = False):
    request = hand_pb2.CueGestureRequest(name=name, sweep=sweep)
    return bridge.client.call("Hand.CueGesture", request)


def predict(publisher: Publisher, flexions: list[float]) -> None:
    t = pylsl.local_clock()
    publisher.send(
        "prediction/hand",
        np.asarray(flexions, np.float32),
        t_first=t,
        t_last=t,
        fields={"model_id": "m1", "targets": list(FLEXION_NAMES)},
    )


def wait_for(
    bus: Subscriber,
    stream: str,
    pose: list[float],
    each: Callable[[], None] = lambda: None,
    *,
    atol: float = 1e-3,
) -> Message:
    """Return the first chunk that ends in a pose; `each` is called now and then."""
    newest = None
    for _ in range(3000):
        message = bus.receive(10_000 * MS)
        assert message is not None, "nothing came"
        # Not for the pose of a prediction: each would call for the next without end.
        if message.fields.get("reason") != "prediction":
            each()
        if message.stream == stream:
            newest = message.data[-1]
            if np.allclose(newest, pose, atol=atol):
                return message
    raise AssertionError(f"expected {pose} on {stream}, got {newest}")


def stream_names() -> set[str]:
    return {info.name() for info in pylsl.resolve_streams(1.5)}
