"""Windows to features: the spec follows from the window, the engine is made once."""

import numpy as np
import pytest
from emgrig.dsp import Conditioning, FeatureSpec, feature_engine
from emgrig.errors import ConfigError, FrameDecodeError
from emgrig_feature_extractor.config import FeatureExtractorSettings
from emgrig_feature_extractor.extraction import Extractor
from pydantic import ValidationError

RAW = Conditioning().to_dict()


def make_window(n_samples: int = 64, n_channels: int = 2) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(n_samples, n_channels)).astype(np.float32)


@pytest.fixture
def extractor() -> Extractor:
    return Extractor(["rms", "mav", "wl"], 32, "numpy")


def test_features_are_those_of_the_shared_engine(extractor):
    window = make_window()
    spec = FeatureSpec(window_samples=64, sample_rate_hz=200.0, n_channels=2, engine="numpy")

    features = extractor.extract(window, 200.0, RAW)

    np.testing.assert_array_equal(features.vector, feature_engine(spec)(window))
    assert features.fields == {"spec_id": spec.id, "spec": spec.to_dict()}


def test_one_engine_serves_all_windows_of_a_kind(extractor):
    first = extractor.prepare(64, 2, fs=200.0, conditioning=RAW)

    assert extractor.prepare(64, 2, fs=200.0, conditioning=dict(RAW)) is first


@pytest.mark.parametrize(
    ("shape", "fs", "conditioning"),
    [
        ((96, 2), 200.0, RAW),
        ((64, 3), 200.0, RAW),
        ((64, 2), 100.0, RAW),
        ((64, 2), 200.0, Conditioning(highpass_hz=20).to_dict()),
    ],
)
def test_another_kind_of_window_has_another_spec(extractor, shape, fs, conditioning):
    before = extractor.extract(make_window(), 200.0, RAW).fields["spec_id"]

    after = extractor.extract(make_window(*shape), fs, conditioning).fields["spec_id"]

    assert after != before


@pytest.mark.parametrize(
    ("window", "conditioning"),
    [(np.zeros(64, np.float32), RAW), (np.zeros((64, 2), np.float32), None)],
)
def test_what_is_no_window_is_refused(extractor, window, conditioning):
    with pytest.raises(FrameDecodeError, match="update the sender"):
        extractor.extract(window, 200.0, conditioning)


@pytest.mark.parametrize(
    ("n_samples", "fs", "conditioning"),
    [(0, 200.0, RAW), (64, 0.0, RAW), (64, 200.0, {"highpass": 20, 3: 4})],
)
def test_a_window_without_a_spec_is_refused_with_the_reason(extractor, n_samples, fs, conditioning):
    with pytest.raises(ConfigError):
        extractor.extract(make_window(n_samples), fs, conditioning)


def test_a_refused_window_does_not_spoil_the_next(extractor):
    good = extractor.extract(make_window(), 200.0, RAW)
    with pytest.raises(ConfigError):
        extractor.extract(make_window(), 0.0, RAW)

    again = extractor.extract(make_window(), 200.0, RAW)

    np.testing.assert_array_equal(again.vector, good.vector)


def test_a_window_shorter_than_a_sub_window_is_taken_whole(extractor):
    features = extractor.extract(make_window(10), 54.0, RAW)

    assert features.vector.shape == (6,)
    assert features.fields["spec"]["sub_window_samples"] == 0


def test_what_is_not_finite_shows_in_the_features(extractor):
    window = make_window()
    window[3, 1] = np.nan

    assert not np.isfinite(extractor.extract(window, 200.0, RAW).vector).all()


@pytest.mark.parametrize("key", [{"features": ["rms", "zero_crossings"]}, {"engine": "torch"}])
def test_settings_know_their_words(key):
    with pytest.raises(ValidationError):
        FeatureExtractorSettings(**key)
