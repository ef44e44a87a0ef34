"""Sweeps of generation 2: contract 5.9."""

from concurrent.futures import Future

import numpy as np
import pytest
from emgrig.control import StartRecordingTrajectory, SweepControl
from emgrig_virtual_hand.movements import stock_movements
from emgrig_virtual_hand.remote_commanding import RemoteHands
from emgrig_virtual_hand.vocabulary import GESTURE

DT = 1 / 60
INDEX = "vhi.prediction.index"
CONTROL_INDEX = "vhi.control.pose.index"


@pytest.fixture
def hands():
    return RemoteHands(stock_movements(), "AI")


def sweep(hands, address, *, both=False, dt=DT, heard=()):
    answer = hands.execute(SweepControl(address, 1.0, both))
    assert isinstance(answer, Future)
    seen = []
    for _ in range(1000):
        for value in heard:
            hands.hear(address, value)
        hands.advance(dt)
        seen.append(np.stack(hands.poses).copy())
        if answer.done():
            return answer.result(), np.array(seen)
    raise AssertionError("the sweep did not end")


@pytest.mark.parametrize("dt", [DT, 0.13, 1.0])
def test_a_sweep_goes_to_both_ends_and_says_what_moved(hands, dt):
    report, seen = sweep(hands, INDEX, both=True, dt=dt)

    assert (report.completed, report.matched_expectation) == (True, True)
    assert [(one.element, one.degrees_at_hi, one.degrees_at_lo) for one in report.observed] == [
        ("WaveBone_7", 85, -85),
        ("WaveBone_8", 75, -75),
        ("WaveBone_9", 60, -60),
    ]
    assert (seen[:, 1, 2].max(), seen[:, 1, 2].min(), seen[-1, 1, 2]) == (1, -1, 0)


def test_a_sweep_in_one_direction_leaves_the_other_end_at_0(hands):
    report, seen = sweep(hands, "vhi.control.pose.thumb.abduction")

    assert [one.degrees_at_lo for one in report.observed] == [0, 0]
    assert [one.degrees_at_hi for one in report.observed] == [30, -35]
    assert seen[:, 0, 1].max() == 1


def test_a_stream_overrides_a_sweep_which_says_so(hands):
    report, seen = sweep(hands, INDEX, heard=[0.25])

    assert report.completed
    assert not report.matched_expectation
    assert "stream" in report.message
    assert report.observed[0].degrees_at_hi == pytest.approx(85 / 4)
    assert (seen[:, 1, 2] == 0.25).all()


@pytest.mark.parametrize("address", [GESTURE, "", "vhi.prediction.toe"])
def test_a_sweep_of_anything_else_is_refused(hands, address):
    report = hands.execute(SweepControl(address, 1.0))

    assert not report.completed
    assert report.message


def test_one_sweep_at_a_time(hands):
    hands.execute(SweepControl(INDEX, 1.0))

    assert not hands.execute(SweepControl("vhi.prediction.ring", 1.0)).completed


def test_a_trajectory_keeps_the_control_hand_from_being_swept(hands):
    hands.execute(StartRecordingTrajectory("Fist"))

    assert not hands.execute(SweepControl(CONTROL_INDEX, 1.0)).completed


def test_a_sweep_keeps_the_control_hand_from_a_trajectory(hands):
    hands.execute(SweepControl(CONTROL_INDEX, 1.0))

    refused = hands.execute(StartRecordingTrajectory("Fist"))

    assert not refused.applied
    assert "sweep" in refused.message


def test_a_sweep_of_the_other_hand_leaves_a_trajectory_alone(hands):
    hands.execute(SweepControl(INDEX, 1.0))

    assert hands.execute(StartRecordingTrajectory("Fist")).applied


def test_what_a_sweep_measures_is_what_the_hand_publishes(hands, monkeypatch):
    stuck = np.full(9, 0.5, np.float32)
    monkeypatch.setattr(RemoteHands, "poses", property(lambda _: (stuck, stuck)))

    report, _ = sweep(hands, INDEX)

    assert not report.matched_expectation
    assert report.observed[0].degrees_at_hi == pytest.approx(42.5)
