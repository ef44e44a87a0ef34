"""When each chunk is due: absolute deadlines on one regular grid."""

__all__ = ["Pacer"]

# Up to here a delay is caught up, so that no sample is missing; beyond, a burst of more than a
# second would only be old news, and a gap in the time stamps tells the truth.
_LATEST_S = 1.0


class Pacer:
    """A grid of chunk times: chunk k is due, and its last sample stamped, at start + (k+1) M / fs.

    Deadlines are computed from the start and a sample count, not from each other, so rounding and
    late wake-ups do not add up.

    Args:
        sample_rate_hz: Rate of the grid.
        chunk_samples: Samples per chunk (M).
        now_s: Clock at the start, seconds.
    """

    def __init__(self, sample_rate_hz: float, chunk_samples: int, *, now_s: float) -> None:
        self._rate_hz = sample_rate_hz
        self._chunk = chunk_samples
        self._start_s = now_s
        self._n_chunks = 1

    @property
    def deadline_s(self) -> float:
        """When the next chunk is due: the time of its last sample, seconds."""
        return self._start_s + self._n_chunks * self._chunk / self._rate_hz

    def advance(self, now_s: float) -> float:
        """Note that the next chunk was sent; start the grid again where we are far too late.

        Args:
            now_s: Clock, seconds.

        Returns:
            Seconds that the new grid leaves out; 0 as long as the old one holds.
        """
        self._n_chunks += 1
        late_s = now_s - self.deadline_s
        if late_s <= _LATEST_S:
            return 0.0
        self._start_s = now_s
        self._n_chunks = 1
        return late_s
