"""Label intervals on the grid of a stream's samples."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from emgrig.recording.session_meta import Label

__all__ = ["Interval", "intervals"]


class Interval(NamedTuple):
    """Samples of one label.

    Attributes:
        start: First sample.
        stop: One past the last.
        class_index: -1 for a stretch that was marked as unlabelled.
    """

    start: int
    stop: int
    class_index: int


def intervals(labels: Sequence[Label], times: NDArray[np.float64]) -> list[Interval]:
    """Return the intervals of labels, from each to the next, the last one to the end.

    Limits are the samples nearest to the labels' times; an interval without samples is left out.

    Args:
        labels: By time.
        times: (n_samples,), LSL seconds; ascending but for jitter.

    Source: contracts/numerics.md, "Windows".
    """
    if not len(times) or not labels:
        return []
    asked = np.array([label.t for label in labels])
    # Nearest sample: the midpoints between neighbours are the borders.
    borders = (times[1:] + times[:-1]) / 2
    starts = np.searchsorted(borders, asked)
    starts[asked > times[-1]] = len(times)  # a label after the end begins nothing
    stops = np.append(starts[1:], len(times))
    return [
        Interval(int(start), int(stop), label.class_index)
        for start, stop, label in zip(starts, stops, labels, strict=True)
        if stop > start
    ]
