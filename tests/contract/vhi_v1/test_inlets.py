"""What the hand does with streams that it reads: contract 2.6, 2.8, 3.3 to 3.5."""

import gc

import numpy as np
import pytest
from emgrig.vhi.v1 import vhi_pb2

from tests.contract.hand_streams import open_sender
from tests.vhi_poses import POSES

NAN = float("nan")
SOURCE_IDS = {"MyoGestic_Output": "contract_output", "MyoGestic_ControlPose": "contract_pose"}


@pytest.fixture(scope="module")
def senders(hand_of_module):
    """One sender per inlet for the whole module: a real hand knows only its first ever."""
    outlets = {name: open_sender(name, source_id) for name, source_id in SOURCE_IDS.items()}
    yield outlets
    outlets.clear()
    gc.collect()


@pytest.fixture
def output(senders, hand, predicted):
    senders["MyoGestic_Output"].push_sample([0.0] * 9)
    predicted.wait_for([0.0] * 9)
    return senders["MyoGestic_Output"]


@pytest.fixture
def control_pose(senders, hand):
    return senders["MyoGestic_ControlPose"]


def test_output_shows_on_the_predicted_hand_unclamped(output, predicted):
    pose = [-0.5, 0.25, -1.5, 0.5, -0.1, 2.0]

    output.push_sample([*pose, 5, 5, 5])

    predicted.wait_for([*pose, 0, 0, 0], atol=2.4e-7)


def test_output_leaves_the_control_hand_alone(output, predicted, control):
    output.push_sample([-1.0] * 9)
    predicted.wait_for([-1.0] * 6 + [0] * 3)

    assert not control.fresh(5).any()


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ([0, 0, 2.1176, 0, 0, 0], [0, 0, 2.1176, 0, 0, 0]),
        ([0, 0, 2.2, 0, 0, 0], [0, 0, -2.0352941, 0, 0, 0]),
        ([0, 0, 4, 0, 0, 0], [0, 0, -0.2352941, 0, 0, 0]),
        ([4, 0, 0, 0, 0, 0], [4, 0, 0, 0, 0, 0]),
        ([0, 6, 0, 0, 0, 0], [0, 6, 0, 0, 0, 0]),
        ([0, 6.5, 0, 0, 0, 0], [0, -5.5, 0, 0, 0, 0]),
        ([2.2, 0.1, 0, 0, 0, 0], [1.8, -5.9, 0, 0, 0, 0]),
        ([0, 0, NAN, -1, 0, 0], [0, 0, 1.058824, -1, 0, 0]),
        ([0, 0, float("inf"), -1, 0, 0], [0, 0, 1.058824, -1, 0, 0]),
        ([NAN, 0, -1, 0, 0, 0], [2, 0, -1, 0, 0, 0]),
        ([0, NAN, -1, 0, 0, 0], [2, 0, -1, 0, 0, 0]),
        ([float("inf"), 0, -1, 0, 0, 0], [2, 0, -1, 0, 0, 0]),
        ([0, -float("inf"), -1, 0, 0, 0], [2, 0, -1, 0, 0, 0]),
    ],
)
def test_values_beyond_the_range_fold_and_nan_becomes_a_number(output, predicted, sent, read):
    output.push_sample([*sent, 0, 0, 0])

    predicted.wait_for([*read, 0, 0, 0], atol=1e-5)


def test_a_silent_sender_leaves_the_last_pose(output, predicted):
    output.push_sample([-0.5] * 9)
    predicted.wait_for([-0.5] * 6 + [0] * 3)

    values = predicted.fresh(90)

    assert np.allclose(values[:, :6], -0.5, atol=1e-6)


def test_smoothing_steps_once_per_sample_and_stops_midway(hand, output, predicted):
    hand.SetSmoothing(enabled=True, smoothing_speed=5)
    output.push_sample([0, 0, -1, 0, 0, 0, 0, 0, 0])

    values = predicted.fresh(60)[:, 2]

    # Frames may pass before the sample is there.
    values = values[values != 0]
    assert len(values) > 30
    # One share per frame of 1/60 s; several where the hand was late.
    shares = values / (-5 / 60)
    assert (values == values[0]).all()
    assert shares[0] == pytest.approx(round(shares[0]), abs=1e-3)
    assert 1 <= round(shares[0]) <= 8


def test_of_what_comes_within_a_frame_only_the_newest_sample_counts(hand, output, predicted):
    hand.SetSmoothing(enabled=True, smoothing_speed=1)
    burst = [[0.0, 0.0, -1.0, *[0.0] * 6]] * 100

    output.push_chunk(burst)

    # A step per sample would go 81 hundredths of the way; a few frames may share the burst.
    assert -0.3 < predicted.fresh(30)[-1, 2] < -0.01


def test_a_step_of_more_than_the_whole_way_goes_beyond(hand, output, predicted):
    hand.SetSmoothing(enabled=True, smoothing_speed=90)
    output.push_sample([0, 0, -0.2, 0, 0, 0, 0, 0, 0])

    # One and a half times the way per frame, a multiple of it where the hand was late.
    shares = predicted.fresh(10)[-1, 2] / (-0.2 * 1.5)
    assert shares > 0.9
    assert shares == pytest.approx(round(shares), abs=1e-3)


@pytest.mark.parametrize("stamp", [1.0, 1e9])
def test_a_sample_counts_however_old_its_time_stamp_says_it_is(output, predicted, stamp):
    output.push_sample([-0.5] * 9, stamp)

    predicted.wait_for([-0.5] * 6 + [0] * 3)


def test_smoothing_converges_while_samples_come(hand, output, predicted):
    hand.SetSmoothing(enabled=True, smoothing_speed=20)

    for _ in range(60):
        output.push_sample([0, 0, -1, 0, 0, 0, 0, 0, 0])
        predicted.next(2)

    assert predicted.fresh(1)[0, 2] == pytest.approx(-1.0, abs=1e-3)


def test_nan_sticks_until_smoothing_is_off(hand, output, predicted):
    hand.SetSmoothing(enabled=True, smoothing_speed=5)
    output.push_sample([0, 0, NAN, 0, 0, 0, 0, 0, 0])
    predicted.wait_for([0, 0, 1.058824, 0, 0, 0, 0, 0, 0], atol=1e-5)
    output.push_sample([0] * 9)
    assert predicted.fresh(10)[-1, 2] == pytest.approx(1.058824, abs=1e-5)

    hand.SetSmoothing(enabled=False)
    output.push_sample([0] * 9)

    predicted.wait_for([0] * 9)


def test_a_control_pose_shows_in_stream_only(hand, control, control_pose):
    hand.SetMovement(movement_name="Fist")
    control_pose.push_sample([0, 0, -0.5, 0, 0, 0, 0, 0, 0])
    assert np.allclose(control.fresh(10), POSES["Fist"], atol=1e-6)

    hand.SetControlMode(mode=vhi_pb2.STREAM)

    # What came while the state machine drove the hand was kept.
    control.wait_for([0, 0, -0.5, 0, 0, 0, 0, 0, 0])
    control_pose.push_sample([0, 0, 0, -0.25, 0, 0, 0, 0, 0])
    control.wait_for([0, 0, 0, -0.25, 0, 0, 0, 0, 0])


def test_leaving_stream_rests_the_hand(hand, control, control_pose):
    hand.SetControlMode(mode=vhi_pb2.STREAM)
    control_pose.push_sample([-1.0] * 9)
    control.wait_for([-1.0] * 6 + [0] * 3)

    assert hand.SetControlMode(mode=vhi_pb2.MOVEMENT).current_state == "waiting"

    control.wait_for([0] * 9)


def test_idle_ignores_a_control_pose(hand, control, control_pose):
    hand.SetControlMode(mode=vhi_pb2.IDLE)
    control.wait_for([0] * 9)

    control_pose.push_sample([-1.0] * 9)

    assert not control.fresh(10).any()


@pytest.mark.parametrize("speed", [0.0, -1.0, NAN])
def test_a_smoothing_speed_that_is_not_positive_is_kept(hand, output, predicted, speed):
    hand.SetSmoothing(enabled=True, smoothing_speed=20)
    hand.SetSmoothing(enabled=True, smoothing_speed=speed)
    output.push_sample([0, 0, -1, 0, 0, 0, 0, 0, 0])

    # One share of the frame's length, whose multiples are frames that were late.
    shares = predicted.fresh(10)[-1, 2] / (-20 / 60)
    assert shares > 0.9
    assert shares == pytest.approx(round(shares), abs=1e-3)
