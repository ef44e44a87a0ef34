"""Runs and windows: live equals offline, whatever the chunks and gaps."""

from itertools import pairwise

import numpy as np
import pytest
from emgrig.dsp import (
    Conditioning,
    RunSplitter,
    Windower,
    WindowStream,
    condition_offline,
    gap_threshold_s,
    segments,
    window_starts,
)
from emgrig.dsp import windower as windower_room
from emgrig.errors import ConfigError, ServiceFault
from hypothesis import given, settings
from hypothesis import strategies as st

FS = 100.0


def stamps_with_gaps(n, gaps):
    """Even time stamps with a jump before each of the given samples."""
    steps = np.full(n, 1 / FS)
    steps[[gap for gap in gaps if gap < n]] += 1.0
    return np.cumsum(steps)


@pytest.mark.parametrize(("fs", "threshold"), [(2048, 0.1), (54, 0.1), (30, 0.1), (10, 0.3)])
def test_threshold_is_a_tenth_of_a_second_or_three_samples(fs, threshold):
    assert gap_threshold_s(fs) == pytest.approx(threshold)


@pytest.mark.parametrize("fs", [0, -1, float("nan")])
def test_rate_of_an_irregular_stream_is_refused(fs):
    with pytest.raises(ConfigError, match="irregular"):
        gap_threshold_s(fs)


def test_segments_cut_at_jumps_in_either_direction():
    t = [0, 0.01, 0.02, 1.0, 1.01, 0.5, 0.51]
    assert segments(t, FS) == [slice(0, 3), slice(3, 5), slice(5, 7)]
    assert segments([], FS) == []


def test_jitter_repeats_and_small_steps_back_are_no_gaps():
    assert segments([0, 0.0, 0.09, 0.08, 0.08, 0.15], FS) == [slice(0, 6)]


def test_time_stamps_that_are_not_finite_are_gaps():
    nan = float("nan")
    assert segments([0, nan, 0.02, 0.03], FS) == [slice(0, 1), slice(1, 2), slice(2, 4)]
    assert segments([nan, 0.01, 0.02], FS) == [slice(0, 1), slice(1, 3)]


def test_the_splitter_goes_on_from_chunk_to_chunk():
    splitter = RunSplitter(FS)
    assert splitter.split(np.array([0, 0.01])) == [(slice(0, 2), True)]
    assert splitter.split(np.array([0.02, 0.03])) == [(slice(0, 2), False)]
    assert splitter.split(np.array([5.0, 9.0])) == [(slice(0, 1), True), (slice(1, 2), True)]


def test_starts_follow_the_hop_inside_each_run():
    t = stamps_with_gaps(25, [12])
    starts = window_starts(t, FS, window_samples=5, hop_samples=3)
    assert starts.tolist() == [0, 3, 6, 12, 15, 18]
    assert window_starts([], FS, window_samples=5, hop_samples=3).tolist() == []


@pytest.mark.parametrize(("window", "hop"), [(0, 1), (1, 0)])
def test_windows_of_no_samples_are_refused(window, hop):
    with pytest.raises(ConfigError, match="at least 1 sample"):
        window_starts([0.0], FS, window_samples=window, hop_samples=hop)
    with pytest.raises(ConfigError, match="at least 1 sample"):
        Windower(window, hop, fs=FS, n_channels=1)


@given(
    n=st.integers(0, 400),
    cuts=st.lists(st.integers(0, 400), max_size=12),
    gaps=st.lists(st.integers(1, 399), max_size=4),
    window=st.integers(1, 40),
    hop=st.integers(1, 60),
)
@settings(deadline=None)
def test_live_equals_offline(n, cuts, gaps, window, hop):
    x = np.random.default_rng(n).normal(size=(n, 2)) + 5
    t = stamps_with_gaps(n, gaps)
    conditioning = Conditioning(highpass_hz=20)
    stream = WindowStream(conditioning, window_samples=window, hop_samples=hop, fs=FS, n_channels=2)
    plain = Windower(window, hop, fs=FS, n_channels=2)
    live, live_plain = [], []
    for a, b in pairwise([0, *sorted(min(cut, n) for cut in cuts), n]):
        live += stream.push(x[a:b], t[a:b])
        live_plain += plain.push(x[a:b], t[a:b])
    starts = window_starts(t, FS, window_samples=window, hop_samples=hop)
    assert [w.start_index for w in live] == [w.start_index for w in live_plain] == starts.tolist()
    conditioned = condition_offline(x, segments(t, FS), conditioning, FS)
    for w, raw in zip(live, live_plain, strict=True):
        cut = slice(w.start_index, w.start_index + window)
        np.testing.assert_array_equal(w.samples, conditioned[cut])
        np.testing.assert_array_equal(raw.samples, x[cut].astype(np.float32))
        assert (w.t_first, w.t_last) == (t[cut][0], t[cut][-1])


@pytest.mark.parametrize("hop", [1, 7, 60])
def test_buffer_is_reused_without_losing_a_window(hop, monkeypatch):
    monkeypatch.setattr(windower_room, "_SLACK_SAMPLES", 3)
    x = np.arange(500, dtype=np.float32)[:, np.newaxis]
    t = stamps_with_gaps(500, [230])
    windower = Windower(10, hop, fs=FS, n_channels=1)
    windows = windower.push(x[:120], t[:120]) + windower.push(x[120:], t[120:])
    starts = window_starts(t, FS, window_samples=10, hop_samples=hop)
    assert [w.start_index for w in windows] == starts.tolist()
    assert [w.samples[0, 0] for w in windows] == starts.tolist()


def test_windows_are_contiguous_copies():
    windower = Windower(4, 4, fs=FS, n_channels=2)
    (one,) = windower.push(np.ones((4, 2)), np.arange(4) / FS)
    windower.push(np.zeros((4, 2)), np.arange(4, 8) / FS)
    assert one.samples.flags.c_contiguous
    assert one.samples.dtype == np.float32
    assert (one.samples == 1).all()


@pytest.mark.parametrize("shape", [(4, 1), (3, 2), (4,)])
def test_shapes_that_do_not_belong_together_are_our_fault(shape):
    for windower in (
        Windower(4, 4, fs=FS, n_channels=2),
        WindowStream(Conditioning(), window_samples=4, hop_samples=4, fs=FS, n_channels=2),
    ):
        with pytest.raises(ServiceFault, match=r"shape \(4, 2\)"):
            windower.push(np.zeros(shape), np.arange(4) / FS)
