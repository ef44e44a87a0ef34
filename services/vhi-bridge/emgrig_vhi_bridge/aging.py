"""How old the data of a prediction is, whatever the clock of its device does: pure, no clock.

Source: ``docs/decisions/0014-two-clocks-tell-the-age.md``.
"""

import math

from emgrig.messages import Message

__all__ = ["DataAge"]

_SET_BACK_S = 0.1
"""A step back that no jitter makes; the acquirer calls as much a gap."""

_LONGEST_QUEUE_S = 720.0
"""What LSL keeps at most for one who does not read: six minutes in the outlet, six in the inlet."""

_SURE_S = 1.0
"""How long data must come before it is believed: what was left in a queue is gone by then."""

_FORGETS = 0.05
"""Seconds per second, while data comes, by which a source that was ahead may be so no more."""


class DataAge:
    """Judges the predictions of one topic, in the order in which they came.

    Two clocks tell: since when it is here, by ours, and how far its stamps lag, by the source's.
    Stamps are right by LSL's contract, unless they prove to be wrong: they lie in the future, go
    back, or lag more than any queue holds. The hops of its trace tell nothing: each may have been
    timed on another host.
    """

    def __init__(self) -> None:
        # By how much the source's clock is behind ours; below 0 where it is ahead.
        self._behind_s = 0.0
        self._t_last = -math.inf
        self._lag_s = 0.0
        self._came_s = 0.0
        self._lags_since_s = math.inf

    def of(self, message: Message, *, now_s: float, lsl_now_s: float) -> float:
        """Return the age of a prediction's last sample, seconds.

        Args:
            message: What came.
            now_s: Host monotonic clock.
            lsl_now_s: LSL clock of the same moment.
        """
        came_s = min(now_s, message.received_ns * 1e-9)
        here_s = now_s - came_s
        self._learn(message.t_last, lsl_now_s - here_s - message.t_last, came_s)
        return here_s + self._lag_s - self._behind_s

    def _learn(self, t_last: float, lag_s: float, came_s: float) -> None:
        """Follow the source's clock by how far its stamps lag at their arrival."""
        if t_last < self._t_last - _SET_BACK_S:
            # What comes later is no older: the clock was set back, the data is late as before.
            self._behind_s += lag_s - self._lag_s
        if self._behind_s < 0.0:
            came_for_s = min(max(0.0, came_s - self._came_s), _SET_BACK_S)
            self._behind_s = min(0.0, self._behind_s + _FORGETS * came_for_s)
        if lag_s - self._behind_s < _LONGEST_QUEUE_S:
            self._lags_since_s = math.inf
        elif came_s > self._lags_since_s + _SURE_S:
            self._behind_s = lag_s
        else:
            self._lags_since_s = min(self._lags_since_s, came_s)
        self._behind_s = min(self._behind_s, lag_s)
        self._t_last, self._lag_s, self._came_s = t_last, lag_s, came_s
