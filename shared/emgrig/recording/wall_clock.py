"""Steps of the recording machine's wall clock; samples have times of LSL's clock and see none."""

import math
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, TypeGuard

__all__ = ["CLOCK_RECORD", "wall_step_s", "wall_steps"]

CLOCK_RECORD = "clock"
"""Kind of the record with both clocks that is written when one has moved against the other."""

STEP_S = 1.0
"""Moved by more than this, it was set; a clock that is only disciplined takes hours for as much."""


def wall_step_s(before: Mapping[str, Any], after: Mapping[str, Any]) -> float:
    """Return by how much the wall clock was set between two readings of both clocks, seconds.

    Args:
        before: ``{boot_id, monotonic_s, wall_s}``.
        after: The same, later.

    Returns:
        Positive if it was set forward; 0 if it was not set, or of two boots, whose monotonic
        clocks have nothing in common.
    """
    if not before.get("boot_id") or before.get("boot_id") != after.get("boot_id"):
        return 0.0
    moved = _ahead_s(after) - _ahead_s(before)
    return moved if abs(moved) > STEP_S else 0.0


def wall_steps(documents: Mapping[str, Iterable[Mapping[str, Any]]]) -> list[dict[str, float]]:
    """Return the steps during a recording.

    Args:
        documents: Its records by kind; every segment begins with a reading of both clocks.

    Returns:
        ``{t, seconds}``: the monotonic time (LSL's clock on that machine) at which it was seen,
        and by how much the wall clock was set.
    """
    begun = [document.get("clock") for document in documents.get("provenance", ())]
    noted = [*begun, *documents.get(CLOCK_RECORD, ())]
    readings = [clock for clock in noted if _is_reading(clock)]
    clocks = sorted(readings, key=lambda clock: float(clock["monotonic_s"]))
    steps = (
        (after["monotonic_s"], wall_step_s(before, after)) for before, after in pairwise(clocks)
    )
    return [{"t": t, "seconds": seconds} for t, seconds in steps if seconds]


def _ahead_s(clock: Mapping[str, Any]) -> float:
    return float(clock["wall_s"] - clock["monotonic_s"])


def _is_reading(clock: object) -> TypeGuard[Mapping[str, Any]]:
    if not isinstance(clock, Mapping):
        return False
    values = clock.get("monotonic_s"), clock.get("wall_s")
    return all(isinstance(value, float) and math.isfinite(value) for value in values)
