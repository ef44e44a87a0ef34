"""The poser: what the hand is shown, and when."""

import math

import numpy as np
import pytest
from emgrig.dsp import FLEXION_CHANNELS, FLEXION_NAMES, FilterSettings
from emgrig.messages import Message
from emgrig_vhi_bridge.posing import Poser, Timing
from emgrig_vhi_bridge.refusing import RefusedPredictionError
from hypothesis import given
from hypothesis import strategies as st

TIMING = Timing(resend_s=1 / 32, silence_s=0.5, ramp_s=0.4)
# A little before 0.5 s, so that what is decided then is pushed in time.
FRESH_S = 0.48
IDENTITY = FilterSettings(kind="identity")
FIST = [1.0] * 5


def make_poser(settings=IDENTITY):
    return Poser(TIMING, settings)


def make_prediction(
    values, t=0.0, *, epoch="e1", model_id="m1", sample_index=0, targets=FLEXION_NAMES
):
    return Message(
        topic="prediction/hand",
        source="predictor",
        epoch=epoch,
        seq=0,
        t_last=t,
        sample_index=sample_index,
        data=np.asarray(values, np.float32),
        fields={"model_id": model_id, "targets": list(targets)},
    )


def accept(poser, values, now, **origin):
    return poser.accept(make_prediction(values, now, **origin), now=now, data_age_s=0.0)


def play(poser, start, stop):
    """Follow the poser's own clock; return [(time, pose)]."""
    now, sent = start, []
    while now < stop:
        pose = poser.tick(now)
        if pose is not None:
            sent.append((now, pose))
        now += max(poser.wait_s(now), 1e-4)
    return sent


def test_prediction_becomes_negative_flexion_on_five_channels():
    pose = accept(make_poser(), [0.1, 0.2, 0.3, 0.4, 0.5], 0.0)

    assert pose.values.dtype == np.float32
    np.testing.assert_allclose(pose.values, [-0.1, 0, -0.2, -0.3, -0.4, -0.5, 0, 0, 0], atol=1e-7)
    assert pose.reason == "prediction"
    assert pose.model_id == "m1"


def test_prediction_beyond_the_range_is_clipped():
    pose = accept(make_poser(), [-3.0, 7.0, 0.5, 1.0, 0.0], 0.0)

    assert pose.values[list(FLEXION_CHANNELS)].tolist() == [0.0, -1.0, -0.5, -1.0, 0.0]


def test_resting_finger_is_plus_zero():
    """A hand that prints -0.0 looks broken."""
    pose = accept(make_poser(), [0.0] * 5, 0.0)

    assert not np.signbit(pose.values).any()


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_non_finite_prediction_is_refused_and_counts_as_silence(bad):
    poser = make_poser()
    accept(poser, FIST, 0.0)

    for k in range(1, 20):
        with pytest.raises(RefusedPredictionError, match="finite") as refused:
            accept(poser, [bad, 0, 0, 0, 0], k * 0.05)
        assert refused.value.reason == "non_finite"

    assert poser.tick(0.51).reason == "rest"


@pytest.mark.parametrize("values", [[], [1.0], [1.0] * 9, [FIST]])
def test_prediction_of_another_number_of_targets_is_refused(values):
    with pytest.raises(RefusedPredictionError, match="5 flexions") as refused:
        accept(make_poser(), values, 0.0)
    assert refused.value.reason == "shape"


@pytest.mark.parametrize("targets", ["abcde", FLEXION_NAMES[::-1]])
def test_prediction_of_five_other_targets_never_moves_the_hand(targets):
    poser = make_poser()

    with pytest.raises(RefusedPredictionError, match="load a model with these") as refused:
        accept(poser, FIST, 0.0, targets=targets)

    assert refused.value.reason == "targets"
    assert poser.at_rest


def test_names_of_the_flexions_can_be_set():
    poser = Poser(TIMING, IDENTITY, "abcde")

    assert accept(poser, FIST, 0.0, targets="abcde").reason == "prediction"


def test_prediction_from_old_data_is_refused():
    poser = make_poser()

    with pytest.raises(RefusedPredictionError) as refused:
        poser.accept(make_prediction(FIST), now=0.0, data_age_s=0.501)

    assert refused.value.reason == "stale"
    assert poser.at_rest


def test_last_pose_is_sent_again_at_32_hz():
    poser = make_poser()
    accept(poser, FIST, 0.0)

    sent = play(poser, 0.0, FRESH_S - 0.001)

    times = [t for t, _ in sent]
    assert times[0] == pytest.approx(1.5 / 32)
    np.testing.assert_allclose(np.diff(times), 1 / 32, atol=1e-9)
    assert {pose.reason for _, pose in sent} == {"resend"}
    assert all(pose.values.min() == -1 for _, pose in sent)


def test_prediction_at_the_rate_of_the_resend_leaves_nothing_to_resend():
    poser = make_poser()
    for k in range(32):
        accept(poser, FIST, k / 32)
        assert poser.tick((k + 1.4) / 32) is None


def test_silence_leads_to_rest_by_a_line_within_a_second():
    poser = make_poser()
    accept(poser, FIST, 0.0)

    rest = [(t, pose) for t, pose in play(poser, 0.0, 1.5) if pose.reason == "rest"]

    start = rest[0][0]
    assert start == pytest.approx(FRESH_S, abs=1e-3)
    for t, pose in rest:
        expected = -max(0.0, 1 - (t - start) / TIMING.ramp_s)
        assert pose.values[0] == pytest.approx(expected, abs=1e-6)
    first_at_rest = next(t for t, pose in rest if not pose.values.any())
    assert first_at_rest == pytest.approx(FRESH_S + TIMING.ramp_s, abs=1e-3)
    assert poser.at_rest


def test_a_pose_is_as_old_as_its_data_and_not_as_its_arrival():
    poser = make_poser()
    poser.accept(make_prediction(FIST), now=0.0, data_age_s=0.3)

    sent = play(poser, 0.0, 0.5)

    assert max(t for t, pose in sent if pose.reason == "resend") <= 0.2
    assert min(t for t, pose in sent if pose.reason == "rest") == pytest.approx(0.18, abs=1e-3)


def test_rest_is_sent_again_until_a_good_prediction_comes():
    poser = make_poser()

    before = play(poser, 0.0, 1.0)
    pose = accept(poser, FIST, 1.0)

    assert len(before) == pytest.approx(32, abs=1)
    assert not any(pose.values.any() for _, pose in before)
    assert pose.values.min() == -1


def test_prediction_in_the_middle_of_the_ramp_is_followed_at_once():
    poser = make_poser()
    accept(poser, FIST, 0.0)
    play(poser, 0.0, 0.7)

    accept(poser, FIST, 0.7)
    sent = play(poser, 0.7, 1.1)

    assert {pose.reason for _, pose in sent} == {"resend"}


def test_switched_off_output_goes_to_rest():
    poser = make_poser()
    accept(poser, FIST, 0.0)

    poser.set_enabled(False, 0.01)

    sent = play(poser, 0.01, 0.5)
    assert sent[0][0] == pytest.approx(0.01)
    assert {pose.reason for _, pose in sent} == {"rest"}
    assert poser.at_rest
    assert not poser.values.any()


STEPS = st.lists(
    st.tuples(
        st.floats(0, 0.7),
        st.lists(st.floats(width=32), min_size=4, max_size=5),
        st.floats(0, 1),
        st.booleans(),
    ),
    max_size=30,
)


@given(kind=st.sampled_from(["identity", "gaussian", "one_euro"]), steps=STEPS)
def test_whatever_comes_every_pose_is_finite_and_in_range(kind, steps):
    """The safety property of a moving hand."""
    poser = make_poser(FilterSettings(kind=kind))
    now, last_good, poses = 0.0, -math.inf, []
    for wait_s, values, age_s, enabled in steps:
        poses += play(poser, now, now + wait_s)
        now += wait_s
        if enabled != poser.enabled:
            poser.set_enabled(enabled, now)
        try:
            pose = poser.accept(make_prediction(values, now), now=now, data_age_s=age_s)
        except RefusedPredictionError:
            continue
        last_good = now
        poses.append((now, pose))
    poses += play(poser, now, now + 2)

    for _, pose in poses:
        assert np.isfinite(pose.values).all()
        assert ((pose.values >= -1) & (pose.values <= 0)).all()
        assert not pose.values[[1, 6, 7, 8]].any()
    assert not any(pose.values.any() for t, pose in poses if t > last_good + 1.0)
