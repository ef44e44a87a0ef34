"""How good predictions are, and which windows are kept back to find out."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["held_out", "score_classes", "score_targets", "shown_classes", "shown_targets"]

# Of the blocks every fourth is held out, beginning with the third.
_EVERY = 4
_FIRST = 2

_MOST_SHOWN = 200
"""Windows of the held-out ones that a model carries along for a picture."""


def score_targets(truth: NDArray[Any], predicted: NDArray[Any]) -> dict[str, Any]:
    """Return R2 and RMSE of each target.

    Args:
        truth: (n, n_targets).
        predicted: (n, n_targets).

    Returns:
        ``r2_per_target`` (None where the truth does not vary), ``rmse_per_target`` in the target's
        unit, ``r2`` = mean over the targets that have one, ``windows``.
    """
    error = np.asarray(predicted, np.float64) - truth
    spread = np.square(truth - truth.mean(axis=0)).sum(axis=0) if len(truth) else np.zeros(0)
    r2 = [
        float(1 - residual / total) if total > 0 else None
        for residual, total in zip(np.square(error).sum(axis=0), spread, strict=False)
    ]
    known = [value for value in r2 if value is not None]
    return {
        "r2": float(np.mean(known)) if known else None,
        "r2_per_target": r2,
        "rmse_per_target": np.sqrt(np.square(error).mean(axis=0)).tolist() if len(truth) else [],
        "windows": len(truth),
    }


def score_classes(truth: NDArray[Any], predicted: NDArray[Any]) -> dict[str, Any]:
    """Return how many windows got their class.

    Args:
        truth: (n,), class positions.
        predicted: (n,), class positions.

    Returns:
        ``accuracy``, ``balanced_accuracy`` = mean recall of the classes that are there (both None
        without windows), ``windows``.
    """
    is_right = truth == predicted
    recalls = [float(is_right[truth == index].mean()) for index in np.unique(truth)]
    return {
        "accuracy": float(is_right.mean()) if len(truth) else None,
        "balanced_accuracy": float(np.mean(recalls)) if recalls else None,
        "windows": len(truth),
    }


def shown_targets(truth: NDArray[Any], predicted: NDArray[Any]) -> dict[str, Any]:
    """Return evenly chosen held-out windows for a picture.

    Args:
        truth: (n, n_targets).
        predicted: (n, n_targets).

    Returns:
        ``truth`` and ``predicted``, each (n_targets, at most 200).
    """
    n = len(truth)
    chosen = np.unique(np.linspace(0, n - 1, min(n, _MOST_SHOWN)).round().astype(int))
    return {
        "truth": np.round(truth[chosen].T.astype(float), 3).tolist(),
        "predicted": np.round(predicted[chosen].T.astype(float), 3).tolist(),
    }


def shown_classes(truth: NDArray[Any], predicted: NDArray[Any]) -> dict[str, Any]:
    """Return ``confusion``: counts by true class (rows) and predicted class (columns)."""
    n = int(max(truth.max(), predicted.max())) + 1
    counts = np.zeros((n, n), np.int64)
    np.add.at(counts, (truth.astype(int), predicted.astype(int)), 1)
    return {"confusion": counts.tolist()}


def held_out(
    starts: NDArray[np.int64], window_samples: int, *, groups: NDArray[np.int64], n_blocks: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Split the windows of one session into contiguous blocks of time, some of them held out.

    Neighbouring windows share samples, so a random split would test on what was trained on.

    Args:
        starts: (n,), first sample of each window, ascending inside each group.
        window_samples: Length of a window.
        groups: (n,), each group gets blocks of its own: zeros, or the classes, so that each class
            is on both sides.
        n_blocks: Blocks per group.

    Returns:
        Masks (n,) of the windows to train on and to test on; what overlaps a held-out window is
        in neither.
    """
    is_test = np.zeros(len(starts), np.bool_)
    for group in np.unique(groups):
        members = np.flatnonzero(groups == group)
        blocks = np.arange(len(members)) * n_blocks // len(members)
        is_test[members] = blocks % _EVERY == _FIRST
    test_starts = np.sort(starts[is_test])
    if not len(test_starts):
        return ~is_test, is_test
    after = np.searchsorted(test_starts, starts)
    to_next = test_starts[np.minimum(after, len(test_starts) - 1)] - starts
    to_previous = starts - test_starts[np.maximum(after - 1, 0)]
    is_near = np.minimum(np.abs(to_next), np.abs(to_previous)) < window_samples
    return ~is_test & ~is_near, is_test
