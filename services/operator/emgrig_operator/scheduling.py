"""Which recorded samples are due when they are played again; pure."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Schedule"]

LOOP_GAP_S = 1.0
"""Between two passes: longer than any gap threshold, so that no window spans the seam."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The time stamps of several streams, on one clock that starts with the first sample.

    Attributes:
        times: By stream, ``(n_samples,)``, seconds since the first sample of all streams.
        speed: Recorded seconds per second of the wall.
    """

    times: Mapping[str, NDArray[np.float64]]
    speed: float = 1.0

    @classmethod
    def of(cls, timestamps: Mapping[str, NDArray[np.float64]], speed: float = 1.0) -> "Schedule":
        """Build one from recorded time stamps; at least one stream has a sample."""
        t_zero = min(float(times[0]) for times in timestamps.values() if times.size)
        return cls({name: times - t_zero for name, times in timestamps.items()}, speed)

    @property
    def duration_s(self) -> float:
        """Recorded seconds from the first to the last sample."""
        return max(float(times[-1]) for times in self.times.values() if times.size)

    @property
    def period_s(self) -> float:
        """Recorded seconds from one pass to the next one."""
        return self.duration_s + LOOP_GAP_S

    def due(self, name: str, elapsed_s: float) -> int:
        """Return how many samples of a stream are due ``elapsed_s`` after the start of a pass."""
        recorded_s = elapsed_s * self.speed
        return int(np.searchsorted(self.times[name], recorded_s, side="right"))

    def wait_s(self, positions: Mapping[str, int], elapsed_s: float) -> float | None:
        """Return the seconds until the next sample is due; None when all were played.

        Args:
            positions: By stream, how many samples were played.
            elapsed_s: Since the start of the pass.
        """
        following = [
            float(times[positions[name]])
            for name, times in self.times.items()
            if positions[name] < times.size
        ]
        return min(following) / self.speed - elapsed_s if following else None
