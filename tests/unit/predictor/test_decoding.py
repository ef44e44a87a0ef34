"""One feature vector: a prediction, or a refusal with its reason."""

from dataclasses import replace

import numpy as np
import pytest
from emgrig.errors import FrameDecodeError, SpecMismatchError
from emgrig_predictor.decoding import NonFiniteError, decode

FEATURES = np.ones(12, np.float32)


def test_matching_features_are_predicted_from(make_model):
    model = make_model()

    prediction = decode(model, FEATURES, model.spec_id, model.spec.to_dict())

    np.testing.assert_array_equal(prediction, [12, 12])


def test_features_of_another_engine_are_the_same_features(make_model):
    model = make_model()
    other = replace(model.spec, engine="myoverse")

    assert decode(model, FEATURES, other.id, other.to_dict()).shape == (2,)


def test_features_of_another_spec_are_refused_naming_both(make_model):
    model = make_model()
    other = replace(model.spec, window_samples=96, sample_rate_hz=2048.0)

    with pytest.raises(SpecMismatchError) as caught:
        decode(model, np.ones(18, np.float32), other.id, other.to_dict())

    words = str(caught.value)
    assert model.spec_id in words
    assert other.id in words
    assert "window_samples 64 against 96" in words
    assert "sample_rate_hz 200.0 against 2048.0" in words


@pytest.mark.parametrize(("spec_id", "spec"), [(None, None), ("x", {"window": 1}), (7, "spec")])
def test_features_that_do_not_say_what_they_are_are_refused(make_model, spec_id, spec):
    with pytest.raises(SpecMismatchError):
        decode(make_model(), FEATURES, spec_id, spec)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_features_that_are_not_finite_are_refused(make_model, bad):
    model = make_model()
    features = FEATURES.copy()
    features[5] = bad

    with pytest.raises(NonFiniteError, match="1 of 12"):
        decode(model, features, model.spec_id, model.spec.to_dict())


@pytest.mark.parametrize("shape", [(11,), (13,), (1, 12), (12, 1), ()])
def test_a_vector_of_another_length_is_refused(make_model, shape):
    model = make_model()

    with pytest.raises(FrameDecodeError, match="expected 12 features"):
        decode(model, np.ones(shape, np.float32), model.spec_id, model.spec.to_dict())
