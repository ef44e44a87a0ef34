"""Conditioning: what it removes, and that chunks do not matter."""

from itertools import pairwise

import numpy as np
import pytest
from emgrig.dsp import Conditioner, Conditioning, condition_offline
from emgrig.errors import ConfigError
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

FS = 2048.0
FULL = Conditioning(highpass_hz=20, notch_hz=50)


def emg(n, n_channels=3, seed=0):
    return np.random.default_rng(seed).normal(size=(n, n_channels)).astype(np.float32)


def test_highpass_is_scipys_from_the_steady_state_of_the_first_sample():
    x = emg(500)
    sections = signal.butter(4, 20, "highpass", fs=FS, output="sos")
    state = signal.sosfilt_zi(sections)[:, :, np.newaxis] * x[0].astype(float)
    expected, _ = signal.sosfilt(sections, x.astype(float), axis=0, zi=state)
    got = condition_offline(x, [slice(0, 500)], Conditioning(highpass_hz=20), FS)
    np.testing.assert_allclose(got, expected, atol=1e-6)


def test_amplifier_offset_leaves_no_transient():
    offset = np.tile([48.0, -26.0, 0.0], (4000, 1))
    got = Conditioner(FULL, FS, 3).process(offset)
    assert np.abs(got[:, :1]).max() < 1e-9
    assert np.abs(got).max() < 1e-9


def test_mains_is_removed_and_emg_kept():
    t = np.arange(8192) / FS
    wave = np.stack([np.sin(2 * np.pi * hz * t) for hz in (50, 120)], axis=1)
    got = Conditioner(FULL, FS, 2).process(wave)[4096:]
    assert np.abs(got[:, 0]).max() < 0.01
    assert np.abs(got[:, 1]).max() > 0.98


@given(
    cuts=st.lists(st.integers(0, 300), max_size=8), holes=st.lists(st.integers(0, 299), max_size=5)
)
@settings(deadline=None)
def test_chunks_do_not_matter(cuts, holes):
    x = emg(300)
    x[holes, 1] = np.nan
    x[: max(holes, default=0), 2] = np.nan
    edges = [0, *sorted(cuts), 300]
    conditioner = Conditioner(FULL, FS, 3)
    chunks = [conditioner.process(x[a:b]) for a, b in pairwise(edges)]
    np.testing.assert_array_equal(
        np.concatenate(chunks), condition_offline(x, [slice(0, 300)], FULL, FS)
    )


def test_one_bad_sample_does_not_spoil_what_follows():
    x = emg(1000)
    x[[0, 500], 1] = np.nan, np.inf
    got = Conditioner(FULL, FS, 3).process(x)
    bad = np.isnan(got)
    assert bad.sum() == 2
    assert bad[0, 1]
    assert bad[500, 1]


def test_an_offset_leaves_no_transient_when_the_first_samples_are_missing():
    offset = np.tile([48.0, -26.0, 7.0], (400, 1))
    offset[0, 0] = offset[:150, 1] = offset[:, 2] = np.nan
    conditioner = Conditioner(FULL, FS, 3)
    got = np.concatenate([conditioner.process(part) for part in np.split(offset, 4)])
    np.testing.assert_array_equal(np.isnan(got), np.isnan(offset))
    assert np.nanmax(np.abs(got)) < 1e-9


def test_notch_alone_keeps_an_offset():
    got = Conditioner(Conditioning(notch_hz=50), FS, 1).process(np.full((500, 1), 3.0))
    np.testing.assert_allclose(got, 3.0, rtol=1e-6)


def test_reset_starts_a_new_run():
    x = emg(200) + 30
    conditioner = Conditioner(FULL, FS, 3)
    first = conditioner.process(x)
    assert not np.allclose(conditioner.process(x), first)
    conditioner.reset()
    np.testing.assert_array_equal(conditioner.process(x), first)


def test_offline_starts_afresh_in_each_segment_and_leaves_the_rest_out():
    x = emg(300) + 30
    got = condition_offline(x, [slice(0, 100), slice(150, 300)], FULL, FS)
    fresh = Conditioner(FULL, FS, 3).process(x[150:])
    np.testing.assert_array_equal(got[150:], fresh)
    assert np.isnan(got[100:150]).all()


def test_identity_copies_in_single_precision():
    x = np.arange(6).reshape(2, 3)
    got = Conditioner(Conditioning(), FS, 3).process(x)
    assert Conditioning().is_identity
    assert not FULL.is_identity
    assert got.dtype == np.float32
    np.testing.assert_array_equal(got, x)


def test_document_survives():
    assert Conditioning.from_dict(FULL.to_dict()) == FULL


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"highpass_hz": -1}, "highpass_hz must be 0"),
        ({"notch_hz": float("nan")}, "notch_hz must be 0"),
        ({"highpass_order": 0}, "highpass_order must be between 1 and 8"),
        ({"highpass_order": 9}, "highpass_order must be between 1 and 8"),
    ],
)
def test_values_out_of_range_are_refused(values, words):
    with pytest.raises(ConfigError, match=words):
        Conditioning(**values)


@pytest.mark.parametrize("name", ["highpass_hz", "notch_hz"])
def test_frequencies_above_half_the_rate_are_refused(name):
    with pytest.raises(ConfigError, match=rf"{name} must be below half .* \(100 Hz\), got 100 Hz"):
        Conditioner(Conditioning(**{name: 100}), 200, 1)
