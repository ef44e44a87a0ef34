import threading
from types import SimpleNamespace

import pytest
from emgrig.config import RecordingProtocol
from emgrig.control import CuePlan, cue_through, hand_pb2
from emgrig.errors import HandError


class FakeHand:
    """Notes what is cued; refuses one gesture."""

    rig = SimpleNamespace(classes=("Rest", "Fist"))

    def __init__(self, refused: str = "") -> None:
        self.cued: list[object] = []
        self._refused = refused

    def call(self, process, method, request):
        if method == "Hand.SetSpeed":
            self.cued.append(request)
            return None
        self.cued.append(("sweep", request.name) if request.sweep else request.name)
        is_ok = request.name != self._refused
        return SimpleNamespace(
            name=request.name, t=float(len(self.cued)), applied=is_ok, message="no such movement"
        )


class FakeClock:
    """Each look at it costs half a second."""

    def __init__(self) -> None:
        self.t = 0.0

    def __call__(self) -> float:
        self.t += 0.5
        return self.t


def test_a_plan_shows_each_gesture_in_turn() -> None:
    plan = CuePlan(["Rest", "Fist"], 2.0, 2)

    assert list(plan.holds()) == [("Rest", 2.0, None), ("Fist", 2.0, None)] * 2
    assert plan.duration_s == 8.0


def test_cues_are_told_with_the_time_at_which_they_were_asked() -> None:
    hand = FakeHand()

    cues = cue_through(hand, CuePlan(["Rest", "Fist"], 1.0, 1), lambda *_: None, clock=FakeClock())

    assert [(cue.name, cue.t) for cue in cues] == [("Rest", 1.0), ("Fist", 2.0)]


def test_a_cue_that_the_hand_refuses_ends_the_sequence() -> None:
    hand = FakeHand(refused="Fits")
    plan = CuePlan(["Rest", "Fits", "Rest"], 1.0, 1)

    with pytest.raises(HandError, match="no such movement"):
        cue_through(hand, plan, lambda *_: None, clock=FakeClock())

    assert hand.cued == ["Rest", "Fits"]


def test_the_timing_of_a_sweep_is_told_once_before_its_first_cue() -> None:
    hand = FakeHand()
    keys = {"cues": ["Fist", "Hook"], "repetitions": 1, "random_order": False}
    plan = RecordingProtocol.model_validate(keys | {"sweep": {"close_s": 0.5, "hold_s": 0}})

    cue_through(hand, plan, lambda *_: None, clock=FakeClock())

    assert hand.cued == [
        "Rest",
        hand_pb2.HandSpeed(frequency_hz=2.0, hold_s=0.0, rest_s=1.0),
        ("sweep", "Fist"),
        "Rest",
        ("sweep", "Hook"),
        "Rest",
    ]


SWEEPS = {"cues": ["Fist"], "repetitions": 1, "sweep": {"close_s": 0.5, "hold_s": 0}}


def test_a_sweep_that_is_stopped_early_is_rested() -> None:
    hand, stop = FakeHand(), threading.Event()

    def show(elapsed_s: float, name: str) -> None:
        if name == "Fist":
            stop.set()

    cue_through(hand, RecordingProtocol.model_validate(SWEEPS), show, clock=FakeClock(), stop=stop)

    assert hand.cued[-2:] == [("sweep", "Fist"), "Rest"]


def test_a_sweep_that_ends_by_an_error_is_rested() -> None:
    hand = FakeHand()

    def show(elapsed_s: float, name: str) -> None:
        if name == "Fist":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cue_through(hand, RecordingProtocol.model_validate(SWEEPS), show, clock=FakeClock())

    assert hand.cued[-2:] == [("sweep", "Fist"), "Rest"]
