"""Scores against values worked out by hand, and a split that keeps its promise."""

import numpy as np
import pytest
from emgrig_trainer.scoring import held_out, score_classes, score_targets


def test_r2_and_rmse_are_per_target():
    truth = np.array([[0.0, 1.0], [1.0, 1.0], [2.0, 1.0]])
    predicted = np.array([[0.0, 1.0], [1.0, 2.0], [1.0, 1.0]])

    scores = score_targets(truth, predicted)

    assert scores["r2_per_target"] == [pytest.approx(0.5), None]
    assert scores["rmse_per_target"] == [pytest.approx(np.sqrt(1 / 3))] * 2
    assert scores["r2"] == pytest.approx(0.5)
    assert scores["windows"] == 3


def test_balanced_accuracy_weighs_classes_equally():
    truth = np.array([0, 0, 0, 1])
    predicted = np.array([0, 0, 0, 0])

    scores = score_classes(truth, predicted)

    assert scores == {"accuracy": 0.75, "balanced_accuracy": 0.5, "windows": 4}


def test_no_windows_have_no_scores():
    nothing = np.empty((0, 5))

    assert score_targets(nothing, nothing)["r2"] is None
    assert score_classes(nothing[:, 0], nothing[:, 0])["accuracy"] is None


@pytest.mark.parametrize(("n", "hop", "n_blocks"), [(240, 20, 12), (97, 7, 12), (13, 40, 4)])
def test_no_trained_window_shares_a_sample_with_a_held_out_one(n, hop, n_blocks):
    starts = np.arange(n) * hop

    is_train, is_test = held_out(starts, 40, groups=np.zeros(n, int), n_blocks=n_blocks)

    assert is_test.any()
    assert is_train.any()
    distance = np.abs(starts[is_train][:, None] - starts[is_test][None, :])
    assert distance.min() >= 40


def test_held_out_windows_are_contiguous_blocks():
    _, is_test = held_out(np.arange(240) * 20, 40, groups=np.zeros(240, int), n_blocks=12)

    edges = np.flatnonzero(np.diff(np.concatenate([[0], is_test.astype(int), [0]])))
    assert edges.tolist() == [40, 60, 120, 140, 200, 220]


def test_every_class_is_on_both_sides():
    classes = np.repeat([0, 1, 2], 40)

    is_train, is_test = held_out(np.arange(120) * 20, 40, groups=classes, n_blocks=4)

    assert set(classes[is_train]) == set(classes[is_test]) == {0, 1, 2}
