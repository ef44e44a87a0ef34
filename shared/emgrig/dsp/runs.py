"""Contiguous runs of samples: no window and no filter state may span a gap."""

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emgrig.errors import ConfigError

__all__ = ["RunSplitter", "gap_threshold_s", "samples_in", "segments", "window_starts"]

# LSL senders push in bursts, so neighbouring time stamps jitter; missing samples are a jump.
_SHORTEST_GAP_S = 0.1
_GAP_SAMPLES = 3


def samples_in(duration_s: float, fs: float) -> int:
    """Return the length of a window in samples, live as in training; 0.2 s at 2048 Hz are 409.

    Source: contracts/numerics.md, "Windows".
    """
    return int(duration_s * fs)


def gap_threshold_s(fs: float) -> float:
    """Return the jump between neighbouring time stamps above which samples are missing.

    Args:
        fs: Sample rate, Hz. For an irregular stream (LSL's rate 0) the caller estimates it, as
            1 / median of the time stamps' differences.

    Returns:
        Seconds: 0.1, or three sample periods where that is longer.

    Raises:
        ConfigError: A rate that is not positive.
    """
    if not fs > 0:
        raise ConfigError(
            f"expected a sample rate above 0 Hz, got {fs!r}; an irregular stream has no windows "
            "unless its rate is estimated from its time stamps"
        )
    return max(_SHORTEST_GAP_S, _GAP_SAMPLES / fs)


class RunSplitter:
    """Cuts a stream into contiguous runs, chunk by chunk.

    A gap is a jump of the time stamps, forward or backward, by more than `gap_threshold_s`, or a
    time stamp that is not finite. Small steps back and repeated stamps are jitter.

    Args:
        fs: Sample rate, Hz, above 0.
    """

    def __init__(self, fs: float) -> None:
        self._threshold_s = gap_threshold_s(fs)
        self._last: float | None = None

    def split(self, timestamps: NDArray[np.float64]) -> list[tuple[slice, bool]]:
        """Cut the next chunk.

        Args:
            timestamps: (n_samples,), seconds.

        Returns:
            Slices that cover the chunk in order, each with whether it begins a new run.
        """
        if not len(timestamps):
            return []
        previous = float(timestamps[0]) if self._last is None else self._last
        if self._is_contiguous(previous, timestamps):
            begins_run = self._last is None
            self._last = float(timestamps[-1])
            return [(slice(0, len(timestamps)), begins_run)]
        steps = np.diff(timestamps, prepend=previous)
        # Written so that a NaN counts as a gap.
        jumps = np.flatnonzero(~(np.abs(steps) <= self._threshold_s))
        begins_run = self._last is None or (len(jumps) > 0 and jumps[0] == 0)
        self._last = float(timestamps[-1])
        edges = [0, *(int(jump) for jump in jumps if jump > 0), len(timestamps)]
        pieces = [slice(start, stop) for start, stop in pairwise(edges)]
        return [(piece, begins_run or piece.start > 0) for piece in pieces]

    def _is_contiguous(self, previous: float, timestamps: NDArray[np.float64]) -> bool:
        """Whether there is no gap: the live case, at a third of the cost of finding where."""
        if not abs(timestamps[0] - previous) <= self._threshold_s:
            return False
        steps = timestamps[1:] - timestamps[:-1]
        return not len(steps) or bool(np.abs(steps).max() <= self._threshold_s)


def segments(timestamps: ArrayLike, fs: float) -> list[slice]:
    """Cut a whole recording into contiguous runs.

    Args:
        timestamps: (n_samples,), seconds.
        fs: Sample rate, Hz, above 0.

    Returns:
        Slices that cover the recording in order.

    Raises:
        ConfigError: A rate that is not positive.
    """
    stamps = np.asarray(timestamps, dtype=np.float64)
    return [piece for piece, _ in RunSplitter(fs).split(stamps)]


def window_starts(
    timestamps: ArrayLike, fs: float, *, window_samples: int, hop_samples: int
) -> NDArray[np.int64]:
    """Return where the windows of a whole recording start.

    In each contiguous run the first window starts at the run's first sample; the others follow
    every `hop_samples`, wholly inside the run.

    Args:
        timestamps: (n_samples,), seconds.
        fs: Sample rate, Hz, above 0.
        window_samples: Length of a window.
        hop_samples: Samples between starts.

    Returns:
        (n_windows,), sample indices, ascending.

    Raises:
        ConfigError: A rate, window or hop that is not positive.
    """
    check_window(window_samples, hop_samples)
    starts = [
        np.arange(run.start, run.stop - window_samples + 1, hop_samples, dtype=np.int64)
        for run in segments(timestamps, fs)
    ]
    return np.concatenate(starts) if starts else np.empty(0, dtype=np.int64)


def check_window(window_samples: int, hop_samples: int) -> None:
    """Refuse a window or hop of less than one sample.

    Raises:
        ConfigError: Either is below 1.
    """
    if window_samples < 1 or hop_samples < 1:
        raise ConfigError(
            "expected a window and a hop of at least 1 sample, got "
            f"{window_samples!r} and {hop_samples!r}; make them longer than a sample period"
        )
