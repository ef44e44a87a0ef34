"""Sweeps: contract 5.9."""

import numpy as np
import pytest
from emgrig.testing import make_rig, wait_until

from tests.contract.hand_streams import TARGET, open_readback
from tests.contract.vhi_v2.conftest import (
    CONTROL_POSE,
    GESTURE,
    INDEX,
    PREDICTION,
    SUFFIXES,
    hand_of,
    pose,
    stream,
)

ROUNDING = 1e-9
FLEXIONS = ("thumb.flexion", "index", "middle", "ring", "little")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_sweep_goes_to_hi_and_lo_and_back_to_rest(hand, predicted, suffix):
    hand.wait_unheard(PREDICTION + suffix)
    predicted.inlet.flush()
    report = hand.SweepControl(name=PREDICTION + suffix, duration_s=1.0, both_directions=True)
    values = predicted.next(90)[0][:, SUFFIXES.index(suffix)]

    assert (report.completed, report.matched_expectation) == (True, True)
    assert report.observed
    assert (values.max(), values.min(), values[-1]) == (pytest.approx(1), pytest.approx(-1), 0)
    hi, lo = int(values.argmax()), int(values.argmin())
    assert hi < lo
    assert np.diff(values[:hi]).min() >= -ROUNDING
    assert np.diff(values[hi:lo]).max() <= ROUNDING
    assert np.diff(values[lo:]).min() >= -ROUNDING


def test_a_sweep_of_one_direction_stays_on_its_side(hand, predicted):
    hand.wait_unheard(INDEX)
    predicted.inlet.flush()
    report = hand.SweepControl(name=INDEX, duration_s=0.5)
    values = predicted.next(60)[0][:, 2]

    assert report.matched_expectation
    assert (values.max(), values.min(), values[-1]) == (pytest.approx(1), 0, 0)


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


def test_a_sweep_that_would_take_for_ever_is_shortened(tmp_path):
    if TARGET:
        pytest.skip("another hand would be swept for as long as it likes")
    names = {"control_stream": "Sweep_Control", "predict_stream": "Sweep_Predict"}
    with hand_of(make_rig(tmp_path, {"virtual-hand": names})) as hand:
        predicted = open_readback("Sweep_Predict")
        hand.sweep_in_background(INDEX, 1e6).add_done_callback(lambda done: None)

        # Half of 30 s to the end: a tenth of it after 1.5 s.
        wait_until(lambda: predicted.next(1)[0][0][2] > 0.1, 10.0)
