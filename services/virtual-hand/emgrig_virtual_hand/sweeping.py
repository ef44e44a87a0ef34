"""One sweep of a number through its range, as pure state; what moved is measured, not assumed.

Source:
    The observable contract of the hand, section 5.9.
"""

import math

from emgrig.control import SweepControl, SweepObservation, SweepReport

from emgrig_virtual_hand.vocabulary import CONTROL_POSE, ELEMENTS, HIGHEST, LOWEST, PREDICTION

__all__ = ["Sweep", "limited_duration_s"]

_SHORTEST_S, _LONGEST_S = 0.2, 30.0
_TOLERANCE_DEG = 1.0


def limited_duration_s(duration_s: float) -> float:
    """Return how long a sweep takes that was asked to take so long; NaN takes the shortest."""
    return min(max(_SHORTEST_S, duration_s), _LONGEST_S)


class Sweep:
    """Rest, hi, rest, and then lo and rest if asked for, at even speed.

    The hand is asked for :attr:`value` each frame, and tells :meth:`measure` what it shows.

    Args:
        command: What was asked for; the address takes numbers.

    Attributes:
        address: What is swept.
        is_over: Whether the last frame was shown.
    """

    def __init__(self, command: SweepControl) -> None:
        self.address = command.name
        self.is_over = False
        self._ends = (HIGHEST, LOWEST) if command.both_directions else (HIGHEST,)
        self._half_s = limited_duration_s(command.duration_s) / len(self._ends) / 2.0
        self._leg = 0
        self._elapsed_s = 0.0
        self._shown = dict.fromkeys(self._ends, math.nan)
        self._was_overridden = False

    @property
    def value(self) -> float:
        """What the address is to take now."""
        if self.is_over:
            return 0.0
        return self._ends[self._leg] * (1.0 - abs(self._elapsed_s / self._half_s - 1.0))

    def advance(self, dt: float) -> None:
        """Let time pass; one frame falls on each end itself, however few frames there are.

        Args:
            dt: Seconds, above 0.
        """
        before_s, self._elapsed_s = self._elapsed_s, self._elapsed_s + dt
        if before_s < self._half_s <= self._elapsed_s:
            self._elapsed_s = self._half_s
        elif self._elapsed_s >= 2.0 * self._half_s:
            self._elapsed_s = 0.0
            self._leg += 1
        self.is_over = self._leg == len(self._ends)

    def measure(self, channel: float, *, is_driven: bool) -> None:
        """Take note of what the hand shows for the value of now.

        Args:
            channel: The address's read-back.
            is_driven: A stream drives this address, and wins.
        """
        self._was_overridden |= is_driven
        if not self.is_over and self._elapsed_s == self._half_s:
            self._shown[self._ends[self._leg]] = channel

    def report(self) -> SweepReport:
        """Say what moved."""
        elements = ELEMENTS[self.address.removeprefix(PREDICTION).removeprefix(CONTROL_POSE)]
        observed = tuple(
            SweepObservation(name, *(gain * shown + 0.0 for shown in self._shown.values()))
            for name, gain in elements
        )
        is_as_expected = all(
            abs(gain) * abs(shown - end) < _TOLERANCE_DEG
            for _, gain in elements
            for end, shown in self._shown.items()
        )
        words = "a stream drives this address and overrode the sweep"
        return SweepReport(
            completed=True,
            message=words if self._was_overridden else "",
            observed=observed,
            matched_expectation=is_as_expected,
        )
