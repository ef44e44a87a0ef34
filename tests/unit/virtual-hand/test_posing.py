import numpy as np
import pytest
from emgrig_virtual_hand.posing import (
    angles_of_channels,
    channels_of_rotations,
    rest_rotations,
    rotations_of_angles,
    step_towards,
)
from hypothesis import example, given
from hypothesis import strategies as st

finger_values = st.floats(-2.109375, 2.109375, width=32, allow_subnormal=False)


def channels(**values):
    array = np.zeros(9, dtype=np.float32)
    for name, value in values.items():
        array[int(name.removeprefix("c"))] = value
    return array


def rotations(**values):
    return rotations_of_angles(angles_of_channels(channels(**values)))


def read_back(**values):
    return channels_of_rotations(rotations(**values))


def test_a_cleared_hand_reads_positive_zero_everywhere():
    values = channels_of_rotations(rest_rotations())

    assert values.dtype == np.float32
    assert not np.signbit(values).any()
    assert not values.any()


@given(finger_values, finger_values, finger_values, finger_values)
def test_fingers_read_back_what_they_were_given(index, middle, ring, pinky):
    values = read_back(c2=index, c3=middle, c4=ring, c5=pinky)

    np.testing.assert_allclose(values[2:6], [index, middle, ring, pinky], rtol=0, atol=2.4e-7)


thumb_flexions = st.floats(-1.984375, 1.984375, width=32, allow_subnormal=False)
abductions = st.floats(-3, 3, width=32, allow_subnormal=False)


@given(thumb_flexions, abductions)
def test_a_thumb_within_its_range_reads_back_both_values(flexion, abduction):
    values = read_back(c0=flexion, c1=abduction)

    np.testing.assert_allclose(values[:2], [flexion, abduction], rtol=0, atol=2e-6)


@pytest.mark.parametrize(
    ("given_value", "read"), [(2.1176, 2.1176), (2.2, -2.0352941), (4.0, -0.2352941)]
)
def test_a_finger_beyond_half_a_turn_wraps(given_value, read):
    assert read_back(c2=given_value)[2] == pytest.approx(read, abs=1e-6)


def test_a_thumb_without_abduction_reads_back_up_to_half_a_turn():
    np.testing.assert_allclose(read_back(c0=4.0)[:2], [4.0, 0.0], atol=1e-6)


def test_a_thumb_beyond_a_right_angle_folds_over_into_abduction():
    np.testing.assert_allclose(read_back(c0=2.2, c1=0.1)[:2], [1.8, -5.9], atol=1e-5)


def test_abduction_alone_reads_back_up_to_half_a_turn_and_then_wraps():
    assert read_back(c1=6.0)[1] == pytest.approx(6.0, abs=1e-6)
    assert read_back(c1=6.5)[1] == pytest.approx(-5.5, abs=1e-6)


def test_the_wrist_channels_move_nothing():
    assert not read_back(c6=5.0, c7=5.0, c8=5.0).any()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_finger_that_is_not_finite_reads_as_extension_and_leaves_the_others(value):
    values = read_back(c2=value, c3=-0.5)

    assert values[2] == pytest.approx(90 / 85, abs=1e-6)
    assert values[3] == pytest.approx(-0.5, abs=1e-6)


@pytest.mark.parametrize("channel", ["c0", "c1"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_thumb_that_is_not_finite_reads_two_and_zero(channel, value):
    np.testing.assert_allclose(read_back(**{channel: value})[:2], [2.0, 0.0], atol=1e-6)


@given(finger_values, st.floats(0, 1, allow_subnormal=False))
@example(-1.66015625, 0.685546875)
def test_a_step_moves_a_finger_by_its_share_of_the_way(target, weight):
    stepped = channels_of_rotations(step_towards(rotations(c2=0.25), rotations(c2=target), weight))

    # Beyond half a turn apart the shortest way is the other one.
    if abs(target - 0.25) < 2.1:
        expected = 0.25 + weight * (target - 0.25)
        # Within 0.081 degrees of a right angle the read-back is the right angle: 3.7.
        is_folded = abs(85 * abs(expected) - 90) < 0.1
        assert stepped[2] == pytest.approx(expected, abs=1e-3 if is_folded else 2e-5)


def test_a_step_of_more_than_the_whole_way_overshoots():
    stepped = channels_of_rotations(step_towards(rest_rotations(), rotations(c2=-0.5), 1.5))

    assert stepped[2] == pytest.approx(-0.75, abs=1e-6)


def test_steps_cannot_leave_nan():
    stuck = step_towards(rest_rotations(), rotations(c2=np.nan), 0.1)

    values = channels_of_rotations(step_towards(stuck, rotations(c2=-1.0), 0.1))

    assert values[2] == pytest.approx(90 / 85, abs=1e-6)
