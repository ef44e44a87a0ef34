"""Commands and streams of generation 2 on hands without a network: contract 5.4 to 5.9."""

import math

import numpy as np
import pytest
from emgrig.control import (
    ControlAck,
    ControlKind,
    GetControlManifest,
    SetControl,
    SetPresentation,
)
from emgrig_virtual_hand.movements import Movement, stock_movements
from emgrig_virtual_hand.remote_commanding import RemoteHands
from emgrig_virtual_hand.vocabulary import GESTURE, POSE_ADDRESSES

from tests.vhi_poses import AI_MOVEMENTS, CLASSIFIER_MOVEMENTS, POSES

DT = 1 / 60
SIGNS = np.array([-1, 1, -1, -1, -1, -1, 1, 1, 1])
FIST = [1, -1, 1, 1, 1, 1, 0, 0, 0]
INDEX = "vhi.prediction.index"
CONTROL_INDEX = "vhi.control.pose.index"


@pytest.fixture
def hands():
    return RemoteHands(stock_movements(), "AI")


def gesture(name):
    return SetControl(discrete={GESTURE: name})


def frames(hands, seconds):
    for _ in range(round(seconds / DT)):
        hands.advance(DT)


def shows(hands, pose):
    np.testing.assert_allclose(hands.poses[0], pose, atol=1e-6)


@pytest.mark.parametrize(
    ("mode", "names"), [("AI", AI_MOVEMENTS), ("Classifier", CLASSIFIER_MOVEMENTS)]
)
def test_the_manifest_lists_19_controls(mode, names):
    manifest = RemoteHands(stock_movements(), mode).execute(GetControlManifest())

    *numbers, discrete = manifest.capabilities
    assert tuple(one.address for one in numbers) == POSE_ADDRESSES
    assert {(one.kind, one.lo, one.hi, one.rest) for one in numbers} == {
        (ControlKind.CONTINUOUS, -1.0, 1.0, 0.0)
    }
    assert (discrete.address, discrete.kind) == (GESTURE, ControlKind.DISCRETE)
    assert (discrete.states, discrete.rest_state) == (names, "Rest")
    assert manifest.vocabulary_version.startswith("2")
    assert tuple(int(n) for n in manifest.target_version.split(".")) >= (2, 1, 0)


def test_a_hand_whose_movements_lack_rest_rests_in_its_first_state(hands):
    hands.replace_movements((Movement("Wave", {}),))

    assert hands.execute(GetControlManifest()).capabilities[-1].rest_state == ""


@pytest.mark.parametrize("name", AI_MOVEMENTS)
def test_a_gesture_reads_in_the_standard_sign(hands, name):
    assert hands.execute(gesture(name)) == ControlAck(True)
    hands.advance(DT)

    expected = np.array(POSES[name]) * SIGNS
    np.testing.assert_allclose(hands.poses[0][:6], expected[:6], atol=1e-6)


def test_a_wrist_movement_shows_on_the_wrist(hands):
    hands.execute(gesture("WristUpDown"))
    hands.advance(DT)

    assert hands.poses[0][6] != 0
    assert hands.poses[0][7] == hands.poses[0][8] == 0


@pytest.mark.parametrize("name", ["fist", "FIST", "Fist"])
def test_a_gesture_is_found_in_any_casing(hands, name):
    assert hands.execute(gesture(name)).applied
    hands.advance(DT)
    shows(hands, FIST)


def test_what_cannot_be_applied_is_rejected_by_address_and_the_rest_is_applied(hands):
    ack = hands.execute(
        SetControl(
            {
                INDEX: 0.5,
                "vhi.prediction.toe": 0.5,
                GESTURE: 1.0,
                "vhi.prediction.ring": 1.5,
                "vhi.prediction.middle": math.nan,
            },
            {GESTURE: "Handstand", INDEX: "Fist"},
        )
    )

    assert not ack.applied
    assert set(ack.rejected) == {
        "vhi.prediction.toe",
        GESTURE,
        "vhi.prediction.ring",
        "vhi.prediction.middle",
        INDEX,
    }
    assert all(ack.rejected.values())
    assert hands.poses[1][2] == 0.5


@pytest.mark.parametrize("address", POSE_ADDRESSES)
def test_every_address_moves_its_own_channel_of_its_own_hand(hands, address):
    hands.hear(address, -0.25)
    hands.advance(DT)

    moved = np.flatnonzero(np.stack(hands.poses))
    channel = POSE_ADDRESSES.index(address)
    assert moved.tolist() == [(channel + 9) % 18]
    assert np.stack(hands.poses).ravel()[moved[0]] == np.float32(-0.25)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1.01, -2.0])
def test_a_bad_number_of_a_stream_is_ignored(hands, value):
    hands.hear(INDEX, 0.5)

    assert not hands.hear(INDEX, value)
    assert hands.poses[1][2] == 0.5


def test_a_silent_address_of_the_predicted_hand_is_held(hands):
    hands.hear(INDEX, 0.5)
    frames(hands, 20)

    assert hands.poses[1][2] == 0.5


def test_a_silent_control_hand_returns_to_its_movement_after_5_s(hands):
    hands.execute(gesture("Fist"))
    hands.hear(CONTROL_INDEX, 0.5)
    frames(hands, 4.9)
    shows(hands, [0, 0, 0.5, 0, 0, 0, 0, 0, 0])

    frames(hands, 0.2)
    shows(hands, FIST)

    hands.hear("vhi.control.pose.ring", 0.5)
    shows(hands, [0, 0, 0, 0, 0.5, 0, 0, 0, 0])


def test_a_gesture_is_refused_while_numbers_drive_the_control_hand(hands):
    hands.hear(CONTROL_INDEX, 0.5)

    assert GESTURE in hands.execute(gesture("Fist")).rejected


def test_numbers_told_by_a_call_drive_the_control_hand_too(hands):
    hands.execute(SetControl({CONTROL_INDEX: 0.75}))

    shows(hands, [0, 0, 0.75, 0, 0, 0, 0, 0, 0])


def test_blending_changes_no_commanded_value(hands):
    assert hands.execute(SetPresentation(True, 0.0)) == ControlAck(True)
    assert (hands.blend, hands.blend_speed) == (True, 5.0)
    hands.hear(INDEX, 1.0)

    assert hands.poses[1][2] == 1.0
