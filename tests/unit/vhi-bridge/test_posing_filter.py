"""The poser's output filter: when it starts afresh, and whose time it goes by."""

import numpy as np
import pytest
from emgrig.dsp import FLEXION_NAMES, FilterSettings
from emgrig.messages import Message
from emgrig_vhi_bridge.posing import Poser, Timing

TIMING = Timing(resend_s=1 / 32, silence_s=0.5, ramp_s=0.4)
IDENTITY = FilterSettings(kind="identity")
FIST = [1.0] * 5


def make_poser(settings):
    return Poser(TIMING, settings)


def make_prediction(values, t, *, epoch="e1", model_id="m1", sample_index=0):
    return Message(
        topic="prediction/hand",
        source="predictor",
        epoch=epoch,
        seq=0,
        t_last=t,
        sample_index=sample_index,
        data=np.asarray(values, np.float32),
        fields={"model_id": model_id, "targets": list(FLEXION_NAMES)},
    )


def accept(poser, values, now, **origin):
    return poser.accept(make_prediction(values, now, **origin), now=now, data_age_s=0.0)


@pytest.mark.parametrize(
    "origin", [{"epoch": "e2"}, {"model_id": "m2"}, {"sample_index": 10}], ids=str
)
def test_filter_starts_afresh_when_the_data_does_not_continue(origin):
    poser = make_poser(FilterSettings(kind="one_euro"))
    accept(poser, [0.0] * 5, 0.0, sample_index=100)
    smooth = accept(poser, FIST, 1 / 32, sample_index=200)

    fresh = accept(poser, FIST, 2 / 32, **{"sample_index": 300} | origin)

    assert smooth.values.min() > -0.9
    assert fresh.values.min() == -1


def test_filter_starts_afresh_after_a_rest():
    poser = make_poser(FilterSettings(kind="gaussian", window=30, sigma=10))
    accept(poser, FIST, 0.0)
    for now in np.arange(0.0, 2.0, 0.01):
        poser.tick(now)
    assert poser.at_rest

    pose = accept(poser, [0.25] * 5, 2.0)

    assert pose.values[0] == -0.25


def test_filter_time_is_the_data_s():
    """Two predictions that arrive together, but derive from data 1 s apart."""
    poser = make_poser(FilterSettings(kind="one_euro"))
    poser.accept(make_prediction([0.0] * 5, 10.0), now=0.0, data_age_s=0)
    pose = poser.accept(make_prediction(FIST, 11.0), now=0.0, data_age_s=0)

    # alpha = 1 / (1 + (1 / (2 pi fc)) / dt) with dt = 1 s, fc a little over 1 Hz.
    assert pose.values[0] == pytest.approx(-0.8645, abs=5e-3)


def test_filter_changes_while_it_runs():
    poser = make_poser(FilterSettings(kind="one_euro"))
    accept(poser, [0.0] * 5, 0.0)

    poser.set_filter(IDENTITY)

    assert accept(poser, FIST, 1 / 32).values.min() == -1
    assert poser.filter_settings == IDENTITY
