"""Thin a signal out for a screen: the least and the largest of each column of pixels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Columns", "column_size", "envelope", "levels"]

MIN, MAX = 0, 1


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of a screen.

    Attributes:
        first: Number of the first one; column k holds the samples from ``k * size`` on.
        values: (n_columns, n_channels, 2) float32: min, max.
    """

    first: int
    values: NDArray[np.float32]


def column_size(span_s: float, fs: float, n_columns: int) -> int:
    """Return how many samples a column holds so that the columns show about the span, 1 or more."""
    return max(1, round(span_s * fs / n_columns))


def envelope(samples: NDArray[np.float32], first: int, size: int) -> Columns:
    """Return the whole columns that the samples cover.

    A sample that is not finite is passed over; a column of such samples only is NaN.

    A column begins at a multiple of its size, whenever it is asked for: it never flickers.

    Args:
        samples: (n_samples, n_channels).
        first: Number of the first sample.
        size: Samples in a column.
    """
    start = -(-first // size)
    skip = start * size - first
    n = max(0, (len(samples) - skip) // size)
    samples = _finite_or_nan(samples)
    blocks = samples[skip : skip + n * size].reshape(n, size, samples.shape[1])
    values = np.empty((n, samples.shape[1], 2), np.float32)
    if n:
        values[:, :, MIN] = np.fmin.reduce(blocks, axis=1)
        values[:, :, MAX] = np.fmax.reduce(blocks, axis=1)
    return Columns(start, values)


def levels(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the RMS of each channel about its mean, (n_channels,); 0 where it is no number.

    An amplifier's offset is no activity.

    Args:
        samples: (n_samples, n_channels).
    """
    if not len(samples):
        return np.zeros(samples.shape[1], np.float32)
    return np.nan_to_num(_finite_or_nan(samples).std(axis=0))


def _finite_or_nan(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    # fmin and fmax pass over NaN, but not over infinity.
    finite = np.isfinite(samples)
    return samples if finite.all() else np.where(finite, samples, np.float32("nan"))
