"""What the control hand shows, as its own outlet tells: contract 2 and 3.7."""

import math

import numpy as np
import pylsl
import pytest
from emgrig.testing import make_rig, running
from emgrig.vhi.v1 import vhi_pb2
from emgrig_virtual_hand.config import VirtualHandSettings

from tests.contract.hand_streams import TARGET, open_readback
from tests.contract.vhi_v1.conftest import Hand
from tests.vhi_poses import AI_MOVEMENTS, CLASSIFIER_MOVEMENTS, POSES

INDEX = 2


@pytest.fixture
def classifier_control(tmp_path):
    """Movements of the other mode, by a hand of their own: name -> what it shows."""
    if TARGET:
        pytest.skip("another hand's mode is built in")
    streams = {"control_stream": "Classifier_Control", "predict_stream": "Classifier_Predict"}
    rig = make_rig(tmp_path, {"virtual-hand": {"mode": "Classifier"} | streams})
    port = rig.settings("virtual-hand", VirtualHandSettings).grpc_port
    with running("virtual-hand", rig):
        hand = Hand(f"127.0.0.1:{port}", tmp_path)
        yield hand, open_readback("Classifier_Control")
        hand.close()


@pytest.mark.parametrize("name", AI_MOVEMENTS)
def test_a_held_movement_reads_as_the_contract_lists_it(hand, control, name):
    hand.SetMovement(movement_name="Ring" if name != "Ring" else "Fist")
    hand.SetMovement(movement_name=name)

    control.wait_for(POSES[name])


def test_a_hand_for_classifiers_offers_and_shows_the_other_movements(classifier_control):
    hand, control = classifier_control

    state = hand.GetState()
    assert (state.mode, tuple(state.available_movements)) == ("Classifier", CLASSIFIER_MOVEMENTS)
    for name in CLASSIFIER_MOVEMENTS:
        assert hand.SetMovement(movement_name=name).applied
        control.wait_for(POSES[name])
    assert not hand.SetMovement(movement_name="Pointing").applied


def test_a_command_shows_from_its_answer_on_and_never_an_intermediate_pose(hand, control):
    hand.SetMovement(movement_name="Fist")
    control.wait_for(POSES["Fist"])
    control.inlet.flush()

    hand.SetMovement(movement_name="Index")
    answered = pylsl.local_clock()
    values, stamps = control.next(24)

    is_old = np.isclose(values, POSES["Fist"], atol=1e-6).all(axis=1)
    is_new = np.isclose(values, POSES["Index"], atol=1e-6).all(axis=1)
    assert (is_old | is_new).all()
    # The frame that answers has published before; what it did is in every later one.
    assert is_new[stamps > answered].all()
    assert is_new[-1]


def test_a_loop_closes_holds_opens_and_rests_in_time(hand, control):
    hand.SetSpeed(frequency_hz=2.0, hold_time_s=0.5, rest_time_s=0.25)
    control.inlet.flush()
    hand.SetMovement(movement_name="Index", cycle=True)

    values = -control.next(260)[0][:, INDEX]

    # Period 2/f + hold + rest = 1.75 s; a frame of slack per phase.
    is_full = values > 1 - 1e-6
    first = int(np.argmax(is_full))
    held = int(np.argmin(is_full[first:]))
    again = int(np.argmax(is_full[first + held :])) + held
    assert held == pytest.approx(30, abs=3)
    assert again == pytest.approx(105, abs=5)


@pytest.mark.parametrize(
    ("fields", "period"),
    [
        # 2/f + hold + rest in frames; proto3 sends what is left out as 0.
        ({"hold_time_s": 0.2}, 36),
        ({"frequency_hz": 5}, 24),
        ({"frequency_hz": -1, "hold_time_s": -1, "rest_time_s": 0.1}, 60),
    ],
    ids=str,
)
def test_what_is_left_out_is_zero_and_each_field_stands_for_itself(hand, control, fields, period):
    hand.SetSpeed(frequency_hz=5, hold_time_s=0.5, rest_time_s=1)
    hand.SetSpeed(**fields)
    control.inlet.flush()
    hand.SetMovement(movement_name="Index", cycle=True)

    values = -control.next(2 * period + 24)[0][:, INDEX]

    begins = np.flatnonzero(np.diff((values > 1 - 1e-6).astype(int)) == 1)
    # Each phase ends with a frame, which is long on a busy computer; any other field is further.
    assert period - 3 <= begins[1] - begins[0] <= period + 12


def test_excursion_follows_a_quarter_sine(hand, control):
    hand.SetSpeed(frequency_hz=1.0, hold_time_s=0.1, rest_time_s=0.1)
    control.inlet.flush()
    hand.SetMovement(movement_name="Index", cycle=True)
    values = -control.next(75)[0][:, INDEX].astype(float)

    begin = int(np.argmax(values > 0))
    closing = values[begin : begin + 55]

    # Each step of the angle is one frame of 1/60 s, or several where the hand was late.
    frames = np.arcsin(np.clip(closing, 0, 1)) / (math.pi / 2) * 60
    assert np.abs(frames - np.round(frames)).max() < 0.02
    assert np.diff(np.round(frames)).min() >= 0
    assert frames[-1] == pytest.approx(55, abs=6)


def test_freezing_midway_holds_the_live_pose(hand, control):
    hand.SetMovement(movement_name="Index", cycle=True)
    control.next(30)
    hand.Freeze(frozen=True)

    values = control.fresh(20)[:, INDEX]

    assert -0.99 < values[0] < -0.01
    assert (values == values[0]).all()


def test_freezing_a_stopped_hand_brings_its_last_pose_back(hand, control):
    hand.SetMovement(movement_name="Fist")
    hand.Freeze(frozen=False)
    control.wait_for(POSES["Rest"])

    hand.Freeze(frozen=True)

    control.wait_for(POSES["Fist"])


def test_a_stopped_hand_reads_exactly_positive_zero(hand, control):
    hand.SetMovement(movement_name="Fist")
    hand.Freeze(frozen=False)

    values = control.fresh(5)

    assert (values == 0.0).all()
    assert not np.signbit(values).any()


def test_idle_clears_the_hand(hand, control):
    hand.SetMovement(movement_name="Fist")
    control.wait_for(POSES["Fist"])

    hand.SetControlMode(mode=vhi_pb2.IDLE)

    control.wait_for(POSES["Rest"])


def test_repeating_the_mode_resets_nothing(hand, control):
    hand.SetMovement(movement_name="Fist")

    hand.SetControlMode(mode=vhi_pb2.MOVEMENT)

    assert hand.GetState().current_state == "frozen"
    control.wait_for(POSES["Fist"])


def test_an_infinite_frequency_closes_in_one_frame(hand, control):
    hand.SetSpeed(frequency_hz=float("inf"), hold_time_s=5, rest_time_s=5)
    control.inlet.flush()
    hand.SetMovement(movement_name="Index", cycle=True)

    values = control.next(10)[0][:, INDEX]

    assert set(np.round(values, 5).tolist()) <= {0.0, -1.0}
    assert values[-1] == pytest.approx(-1, abs=1e-6)
