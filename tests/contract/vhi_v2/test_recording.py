"""Recording session, trajectory and sweep: contract 5.9."""

import numpy as np
import pytest
from emgrig.testing import wait_until

from tests.contract.vhi_v2.conftest import (
    CONTROL_POSE,
    FIST,
    GESTURE,
    INDEX,
    REST,
    RemoteHand,
    pose,
    stream,
)
from tests.vhi_poses import AI_MOVEMENTS

FLEXIONS = ("thumb.flexion", "index", "middle", "ring", "little")


def test_the_state_at_the_start(hand):
    state = hand.GetRecordingSessionState()

    assert not state.recording_session_active
    assert not state.trajectory_running
    assert state.trajectory_movement == ""
    assert sorted(state.available_movements) == sorted(AI_MOVEMENTS)


@pytest.mark.parametrize("active", [True, False])
def test_the_session_is_set_however_often(hand, active):
    for _ in range(2):
        ack = hand.SetRecordingSession(active=active)
        assert (ack.applied, ack.message) == (True, "")
        assert hand.GetRecordingSessionState().recording_session_active is active


def test_the_session_outlives_the_client_that_set_it(hand):
    client = RemoteHand(hand.target, is_ours=False)
    client.SetRecordingSession(active=True)
    client.close()

    assert hand.GetRecordingSessionState().recording_session_active


def test_an_active_session_blocks_no_command(hand):
    hand.SetRecordingSession(active=True)

    assert hand.gesture("Fist").applied


def test_a_trajectory_loops_its_movement(hand, control):
    ack = hand.start("Index")
    state = hand.GetRecordingSessionState()
    values = control.next(260)[0]

    assert (ack.applied, ack.message) == (True, "")
    assert (state.trajectory_running, state.trajectory_movement) == (True, "Index")
    assert (state.animation_state, state.current_movement) == ("closing", "Index")
    # Period 2/f + hold + rest = 1.75 s; a frame of slack per phase.
    is_full = values[:, 2] > 1 - 1e-6
    first = int(np.argmax(is_full))
    held = int(np.argmin(is_full[first:]))
    again = int(np.argmax(is_full[first + held :])) + held
    assert held == pytest.approx(30, abs=3)
    assert again == pytest.approx(105, abs=5)
    assert not np.delete(values, 2, axis=1).any()


@pytest.mark.parametrize("name", ["fist", "FIST"])
def test_the_movement_of_a_trajectory_is_found_in_any_casing(hand, name):
    assert hand.start(name).applied
    assert hand.GetRecordingSessionState().trajectory_movement == "Fist"


def test_a_trajectory_wins_over_numbers_on_the_control_hand(our_hand, control):
    our_hand.SetControl(continuous={CONTROL_POSE + "ring": -0.5})
    control.wait_for(pose(ring=-0.5))

    assert our_hand.start("Fist", frequency_hz=20).applied
    control.wait_for(FIST)


def test_a_trajectory_is_refused_while_the_control_hand_is_swept(our_hand, control):
    pending = our_hand.sweep_in_background(CONTROL_POSE + "index", 1.0)
    wait_until(lambda: control.next(1)[0].any(), 5.0)

    refused = our_hand.start("Fist")

    assert (refused.applied, "sweep" in refused.message) == (False, True)
    assert pending.result().completed


def test_a_second_trajectory_is_refused(hand):
    hand.start("Index")
    ack = hand.start("Fist")

    assert not ack.applied
    assert ack.message
    assert hand.GetRecordingSessionState().trajectory_movement == "Index"


@pytest.mark.parametrize("name", ["Handstand", ""])
def test_an_unknown_movement_is_refused(hand, name):
    ack = hand.start(name)

    assert not ack.applied
    assert ack.message
    assert not hand.GetRecordingSessionState().trajectory_running


def test_gestures_are_refused_while_a_trajectory_runs(hand):
    hand.start("Index")
    ack = hand.gesture("Fist")

    assert not ack.applied
    assert ack.rejected[GESTURE]
    hand.StopRecordingTrajectory()
    assert hand.gesture("Fist").applied


def test_streams_keep_flowing_while_a_trajectory_runs(hand, predicted):
    with stream(INDEX) as sender:
        hand.start("Fist")
        sender.show(0.5, predicted, pose(index=0.5))


def test_stopping_rests_the_hand(hand, control):
    hand.start("Fist", frequency_hz=20)
    control.wait_for(FIST)
    ack = hand.StopRecordingTrajectory()

    assert (ack.applied, ack.message) == (True, "")
    control.wait_for(REST)
    state = hand.GetRecordingSessionState()
    assert (state.trajectory_running, state.trajectory_movement) == (False, "")
    assert (state.animation_state, state.current_movement) == ("waiting", "Fist")


def test_a_trajectory_goes_through_the_words_of_generation_1(hand):
    hand.start("Index")
    seen = ["closing"]

    def is_round():
        word = hand.GetRecordingSessionState().animation_state
        if word != seen[-1]:
            seen.append(word)
        return len(seen) == 5

    wait_until(is_round, 10.0)
    assert seen == ["closing", "holding", "opening", "resting", "closing"]


def test_stopping_where_none_runs_is_applied_and_leaves_the_hand(hand, control):
    hand.gesture("Fist")
    control.wait_for(FIST)

    assert hand.StopRecordingTrajectory().applied
    assert np.allclose(control.fresh(20), FIST, atol=1e-6)


def test_timing_that_is_not_positive_is_kept(hand, control):
    hand.start("Index", frequency_hz=5)
    hand.StopRecordingTrajectory()
    control.wait_for(REST)
    hand.StartRecordingTrajectory(movement="Index", frequency_hz=0, hold_time_s=-1, rest_time_s=-1)
    values = control.next(120)[0][:, 2]

    # 2/f + hold + rest: 0.4 + 0.5 + 0.25 s.
    begins = np.flatnonzero(np.diff((values > 1 - 1e-6).astype(int)) == 1)
    assert 66 <= begins[1] - begins[0] <= 81


def test_times_that_are_left_out_are_zero(hand, control):
    hand.StartRecordingTrajectory(movement="Index", frequency_hz=5)
    values = control.next(120)[0][:, 2]

    # Closing and opening of 0.2 s each, nothing between.
    peaks = np.flatnonzero(values > 1 - 1e-6)
    assert np.median(np.diff(peaks[np.insert(np.diff(peaks) > 3, 0, True)])) == pytest.approx(
        26, abs=4
    )
