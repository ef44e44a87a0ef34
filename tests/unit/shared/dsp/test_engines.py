"""Feature engines: the formulas, and that every engine and call gives the same numbers."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from emgrig.dsp import FeatureSpec, _blocks, feature_engine
from emgrig.errors import ConfigError, SpecMismatchError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

SPEC = FeatureSpec(window_samples=409, sample_rate_hz=2048, n_channels=8)
ENGINES = ("numpy", "myoverse")


def emg(*shape, seed=0):
    return np.random.default_rng(seed).normal(scale=1e-4, size=shape).astype(np.float32)


@pytest.mark.parametrize("engine", ENGINES)
def test_values_are_the_formulas_in_order(engine):
    spec = replace(SPEC, n_channels=2, window_samples=9, sub_window_samples=4, engine=engine)
    window = emg(9, 2)
    blocks = window[:8].T.reshape(2, 2, 4).astype(float)  # (channel, sub-window, sample)
    expected = [
        np.sqrt((blocks**2).mean(-1)),
        np.abs(blocks).mean(-1),
        np.abs(np.diff(blocks)).sum(-1),
    ]
    np.testing.assert_allclose(
        feature_engine(spec)(window), np.concatenate(expected, axis=None), rtol=1e-6
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("sub_window", [32, 0])
def test_many_equals_one_by_one(engine, sub_window, monkeypatch):
    monkeypatch.setattr(_blocks, "_BLOCK_SAMPLES", 3 * 409 * 8)  # several blocks, the last short
    calculate = feature_engine(replace(SPEC, engine=engine, sub_window_samples=sub_window))
    windows = emg(10, 409, 8)
    singles = np.array([calculate(window) for window in windows])
    many = calculate.many(windows)
    assert many.dtype == singles.dtype == np.float32
    np.testing.assert_allclose(many, singles, rtol=1e-6)
    assert calculate.many(windows[:0]).shape == (0, calculate.spec.n_features)


@pytest.mark.parametrize("engine", ENGINES)
def test_strided_views_and_read_only_windows_will_do(engine):
    calculate = feature_engine(replace(SPEC, engine=engine, n_channels=1))
    recording = emg(1000, 1)
    recording.flags.writeable = False
    view = np.lib.stride_tricks.sliding_window_view(recording, 409, axis=0)[::64]
    windows = view.transpose(0, 2, 1)
    assert np.array_equal(calculate.many(windows)[1], calculate(recording[64:473]))


@given(
    data=st.data(),
    n_channels=st.integers(1, 4),
    window_samples=st.integers(4, 80),
    sub_window=st.integers(0, 4),
)
@settings(deadline=None, max_examples=60)
def test_engines_agree(data, n_channels, window_samples, sub_window):
    # From a microvolt to a volt, and silence; smaller squares leave single precision.
    magnitude = st.floats(2.0**-20, 1.0, width=32) | st.just(0.0)
    values = st.builds(lambda sign, m: sign * m, st.sampled_from([-1.0, 1.0]), magnitude)
    window = data.draw(arrays.arrays(np.float32, (window_samples, n_channels), elements=values))
    spec = FeatureSpec(
        window_samples=window_samples,
        sample_rate_hz=200,
        n_channels=n_channels,
        sub_window_samples=sub_window,
    )
    ours = feature_engine(replace(spec, engine="numpy"))
    theirs = feature_engine(spec)
    np.testing.assert_allclose(ours(window), theirs(window), rtol=1e-5, atol=1e-12)
    windows = np.stack([window, window[::-1]])
    np.testing.assert_allclose(ours.many(windows), theirs.many(windows), rtol=1e-5, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_engines_agree_over_an_amplifier_offset(seed):
    window = emg(409, 8, seed=seed) + np.float32(0.04)
    ours, theirs = (feature_engine(replace(SPEC, engine=e))(window) for e in ENGINES)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)


@pytest.mark.parametrize("engine", ENGINES)
def test_non_finite_samples_stay_visible(engine):
    window = emg(409, 8)
    window[40, 3] = np.nan
    values = feature_engine(replace(SPEC, engine=engine))(window)
    assert np.isnan(values).sum() == 3


@pytest.mark.parametrize("engine", ENGINES)
def test_windows_of_another_shape_are_refused(engine):
    calculate = feature_engine(replace(SPEC, engine=engine))
    with pytest.raises(
        SpecMismatchError, match="409 samples x 8 channels, got shape \\(2048, 8\\)"
    ):
        calculate(emg(2048, 8))
    with pytest.raises(SpecMismatchError, match="set the same window and channels"):
        calculate.many(emg(2, 409, 4))


@pytest.mark.parametrize("missing", ["torch", "myoverse.transforms"])
def test_missing_library_says_what_to_install(monkeypatch, missing):
    feature_engine(SPEC)  # torch must not be imported half-way
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ConfigError, match="install emgrig\\[myoverse\\]"):
        feature_engine(SPEC)


def test_pytorch_without_named_tensors_is_refused(monkeypatch):
    class NewPyTorch:
        __version__ = "2.13.0"
        Tensor = object

    monkeypatch.setitem(sys.modules, "torch", NewPyTorch)
    with pytest.raises(ConfigError, match=r"named tensors, got 2\.13\.0"):
        feature_engine(SPEC)
