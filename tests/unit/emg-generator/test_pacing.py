"""Deadlines on one grid: exact on average, silent about lost time only beyond a second."""

import pytest
from emgrig_emg_generator.pacing import Pacer


def test_rate_is_exact_however_late_each_wake_up_is():
    pacer = Pacer(2048, 32, now_s=100.0)

    for _ in range(3840):  # one minute
        assert pacer.advance(pacer.deadline_s + 0.3) == 0

    assert pacer.deadline_s == pytest.approx(100.0 + 3841 * 32 / 2048, abs=1e-9)


def test_grid_does_not_drift_at_a_rate_that_binary_fractions_cannot_hold():
    pacer = Pacer(1111.1, 7, now_s=0.0)

    for _ in range(100_000):
        pacer.advance(pacer.deadline_s)

    assert pacer.deadline_s == pytest.approx(100_001 * 7 / 1111.1, rel=1e-12)


def test_delay_of_less_than_a_second_is_caught_up():
    pacer = Pacer(100, 10, now_s=0.0)

    assert pacer.advance(1.1) == 0

    assert pacer.deadline_s == pytest.approx(0.2)


def test_grid_starts_again_when_more_than_a_second_late():
    pacer = Pacer(100, 10, now_s=0.0)

    late_s = pacer.advance(5.0)

    assert late_s == pytest.approx(4.8)
    assert pacer.deadline_s == pytest.approx(5.1)
