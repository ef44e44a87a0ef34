"""The signal model is the contract's: its numbers are copied from session-format.md 9."""

import numpy as np
import pytest
from emgrig_emg_generator.synthesis import Synthesis, class_patterns

FIST_PATTERN = [0.7592, 0.8713, 0.9551, 1, 1, 0.9551, 0.8713, 0.7592]
FIST_STD = [0.774, 0.884, 0.967, 1.011, 1.011, 0.967, 0.884, 0.774]


def test_fist_pattern_is_the_contracts():
    patterns = class_patterns(2, 8)

    np.testing.assert_allclose(patterns[1], FIST_PATTERN, atol=5e-5)
    assert not patterns[0].any()


def test_each_class_peaks_at_its_own_place():
    patterns = class_patterns(5, 64)

    assert np.all(np.diff(patterns[1:].argmax(axis=1)) > 0)
    np.testing.assert_array_equal(patterns[1:].max(axis=1), 1)


def test_one_channel_takes_part_in_every_class():
    np.testing.assert_array_equal(class_patterns(3, 1), [[0], [1], [1]])


def test_rest_is_quiet_white_noise():
    emg = Synthesis(8, 2, seed=1).chunk(100_000, 0)

    assert emg.dtype == np.float32
    np.testing.assert_allclose(emg.std(axis=0), 0.02, rtol=0.01)
    np.testing.assert_allclose(emg.mean(axis=0), 0, atol=3e-4)


def test_fist_has_the_contracts_mean_and_deviation():
    emg = Synthesis(8, 2, seed=2).chunk(200_000, 1)

    np.testing.assert_allclose(emg.std(axis=0), FIST_STD, rtol=0.01)
    np.testing.assert_allclose(emg.mean(axis=0), 0.15 * np.array(FIST_PATTERN), atol=0.01)


def test_channels_are_independent():
    emg = Synthesis(8, 2, seed=3).chunk(100_000, 1)

    correlation = np.corrcoef(emg.T) - np.eye(8)
    assert np.abs(correlation).max() < 0.02


def test_several_degrees_of_freedom_add_up():
    emg = Synthesis(8, 4, multi_dof=True, seed=4).chunk(200_000, 0b101)

    pattern = class_patterns(4, 8)[[1, 3]].sum(axis=0)
    np.testing.assert_allclose(emg.std(axis=0), np.sqrt(0.0225 + pattern**2), rtol=0.01)


@pytest.mark.parametrize(
    ("control", "active"),
    [
        (0, []),
        (1, [1]),
        (2.4, [2]),
        (0.5, []),  # half to even
        (1.5, [2]),
        (2.5, [2]),
        (99, [3]),
        (-5, []),
        (float("nan"), []),
        (float("inf"), []),
    ],
)
def test_control_value_is_a_class_rounded_and_clamped(control, active):
    assert Synthesis(8, 4).active_classes(control) == active


@pytest.mark.parametrize(
    ("control", "active"),
    [(0, []), (1, [1]), (2, [2]), (3, [1, 2]), (7, [1, 2, 3]), (8, []), (13, [1, 3]), (-1, [])],
)
def test_control_value_is_a_mask_in_multi_dof(control, active):
    assert Synthesis(8, 4, multi_dof=True).active_classes(control) == active
