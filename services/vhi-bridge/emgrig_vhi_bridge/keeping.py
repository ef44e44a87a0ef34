"""When a hand whose bridge is silent goes to rest: pure, no clock, no I/O, and nothing to import.

Not even NumPy: the keeper must be there before the first pose.
"""

import math
from collections.abc import Sequence

__all__ = ["KeptPose"]

_SILENCE_S = 0.1
"""Silence beyond the bridge's own longest interval (one and a half re-sends) that is no hiccup."""


class KeptPose:
    """The newest pose and what becomes of it: every ``now`` is the LSL clock, seconds.

    Args:
        rate_hz: Rate at which the bridge repeats itself, and at which rest is sent.
        ramp_s: Length of the way to rest.
        rest: Where that way ends, one number per number of a pose.
        told_s: How long rest is told once the bridge is gone.
    """

    def __init__(self, rate_hz: float, ramp_s: float, rest: Sequence[float], told_s: float) -> None:
        self._rest = list(rest)
        self._period_s = 1 / rate_hz
        self._silence_s = _SILENCE_S + 1.5 / rate_hz
        self._ramp_s = ramp_s
        self._values: Sequence[float] = ()
        self._ramp_start = 0.0
        self._told_s = told_s
        self._ended = math.inf
        self._next_send = 0.0

    def show(self, values: Sequence[float], t: float, good_until: float, now: float) -> bool:
        """Take the bridge's next pose; returns whether it may be pushed.

        One that waited here while this process stood still is of the past, and counts as silence.

        Args:
            values: Its numbers.
            t: When the bridge decided it.
            good_until: When its data will be too old for a hand.
            now: When it came here.
        """
        ramp_start = min(t + self._silence_s, good_until)
        if now > ramp_start:
            return False
        self._values, self._ramp_start = values, ramp_start
        return True

    def end(self, now: float) -> None:
        """The bridge is gone: the way to rest begins now, unless it has begun."""
        self._ended = min(self._ended, now)
        self._ramp_start = min(self._ramp_start, now)

    def tick(self, now: float) -> Sequence[float] | None:
        """Return the pose that is due because the bridge is silent, None while it is not."""
        if not self._values or now < max(self._ramp_start, self._next_send):
            return None
        self._next_send = now + self._period_s
        left = max(0.0, 1.0 - (now - self._ramp_start) / self._ramp_s)
        # Adding zero turns the -0.0 of a resting finger into 0.0.
        pairs = zip(self._values, self._rest, strict=True)
        return [rest + (value - rest) * left + 0.0 for value, rest in pairs]

    def wait_s(self, now: float) -> float | None:
        """Return for how long `tick` has nothing to do, seconds >= 0; None before any pose."""
        if not self._values:
            return None
        return max(0.0, self._ramp_start - now, self._next_send - now)

    def is_done(self, now: float) -> bool:
        """Whether the bridge is gone and the hand has been told of its rest for a while."""
        is_over = now >= self._ended
        if list(self._values) in ([], self._rest):
            return is_over
        rests_from = max(self._ended, self._ramp_start + self._ramp_s)
        return is_over and now > rests_from + self._told_s
