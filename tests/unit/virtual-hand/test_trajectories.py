"""Recording session and trajectories of generation 2: contract 5.9."""

import math

import numpy as np
import pytest
from emgrig.control import (
    GetRecordingSessionState,
    RecordingAck,
    SetControl,
    SetRecordingSession,
    StartRecordingTrajectory,
    StopRecordingTrajectory,
)
from emgrig_virtual_hand.movements import stock_movements
from emgrig_virtual_hand.remote_commanding import RemoteHands
from emgrig_virtual_hand.vocabulary import GESTURE

DT = 1 / 60
FIST = [1, -1, 1, 1, 1, 1, 0, 0, 0]
INDEX = "vhi.prediction.index"
CONTROL_INDEX = "vhi.control.pose.index"


@pytest.fixture
def hands():
    return RemoteHands(stock_movements(), "AI")


def gesture(name):
    return SetControl(discrete={GESTURE: name})


def shows(hands, pose):
    np.testing.assert_allclose(hands.poses[0], pose, atol=1e-6)


def test_a_trajectory_loops_and_refuses_gestures_until_it_is_stopped(hands):
    assert hands.execute(StartRecordingTrajectory("index", 2.0, 0.5, 0.25)) == RecordingAck(True)
    again = hands.execute(StartRecordingTrajectory("Fist"))
    refused = hands.execute(gesture("Fist"))
    state = hands.execute(GetRecordingSessionState())
    seen = []
    for _ in range(105):
        hands.advance(DT)
        seen.append(hands.poses[0][2])

    assert not again.applied
    assert GESTURE in refused.rejected
    assert (state.trajectory_running, state.trajectory_movement) == (True, "Index")
    assert (state.animation_state, state.current_movement) == ("closing", "Index")
    assert max(seen) == pytest.approx(1, abs=1e-6)
    assert sum(value > 0.999999 for value in seen) == pytest.approx(31, abs=2)

    assert hands.execute(StopRecordingTrajectory()) == RecordingAck(True)
    hands.advance(DT)
    shows(hands, np.zeros(9))
    state = hands.execute(GetRecordingSessionState())
    assert (state.trajectory_running, state.trajectory_movement) == (False, "")
    assert (state.animation_state, state.current_movement) == ("waiting", "Index")


def test_timing_that_is_left_out_is_kept(hands):
    hands.execute(StartRecordingTrajectory("Fist", 2.0, 0.5, 0.25))
    hands.execute(StopRecordingTrajectory())
    hands.execute(StartRecordingTrajectory("Fist", -1, -1, math.nan))

    control = hands.control
    assert (control.frequency_hz, control.hold_time_s, control.rest_time_s) == (2.0, 0.5, 0.25)


def test_stopping_where_none_runs_leaves_the_gesture(hands):
    hands.execute(gesture("Fist"))

    assert hands.execute(StopRecordingTrajectory()).applied
    hands.advance(DT)
    shows(hands, FIST)


def test_an_unknown_trajectory_is_refused(hands):
    answer = hands.execute(StartRecordingTrajectory("Handstand"))

    assert not answer.applied
    assert "Handstand" in answer.message


def test_numbers_flow_to_the_predicted_hand_during_a_trajectory(hands):
    hands.execute(StartRecordingTrajectory("Fist"))
    hands.hear(INDEX, 0.5)
    hands.hear(CONTROL_INDEX, 0.1)

    assert hands.poses[1][2] == 0.5
    assert hands.poses[0][2] == 0.0


def test_the_session_stays_until_cleared(hands):
    for active in (True, True, False):
        assert hands.execute(SetRecordingSession(active)) == RecordingAck(True)
        state = hands.execute(GetRecordingSessionState())
        assert state.recording_session_active is active


def test_reloading_the_movements_ends_a_trajectory(hands):
    hands.execute(StartRecordingTrajectory("Fist"))
    hands.replace_movements(stock_movements())

    assert hands.execute(gesture("Fist")).applied
