"""Windows and chunks of one stream over all its sources."""

import numpy as np
import pytest
from emgrig.dsp import Conditioning, condition_offline, segments, window_starts
from emgrig.errors import ConfigError
from emgrig_emg_acquirer.acquisition import Acquisition, Cut

RATE_HZ = 1000.0
CUT = Cut(window_s=0.2, hop_samples=50, conditioning=Conditioning())


def make_emg(n_samples: int, n_channels: int = 3) -> tuple[np.ndarray, np.ndarray]:
    emg = np.random.default_rng(7).normal(size=(n_samples, n_channels)).astype(np.float32)
    return emg, 50 + np.arange(n_samples) / RATE_HZ


def begun(cut: Cut = CUT, n_channels: int = 3, rate_hz: float = RATE_HZ) -> Acquisition:
    acquisition = Acquisition(cut)
    acquisition.begin(n_channels, rate_hz, correction_s=0.0)
    return acquisition


@pytest.mark.parametrize("chunk", [1, 17, 50, 999])
@pytest.mark.parametrize("highpass_hz", [0.0, 20.0])
def test_live_windows_are_the_offline_ones_for_any_chunking(chunk, highpass_hz):
    conditioning = Conditioning(highpass_hz)
    emg, stamps = make_emg(1000)
    stamps[500:] += 1.0  # a gap
    acquisition = begun(Cut(0.2, 50, conditioning))

    windows = [
        window
        for k in range(0, 1000, chunk)
        for window in acquisition.take(emg[k : k + chunk], stamps[k : k + chunk]).windows
    ]

    starts = window_starts(stamps, RATE_HZ, window_samples=200, hop_samples=50)
    offline = condition_offline(emg, segments(stamps, RATE_HZ), conditioning, RATE_HZ)
    assert [window.start_index for window in windows] == starts.tolist()
    for window in windows:
        expected = offline[window.start_index : window.start_index + 200]
        np.testing.assert_allclose(window.samples, expected, atol=1e-5)
        assert window.t_last == stamps[window.start_index + 199]


def test_window_length_is_the_contracts():
    acquisition = begun(CUT, 1, 2048)

    batch = acquisition.take(np.zeros((409, 1), np.float32), np.arange(409) / 2048)

    assert batch.windows[0].samples.shape == (409, 1)


def test_raw_samples_keep_their_type():
    acquisition = begun()

    batch = acquisition.take(np.ones((200, 3), np.int16), np.arange(200) / RATE_HZ)

    assert batch.samples.dtype == np.int16
    assert batch.windows[0].samples.dtype == np.float32


def test_windows_with_values_that_are_not_finite_are_left_out_and_counted():
    acquisition = begun()
    emg, stamps = make_emg(1000)
    emg[420, 1] = np.nan

    batch = acquisition.take(emg, stamps)

    starts = [window.start_index for window in batch.windows]
    assert starts == [0, 50, 100, 150, 200, 450, 500, 550, 600, 650, 700, 750, 800]
    assert batch.nan_windows == 4
    assert acquisition.inspect(batch, 0.0).faults.not_finite == 1


def test_indices_go_on_when_the_source_comes_back_with_another_shape():
    acquisition = begun()
    emg, stamps = make_emg(300)
    acquisition.inspect(acquisition.take(emg, stamps), 0.0)

    acquisition.begin(2, 500.0, correction_s=0.0)
    batch = acquisition.take(np.zeros((100, 2)), stamps[-1] + 3 + np.arange(100) / 500)

    assert batch.sample_index == 300
    assert [window.start_index for window in batch.windows] == [300]
    assert acquisition.inspect(batch, 0.0).gaps_s == pytest.approx([3.0])
    assert acquisition.n_samples == 400


def test_no_window_spans_a_change_of_source_however_quick():
    acquisition = begun()
    emg, stamps = make_emg(300)
    acquisition.take(emg[:150], stamps[:150])

    acquisition.begin(3, RATE_HZ, correction_s=0.0)
    batch = acquisition.take(emg[150:], stamps[150:])

    assert batch.windows == []


def test_irregular_stream_gives_samples_and_no_windows():
    acquisition = begun(CUT, 1, 0.0)

    batch = acquisition.take(np.zeros((1000, 1)), np.sort(np.random.default_rng(1).random(1000)))

    assert len(batch.samples) == 1000
    assert batch.windows == []
    assert acquisition.inspect(batch, 0.0).gaps_s == []


@pytest.mark.parametrize(
    ("cut", "n_channels", "rate_hz", "word"),
    [
        (Cut(0.2, 50, Conditioning(notch_hz=50)), 1, 60.0, "notch_hz"),
        (Cut(0.01, 1, Conditioning()), 1, 50.0, "window"),
        (Cut(10.0, 1, Conditioning()), 1024, 20_000.0, "window_s"),
    ],
)
def test_source_that_cannot_be_windowed_is_refused_with_words_and_still_recorded(
    cut, n_channels, rate_hz, word
):
    acquisition = Acquisition(cut)

    with pytest.raises(ConfigError, match=word):
        acquisition.begin(n_channels, rate_hz, correction_s=0.0)

    batch = acquisition.take(np.zeros((4, n_channels), np.float32), np.arange(4) / rate_hz)
    assert len(batch.samples) == 4
    assert batch.windows == []
