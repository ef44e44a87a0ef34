"""Recording session, trajectory and sweep: contract 5.9."""

import numpy as np
import pytest
from emgrig.testing import wait_until

from tests.contract.vhi_v2.conftest import (
    CONTROL_POSE,
    FIST,
    GESTURE,
    INDEX,
    PREDICTION,
    REST,
    SUFFIXES,
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


def test_stopping_where_none_runs_is_applied_and_leaves_the_hand(hand, control):
    hand.gesture("Fist")
    control.wait_for(FIST)

    assert hand.StopRecordingTrajectory().applied
    assert np.allclose(control.fresh(20), FIST, atol=1e-6)


def test_timing_that_is_not_positive_is_kept(hand, control):
    hand.start("Index", frequency_hz=20)
    hand.StopRecordingTrajectory()
    hand.StartRecordingTrajectory(movement="Index", frequency_hz=0, hold_time_s=-1, rest_time_s=-1)

    control.wait_for(pose(index=1), timeout_s=1.0)


def test_times_that_are_left_out_are_zero(hand, control):
    hand.StartRecordingTrajectory(movement="Index", frequency_hz=5)
    values = control.next(120)[0][:, 2]

    # Closing and opening of 0.2 s each, nothing between.
    peaks = np.flatnonzero(values > 1 - 1e-6)
    assert np.median(np.diff(peaks[np.insert(np.diff(peaks) > 3, 0, True)])) == pytest.approx(
        26, abs=4
    )


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_sweep_goes_to_hi_and_lo_and_back_to_rest(hand, predicted, suffix):
    hand.wait_unheard(PREDICTION + suffix)
    predicted.inlet.flush()
    report = hand.SweepControl(name=PREDICTION + suffix, duration_s=1.0, both_directions=True)
    values = predicted.next(90)[0][:, SUFFIXES.index(suffix)]

    assert (report.completed, report.matched_expectation) == (True, True)
    assert report.observed
    assert (values.max(), values.min(), values[-1]) == (pytest.approx(1), pytest.approx(-1), 0)


@pytest.mark.parametrize("suffix", FLEXIONS)
def test_a_flexion_sweep_measures_positive_degrees_at_hi(hand, suffix):
    hand.wait_unheard(CONTROL_POSE + suffix)
    report = hand.SweepControl(name=CONTROL_POSE + suffix, duration_s=0.5, both_directions=True)

    assert len(report.observed) == 3
    for one in report.observed:
        assert one.degrees_at_hi > 0
        assert one.degrees_at_lo < 0


def test_the_index_finger_turns_by_the_known_degrees(hand):
    hand.wait_unheard(INDEX)
    report = hand.SweepControl(name=INDEX, duration_s=0.5)

    degrees = {one.element: round(one.degrees_at_hi, 2) for one in report.observed}
    assert degrees == {"WaveBone_7": 85, "WaveBone_8": 75, "WaveBone_9": 60}
    assert [one.degrees_at_lo for one in report.observed] == [0, 0, 0]


@pytest.mark.parametrize(
    ("suffix", "bones", "degrees"),
    [
        ("thumb.flexion", (3, 4, 5), (45, 55, 80)),
        ("thumb.abduction", (3, 4), (30, -35)),
        ("middle", (11, 12, 13), (85, 85, 60)),
        ("ring", (15, 16, 17), (85, 85, 60)),
        ("little", (19, 20, 21), (85, 85, 60)),
        ("wrist.flexion", (1,), (80,)),
        ("wrist.abduction", (1,), (30,)),
        ("wrist.rotation", (1,), (179,)),
    ],
)
def test_the_bones_of_our_hand_turn_as_its_readme_says(our_hand, suffix, bones, degrees):
    our_hand.wait_unheard(PREDICTION + suffix)
    report = our_hand.SweepControl(name=PREDICTION + suffix, duration_s=0.2)

    names = [f"WaveBone_{bone}" for bone in bones]
    seen = {one.element: round(one.degrees_at_hi, 2) for one in report.observed}
    assert seen == dict(zip(names, degrees, strict=True))


@pytest.mark.parametrize("name", [GESTURE, "vhi.prediction.toe", ""])
def test_a_sweep_of_what_takes_no_numbers_is_not_completed(hand, name):
    report = hand.SweepControl(name=name, duration_s=0.5)

    assert not report.completed
    assert report.message


def test_a_stream_on_the_address_overrides_its_sweep(hand, predicted):
    with stream(INDEX) as sender:
        sender.show(0.25, predicted, pose(index=0.25))
        report = hand.SweepControl(name=INDEX, duration_s=0.5)

    assert not report.matched_expectation
    assert np.allclose(predicted.next(30)[0], pose(index=0.25), atol=1e-6)


def test_the_length_of_a_sweep_is_limited(our_hand):
    # Far within the call's deadline.
    assert our_hand.SweepControl(name=INDEX, duration_s=0.0).completed


def test_commands_are_answered_while_a_sweep_runs(hand):
    pending = hand.sweep_in_background(INDEX, 1.0)

    assert hand.gesture("Fist").applied
    assert pending.result().completed
