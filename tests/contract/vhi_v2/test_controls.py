"""SetControl, and what the read-backs show of it: contract 5.4, 5.6, 5.8 and 5.9."""

import math

import numpy as np
import pytest

from tests.contract.vhi_v2.conftest import (
    CONTROL_POSE,
    FIST,
    GESTURE,
    INDEX,
    PREDICTION,
    REST,
    SUFFIXES,
    pose,
    stream,
)
from tests.vhi_poses import AI_MOVEMENTS, POSES

SIGNS = np.array([-1, 1, -1, -1, -1, -1])


def test_a_fist_reads_in_the_standard_sign(hand, control):
    assert hand.gesture("Fist").applied

    control.wait_for(FIST)


@pytest.mark.parametrize("name", AI_MOVEMENTS)
def test_every_gesture_reads_as_generation_1_with_flexion_turned_positive(hand, control, name):
    hand.gesture("Ring" if name != "Ring" else "Fist")
    assert hand.gesture(name).applied

    fingers = np.array(POSES[name][:6]) * SIGNS
    for _ in range(120):
        newest = control.next(1)[0][0]
        if np.allclose(newest[:6], fingers, rtol=0, atol=1e-6):
            return
    raise AssertionError(f"expected {fingers}, got {newest}")


@pytest.mark.parametrize("name", ["fist", "FIST"])
def test_a_movement_is_found_in_any_casing(hand, control, name):
    assert hand.gesture(name).applied

    control.wait_for(FIST)


def test_a_gesture_is_held(hand, control):
    hand.gesture("Fist")
    control.wait_for(FIST)

    assert np.allclose(control.fresh(120), FIST, atol=1e-6)


def test_a_gesture_is_the_selection_and_its_state_is_frozen(hand):
    hand.gesture("Index")
    state = hand.GetRecordingSessionState()

    assert (state.current_movement, state.animation_state) == ("Index", "frozen")


@pytest.mark.parametrize("value", [1.0, -1.0, 0.5])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_number_shows_on_its_channel(hand, predicted, suffix, value):
    assert hand.SetControl(continuous={PREDICTION + suffix: value}).applied

    predicted.wait_for(pose(**{suffix.replace(".", "_"): value}))


def test_numbers_and_a_state_may_come_in_one_call(hand, control, predicted):
    ack = hand.SetControl(continuous={INDEX: 0.5}, discrete={GESTURE: "Fist"})

    assert (ack.applied, dict(ack.rejected)) == (True, {})
    control.wait_for(FIST)
    predicted.wait_for(pose(index=0.5))


@pytest.mark.parametrize(
    ("continuous", "discrete"),
    [
        ({"vhi.prediction.toe": 0.5}, {}),
        ({"index": 0.5}, {}),
        ({INDEX: 1.5}, {}),
        ({INDEX: -1.5}, {}),
        ({INDEX: math.nan}, {}),
        ({INDEX: math.inf}, {}),
        ({GESTURE: 1.0}, {}),
        ({}, {GESTURE: "Handstand"}),
        ({}, {GESTURE: ""}),
        ({}, {"vhi.control.nonsense": "Fist"}),
        ({}, {INDEX: "Fist"}),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_rejected_by_address_with_a_reason(hand, continuous, discrete):
    ack = hand.SetControl(continuous=continuous, discrete=discrete)

    assert not ack.applied
    assert set(ack.rejected) == set(continuous) | set(discrete)
    assert all(ack.rejected.values())


def test_a_rejected_part_keeps_nothing_else_from_being_applied(hand, control):
    ack = hand.SetControl(continuous={INDEX: 1.5}, discrete={GESTURE: "Fist"})

    assert (ack.applied, set(ack.rejected)) == (False, {INDEX})
    control.wait_for(FIST)


def test_numbers_may_be_set_on_the_control_hand(hand, control):
    assert hand.SetControl(continuous={CONTROL_POSE + "ring": -0.5}).applied

    control.wait_for(pose(ring=-0.5))


def test_an_empty_call_is_applied(hand):
    assert hand.SetControl().applied


def test_rest_opens_the_hand(hand, control):
    hand.gesture("Fist")
    control.wait_for(FIST)
    hand.gesture("Rest")

    control.wait_for(REST)


def test_presentation_changes_no_commanded_value(hand, predicted):
    assert hand.SetPresentation(blend=True, blend_speed=1).applied
    hand.SetControl(continuous={INDEX: 1.0})

    predicted.wait_for(pose(index=1.0))


@pytest.mark.parametrize("speed", [0.0, -1.0])
def test_a_blend_speed_out_of_range_is_left_out_not_refused(hand, speed):
    ack = hand.SetPresentation(blend=True, blend_speed=speed)

    assert (ack.applied, dict(ack.rejected)) == (True, {})


def test_a_wrist_movement_shows_on_the_wrist(our_hand, control):
    our_hand.gesture("WristUpDown")
    control.wait_for(pose(wrist_flexion=-30 / 80))
    our_hand.gesture("WristLeftRight")

    control.wait_for(pose(wrist_abduction=-20 / 30))


def test_a_gesture_is_refused_while_a_stream_drives_the_control_hand(our_hand, control):
    with stream("vhi.control.pose.index") as sender:
        sender.show(0.5, control, pose(index=0.5))

        assert GESTURE in our_hand.gesture("Fist").rejected
