"""Say when each frame is due, and how many ticks a late frame makes up for.

Source:
    The observable contract of the hand, sections 2.1 and 3.1: up to eight ticks per frame.
"""

__all__ = ["FramePacer"]

MAX_TICKS = 8


class FramePacer:
    """Absolute deadlines: a late frame is followed by an earlier one, so the mean rate is exact.

    Args:
        rate_hz: Ticks per second.
        now_s: Any monotonic clock's seconds.
    """

    def __init__(self, rate_hz: float, now_s: float) -> None:
        self.tick_s = 1.0 / rate_hz
        self._start_s = now_s
        self._ticks = 0

    def wait_s(self, now_s: float) -> float:
        """Return the seconds until the next frame is due; 0 if it is late."""
        deadline_s = self._start_s + (self._ticks + 1) * self.tick_s
        return max(0.0, deadline_s - now_s)

    def take(self, now_s: float) -> int:
        """Take the ticks that are due.

        After a stall of more than eight ticks the rest is dropped.

        Args:
            now_s: The same clock's seconds.

        Returns:
            0 to 8.
        """
        # A clock reading that is early by rounding counts as on time.
        due = int((now_s - self._start_s) / self.tick_s + 1e-6) - self._ticks
        if due > MAX_TICKS:
            self._start_s += (due - MAX_TICKS) * self.tick_s
            due = MAX_TICKS
        due = max(due, 0)
        self._ticks += due
        return due
