"""A plan as the rig is asked to show it by itself."""

from types import SimpleNamespace

import pytest
from emgrig.config import RecordingProtocol
from emgrig.control import (
    MAX_STEPS,
    CuePlan,
    cancel_protocol,
    hand_pb2,
    start_protocol,
    watch_protocol,
)
from emgrig.errors import PeerError, PeerLostError, RequestError


class FakeBridge:
    """Notes what is asked of it."""

    def __init__(self) -> None:
        self.asked = []

    def call(self, process, method, request):
        assert process == "vhi-bridge"
        self.asked.append((method, request))
        return SimpleNamespace(was_running=True)


def steps_of(request) -> list[tuple[str, float, bool]]:
    return [(step.gesture, step.hold_s, step.sweep) for step in request.steps]


def asked(plan, *arguments):
    bridge = FakeBridge()
    start_protocol(bridge, plan, *arguments)
    ((method, request),) = bridge.asked
    assert method == "Hand.StartProtocol"
    return request


def test_gestures_in_turn_are_steps_and_nothing_is_recorded_unasked() -> None:
    request = asked(CuePlan(["Rest", "Fist"], 2.0, 2), "cues")

    assert steps_of(request) == [("Rest", 2.0, False), ("Fist", 2.0, False)] * 2
    assert request.name == "cues"
    assert not request.HasField("take_name")
    assert not request.HasField("speed")


def test_a_take_may_have_no_name() -> None:
    request = asked(CuePlan(["Rest"], 2.0, 1), "cues", "")

    assert request.HasField("take_name")


def test_a_sweep_brings_its_timing() -> None:
    keys = {"cues": ["Fist"], "repetitions": 1, "hold_s": 4, "rest_s": 3}
    plan = RecordingProtocol.model_validate(keys | {"sweep": {"close_s": 0.5, "hold_s": 0}})

    request = asked(plan, "sweeps", "take")

    assert steps_of(request) == [("Rest", 3, False), ("Fist", 4, True), ("Rest", 3, False)]
    assert request.speed == hand_pb2.HandSpeed(frequency_hz=2.0, hold_s=0.0, rest_s=1.0)


def test_a_protocol_that_is_too_long_is_refused_with_what_to_do() -> None:
    bridge = FakeBridge()

    with pytest.raises(RequestError, match=r"lower repetitions"):
        start_protocol(bridge, CuePlan(["Rest"], 1.0, MAX_STEPS + 1), "long")
    assert bridge.asked == []


def test_a_bridge_that_ends_took_the_cues_with_it() -> None:
    def stream(method, request):
        yield "where it is"
        raise PeerLostError("vhi-bridge does not answer")

    statuses = watch_protocol(SimpleNamespace(of=lambda _: SimpleNamespace(stream=stream)))

    assert next(statuses) == "where it is"
    with pytest.raises(PeerError, match="emgrig record stop"):
        next(statuses)


def test_whoever_cancels_learns_whether_there_was_one() -> None:
    assert cancel_protocol(FakeBridge())
