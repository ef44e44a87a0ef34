"""How often a latency was how long, since the process started."""

from bisect import bisect_left
from typing import Any

__all__ = ["BOUNDS_MS", "Histogram"]

BOUNDS_MS = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 20.0, 50.0, 100.0, 250.0, 1000.0)
"""Upper bounds of the buckets. Fine where the hot path is (some ms), coarse where it never is."""

_BOUNDS_NS = tuple(round(bound * 1e6) for bound in BOUNDS_MS)


class Histogram:
    """Counts by bucket, for one thread that observes and any that reads.

    Its size does not depend on what it saw, and what two processes or two hours counted adds up,
    which percentiles never do.
    """

    def __init__(self) -> None:
        self._counts = [0] * (len(BOUNDS_MS) + 1)
        self._sum_ns = 0

    def observe(self, ns: int) -> None:
        """Count one latency; a bound belongs to the bucket below it."""
        self._counts[bisect_left(_BOUNDS_NS, ns)] += 1
        self._sum_ns += ns

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form that travels in health messages.

        ``counts`` has one more entry than ``bounds_ms``: the last is for what is longer.
        """
        return {
            "bounds_ms": list(BOUNDS_MS),
            "counts": list(self._counts),
            "sum_ms": self._sum_ns * 1e-6,
        }
