"""Map the sender's time stamps to our clock, smoothly."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["ClockMapping"]

# Crystal clocks drift apart by less than 100 ppm, so this follows any pair of them, and spreads
# the jitter of LSL's estimates (+-0.2 ms, its documentation) over half a second.
_SLEW = 500e-6
# A jump of this size is no drift: a clock was set, or the first estimate came late.
_STEP_S = 0.1


class ClockMapping:
    """Adds LSL's time correction to time stamps without ever turning them around.

    The correction in use moves towards the newest estimate by at most 500 us per second of data,
    sample by sample: stamps that ascend keep ascending, and their spacing changes by 0.05 % at
    most. Only an estimate more than 0.1 s away is taken at once; the jump then is a gap, which the
    windows do not span.

    Attributes:
        offset_s: Correction of the newest sample, seconds.
    """

    def __init__(self) -> None:
        self.offset_s = 0.0
        self._target_s = 0.0
        self._last_s: float | None = None

    def restart(self, correction_s: float) -> None:
        """Begin with a new sender, whose correction is taken as it is."""
        self.offset_s = self._target_s = correction_s
        self._last_s = None

    def aim(self, correction_s: float) -> None:
        """Take the newest estimate as the new target; may be called from another thread."""
        self._target_s = correction_s

    def apply(self, stamps: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the stamps of the next samples on our clock.

        Args:
            stamps: (n_samples,), sender's clock, seconds; n_samples >= 1.
        """
        target_s = self._target_s  # once: a newer estimate may come meanwhile
        missing_s = target_s - self.offset_s
        is_jump = abs(missing_s) > _STEP_S
        if missing_s == 0.0 or self._last_s is None or is_jump:
            # The hot path: mostly there is nothing to move.
            self.offset_s += missing_s if is_jump else 0.0
            self._last_s = float(stamps[-1])
            return stamps + self.offset_s
        # Data time since the last call; stamps that jitter backwards count as none.
        elapsed = np.maximum(np.maximum.accumulate(stamps) - self._last_s, 0.0)
        moved = np.minimum(_SLEW * elapsed, abs(missing_s))
        mapped: NDArray[np.float64] = stamps + (self.offset_s + np.copysign(moved, missing_s))
        if moved[-1] == abs(missing_s):
            self.offset_s = target_s
        else:
            self.offset_s += float(np.copysign(moved[-1], missing_s))
        self._last_s = float(stamps[-1])
        return mapped
