"""A take holds the hand from its beginning to its end, however it ends."""

from types import SimpleNamespace

import pytest
from emgrig.control import discard_take, running_take, start_take, stop_take
from emgrig.errors import PeerError, Problem, RequestError, SettingsError


class FakeRig:
    """Notes what is asked; some processes are absent, some methods refused."""

    def __init__(self, *, absent=None, refused=(), recording=False):
        self.absent, self.refused, self.recording = absent or {}, refused, recording
        self.asked = []

    def call(self, process, method, request, deadline_s=None):
        if process in self.absent:
            raise self.absent[process]
        if method in self.refused:
            raise RequestError(f"{method} is refused")
        if method == "Recorder.GetRecording":
            return SimpleNamespace(recording=self.recording)
        self.asked.append((method, getattr(request, "active", None)))
        return method


def test_a_take_gates_the_hand_when_it_runs():
    rig = FakeRig()

    assert start_take(rig, "first") == "Recorder.Start"
    assert rig.asked == [("Recorder.Start", None), ("Hand.SetSession", True)]


@pytest.mark.parametrize(
    ("end", "method"),
    [(lambda rig: stop_take(rig, 5.0), "Recorder.Stop"), (discard_take, "Recorder.Discard")],
)
def test_the_end_of_a_take_frees_the_hand(end, method):
    rig = FakeRig()

    assert end(rig) == method
    assert rig.asked == [("Hand.SetSession", False), (method, None)]


@pytest.mark.parametrize(
    "error", [PeerError("nobody there"), SettingsError(Problem("rig.toml", "no address", "add it"))]
)
def test_a_take_needs_no_hand(error):
    rig = FakeRig(absent={"vhi-bridge": error})

    start_take(rig)
    stop_take(rig, 5.0)

    assert rig.asked == [("Recorder.Start", None), ("Recorder.Stop", None)]


def test_a_take_that_is_refused_gates_nothing():
    rig = FakeRig(refused=("Recorder.Start",))

    with pytest.raises(RequestError):
        start_take(rig)
    assert rig.asked == []


@pytest.mark.parametrize("end", [lambda rig: stop_take(rig, 5.0), discard_take])
@pytest.mark.parametrize(("goes_on", "gates"), [(True, [False, True]), (False, [False])])
def test_a_take_that_cannot_be_ended_keeps_the_hand(end, goes_on, gates):
    rig = FakeRig(refused=("Recorder.Stop", "Recorder.Discard"), recording=goes_on)

    with pytest.raises(RequestError):
        end(rig)
    assert rig.asked == [("Hand.SetSession", is_active) for is_active in gates]


@pytest.mark.parametrize("is_recording", [True, False])
def test_the_recorder_says_which_take_runs(is_recording):
    status = SimpleNamespace(recording=is_recording)

    found = running_take(SimpleNamespace(call=lambda *_: status), 1.0)

    assert found is (status if is_recording else None)


@pytest.mark.parametrize(
    "error",
    [PeerError("nobody there"), RequestError("it starts"), SettingsError(Problem("a", "b", "c"))],
)
def test_a_rig_without_a_recorder_records_nothing(error):
    def call(*_):
        raise error

    assert running_take(SimpleNamespace(call=call), 1.0) is None
