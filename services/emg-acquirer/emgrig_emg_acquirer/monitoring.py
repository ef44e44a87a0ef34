"""What is wrong with a signal: its rate, its gaps, its values."""

from collections import deque
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["GapMeter", "RateMonitor", "SampleFaults", "find_sample_faults"]

_RATE_SPAN_S = 5.0
_RATE_TOLERANCE = 0.02
# One chunk that comes 0.1 s late (a busy computer) is already 2 % of 5 s.
_RATE_PATIENCE_S = 1.0


class RateMonitor:
    """Compares the rate that samples come at with the one that the stream declares.

    Both ends of the span are the arrivals of chunks, so whole chunk periods are measured and the
    chunks' size does not matter.

    Args:
        declared_hz: Declared rate; 0 for an irregular stream, which cannot deviate.
    """

    def __init__(self, declared_hz: float) -> None:
        self.declared_hz = declared_hz
        self._arrivals: deque[tuple[float, int]] = deque()
        self._n = 0
        self._good_s: float | None = None

    def observe(self, n_samples: int, now_s: float) -> None:
        """Take note of the next samples.

        Args:
            n_samples: How many.
            now_s: When they came, monotonic seconds.
        """
        self._n += n_samples
        self._arrivals.append((now_s, self._n))
        while len(self._arrivals) > 2 and self._arrivals[1][0] <= now_s - _RATE_SPAN_S:
            self._arrivals.popleft()
        if self._good_s is None or not self._deviates():
            self._good_s = now_s

    @property
    def span_s(self) -> float:
        """Time that the measurement covers, seconds."""
        return self._arrivals[-1][0] - self._arrivals[0][0] if self._arrivals else 0.0

    @property
    def delivered_hz(self) -> float:
        """Samples per second over the last 5 s; 0 before there are two arrivals."""
        if self.span_s == 0:
            return 0.0
        return (self._arrivals[-1][1] - self._arrivals[0][1]) / self.span_s

    @property
    def is_off(self) -> bool:
        """Whether the rate has been more than 2 % from the declared one for over a second."""
        if self._good_s is None:
            return False
        return self._arrivals[-1][0] - self._good_s > _RATE_PATIENCE_S

    def _deviates(self) -> bool:
        if self.declared_hz == 0 or self.span_s < _RATE_SPAN_S:
            return False
        return abs(self.delivered_hz / self.declared_hz - 1) > _RATE_TOLERANCE


class GapMeter:
    """Finds the gaps in a stream's time stamps, and how long they are.

    Unlike the window cutter it goes on over a change of the source.

    Attributes:
        gaps: Gaps so far.
    """

    def __init__(self) -> None:
        self.gaps = 0
        self._last_s: float | None = None
        self._is_interrupted = False

    def interrupt(self) -> None:
        """Say that the source went away: whatever comes next comes after a gap."""
        self._is_interrupted = self._last_s is not None

    def observe(self, stamps: NDArray[np.float64], threshold_s: float) -> list[float]:
        """Return the lengths of the gaps before and between the next samples, seconds.

        Args:
            stamps: (n_samples,), our clock, seconds; n_samples >= 1.
            threshold_s: A longer step of the stamps, forward or backward, is a gap.
        """
        previous = float(stamps[0]) if self._last_s is None else self._last_s
        steps = np.diff(stamps, prepend=previous)
        is_gap = np.abs(steps) > threshold_s
        is_gap[0] |= self._is_interrupted
        self._is_interrupted = False
        self._last_s = float(stamps[-1])
        found: list[float] = steps[is_gap].tolist()
        self.gaps += len(found)
        return found


class SampleFaults(NamedTuple):
    """What is wrong with some samples.

    Attributes:
        not_finite: Samples with at least one channel that is no finite number.
        clipped: Samples with at least one channel at its limit.
        bad_channels: Channels (from 0) that had values that are not finite.
    """

    not_finite: int
    clipped: int
    bad_channels: tuple[int, ...]


def find_sample_faults(samples: NDArray[Any], full_scale: float) -> SampleFaults:
    """Look for values that no electrode gives.

    Args:
        samples: (n_samples, n_channels), as the device sends them.
        full_scale: Magnitude from which a value is clipped; 0 for none. Whole numbers clip at
            the limits of their type in any case.
    """
    if samples.dtype.kind in "iu":
        limits = np.iinfo(samples.dtype)
        at_limit = (samples == limits.min) | (samples == limits.max)
        if full_scale:
            at_limit |= _is_at_least(samples, full_scale)
        return SampleFaults(0, _rows(at_limit), ())
    is_bad = ~np.isfinite(samples)
    clipped = _rows(_is_at_least(samples, full_scale)) if full_scale else 0
    if not is_bad.any():
        return SampleFaults(0, clipped, ())
    channels = tuple(int(channel) for channel in np.flatnonzero(is_bad.any(axis=0)))
    return SampleFaults(_rows(is_bad), clipped, channels)


def _rows(is_hit: NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(is_hit.any(axis=1)))


def _is_at_least(samples: NDArray[Any], full_scale: float) -> NDArray[np.bool_]:
    # Two comparisons and not abs(): the smallest whole number has no positive counterpart.
    hit: NDArray[np.bool_] = (samples >= full_scale) | (samples <= -full_scale)
    return hit
