"""Tell how long ago something was, although the wall clock may have been set meanwhile."""

import time
from pathlib import Path
from typing import Any

__all__ = ["age_s", "clock_now"]

# Source: Linux, Documentation/admin-guide/sysctl/kernel.rst, "random".
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def clock_now() -> dict[str, Any]:
    """Return what a later incarnation needs to tell the age of what is written now."""
    return {"boot_id": _boot_id(), "monotonic_s": time.monotonic(), "wall_s": time.time()}


def age_s(last_wall_s: float, clock: object) -> float:
    """Return how long ago a wall clock time was, seconds.

    Args:
        last_wall_s: Counted on evenly from the ``wall_s`` of `clock`, as journals do.
        clock: `clock_now` as it was then; the wall clock is believed where it is not of this boot.
    """
    if not isinstance(clock, dict) or not _boot_id() or clock.get("boot_id") != _boot_id():
        return time.time() - last_wall_s
    wall_s, monotonic_s = clock.get("wall_s"), clock.get("monotonic_s")
    if not isinstance(wall_s, float) or not isinstance(monotonic_s, float):
        return time.time() - last_wall_s
    return time.monotonic() - monotonic_s - (last_wall_s - wall_s)


def _boot_id() -> str:
    """Return the id of this boot; empty on systems without one."""
    return BOOT_ID.read_text("ascii").strip() if BOOT_ID.exists() else ""
