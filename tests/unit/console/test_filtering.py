"""What smoothing costs."""

import pytest
from emgrig.control import hand_pb2
from emgrig_console.filtering import DEFAULTS, PARAMETERS, delay_ms, delay_words


def test_a_one_euro_filter_costs_its_time_constant() -> None:
    settings = hand_pb2.OutputFilter(kind="one_euro", min_cutoff_hz=1.0)

    assert delay_ms(settings, 32.0) == pytest.approx(159.15, abs=0.01)
    assert delay_words(settings, 32.0) == "Costs about 159 ms at rest, less in motion"


def test_a_gaussian_costs_poses_at_the_rate_at_which_they_come() -> None:
    settings = hand_pb2.OutputFilter(kind="gaussian", window=2, sigma=100.0)

    assert delay_ms(settings, 20.0) == pytest.approx(25.0, rel=0.01)
    assert delay_ms(settings, 40.0) == pytest.approx(12.5, rel=0.01)
    # Nothing is measured yet.
    assert delay_ms(settings, 0.0) == pytest.approx(15.6, rel=0.01)


def test_none_costs_nothing_and_defaults_are_within_the_sliders() -> None:
    assert delay_words(hand_pb2.OutputFilter(kind="identity"), 32.0) == "Costs about 0 ms"
    for key, known in PARAMETERS.items():
        assert known.low <= DEFAULTS[key] <= known.high
