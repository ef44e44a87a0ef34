"""The monitors see what is wrong, and nothing where nothing is."""

import numpy as np
import pytest
from emgrig_emg_acquirer.monitoring import GapMeter, RateMonitor, find_sample_faults


def feed(monitor: RateMonitor, *, rate_hz: float, chunk: int, seconds: float) -> None:
    for k in range(int(seconds * rate_hz / chunk) + 1):
        monitor.observe(chunk, 100 + k * chunk / rate_hz)


@pytest.mark.parametrize("chunk", [1, 32, 500, 2048])
def test_delivered_rate_does_not_depend_on_the_size_of_chunks(chunk):
    monitor = RateMonitor(2048)

    feed(monitor, rate_hz=2048, chunk=chunk, seconds=12)

    assert monitor.delivered_hz == pytest.approx(2048, rel=1e-6)
    assert not monitor.is_off


@pytest.mark.parametrize(("rate_hz", "is_off"), [(2006, True), (2020, False), (2095, True)])
def test_rate_is_off_beyond_two_percent(rate_hz, is_off):
    monitor = RateMonitor(2048)

    feed(monitor, rate_hz=rate_hz, chunk=32, seconds=8)

    assert monitor.is_off == is_off


def test_one_late_chunk_is_no_wrong_rate():
    monitor = RateMonitor(2048)
    feed(monitor, rate_hz=2048, chunk=32, seconds=6)

    monitor.observe(32, 106.3)
    assert not monitor.is_off
    for _ in range(18):  # what waited behind it
        monitor.observe(32, 106.301)

    assert not monitor.is_off


def test_rate_is_not_judged_before_five_seconds():
    monitor = RateMonitor(2048)

    feed(monitor, rate_hz=1000, chunk=32, seconds=4.9)

    assert not monitor.is_off


def test_backlog_of_a_new_connection_does_not_count():
    monitor = RateMonitor(1000)
    monitor.observe(5000, 100)

    for k in range(1, 400):
        monitor.observe(20, 100 + k * 0.02)

    assert monitor.delivered_hz == pytest.approx(1000)


def test_irregular_stream_has_a_rate_but_is_never_off():
    monitor = RateMonitor(0)

    feed(monitor, rate_hz=50, chunk=1, seconds=10)

    assert monitor.delivered_hz == pytest.approx(50)
    assert not monitor.is_off


def test_nothing_heard_is_no_rate():
    assert RateMonitor(100).delivered_hz == 0


def test_gap_is_measured_within_and_between_chunks():
    meter = GapMeter()

    assert meter.observe(np.array([1.0, 1.01, 1.5]), 0.1) == pytest.approx([0.49])
    assert meter.observe(np.array([1.51]), 0.1) == []
    assert meter.observe(np.array([4.51, 4.52]), 0.1) == pytest.approx([3.0])
    assert meter.observe(np.array([2.52]), 0.1) == pytest.approx([-2.0])
    assert meter.gaps == 3


def test_change_of_source_is_a_gap_however_short():
    meter = GapMeter()
    meter.interrupt()  # the first source interrupts nothing
    assert meter.observe(np.array([1.0]), 0.1) == []

    meter.interrupt()

    assert meter.observe(np.array([1.05, 1.06]), 0.1) == pytest.approx([0.05])


def test_good_samples_have_no_faults():
    faults = find_sample_faults(np.random.default_rng(0).normal(size=(100, 8)), 10.0)

    assert faults == (0, 0, ())


def test_values_that_are_not_finite_are_counted_by_sample_with_their_channels():
    samples = np.zeros((10, 4), np.float32)
    samples[3, [1, 2]] = np.nan
    samples[7, 2] = -np.inf

    faults = find_sample_faults(samples, 0.0)

    assert faults.not_finite == 2
    assert faults.bad_channels == (1, 2)


def test_full_scale_clips_both_ways():
    samples = np.array([[0.5, 0], [1.0, 0], [0, -1.5], [0, -0.99]])

    assert find_sample_faults(samples, 1.0).clipped == 2
    assert find_sample_faults(samples, 0.0).clipped == 0


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.int64])
def test_whole_numbers_clip_at_the_limits_of_their_type(dtype):
    limits = np.iinfo(dtype)
    samples = np.array([[0, 1], [limits.min, 0], [0, limits.max], [limits.max - 1, 0]], dtype)

    assert find_sample_faults(samples, 0.0).clipped == 2
    assert find_sample_faults(samples, 100.0).clipped == 3
