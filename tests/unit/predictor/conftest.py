"""A model without weights."""

import numpy as np
import pytest
from emgrig.dsp import FeatureSpec
from emgrig_predictor.decoding import LoadedModel


class SumDecoder:
    """Predicts the sum of the features, twice."""

    n_features = 12
    output_names = ("thumb", "index")

    def predict(self, features):
        return np.full(2, features.sum(), np.float32)

    def predict_many(self, features):
        return np.repeat(features.sum(axis=1, keepdims=True), 2, axis=1)


@pytest.fixture
def make_model():
    def make(model_id: str = "a") -> LoadedModel:
        spec = FeatureSpec(window_samples=64, sample_rate_hz=200.0, n_channels=2, engine="numpy")
        return LoadedModel(model_id, spec, spec.id, ["thumb", "index"], SumDecoder())

    return make
